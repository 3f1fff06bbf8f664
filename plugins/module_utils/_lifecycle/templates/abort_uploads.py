# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Uploads in parts that were begun and never ended are removed.

Whoever is cut off in the middle of a large upload leaves its parts behind. No listing of objects shows them, and S3
bills them until they are removed. `prefix` is all that S3 lets such a rule be limited by.

Danger: an upload that takes longer than `days` fails.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import DAYS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import PREFIX, rule
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    return [rule("abort-uploads", prefix=values["prefix"], abort_incomplete_multipart_days=values["days"])]


ABORT_UPLOADS = Template(
    "abort_uploads",
    __doc__,
    _rules,
    parameters=(PREFIX, Parameter("days", DAYS, "Days after an upload began.", default=7)),
)
