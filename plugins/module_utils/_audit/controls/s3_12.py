# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether anybody comes in by the ACL.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    BUCKET,
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
    judged,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.judges import words
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.acl import granted

_NO_ACLS = "BucketOwnerEnforced"
_OPTIONS = {"acl": {"canned": "private"}, "ownership": _NO_ACLS}


def _judge(facts: Facts) -> Iterator[Judgement]:
    ownership, acl = facts["ownership"]["ownership"], facts["acl"]
    owner = acl["acl"].get("owner")
    grants = (
        [] if ownership == _NO_ACLS else [f"{permission} {who}" for permission, who in granted(acl) if who != owner]
    )
    if ownership == _NO_ACLS:
        evidence = "ACLs are turned off."
    elif grants:
        evidence = f"The ACL grants: {words(grants)}."
    else:
        evidence = "ACLs are on, and grant nobody but the owner anything."
    yield judged(not grants, evidence, {"ownership": ownership, "acl_grants": grants}, _OPTIONS)


S3_12 = Control(
    id="S3.12",
    severity=Severity.MEDIUM,
    title="ACLs give nobody access",
    scope=Scope.BUCKET,
    reads=("acl", "ownership"),
    judge=_judge,
    what="Access control lists are S3's older way to grant access, from before there were policies. With the"
    f" ownership {_NO_ACLS} a bucket has none.",
    why="A policy shows all that is granted in one place. Grants of ACLs, on the bucket and on each object, are"
    " overlooked.",
    how=f"Passes if ownership is {_NO_ACLS}, or the bucket's ACL grants nothing to anybody but its owner. Grants to"
    " groups, that for the delivery of logs too, count.",
    remedy="Put what the ACL grants into the policy, then set the ACL to private and ownership to BucketOwnerEnforced.",
    breaks="Who came in by the ACL of the bucket or of an object stays outside. Writers that send an ACL are refused"
    " (400).",
    klass=Remedy.OPT_IN,
    module=BUCKET,
)
