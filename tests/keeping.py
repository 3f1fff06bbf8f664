# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What of a bucket's configurations the servers of the tests do not know or do not keep.

An aspect has a course on a server (`tests/aspects/`), or the server lacks it whole and it stands here; so do parts that
a server loses of an aspect that it keeps otherwise. `tests/integration/test_bucket_servers.py` shows that this is true,
and `docs/servers.md` has it as a table (`python tests/keeping.py` writes it).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from aspects import (
    acl,
    analytics,
    encryption,
    intelligent_tiering,
    inventory,
    lifecycle,
    logging,
    metadata_tables,
    metrics,
    notifications,
    object_lock,
    policy,
    public_access,
    replication,
    versioning,
    website,
)
from aspects.case import MOTO, SEAWEEDFS
from capabilities import PAGE, TITLES, filled

UNKNOWN, LOST = "endpoint does not know this part of S3", "another value is there"
REFUSES, FORGETS = "refuses it", "takes it, and forgets it"


@dataclass(frozen=True)
class Lack:
    """Options that a server does not keep.

    does: what it does, as a sentence without its subject. says: what the error says. whole: nothing of the aspect is
    kept. removed: an empty value is tried, too. before: options that these need.
    """

    aspect: str
    does: str
    options: dict[str, Any]
    says: str = UNKNOWN
    whole: bool = True
    removed: bool = True
    before: dict[str, Any] = field(default_factory=dict)


def _part(aspect: str, does: str, options: dict[str, Any], says: str = LOST, **before: Any) -> Lack:
    """A part of an aspect that is kept otherwise."""
    return Lack(aspect, does, options, says, whole=False, removed=False, before=before)


_ABAC, _ACCELERATED, _REQUESTER = {"abac": True}, {"accelerate": "enabled"}, {"request_payment": "requester"}
_ANALYTICS, _METRICS = {"analytics": [analytics.WATCHED]}, {"metrics": [metrics.ALL]}
_TIERING = {"intelligent_tiering": [intelligent_tiering.ALL]}
_TABLES = metadata_tables.some(journal=metadata_tables.MONTH)
_BLOCKED = {"encryption": {"algorithm": "AES256", "blocked_types": ["SSE-C"]}}
_HELD = {"object_lock": {"enabled": True, "default_retention": object_lock.HELD}}

LACKING: dict[str, tuple[Lack, ...]] = {
    SEAWEEDFS: (
        Lack("public_access", REFUSES, {"public_access": public_access.ON}),
        Lack("logging", REFUSES, {"logging": logging.WHOLE}),
        Lack("website", REFUSES, {"website": website.PAGES}),
        Lack("accelerate", REFUSES, _ACCELERATED),
        Lack("request_payment", REFUSES, _REQUESTER, "MalformedXML"),
        Lack("abac", REFUSES, _ABAC),
        Lack("intelligent_tiering", REFUSES, _TIERING),
        Lack("analytics", REFUSES, _ANALYTICS),
        Lack("inventory", REFUSES, {"inventory": [inventory.PLAIN]}),
        Lack("metrics", REFUSES, _METRICS),
        Lack("notifications", REFUSES, {"notifications": [notifications.IMAGES], "event_bridge": True}),
        Lack("replication", REFUSES, replication.some(replication.ALL), before=replication.ON),
        Lack("metadata_tables", REFUSES, _TABLES),
        _part("lifecycle", "refuses transitions", {"lifecycle": [lifecycle.moving((90, "GLACIER"))]}, UNKNOWN),
        _part(
            "encryption",
            "refuses `aws:kms:dsse`",
            {"encryption": {"algorithm": "aws:kms:dsse", "key_id": encryption.KEY}},
            "InvalidEncryptionAlgorithm",
        ),
        _part("encryption", "forgets `blocked_types`", _BLOCKED),
        _part("versioning", "forgets `mfa_delete`", versioning.MFA, **object_lock.ON),
        _part("object_lock", "forgets event holds", _HELD, **object_lock.ON),
        _part("acl", "refuses grants", {"acl": {"grants": [acl.OTHER]}}, "InvalidRequest", ownership="ObjectWriter"),
        _part("policy", "refuses one that speaks of all buckets", policy.policy(policy.READ), "InvalidPolicyDocument"),
    ),
    MOTO: (
        Lack("request_payment", FORGETS, _REQUESTER, LOST),
        Lack("abac", FORGETS, _ABAC, LOST),
        Lack("intelligent_tiering", FORGETS, _TIERING, LOST),
        Lack("analytics", FORGETS, _ANALYTICS, LOST),
        # Not even a rollback is possible there, so there is no course.
        Lack(
            "inventory",
            "keeps most of it, and takes its deletion for that of the bucket",
            {"inventory": [inventory.WHOLE]},
            LOST,
            removed=False,
        ),
        Lack("metrics", FORGETS, _METRICS, LOST),
        Lack("metadata_tables", "answers 500", _TABLES, "500"),
        _part("encryption", "forgets `blocked_types`", _BLOCKED),
        _part("versioning", "forgets `mfa_delete`", versioning.MFA, **object_lock.ON),
        _part(
            "object_lock",
            "refuses it for a bucket that is not empty",
            {"object_lock": {"enabled": True}},
            "needs to be empty",
            **object_lock.ON,
        ),
        _part("lifecycle", "forgets sizes", {"lifecycle": [lifecycle.expiring(size_less_than=10)]}),
        _part(
            "lifecycle",
            f"forgets `{lifecycle.MINIMUM}`",
            {"lifecycle": [lifecycle.LOGS], lifecycle.MINIMUM: lifecycle.VARIES},
        ),
        _part("notifications", "forgets `event_bridge`", {"event_bridge": True}),
        _part("replication", "forgets some conditions", replication.some(replication.LOGS), **replication.ON),
    ),
}


def table() -> str:
    """The table for the documentation."""
    servers = tuple(LACKING)
    lines = [f"| Option | {' | '.join(TITLES[name] for name in servers)} |", f"|---|{'---|' * len(servers)}"]
    lines += [f"| `{one.name}` | {' | '.join(_cell(name, one.name) for name in servers)} |" for one in ASPECTS]
    return "\n".join(lines)


def _cell(server: str, aspect: str) -> str:
    lacks = [lack for lack in LACKING[server] if lack.aspect == aspect]
    if any(lack.whole for lack in lacks):
        return f"no: {lacks[0].does}"
    return "; ".join(["yes", *(lack.does for lack in lacks)])


def page(text: str) -> str:
    """TEXT of the page with the table as it is now."""
    return filled(text, "configurations", table())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
