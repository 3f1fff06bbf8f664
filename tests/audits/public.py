# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two controls of public access are tested with: the same, once for reading and once for writing."""

from __future__ import annotations

from typing import Any

from audits.case import FAIL, NONE, OWNER, PASS, UNKNOWN, Case, policy, statement, switches

_EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
_ACCOUNTS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_ACCOUNT_OFF, _ACCOUNT_ON = {"account_public_access": NONE}, {"account_public_access": switches()}


def _acl(permission: str, uri: str = _EVERYBODY) -> dict[str, Any]:
    return {"acl": {"owner": "1" * 64, "grants": [{"permission": permission, "uri": uri}]}}


def cases(action: str, permission: str, other_action: str, other_permission: str) -> tuple[Case, ...]:
    """Cases of a control about one way, of which the other way says nothing."""
    opened, grant = policy(statement(Sid="Open", Action=action)), _acl(permission)

    def wide(**parts: Any) -> dict[str, Any]:
        return policy(statement(**{"Action": "s3:*", **parts}))

    return (
        Case("nothing", PASS, says=("Neither",)),
        Case("a public policy", FAIL, opened, _ACCOUNT_OFF, ("policy statements Open",)),
        Case("a statement without a name", FAIL, wide(), _ACCOUNT_OFF, ("Statement[0]",)),
        Case("all actions", FAIL, wide(Action="*"), _ACCOUNT_OFF),
        Case("a pattern", FAIL, wide(Action=f"{action[:4].upper()}*Obj?ct"), _ACCOUNT_OFF),
        Case("all actions but one", FAIL, wide(Action=None, NotAction=other_action), _ACCOUNT_OFF),
        Case("the other way", PASS, wide(Action=other_action)),
        Case("a named account", PASS, wide(Principal={"AWS": OWNER})),
        Case("a fixed value", PASS, wide(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}})),
        Case("a wildcard", FAIL, wide(Condition={"StringLike": {"aws:SourceVpce": "vpce-*"}}), _ACCOUNT_OFF),
        Case("a variable", FAIL, wide(Condition={"StringEquals": {"aws:SourceVpc": "${aws:x}"}}), _ACCOUNT_OFF),
        Case("a denial", FAIL, policy(*opened["policy"]["Statement"], statement(Effect="Deny")), _ACCOUNT_OFF),
        Case("restricted", PASS, {**opened, "public_access": {"restrict_public_buckets": True}}, {}, ("blocked",)),
        Case("later ones are blocked", FAIL, {**opened, "public_access": {"block_public_policy": True}}, _ACCOUNT_OFF),
        Case("restricted by the account", PASS, opened, _ACCOUNT_ON, ("blocked",)),
        Case("nobody knows about the account", UNKNOWN, opened, says=("account_public_access",)),
        Case("AWS agrees", FAIL, opened, {**_ACCOUNT_OFF, "policy_status": True}, ("statements Open.",)),
        Case("AWS does not", FAIL, opened, {**_ACCOUNT_OFF, "policy_status": False}, ("AWS does not call",)),
        Case("AWS alone calls it public", FAIL, facts={**_ACCOUNT_OFF, "policy_status": True}, says=("AWS calls",)),
        Case("nor does AWS", PASS, wide(Principal={"AWS": OWNER}), {"policy_status": False}, ("Neither",)),
        Case("a grant", FAIL, grant, _ACCOUNT_OFF, (f"ACL grants {permission}",)),
        Case("a grant to every account", FAIL, _acl("FULL_CONTROL", _ACCOUNTS), _ACCOUNT_OFF, ("FULL_CONTROL",)),
        Case("a grant of permissions", FAIL, _acl(f"{permission}_ACP"), _ACCOUNT_OFF),
        Case("a grant the other way", PASS, _acl(other_permission)),
        Case("a grant to somebody", PASS, {"acl": {"owner": "1", "grants": [{"permission": permission, "id": "2"}]}}),
        Case("a canned ACL", FAIL, {"acl": {"canned": "public-read-write"}}, _ACCOUNT_OFF),
        Case("ACLs are ignored", PASS, {**grant, "public_access": {"ignore_public_acls": True}}),
        Case("ACLs are ignored by the account", PASS, grant, _ACCOUNT_ON),
        Case("the wrong switch", FAIL, {**grant, "public_access": {"restrict_public_buckets": True}}, _ACCOUNT_OFF),
        Case(
            "one of two ways is blocked",
            FAIL,
            {**opened, **grant, "public_access": switches(ignore_public_acls=False)},
            _ACCOUNT_OFF,
            ("by ACL",),
        ),
    )
