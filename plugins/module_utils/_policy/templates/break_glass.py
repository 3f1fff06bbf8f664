# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nobody but these changes or removes the bucket's policy.

Whoever may write the policy may do everything else, after one more call. So that is kept for a role that is used in
an emergency, or by what deploys.

Danger: the role that runs this task has to be among them, or this is its last change. If they are all deleted, only
the root user of the bucket's account can remove the policy, on AWS; on other servers perhaps nobody. A deleted role
that is made anew has the same ARN, and is let in again.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import PRINCIPALS
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import but_for, deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    actions = ["s3:DeleteBucketPolicy", "s3:PutBucketPolicy"]
    return [deny("StowageBreakGlass", actions, place.arn, but_for(values["principals"]))]


BREAK_GLASS = Template(
    "break_glass",
    __doc__,
    _statements,
    parameters=(
        Parameter(
            "principals", PRINCIPALS, "Who may. The role that runs this task is among them.", many=True, required=True
        ),
    ),
)
