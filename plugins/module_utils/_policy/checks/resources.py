# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a policy is about. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._policy import known
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    BUCKET,
    GRAMMAR,
    IDENTITY,
    POLICIES,
    S3_GUIDE,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Statement
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

_IN_S3 = re.compile(r"arn:[^:]+:s3:::(.*)", re.DOTALL)
_PARTITION = re.compile(r"arn:([^:]*):")
_PARTITIONS = (
    "aws",
    "aws-cn",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-us-gov",
)
_NOTHING = "0"  # the letter of actions that are about no resource
_LETTERS = frozenset(f"boap-{_NOTHING}")
# What letters stand for, and how one of it is written.
_ABOUT = {"b": "buckets", "o": "objects", "a": "access points", "p": "objects", "-": "something else", "": "no bucket"}


def _each(subject: Subject) -> Iterator[tuple[str, str]]:
    for statement in subject.statements:
        yield from statement.members("Resource", "NotResource")


def _forms(subject: Subject) -> Iterator[Flaw]:
    for path, arn in _each(subject):
        written = arn == "*" or (arn.startswith("arn:") and (arn.count(":") >= 5 or "*" in arn))
        if not written:
            example = "arn:aws:s3:::example-bucket/*"
            yield Flaw(path, f"{shown(arn)} is no ARN.", f'Write one, as {example}, or "*".')


def _other_bucket(subject: Subject) -> Iterator[Flaw]:
    for path, arn in _each(subject):
        found = _IN_S3.match(arn)
        name = found[1].partition("/")[0] if found else ""
        # Where only what is not the bucket's is left out, nothing is.
        if found and subject.bucket and "$" not in name and not matches(name, subject.bucket):
            yield Flaw(path, f"{arn} is in another bucket.", f"S3 takes those in {subject.bucket} alone.")


def _partitions(subject: Subject) -> Iterator[Flaw]:
    for path, arn in _arns(subject):
        if arn not in _PARTITIONS and "*" not in arn:
            yield Flaw(path, f"AWS has no partition {shown(arn)}.", f"There are {', '.join(_PARTITIONS)}.")


def _mixed(subject: Subject) -> Iterator[Flaw]:
    first = ""
    for path, arn in _arns(subject):
        if arn in _PARTITIONS:
            first = first or arn
            if arn != first:
                yield Flaw(
                    path,
                    f"it is in {arn}, and what stands before it in {first}: nothing of the one reaches the other.",
                    "Use one partition.",
                )


def _arns(subject: Subject) -> Iterator[tuple[str, str]]:
    """The partitions of all ARNs."""
    for statement in subject.statements:
        named = statement.raw.get("Principal")
        texts = [*statement.members("Resource", "NotResource")]
        if isinstance(named, dict):
            path = f"{statement.path}.Principal.AWS"
            texts += [(path, name) for kind, name in statement.principals if kind == "AWS"]
        for path, text in texts:
            found = _PARTITION.match(text)
            if found:
                yield path, found[1]


# Actions and resources


def _letters(arn: str) -> frozenset[str]:
    """What an ARN may be about: letters of resources, see `actions.S3`; nothing where it is none of S3's."""
    found = _IN_S3.match(arn)
    if found:
        name, slash, _key = found[1].partition("/")
        if slash:
            return frozenset("o")
        if name == "*":  # as AWS writes it for ListAllMyBuckets
            return frozenset(f"bo{_NOTHING}")
        return frozenset("bo" if "*" in name or "$" in name else "b")  # which may stand for a slash
    parts = arn.split(":", 5)
    if len(parts) < 6 or "*" in parts[2]:
        return _LETTERS if "*" in arn else frozenset()
    if parts[2] not in ("s3", "s3-outposts", "s3-object-lambda"):
        return frozenset()
    if parts[5].startswith("accesspoint/"):
        return frozenset("p") if "/object" in parts[5] else frozenset("ap" if "*" in parts[5] else "a")
    return _LETTERS if parts[5].startswith("*") else frozenset("-")


def _judged(subject: Subject) -> Iterator[Statement]:
    """Statements whose actions and resources can be held against each other."""
    for statement in subject.statements:
        if statement.actions and statement.resources and "*" not in statement.resources:
            yield statement


def _mismatch(subject: Subject) -> Iterator[Flaw]:
    for statement in _judged(subject):
        reached = frozenset[str]().union(*map(_letters, statement.resources))
        for path, action in statement.members("Action"):
            found = known.of_s3(action.lower()) if action.lower().startswith("s3:") else ()
            if found and not any(reached & {*(each.about or _NOTHING)} for each in found):
                about = found[0].about
                yield Flaw(
                    path,
                    f"{action} is about {_ABOUT[about[:1]]}, and none of the resources is such.",
                    _instead(about, statement.resources[0]),
                )


def _instead(about: str, arn: str) -> str:
    if about[:1] == "o":
        return f"Add {arn.rstrip('/')}/*."
    if about[:1] == "b":
        return f"Add {arn.partition('/')[0]}."
    return 'Leave it out here; in a policy of an identity its resource is "*" or an ARN of its own.'


def _unused(subject: Subject) -> Iterator[Flaw]:
    for statement in _judged(subject):
        found = [each for action in statement.actions for each in known.of_s3(action)]
        if not found or not all(action.startswith("s3:") for action in statement.actions):
            continue
        about = {letter for each in found for letter in each.about or _NOTHING}
        letters = {path: _letters(arn) for path, arn in statement.members("Resource")}
        for path, arn in statement.members("Resource"):
            # Where none fits, it is the actions that are told of.
            if letters[path] and not letters[path] & about and any(each & about for each in letters.values()):
                yield Flaw(
                    path, f"none of the actions is about {arn}.", "Leave it out, or add the action that is meant."
                )


RESOURCE_FORM = Check(
    "resource_form",
    Severity.ERROR,
    (BUCKET, IDENTITY),
    "A resource is no ARN.",
    GRAMMAR.format("elements_resource"),
    _forms,
)
OTHER_BUCKET = Check(
    "other_bucket",
    Severity.ERROR,
    (BUCKET,),
    "A resource is not in the bucket that the policy is for. Where that is not said, it is the first resource's.",
    S3_GUIDE.format("s3-arn-format"),
    _other_bucket,
)
UNKNOWN_PARTITION = Check(
    "unknown_partition",
    Severity.ERROR,
    POLICIES,
    "An ARN is in a partition that AWS does not have.",
    S3_GUIDE.format("s3-arn-format"),
    _partitions,
)
MIXED_PARTITIONS = Check(
    "mixed_partitions",
    Severity.WARNING,
    POLICIES,
    "ARNs are in several partitions.",
    S3_GUIDE.format("s3-arn-format"),
    _mixed,
)
RESOURCE_MISMATCH = Check(
    "resource_mismatch",
    Severity.ERROR,
    (BUCKET, IDENTITY),
    "An action does not go with any of the resources, as one on objects with the ARN of the bucket alone. A bucket's"
    " policy is refused then, in one of an identity the action has no effect.",
    S3_GUIDE.format("security_iam_service-with-iam"),
    _mismatch,
    {IDENTITY: Severity.WARNING},
)
UNUSED_RESOURCE = Check(
    "unused_resource",
    Severity.NOTICE,
    (BUCKET, IDENTITY),
    "None of the actions goes with a resource.",
    S3_GUIDE.format("security_iam_service-with-iam"),
    _unused,
)
