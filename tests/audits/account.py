# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account of as many buckets as one likes, in order and disorder: the cases of the controls, shuffled."""

from __future__ import annotations

import datetime
import functools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import compare
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Scope,
    Unread,
    ask,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding, Suppression, suppress
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About, Since
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page import whole
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS

from audits.case import OWNER
from audits.facts import data, documents, facts

NOW = datetime.datetime(2026, 11, 26, 5, 0, tzinfo=datetime.timezone.utc)
TEAMS = ("media", "billing", "web", "data", "lab")
USES = ("uploads", "site", "scratch", "exports", "backups", "logs", "archive", "reports", "models", "thumbnails")
LONG = "example-shared-customer-documents-and-invoices-eu-central-1-prod"[:63]
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
KNOWN = (
    Suppression("S3.8", ("*-site",), "A public web site, until CloudFront is there.", datetime.date(2027, 6, 30)),
    Suppression("S3.7", ("*-scratch",), "Nothing of value, and emptied every night."),
)


def names(count: int) -> list[str]:
    """Of buckets."""
    plain = [f"{team}-{use}" for use in USES for team in TEAMS]
    return [LONG, *plain, *(f"{name}-{number}" for number in range(2, 1000) for name in plain)][:count]


def account(count: int, seed: int = 5) -> list[Finding]:
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
    passing = [each for each in _judgements(control.id) if each.verdict.value in ("pass", "not_applicable")]
    failing = [each for each in _judgements(control.id) if each.verdict.value == "fail"]
    rare = 0.3 if control.severity.value == "critical" else 0.7
    return dice.choice(failing if dice.random() > 1 - rare * (1 - order) else passing)


@functools.cache
def _judgements(name: str) -> list[Judgement]:
    (control,) = [each for each in CONTROLS if each.id == name]
    return [ask(control, facts(documents(case.options), case.facts))[0] for case in data(control).CASES]


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
    first = next(each.bucket for each in found if each.control.scope is Scope.BUCKET)
    other = {(each.control.id, each.resource): each for each in account(len(found) // 15, seed)}
    kept = [each for each in found if each.bucket != first]
    before = [other.get((each.control.id, each.resource), each) if dice.random() < 0.08 else each for each in kept]
    gone = [
        replace(each, bucket="old-import", resource="arn:aws:s3:::old-import") for each in found if each.bucket == first
    ]
    return [*before, *gone]


# What would be more than a text, if it were not one.
HOSTILE = (
    "<script>window.hacked = 1</script>",
    '\'"><img src=x onerror="window.hacked=1">',
    "</style></script></details></table><svg onload=alert(1)>",
    "&lt;b&gt; &amp; javascript:alert(1)",
    "\u202egnitirw rehto \u2066\u200b\u0000\u001b[31m \ud800 \U0001f600 e\u0301",
    "{{ 7 * 7 }} ${7*7} <!-- ]]> --!>",
)


def hostile() -> list[Finding]:
    """Findings whose every text comes from somebody who means harm."""
    found = [
        replace(
            each,
            bucket=f"{text} {number}",
            resource=f"arn:aws:s3:::{text} {number}",
            region=text,
            judgement=replace(each.judgement, evidence=text, values={text: [text]}, options={text: text}),
            suppressed=each.suppressed and replace(each.suppressed, reason=text),
        )
        for number, text in enumerate(HOSTILE)
        for each in account(1, number)
        if each.control.scope is Scope.BUCKET
    ]
    known = [Suppression("S3.13", ("*",), HOSTILE[0])]
    return suppress(found, known, NOW.date())


def page(found: Sequence[Finding]) -> str:
    """Their page, with what changed since an earlier audit."""
    changes = compare(*([each.shown for each in side] for side in (earlier(found), found)))
    return whole.render(About(found, OWNER, REGIONS[0], "aws", NOW, since=Since("2026-11-25T05:00:00Z", changes)))
