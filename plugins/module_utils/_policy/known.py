# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is known of actions and condition keys, to be asked. Pure. Services that are not in `actions.py` are not judged.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._policy import actions
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches

# Whoever vouches for people has keys of its own, which are not listed; these services' keys are.
_JUDGED = ("aws", *actions.ACTIONS)


class S3Action(NamedTuple):
    """An action of S3. about: letters of resources, see `actions.S3`; keys: in lower case, without what is always."""

    name: str
    about: str
    keys: frozenset[str]


@cache
def names(service: str) -> Mapping[str, str]:
    """A service's actions, by their names in lower case; none of a service that is not known."""
    return {name.lower(): name for name in actions.ACTIONS.get(service, "").split()}


def knows(service: str) -> bool:
    """Whether the actions of a service are known."""
    return service in actions.ACTIONS


@lru_cache(maxsize=1)
def _s3() -> Mapping[str, S3Action]:
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for word in actions.S3.split():
        before, colon, about = word.partition(":")
        if colon:
            name = before
            found[name] = (about, [])
        else:
            found[name][1].append(word.lower())
    return {each.lower(): S3Action(each, about, frozenset(keys)) for each, (about, keys) in found.items()}


@cache
def of_s3(pattern: str) -> tuple[S3Action, ...]:
    """The actions of S3 that fit a pattern, in lower case and with its service."""
    name = "*" if pattern == "*" else pattern.partition(":")[2]
    return tuple(each for lower, each in _s3().items() if matches(name, lower))


@lru_cache(maxsize=1)
def _types() -> Mapping[str, str]:
    return {key.lower(): kind for kind, listed in actions.KEYS.items() for key in listed.split()}


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, str]:
    return {key: kind for key, kind in _types().items() if "*" in key}


def type_of(key: str) -> str:
    """The type of a condition key's values, "" where it is not known. The key in lower case."""
    found = _types().get(key)
    return found or next((kind for pattern, kind in _patterns().items() if matches(pattern, key)), "")


@lru_cache(maxsize=1)
def _sets() -> frozenset[str]:
    return frozenset(actions.SETS.lower().split())


def is_set(key: str) -> bool:
    """Whether a request may have several values of a key, in lower case."""
    return key in _sets()


def judged_key(key: str) -> bool:
    """Whether an unknown key is one that AWS does not have: it begins with the name of a service that is known."""
    return key.partition(":")[0] in _JUDGED


def keys() -> Iterator[str]:
    """All that are known, in lower case."""
    return iter(_types())


@lru_cache(maxsize=1)
def _always() -> tuple[str, ...]:
    return tuple(key.lower() for key in actions.ALWAYS.split())


def comes_with(key: str, action: S3Action) -> bool:
    """Whether a key of S3, in lower case, comes with requests for an action."""
    name = key.partition(":")[2]
    return any(matches(each, name) for each in (*_always(), *action.keys))
