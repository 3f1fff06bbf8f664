# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From findings to what remedies them: one set of options for each bucket, and why the rest is left. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    BUCKET,
    PUBLIC_ACCESS_OF_ACCOUNT,
    Remedy,
    Verdict,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place

# Who has looked at these of a bucket and lets them stay means it to be public, which those would end.
_PUBLIC, _CLOSING = ("S3.2", "S3.3"), ("S3.1", "S3.8")
_LOGGED, _KMS = "S3.9", "S3.17"
_NAMES = ("id", "Sid")  # what entries of lists are known by
CHOOSABLE = (Remedy.SAFE.value, Remedy.OPT_IN.value)


def remedies(
    findings: Sequence[Values], classes: Sequence[str], options: Mapping[str, Values], number: str = ""
) -> Values:
    """What is to be done.

    findings: as `audit_info` returns them. classes: safe, opt_in. options: by controls, more of what remedies them;
    in texts {bucket} stands for the bucket's name. number: the account's; with it, buckets for logs are made ready.
    Returns buckets, a list of name, controls and options; account, its controls and options; and left, a list of
    control, bucket and reason. Raises StowageError.
    """
    _check(classes, options)
    failures = [*_failures(findings, options)]
    meant = {each["bucket"] for each in findings if each["control"] in _PUBLIC and each["suppressed"]}
    logs = _where_logs_are(findings) | {_target(whole) for each, whole in failures if each["control"] == _LOGGED}
    buckets: dict[str, Values] = {}
    account: Values = {"controls": [], "options": {}}
    left = []
    for each, whole in failures:
        reason = _left(each, classes, whole, meant, logs)
        if reason:
            left.append({"control": each["control"], "bucket": each["bucket"], "reason": reason})
            continue
        of_account = each["remedy"]["module"] == PUBLIC_ACCESS_OF_ACCOUNT
        entry = account if of_account else _entry(buckets, each["bucket"])
        entry["controls"].append(each["control"])
        entry["options"] = joined(entry["options"], whole)
    ready = _ready_for_logs(buckets, findings, number) if number else {}
    for name, needed in ready.items():
        entry = _entry(buckets, name)
        entry["controls"].append(_LOGGED)
        entry["options"] = joined(needed, entry["options"])
    # S3 looks whether it may write there before it lets another bucket log.
    order = [*sorted(ready), *sorted(buckets.keys() - ready.keys())]
    return {"buckets": [buckets[name] for name in order], "account": account, "left": left}


def _failures(findings: Iterable[Values], options: Mapping[str, Values]) -> Iterator[tuple[Values, Values]]:
    """What failed and is not suppressed, each with the options that remedy it."""
    for each in findings:
        if each["verdict"] == Verdict.FAIL.value and not each["suppressed"]:
            more = _filled(options.get(each["control"], {}), each["bucket"])
            yield each, joined(each["remedy"].get("options", {}), more)


def _entry(buckets: dict[str, Values], name: str) -> Values:
    return buckets.setdefault(name, {"name": name, "controls": [], "options": {}})


def _where_logs_are(findings: Iterable[Values]) -> set[str]:
    """The buckets that others log to already."""
    return {each["evidence"]["values"].get("target_bucket", "") for each in findings if each["control"] == _LOGGED}


def _ready_for_logs(buckets: Mapping[str, Values], findings: Iterable[Values], number: str) -> dict[str, Values]:
    """By bucket that others are going to log to: what lets S3 write there. Only the account's own: they are audited."""
    targets = {_target(each["options"]) for each in buckets.values() if _LOGGED in each["controls"]}
    # An ARN begins with arn:partition:
    partitions = {each["bucket"]: each["resource"].split(":")[1] for each in findings if each["control"] == _LOGGED}
    # A name of its own, so that it stands beside statements for single buckets.
    template = {"access_logs": {"account": number, "id": "OfAccount"}}
    return {
        name: {"policy": policy([template], Place(name, partitions[name])), "purge_policy": False}
        for name in targets & partitions.keys()
    }


def _target(options: Values) -> str:
    logging = options.get("logging")
    return str(logging.get("target_bucket") or "") if isinstance(logging, dict) else ""


def _check(classes: Sequence[str], options: Mapping[str, Values]) -> None:
    for each in classes:
        if each not in CHOOSABLE:
            raise StowageError(f"classes: {each!r} is none that can be remedied. There are {', '.join(CHOOSABLE)}.")
    known = {control.id for control in CONTROLS if control.module == BUCKET}
    for name, value in options.items():
        if name not in known:
            told = ", ".join(sorted(known))
            raise StowageError(f"options: no control {name!r} is remedied by options of a bucket. There are {told}.")
        if not isinstance(value, dict):
            raise StowageError(f"options.{name}: {value!r} is no dict of options of stowage.s3.bucket.")


def _left(finding: Values, classes: Iterable[str], options: Values, meant: set[str], logs: set[str]) -> str:
    """Why a finding is not remedied; "" if it is."""
    control, bucket = finding["control"], finding["bucket"]
    if not finding["remedy"].get("module"):
        return f"No module of this collection does it. {finding['remedy'].get('text', '')}".strip()
    if finding["class"] not in classes:
        return f"Its class is {finding['class']}, which was not chosen."
    if control in _CLOSING and (meant if control == "S3.1" else bucket in meant):
        names = ", ".join(sorted(meant)) if control == "S3.1" else bucket
        return f"A suppression lets {names} be public, and this would end it. Suppress this too, or remove that."
    if control == _LOGGED and bucket in logs:
        return "Logs are kept here, and its own would grow from itself."
    if control == _KMS and bucket in logs:
        return "Logs are kept here, and S3 delivers them only to buckets with encryption by its own keys."
    if not options:
        return f"It takes options that nobody but you knows: give those of stowage.s3.bucket for {control}."
    return ""


def joined(one: Any, other: Any) -> Any:
    """Options of two remedies in one task: what the second says counts, and what has a name is there once."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: joined(one[name], other[name]) for name in one.keys() & other.keys()}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list):
        named = {_name(each): each for each in other if _name(each)}
        kept = [joined(each, named.pop(_name(each))) if _name(each) in named else each for each in one]
        return [*kept, *(each for each in other if (not _name(each) and each not in one) or _name(each) in named)]
    return other


def _name(entry: Any) -> str:
    return next((str(entry[key]) for key in _NAMES if entry.get(key)), "") if isinstance(entry, dict) else ""


def _filled(value: Any, bucket: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, bucket) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, bucket) for each in value]
    return value.replace("{bucket}", bucket) if isinstance(value, str) else value
