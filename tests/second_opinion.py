# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prowler's checks beside our controls: which ask the same, and where they say something else of the same bucket.

`make judge` shows all of it to be true (`tests/judges/test_prowler.py`), and docs/security.md has it as tables
(`python tests/security_page.py` writes them).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from mess import KINDS, LOGS, SITE
from peers.prowler import Row, version

PASS, FAIL, NOTHING = "PASS", "FAIL", "-"  # what Prowler says; nothing, where it has no finding
_WORDS = {"pass": PASS, "fail": FAIL, "not_applicable": NOTHING, "unknown": NOTHING}
ACCOUNT = "the account"  # beside the kinds of buckets
Said = dict[tuple[str, str], str]  # by control and kind


@dataclasses.dataclass(frozen=True)
class Check:
    """A check of Prowler's: the control that asks the same, or why there is nothing to compare."""

    control: str = ""
    unjudged: str = ""


_NO_POINTS = "No such point is among what is judged, and none can be remedied in place."

CHECKS: dict[str, Check] = {
    "s3_access_point_public_access_block": Check("S3.19", _NO_POINTS),
    "s3_account_level_public_access_blocks": Check("S3.1"),
    "s3_bucket_acl_prohibited": Check("S3.12"),
    "s3_bucket_cross_account_access": Check("S3.6"),
    "s3_bucket_cross_region_replication": Check("S3.7"),
    "s3_bucket_default_encryption": Check("", "Always so on AWS, where S3 encrypts all that is new since 2023."),
    "s3_bucket_event_notifications_enabled": Check("S3.11"),
    "s3_bucket_kms_encryption": Check("S3.17"),
    "s3_bucket_level_public_access_block": Check("S3.8"),
    "s3_bucket_lifecycle_enabled": Check("S3.13"),
    "s3_bucket_no_mfa_delete": Check("S3.20"),
    "s3_bucket_object_lock": Check("S3.15"),
    "s3_bucket_object_public": Check(
        "", "It samples the ACLs of objects, which this audit does not read. Off by default."
    ),
    "s3_bucket_object_versioning": Check("S3.14"),
    "s3_bucket_policy_public_write_access": Check("S3.3"),
    "s3_bucket_public_access": Check("S3.2"),
    "s3_bucket_public_list_acl": Check("S3.2"),
    "s3_bucket_public_write_acl": Check("S3.3"),
    "s3_bucket_secure_transport_policy": Check("S3.5"),
    "s3_bucket_server_access_logging_enabled": Check("S3.9"),
    "s3_bucket_shadow_resource_vulnerability": Check(
        "",
        "It tries whether somebody has buckets with names that AWS's services would choose. Security Hub does not ask.",
    ),
    "s3_multi_region_access_point_public_access_block": Check("S3.24", _NO_POINTS),
}
JUDGED = {name: check.control for name, check in CHECKS.items() if not check.unjudged}


@dataclasses.dataclass(frozen=True)
class Difference:
    """What we say of kinds of buckets, before and after the baseline, and what Prowler says of them instead."""

    control: str
    ours: str
    theirs: str
    why: str
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


_ALL = frozenset(KINDS)
_OF_OTHERS = frozenset({LOGS, SITE, "open-policy", "partner"})

DIFFERENCES = (
    Difference(
        "S3.5",
        FAIL,
        PASS,
        "Prowler takes any statement that denies `s3:PutObject` without TLS, whomever and whatever it is about. Reading"
        " without TLS is denied by none.",
        before=frozenset({"half-tls"}),
    ),
    Difference(
        "S3.6",
        PASS,
        FAIL,
        "Prowler's check fails for anything that another account, or everybody, may do. The control, as Security Hub"
        " has it, fails for five actions that hand over the bucket; a partner who reads is what policies are for.",
        _OF_OTHERS,
        _OF_OTHERS,
    ),
    Difference(
        "S3.8",
        FAIL,
        PASS,
        "Prowler looks at two of the four switches, those that make harmless what is there. The other two refuse what"
        " would come.",
        before=frozenset({"half-blocked"}),
    ),
    Difference(
        "S3.9",
        NOTHING,
        FAIL,
        "The bucket where the others' logs are kept does not log itself: each log would make entries for the next.",
        after=frozenset({LOGS}),
    ),
    Difference(
        "S3.12",
        PASS,
        FAIL,
        "Prowler wants ACLs turned off, the control that they grant nobody anything. Buckets that were made before"
        " April 2023 often have them on and unused.",
        _ALL - {"open-acl"},
        _ALL - {"open-acl"},
    ),
    Difference(
        "S3.20",
        NOTHING,
        FAIL,
        "AWS does not take MFA delete and lifecycle rules together. Security Hub does not ask where there are rules,"
        " which the baseline sets (S3.13).",
        before=frozenset({"ruled"}),
        after=_ALL,
    ),
)


def theirs(rows: Iterable[Row], number: str, kinds: Mapping[str, str]) -> Said:
    """What Prowler says, of the checks of a control the worst. kinds: by the names of buckets.

    Where the account blocks public access, Prowler says so once instead of once for each bucket.
    """
    found: Said = {}
    for row in rows:
        control = JUDGED.get(row.check)
        if control:
            of_all = row.resource == number and control != "S3.1"
            for kind in kinds.values() if of_all else [kinds.get(row.resource, ACCOUNT)]:
                found[control, kind] = FAIL if FAIL in (row.status, found.get((control, kind))) else row.status
    return found


def ours(findings: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> Said:
    """What our audit says, in Prowler's words."""
    return {
        (each["control"], kinds.get(each["bucket"], ACCOUNT)): _WORDS[each["verdict"]]
        for each in findings
        if each["control"] in JUDGED.values()
    }


def differences(one: Said, other: Said) -> set[tuple[str, str, str, str]]:
    """Where they differ: control, kind, what the one says, what the other."""
    pairs = {(*key, one.get(key, NOTHING), other.get(key, NOTHING)) for key in one.keys() | other.keys()}
    return {pair for pair in pairs if pair[2] != pair[3]}


def listed(moment: str) -> set[tuple[str, str, str, str]]:
    """The differences that are known, before or after the baseline."""
    return {(each.control, kind, each.ours, each.theirs) for each in DIFFERENCES for kind in getattr(each, moment)}


def tables() -> str:
    """For the documentation: the checks with the controls that ask the same, and where the answers differ."""
    names = {PASS: "pass", FAIL: "fail", NOTHING: "not applicable"}
    lines = [f"| check of Prowler {version()} | control | compared |", "|---|---|---|"]
    lines += [f"| `{name}` | {check.control or '-'} | {check.unjudged or 'yes'} |" for name, check in CHECKS.items()]
    lines += ["", "| control | this audit | Prowler | because |", "|---|---|---|---|"]
    lines += [f"| {each.control} | {names[each.ours]} | {names[each.theirs]} | {each.why} |" for each in DIFFERENCES]
    return "\n".join(lines)
