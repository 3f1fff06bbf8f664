# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From a module's parameters to its result: read, judge, report.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit import finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Changes, Reach, compare, shared
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Scope
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding, Suppression
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About, Since
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.machine import Earlier
from ansible_collections.stowage.s3.plugins.module_utils._audit.look import Account, look
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.report import FORMATS, read, write
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.info import is_pattern, named
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

_IDS = [control.id for control in CONTROLS]
AUDIT_SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "aliases": ["bucket"], "default": "*"},
    "controls": {"type": "list", "elements": "str", "choices": _IDS},
    "account": {"type": "bool", "default": True},
    "suppressions": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "control": {"type": "str", "choices": _IDS, "required": True},
            "buckets": {"type": "list", "elements": "str", "default": ["*"]},
            "reason": {"type": "str", "required": True},
            "expires": {"type": "str"},
        },
    },
    "assume": {"type": "list", "elements": "dict", "default": []},
    "output": {"type": "dict", "options": {name: {"type": "path"} for name in FORMATS}},
    "previous": {"type": "path"},
    "expected_bucket_owner": {"type": "str"},
}


def audit_info(module: Any) -> dict[str, Any]:
    """`stowage.s3.audit_info`.

    Raises StowageError: bad options, buckets cannot be listed, a file cannot be read or written.
    """
    params, now = module.params, datetime.datetime.now(datetime.timezone.utc)
    known = finding.suppressions(params["suppressions"])
    output = {name: path for name, path in (params["output"] or {}).items() if path}
    if len({*output.values()}) < len(output):
        raise StowageError("output: two formats have the same file. Give each its own.")
    chosen = [
        control
        for control in CONTROLS
        if (params["controls"] is None or control.id in params["controls"])
        and (params["account"] or control.scope is not Scope.ACCOUNT)
    ]
    if not chosen:
        raise StowageError(
            "controls: all of them are about the account, and account is false. Name others, or leave account."
        )
    earlier = read(params["previous"], output.get("json", "")) if params["previous"] else None
    account = Account(module)
    names = [each["name"] for each in named(account.of("s3"), params["name"])]
    number = _number(account)
    _same_account(earlier, number, params["previous"])
    assumed = {str(each.get("name") or ""): each for each in params["assume"]}
    seen = look(account, names, chosen, params["expected_bucket_owner"], assumed)
    if not is_pattern(params["name"]) and not seen.buckets and any(each.scope is Scope.BUCKET for each in chosen):
        raise StowageError(f"s3://{params['name']} does not exist. Check the name, the region and the endpoint.")
    found = list(finding.of_account(chosen, seen.account, number))
    found += [each for facts in seen.buckets for each in finding.of_bucket(chosen, facts)]
    found = finding.suppress(found, known, now.date())
    for each in known:
        if each.expired(now.date()):
            module.warn(
                f"The suppression of {each.control} expired on {each.expires} and no longer counts: {each.reason}"
            )
    meta = account.client.meta
    reach = Reach(params["name"], frozenset(each.id for each in chosen))
    since = _since(earlier, found, reach) if params["previous"] else None
    about = About(found, number, str(meta.region_name), str(meta.partition), now, reach, since)
    texts = [(path, FORMATS[name](about)) for name, path in output.items()]
    if not module.check_mode:
        for path, text in texts:
            write(path, text)
    return {
        "changed": False,
        "account": number,
        "findings": [each.shown for each in found],
        "summary": finding.summary(found),
        **({"changes": {"since": since.time, **since.changes.shown}} if since else {}),
        "suppressions": [_used(each, found, now.date()) for each in known],
        "calls": account.calls,
        "permissions": permissions(chosen, listing=is_pattern(params["name"])),
    }


def _number(account: Account) -> str:
    try:
        return account.number
    except StowageError:
        return ""  # the controls that need it say so


def _same_account(earlier: Earlier | None, number: str, path: str) -> None:
    """Raises StowageError where both accounts are known and are two."""
    if earlier and earlier.account and number and earlier.account != number:
        raise StowageError(
            f"previous: {path!r} is an audit of the account {earlier.account}, and this one is of {number}. Give each"
            " account a file of its own."
        )


def _since(earlier: Earlier | None, found: list[Finding], reach: Reach) -> Since:
    if not earlier:
        return Since("", Changes())
    before = shared(earlier.findings, earlier.reach, reach)
    return Since(earlier.time, compare(before, shared([each.shown for each in found], earlier.reach, reach)))


def _used(known: Suppression, found: list[Finding], today: datetime.date) -> dict[str, Any]:
    return {
        **known.shown,
        "expired": known.expired(today),
        "findings": sum(each.suppressed is known for each in found),
    }
