# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From names that people give to names of hosts and groups: valid, and each its own. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

# Names that mean something else to Ansible, or to our playbooks.
TAKEN = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", "accounts", "buckets"})
# Ansible's patterns of hosts have a meaning for the others, host_vars/ for a slash, command lines for a hyphen first.
_ODD = re.compile(r"[^\w.-]+")


def host_names(names: Mapping[str, str], taken: Collection[str] = TAKEN) -> dict[str, str]:
    """A host name for each id, near the name that people gave it. A name that is not alone gets the id appended."""
    valid = {each: _ODD.sub("-", name).strip("-.") or each for each, name in names.items()}
    return _unique(valid, {each: f"-{each}" for each in names}, taken)


def group_names(prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    """A group name for each id: the prefix and the name in lower case; the id appended if two would share it."""
    valid = {each: group_name(prefix, name) for each, name in names.items()}
    return _unique(valid, {each: group_name("", each) for each in names}, ())


def group_name(prefix: str, name: str) -> str:
    """The prefix, an underscore, and the name with underscores for what groups may not have."""
    plain = re.sub(r"\W+", "_", name.lower()).strip("_")
    return f"{prefix}_{plain}"


def _unique(names: Mapping[str, str], suffixes: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Names that differ in more than case, as some file systems keep host_vars/ without it.

    Not in one round: a name may look like another with its id.
    """
    found, reserved = dict(names), {each.casefold() for each in taken}
    while True:
        times = Counter(name.casefold() for name in found.values())
        shared = [each for each, name in found.items() if times[name.casefold()] > 1 or name.casefold() in reserved]
        if not shared:
            return found
        for each in shared:
            found[each] += suffixes[each]
