# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What several controls judge by. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Facts,
    Judgement,
    judged,
    not_applicable,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.acl import granted
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import SWITCHES
from ansible_collections.stowage.s3.plugins.module_utils._bucket.grants import ALL_USERS, AUTHENTICATED_USERS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._policy.public import openings

ALL_ON: Values = {each.name: True for each in SWITCHES}
_PUBLIC = (ALL_USERS, AUTHENTICATED_USERS)
READ_GRANTS = frozenset(("FULL_CONTROL", "READ", "READ_ACP"))
WRITE_GRANTS = frozenset(("FULL_CONTROL", "WRITE", "WRITE_ACP"))
# The rule that a remedy adds; days that no upload of ours takes.
ABORT_RULE: Values = {"id": "abort-incomplete-uploads", "status": "enabled", "abort_incomplete_multipart_days": 7}


def words(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(names)


# What both controls of public access say
PUBLIC_HOW = (
    "A statement of the policy is public unless it names principals, or has a condition on who asks or from where"
    " (such as aws:SourceVpce, aws:PrincipalOrgID, aws:SourceIp) whose values are fixed: no wildcard, no policy"
    " variable, no range wider than /8. What other statements deny does not count. ACL grants are public if they are"
    " for everybody or for everybody with an account at AWS. restrict_public_buckets makes a public policy harmless,"
    " ignore_public_acls a public ACL; the account's switches are read where the bucket's own leave it open. AWS's own"
    " judgement of the policy (GetBucketPolicyStatus) is asked for, too, and told where it is another one; where it"
    " alone finds the policy public, that is a failure."
)
PUBLIC_REMEDY = (
    "Turn on all four switches of public_access, and set a public ACL to private. Then correct the policy: the"
    " switches do not remove it."
)
PUBLIC_BREAKS = (
    "While the policy stays public, restrict_public_buckets also shuts out the other accounts that it names."
)


# Switches against public access


def switches(block: Values, options: Values | None = None, *, resource: str = "", bucket: str = "") -> Judgement:
    """Whether all four are on."""
    values = {name: bool(block.get(name)) for name in ALL_ON}
    off = [name for name, on in values.items() if not on]
    evidence = f"Off: {words(off)}." if off else "All four switches are on."
    return judged(not off, evidence, {"public_access": values}, options, resource=resource, bucket=bucket)


def each_blocks(points: list[Values], none: str) -> Iterator[Judgement]:
    """Whether all four are on at each access point."""
    for point in points:
        yield switches(point["public_access"], resource=point["arn"], bucket=point.get("bucket", ""))
    if not points:
        yield not_applicable(none)


# What is public


def public(facts: Facts, kind: str) -> Judgement:
    """Whether everybody may do something: "reads" or "writes"."""
    acl, policy = facts["acl"], facts["policy"]["policy"]
    wanted = READ_GRANTS if kind == "reads" else WRITE_GRANTS
    grants = sorted({permission for permission, who in granted(acl) if who in _PUBLIC and permission in wanted})
    found, status = openings(policy), facts["policy_status"]
    opened = [each.name for each in found if getattr(each, kind)]
    if status and not found:
        opened = ["(which AWS calls public, and nobody knows for what)"]
    values = {"policy_statements": opened, "acl_grants": grants}
    if not opened and not grants:
        return judged(True, "Neither the policy nor the ACL lets the public in.", values)
    note = " AWS does not call the policy public." if opened and status is False else ""
    block = _effective(facts, opened, grants)
    ways = [f"policy statements {words(opened)}"] if opened and not block["restrict_public_buckets"] else []
    ways += [f"ACL grants {words(grants)}"] if grants and not block["ignore_public_acls"] else []
    if not ways:
        return judged(True, f"What lets the public in is without effect: public access is blocked.{note}", values)
    options = {"public_access": ALL_ON, **({"acl": {"canned": "private"}} if grants else {})}
    return judged(False, f"Open to the public by {words(ways)}.{note}", {**values, "public_access": block}, options)


def _effective(facts: Facts, opened: list[str], grants: list[str]) -> Values:
    """The switches of the bucket, and those of its account where they decide."""
    block = facts["public_access"]["public_access"]
    decisive = (("restrict_public_buckets", opened), ("ignore_public_acls", grants))
    values = {name: bool(block.get(name)) for name, _open in decisive}
    if any(ways and not values[name] for name, ways in decisive):
        account = facts["account_public_access"]
        values = {name: on or account[name] for name, on in values.items()}
    return values


# Lifecycle


def enabled_rules(rules: list[Values]) -> list[Any]:
    """The names of the rules that are on."""
    return [rule.get("id", "") for rule in rules if rule.get("status") == "enabled"]


def lifecycle(rules: list[Values], options: Values | None = None, *, resource: str = "", bucket: str = "") -> Judgement:
    """Whether there is a rule that is on."""
    enabled = enabled_rules(rules)
    if enabled:
        evidence = f"Rules that are on: {len(enabled)}."
    else:
        evidence = "All lifecycle rules are off." if rules else "There are no lifecycle rules."
    values = {"enabled_rules": enabled}
    return judged(bool(enabled), evidence, values, options, resource=resource, bucket=bucket)


# Trails

_OBJECTS = "AWS::S3::Object"
_EVERY_OBJECT = (
    "arn:aws:s3",
    "arn:aws:s3:::",
    "arn:aws-cn:s3",
    "arn:aws-cn:s3:::",
    "arn:aws-us-gov:s3",
    "arn:aws-us-gov:s3:::",
)
_ADVANCED_FIELDS = {"eventCategory", "resources.type", "resources.ARN", "readOnly"}


def data_events(facts: Facts, kind: str) -> Judgement:
    """Whether some trail records what is done to all objects in all regions: "read" or "write"."""
    trails = facts["trails"]
    recording = [each["name"] for each in trails if each["multi_region"] and each["logging"] and _records(each, kind)]
    if recording:
        return judged(True, f"Recorded by {words(recording)}.", {"trails": recording})
    many = [each["name"] for each in trails if each["multi_region"]]
    evidence = (
        f"None of the {len(many)} multi-region trails ({words(many)}) records"
        if many
        else "No multi-region trail records"
    )
    return judged(False, f"{evidence} {kind} events of all objects.", {"trails": trails})


def _records(trail: Values, kind: str) -> bool:
    return any(_selects(each, kind) for each in trail["selectors"]) or any(
        _selects_advanced(each, kind) for each in trail["advanced"]
    )


def _selects(selector: Values, kind: str) -> bool:
    wanted = ("All", "ReadOnly" if kind == "read" else "WriteOnly")
    return selector["read_write"] in wanted and any(value in _EVERY_OBJECT for value in selector["objects"])


def _selects_advanced(fields: dict[str, Values], kind: str) -> bool:
    """A field that nobody here knows narrows, and so do all others but these."""
    read_only = fields.get("readOnly", {"Equals": ["true" if kind == "read" else "false"]})
    arns = fields.get("resources.ARN", {"StartsWith": [_EVERY_OBJECT[0]]})
    return (
        set(fields) <= _ADVANCED_FIELDS
        and fields.get("eventCategory") == {"Equals": ["Data"]}
        and set(fields.get("resources.type", {})) == {"Equals"}
        and _OBJECTS in fields["resources.type"]["Equals"]
        and set(read_only) == {"Equals"}
        and ("true" if kind == "read" else "false") in read_only["Equals"]
        and set(arns) == {"StartsWith"}
        and any(value in _EVERY_OBJECT for value in arns["StartsWith"])
    )
