# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is needed for some days is deleted after them.

Scratch space, results of queries, exports, builds. S3 deletes once a day, after midnight UTC, so it may take a day
longer; what is overdue costs nothing. In a bucket with versioning an expired object stays as a replaced version: give
`noncurrent_days`.

Danger: everything below `prefix` is deleted, whoever put it there.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import DAYS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    NONCURRENT,
    PREFIX_NEEDED,
    WITH_TAGS,
    ended,
    rule,
    where,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    return [rule("temporary", **where(values), **ended(values["days"], values["noncurrent_days"]))]


TEMPORARY = Template(
    "temporary",
    __doc__,
    _rules,
    parameters=(
        PREFIX_NEEDED,
        WITH_TAGS,
        Parameter("days", DAYS, "Days after which objects expire.", default=7),
        NONCURRENT,
    ),
)
