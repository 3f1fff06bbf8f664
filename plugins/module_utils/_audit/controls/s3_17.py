# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether objects are encrypted with KMS keys.

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

_KMS = ("aws:kms", "aws:kms:dsse")
_OPTIONS = {"encryption": {"algorithm": _KMS[0], "bucket_key": True}}


def _judge(facts: Facts) -> Iterator[Judgement]:
    encryption = facts["encryption"]["encryption"]
    algorithm = encryption.get("algorithm") or "AES256"  # as S3 does since 2023 where nothing is said
    values = {"encryption": encryption}
    yield judged(algorithm in _KMS, f"New objects are encrypted with {algorithm}.", values, _OPTIONS)


S3_17 = Control(
    id="S3.17",
    severity=Severity.MEDIUM,
    title="Objects are encrypted with KMS keys",
    scope=Scope.BUCKET,
    reads=("encryption",),
    judge=_judge,
    what="S3 encrypts every object. With SSE-S3 its own keys do, which serve everybody who may read the object. With"
    " SSE-KMS or DSSE-KMS a key of KMS does, AWS's service for keys, with permissions and a log of its own.",
    why="To read an object then takes two permissions, each use of the key is recorded, and without the key nobody"
    " reads anything.",
    how="Passes if the default encryption is aws:kms or aws:kms:dsse.",
    remedy="Set encryption.algorithm to aws:kms with bucket_key, and encryption.key_id to a key of your own: without"
    " one AWS's key of the account is taken, which other accounts cannot use.",
    breaks="Readers and writers that may not use the key. Buckets for access logs and load balancers' logs have to"
    " stay with SSE-S3. Objects that are there stay as they are.",
    klass=Remedy.OPT_IN,
    module=BUCKET,
    pci={"v4.0.1": "3.5.1"},
)
