# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account of as many buckets as one likes, in order and disorder: the cases of the controls, shuffled."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Scope,
    Unread,
    ask,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding, Suppression, suppress
from ansible_collections.stowage.s3.plugins.module_utils._audit.look import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS

from audits.case import OWNER
from audits.facts import data, documents, facts

NOW = datetime.datetime(2026, 11, 26, 5, 0, tzinfo=datetime.timezone.utc)
TEAMS = ("media", "billing", "web", "data", "lab")
USES = ("uploads", "exports", "backups", "site", "logs", "archive", "reports", "models", "thumbnails", "scratch")
LONG = "example-shared-customer-documents-and-invoices-eu-central-1-prod"[:63]
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
KNOWN = (
    Suppression("S3.8", ("web-site",), "A public web site, until CloudFront is there.", datetime.date(2027, 6, 30)),
    Suppression("S3.7", ("*-scratch",), "Nothing of value, and emptied every night."),
)


def names(count: int) -> list[str]:
    """Of buckets."""
    plain = [f"{team}-{use}" for use in USES for team in TEAMS]
    return [LONG, *plain, *(f"{name}-{number}" for number in range(2, 1000) for name in plain)][:count]


def account(count: int, seed: int = 1) -> list[Finding]:
    """The findings of an audit."""
    dice = random.Random(seed)
    found = [each for control in CONTROLS if control.scope is Scope.ACCOUNT for each in _of_account(control, dice)]
    for name in names(count):
        region = dice.choice(REGIONS)
        order = dice.random() ** 2  # how much of it is in order
        for control in CONTROLS:
            if control.scope is Scope.BUCKET:
                judgement = _judgement(control, dice, order)
                found.append(Finding(control, judgement, name, f"arn:aws:s3:::{name}", region))
    return suppress(found, KNOWN, NOW.date())


def _judgement(control: Control, dice: random.Random, order: float) -> Judgement:
    if dice.random() < 0.02:
        return _denied(control)
    judgements = [ask(control, facts(documents(case.options), case.facts))[0] for case in data(control).CASES]
    passing = [each for each in judgements if each.verdict.value in ("pass", "not_applicable")]
    failing = [each for each in judgements if each.verdict.value == "fail"]
    rare = 0.15 if control.severity.value == "critical" else 0.7
    return dice.choice(failing if dice.random() > 1 - rare * (1 - order) else passing)


def _denied(control: Control) -> Judgement:
    action = next(
        each for each in permissions([control], listing=False) if each.startswith("s3:GetBucket") or "Get" in each
    )
    denied = Unread(f"denied, it takes {action}", (action,))
    return ask(control, Facts("b", dict.fromkeys(control.reads, denied)))[0]


def _of_account(control: Control, dice: random.Random) -> Iterator[Finding]:
    case = dice.choice(data(control).CASES)
    for judgement in ask(control, facts(documents(case.options), case.facts)):
        resource = judgement.resource or f"AWS::::Account:{OWNER}"
        yield Finding(control, judgement, judgement.bucket, resource, "")


def earlier(found: Sequence[Finding], seed: int = 2) -> list[Finding]:
    """The same account before: without its first bucket, with one more, and some verdicts of another account."""
    dice = random.Random(seed)
    first = next(each.bucket for each in found if each.bucket)
    other = {(each.control.id, each.resource): each for each in account(len(found) // 15, seed)}
    kept = [each for each in found if each.bucket != first]
    before = [other.get((each.control.id, each.resource), each) if dice.random() < 0.03 else each for each in kept]
    gone = [
        replace(each, bucket="old-import", resource="arn:aws:s3:::old-import") for each in found if each.bucket == first
    ]
    return [*before, *gone]
