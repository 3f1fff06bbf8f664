# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Policies in a form in which those that mean the same are equal; and one policy's statements put into another. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Policy = dict[str, Any]

# What AWS takes a policy for that says no version.
OLD_VERSION = "2008-10-17"
_ROOT = re.compile(r"arn:[^:]+:iam::([0-9]{12}):root")


def parsed(value: Any) -> Policy:
    """A policy from a dict or from JSON text; an empty one is none. Raises ValueError."""
    if isinstance(value, str):
        if not value.strip():
            return {}
        value = from_json(value)
    if not isinstance(value, dict):
        raise ValueError(f"it is {json.dumps(value)[:40]}, which is no object. Give a dict, or an object as JSON text.")
    return value


def from_json(value: str) -> Any:
    """What JSON text says. Raises ValueError, also for what Python takes and nobody else."""
    try:
        found = json.loads(value, object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON ({error}). Give a dict, or an object as JSON text.") from error
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character (a surrogate). Correct that text.") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply. No policy is.") from error
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"it holds {word}, which JSON does not have. Give a number.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} stands twice in one object, and only one of them would count. Join them.")
    return found


def text(policy: Policy) -> str:
    """A policy as it is sent: with no byte that does not count, as there are only so many."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)


def statements(policy: Policy) -> list[Any]:
    """The statements; one may stand without a list."""
    return items(policy.get("Statement", []))


def items(value: Any) -> list[Any]:
    """The members of what may be one or a list."""
    return value if isinstance(value, list) else [value]


def canonical(policy: Policy) -> Policy:
    """The same for all ways to write the same policy. The order of the statements is kept."""
    if not policy:
        return {}
    rest = {name: value for name, value in policy.items() if value not in ("", None)}
    return {"Version": OLD_VERSION, **rest, "Statement": [_statement(each) for each in statements(policy)]}


def _statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    found = {name: _FORMS.get(name, _as_it_is)(value) for name, value in statement.items()}
    return {name: value for name, value in found.items() if value not in ("", None, {})}


def _as_it_is(value: Any) -> Any:
    return value


def _set(values: Iterable[str]) -> list[str]:
    return sorted(set(values))


def _word(value: Any) -> str:
    """AWS takes true for "true", and 10 for "10"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(value: Any) -> list[str]:
    return _set(_word(each) for each in items(value))


def _actions(value: Any) -> list[str]:
    return _set(each.lower() for each in _words(value))  # as IAM compares them


def _principals(value: Any) -> Any:
    """Everybody is the same with and without AWS before it, and an account is its root."""
    if not isinstance(value, dict):
        value = {"AWS": value}
    return {kind: _set(_account(each) for each in _words(names)) for kind, names in value.items()}


def _account(principal: str) -> str:
    found = _ROOT.fullmatch(principal)
    return found[1] if found else principal


def _conditions(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        operator: {key.lower(): _words(values) for key, values in keys.items()} if isinstance(keys, dict) else keys
        for operator, keys in value.items()
    }


_FORMS = {
    "Action": _actions,
    "NotAction": _actions,
    "Resource": _words,
    "NotResource": _words,
    "Principal": _principals,
    "NotPrincipal": _principals,
    "Condition": _conditions,
}


def merged(present: Policy, wanted: Policy) -> Policy:
    """`wanted` replaces statements of the same Sid or adds them at the end; the others stay. Raises ValueError."""
    new = {sid(each): each for each in statements(wanted)}
    if "" in new:
        raise ValueError("purge_policy: false knows statements by their Sid, and one has none. Give it a Sid.")
    if len(new) != len(statements(wanted)):
        raise ValueError("a Sid is there twice. Each statement needs a name of its own.")
    kept = [new.get(sid(each), each) for each in statements(present)]
    known = {sid(each) for each in statements(present)}
    added = [each for each in statements(wanted) if sid(each) not in known]
    others = [each for each in statements(present) if sid(each) not in new]
    own = wanted if _takes_version(present, wanted, others) else {**wanted, "Version": None}
    said = {name: value for name, value in own.items() if value is not None}
    return {**present, **said, "Statement": [*kept, *added]}


def _takes_version(present: Policy, wanted: Policy, others: list[Any]) -> bool:
    """Whether both together have the version of `wanted`, and not the present one. Raises ValueError.

    A newer one would bring to life what is text in the statements of others and looks like a variable.
    """
    there, asked = (each.get("Version") for each in (present, wanted))
    if not asked or asked == (there or OLD_VERSION) or not any(map(_variable, others)):
        return True
    if any(map(_variable, statements(wanted))):
        raise ValueError(
            f"purge_policy: false: what is there has version {there or OLD_VERSION}, and in {asked} its ${{...}} would"
            " mean something else. Give the same version, write your statements without ${...}, or write the whole"
            " policy, with purge_policy: true."
        )
    return False


def _variable(statement: Any) -> bool:
    """Whether a statement holds a policy variable, or what would be one in the newer version."""
    return "${" in json.dumps(statement, default=str)


def sid(statement: Any) -> str:
    """A statement's name, or ""."""
    return str(statement.get("Sid") or "") if isinstance(statement, dict) else ""
