# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Public access of a whole account: the same four switches, with the same words, in S3's other API.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket import report
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import PUBLIC_ACCESS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Plan, asked, decide
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import Unfinished, apply, read
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import argument_spec
from ansible_collections.stowage.s3.plugins.module_utils._module import Failed

ASPECTS = (PUBLIC_ACCESS,)
_PERMISSIONS = {
    method: [f"s3:{'Get' if method == PUBLIC_ACCESS.get else 'Put'}AccountPublicAccessBlock"]
    for method in PUBLIC_ACCESS.methods
}
ACCOUNT_SPEC = argument_spec(PUBLIC_ACCESS.options)


def account_public_access(module: Any) -> dict[str, Any]:
    """`stowage.s3.account_public_access`. Raises StowageError."""
    number = str(Api(boto_client(module, "sts"), "", {}, {}).call("get_caller_identity")["Account"])
    api = Api(boto_client(module, "s3control"), f"account-{number}", {"AccountId": number}, _PERMISSIONS)
    wanted = asked(ASPECTS, module.params)
    present = read(api, ASPECTS)
    plan = decide(ASPECTS, wanted, present, bucket=f"account {number}", aws=True, created=False)
    if not module.check_mode:
        try:
            apply(api, plan, {})
        except Unfinished as error:
            raise Failed(str(error), _told(number, replace(plan, changes=error.tried))) from error
    return {
        **_told(number, plan),
        **report.values_after(ASPECTS, wanted, present, plan),
        "permissions": sorted({"sts:GetCallerIdentity", *chain(*_PERMISSIONS.values())}),
    }


def _told(number: str, plan: Plan) -> dict[str, Any]:
    return {
        "changed": bool(plan.changes),
        "diff": report.diff(plan, f"account {number}"),
        "account": number,
        "rollback": report.rollback(plan),
    }
