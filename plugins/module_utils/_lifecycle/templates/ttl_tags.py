# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Objects say themselves, by a tag, after how many days they are deleted.

A rule for each number of days: an object with the tag `ttl` of the value `30` expires after 30 days, one without the
tag never. So who writes an object decides, and the bucket needs no prefixes for it. The option `rules` of
`stowage.s3.sync` sets tags, and so does every other tool.

Danger: who may tag an object may have it deleted.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import DAYS, TAG_NAME
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import NONCURRENT, PREFIX, ended, rule
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    return [
        rule(
            f"ttl-tags-{days}",
            prefix=values["prefix"],
            tags={values["key"]: str(days)},
            **ended(days, values["noncurrent_days"]),
        )
        for days in values["days"]
    ]


TTL_TAGS = Template(
    "ttl_tags",
    __doc__,
    _rules,
    parameters=(
        PREFIX,
        Parameter("key", TAG_NAME, "The name of the tag.", default="ttl"),
        Parameter(
            "days", DAYS, "The values that count; other values do nothing.", many=True, default=(1, 7, 30, 90, 365)
        ),
        NONCURRENT,
    ),
)
