# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""S3 watches how objects are used, and moves those that nobody reads to a cheaper tariff, and back.

For what is read nobody knows how often. `INTELLIGENT_TIERING` costs no retrieval; it costs a small sum a month for
each object that it watches, which are those of 128 KiB and more. Objects that nobody reads are cheaper after 30 days
and again after 90, and can still be read at once. The bucket's option `intelligent_tiering` lets them go on into
archives.

Danger: where all objects are read all the time, or none is ever, it costs more than the right class.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import AGE
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    ABOVE,
    BELOW,
    PREFIX,
    WITH_TAGS,
    moved,
    rule,
    where,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    moves = moved({"INTELLIGENT_TIERING": values["days"]}, sizes=values)
    return [rule("intelligent-tiering", **where(values), **moves)]


INTELLIGENT_TIERING = Template(
    "intelligent_tiering",
    __doc__,
    _rules,
    parameters=(
        PREFIX,
        WITH_TAGS,
        Parameter("days", AGE, "Days after which objects move there; 0 is as soon as S3 can.", default=0),
        ABOVE,
        BELOW,
    ),
)
