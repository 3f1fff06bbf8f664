# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From findings to what remedies them: one set of options for each bucket, and why the rest is left. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

# Who has looked at these of a bucket and lets them stay means it to be public, which those would end.
_PUBLIC, _CLOSING = ("S3.2", "S3.3"), ("S3.1", "S3.8")
_NAMES = ("id", "Sid")  # what entries of lists are known by
CHOOSABLE = (Remedy.SAFE.value, Remedy.OPT_IN.value)


def remedies(findings: Sequence[Values], classes: Sequence[str], options: Mapping[str, Values]) -> Values:
    """What is to be done.

    findings: as `audit_info` returns them. classes: safe, opt_in. options: by controls, more of what remedies them;
    in texts {bucket} stands for the bucket's name. Returns buckets, a list of name, controls and options; account, its
    controls and options; and left, a list of control, bucket and reason. Raises StowageError.
    """
    _check(classes, options)
    meant = {each["bucket"] for each in findings if each["control"] in _PUBLIC and each["suppressed"]}
    buckets: dict[str, Values] = {}
    account: Values = {"controls": [], "options": {}}
    left = []
    for each in findings:
        if each["verdict"] != Verdict.FAIL.value or each["suppressed"]:
            continue
        whole = joined(each["remedy"].get("options", {}), _filled(options.get(each["control"], {}), each["bucket"]))
        reason = _left(each, classes, whole, meant)
        if reason:
            left.append({"control": each["control"], "bucket": each["bucket"], "reason": reason})
            continue
        of_account = each["remedy"]["module"] == PUBLIC_ACCESS_OF_ACCOUNT
        name = each["bucket"]
        entry = account if of_account else buckets.setdefault(name, {"name": name, "controls": [], "options": {}})
        entry["controls"].append(each["control"])
        entry["options"] = joined(entry["options"], whole)
    return {"buckets": [buckets[name] for name in sorted(buckets)], "account": account, "left": left}


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


def _left(finding: Values, classes: Iterable[str], options: Values, meant: set[str]) -> str:
    """Why a finding is not remedied; "" if it is."""
    control, bucket = finding["control"], finding["bucket"]
    if not finding["remedy"].get("module"):
        return f"No module of this collection does it. {finding['remedy'].get('text', '')}".strip()
    if finding["class"] not in classes:
        return f"Its class is {finding['class']}, which was not chosen."
    if control in _CLOSING and (meant if control == "S3.1" else bucket in meant):
        names = ", ".join(sorted(meant)) if control == "S3.1" else bucket
        return f"A suppression lets {names} be public, and this would end it. Suppress this too, or remove that."
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
