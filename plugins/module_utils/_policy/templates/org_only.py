# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nobody from outside the organisation comes in, whatever else allows it.

AWS Organizations joins accounts under one id. `aws:PrincipalOrgID` tells whose account a request is of. It gives
nobody anything: who comes in still needs to be allowed.

Danger: partners in other organisations, and readers without an account, get 403. An id that is not that of the
bucket's own account shuts that out as well, this task included: name it in `accounts` to be safe. Services of AWS are
not kept out, as they are in no organisation.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, ORGANIZATION
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import NO_SERVICE, deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

ORG_ID = Parameter("org_id", ORGANIZATION, "The organisation.", required=True)
ACCOUNTS = Parameter("accounts", ACCOUNT, "Accounts outside it that may come in as well.", many=True, default=())


def strangers(sid: str, place: Place, values: Values) -> Statement:
    """Nobody else may do anything."""
    keys = {"aws:PrincipalOrgID": values["org_id"]}
    if values["accounts"]:
        keys["aws:PrincipalAccount"] = values["accounts"]
    return deny(sid, "s3:*", place.whole, {"StringNotEquals": keys}, NO_SERVICE)


def _statements(place: Place, values: Values) -> list[Statement]:
    return [strangers("StowageOrgOnly", place, values)]


ORG_ONLY = Template("org_only", __doc__, _statements, parameters=(ORG_ID, ACCOUNTS))
