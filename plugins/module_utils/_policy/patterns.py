# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Patterns as IAM has them: * for any characters, ? for one. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern. A regular expression of many * would take for ever."""
    here = there = mark = 0
    star = -1
    while there < len(text):
        if here < len(pattern) and pattern[here] == "*":
            star, mark = here, there
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", text[there]):
            here, there = here + 1, there + 1
        elif star >= 0:  # let the last * take one more
            here, mark = star + 1, mark + 1
            there = mark
        else:
            return False
    return not pattern[here:].strip("*")


def overlap(one: str, other: str) -> bool:
    """Whether some text fits both of two patterns."""
    seen = {(0, 0)}
    left = [(0, 0)]
    while left:
        i, j = left.pop()
        a, b = one[i : i + 1], other[j : j + 1]
        if not a and not b:
            return True
        ways = []
        if a == "*":
            ways += [(i + 1, j), *([(i, j + 1)] if b else [])]
        if b == "*":
            ways += [(i, j + 1), *([(i + 1, j)] if a else [])]
        if a and b and (a == b or "?" in (a, b)):
            ways.append((i + 1, j + 1))
        left += [way for way in ways if way not in seen]
        seen.update(ways)
    return False
