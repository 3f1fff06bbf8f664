# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether the policy refuses requests without TLS.

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
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Condition, Statement, read
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place


def _refuses(statement: Statement) -> bool:
    """Everybody, everything, and on this condition alone: another would let some through."""
    return (
        statement.effect == "Deny"
        and statement.for_everybody
        and statement.covers_action("s3:*")
        and len(statement.conditions) == 1
        and _insecure(statement.conditions[0])
    )


def _insecure(condition: Condition) -> bool:
    return (condition.operator, condition.key, condition.of_set) == ("bool", "aws:securetransport", "") and (
        "false" in [value.lower() for value in condition.values]
    )


def _options(bucket: str, partition: str) -> Values:
    return {"policy": policy(["tls_only"], Place(bucket, partition)), "purge_policy": False}


def _judge(facts: Facts) -> Iterator[Judgement]:
    refusing = [each for each in read(facts["policy"]["policy"]) if _refuses(each)]
    places = {"the bucket": facts.bucket, "its objects": f"{facts.bucket}/*"}
    open_places = [
        place for place, name in places.items() if not any(statement.covers_resource(name) for statement in refusing)
    ]
    if open_places:
        evidence = f"Nothing refuses requests without TLS to {' and '.join(open_places)}."
    else:
        evidence = "The policy refuses requests without TLS."
    values = {"policy_statements": [each.name for each in refusing]}
    yield judged(not open_places, evidence, values, _options(facts.bucket, facts["partition"]))


S3_5 = Control(
    id="S3.5",
    severity=Severity.MEDIUM,
    title="Requests have to use TLS",
    scope=Scope.BUCKET,
    reads=("policy", "partition"),
    judge=_judge,
    what="TLS encrypts what goes over the network. S3 also answers plain HTTP, unless a bucket's policy refuses it.",
    why="Who listens on the way sees objects and signatures, and may change what a client gets.",
    how="Passes if statements of the policy deny everybody (Principal *) all actions (s3:* or *) on the bucket and on"
    " all of its objects, on the sole condition Bool aws:SecureTransport is false (as text, truth value or list). A"
    " statement on the version of TLS alone does not count, as plain HTTP has none.",
    remedy="Add the statement StowageTlsOnly to the policy; the other statements stay.",
    breaks="Clients that use plain HTTP, such as old devices and web site endpoints behind CloudFront.",
    klass=Remedy.SAFE,
    module=BUCKET,
    cis={"v1.4": "2.1.2", "v3.0": "2.1.1", "v5.0": "2.1.1", "v6.0": "3.1.1", "v7.0": "3.1.1"},
    pci={"v3.2.1": "4.1", "v4.0.1": "4.2.1"},
)
