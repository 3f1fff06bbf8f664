# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Include and exclude: globs as gitignore writes them, compiled once into one regular expression a list.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

_EVERYTHING = {"*", "**", "/*", "/**", "**/*", "*/**", "**/**", "/**/*"}


def in_form(key: str, form: str) -> str:
    """A name in a Unicode form: nfc, nfd, or empty to leave it as it is."""
    if not form or key.isascii():
        return key
    wanted: Literal["NFC", "NFD"] = "NFC" if form == "nfc" else "NFD"
    return unicodedata.normalize(wanted, key)


class Matcher:
    """A list of globs; a key matches if one of them matches it or a directory above it."""

    def __init__(self, option: str, globs: Sequence[str], form: str = "") -> None:
        """Compile the globs; `form` is the Unicode form in which they and the keys are compared.

        Raises StowageError for a glob that is not valid; it names option, glob and remedy.
        """
        expressions = [_translate(option, in_form(glob, form)) for glob in globs]
        self._form = form
        # A file is matched by its own name or by a directory above it; a directory (asked with a trailing "/")
        # also by the patterns that take directories alone.
        self._key = re.compile("|".join(expressions), re.DOTALL) if expressions else None

    def __bool__(self) -> bool:
        return self._key is not None

    def matches(self, key: str) -> bool:
        """Whether the key (of a file, or of a directory with a trailing "/") is matched."""
        return self._key is not None and self._key.match(in_form(key, self._form)) is not None


class Filters:
    """What a run takes: any include (default all) and no exclude. A key not taken does not exist for the run."""

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = (), form: str = "") -> None:
        """Compile both lists, for names in a Unicode form (see in_form).

        Raises StowageError for what can only be a mistake.
        """
        for glob in exclude:
            if glob.strip() in _EVERYTHING:
                raise StowageError(
                    f"exclude: {glob!r} takes every key out of the run"
                    + (", also those that include names" if include else "")
                    + ". Here order does not matter, unlike with aws s3 sync: a key is taken if any include matches"
                    " and no exclude does. To sync some keys only, name them in include and leave exclude out."
                )
        self._include = Matcher("include", include, form)
        self._exclude = Matcher("exclude", exclude, form)
        self.everything = not self._include and not self._exclude

    def takes(self, key: str) -> bool:
        """Whether a key belongs to the run."""
        if self.everything:
            return True
        if self._exclude.matches(key):
            return False
        return not self._include or self._include.matches(key)

    def excludes(self, key: str) -> bool:
        """Whether a key is excluded by name, whatever include says."""
        return self._exclude.matches(key)

    def prunes(self, directory: str) -> bool:
        """Whether nothing below a directory (with its trailing "/") can belong to the run: it need not be read."""
        return self._exclude.matches(directory)


def _translate(option: str, glob: str) -> str:
    """One gitignore glob as a regular expression that is anchored at the start of a key.

    Source: gitignore(5), without negation.
    """

    def refuse(why: str, remedy: str) -> StowageError:
        return StowageError(f"{option}: {glob!r} {why}. {remedy}")

    if not isinstance(glob, str) or not glob.strip("/") or "\0" in glob:
        raise refuse("is empty", "Write a glob such as '*.log', '/build/' or 'docs/**/*.md'.")
    if glob.startswith("!"):
        raise refuse(
            "begins with '!'",
            "There is no negation: name what is to be taken in include, and what is not in exclude."
            f" (A name that begins with '!' is written '\\{glob}'.)",
        )
    body = glob.removesuffix("/")
    directory = body != glob
    anchored = "/" in body
    body = body.removeprefix("/")
    if not body:
        raise refuse("is empty", "Write a glob such as '*.log', '/build/' or 'docs/**/*.md'.")
    parts = body.split("/")
    if any(part == "" for part in parts):
        raise refuse("has an empty path component", "Write single slashes.")
    if any(part in (".", "..") for part in parts):
        raise refuse("has a '.' or '..' component, which no key can have", "Write the path as it is below the root.")
    out = "" if anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            out += "[^/].*" if last else "(?:.*/)?"
            continue
        out += _component(part, refuse) + ("" if last else "/")
    # "/" alone at the end: a directory and all below it; "/" or the end: a file of that name, too.
    return out + ("/" if directory else "(?:/|\\Z)")


def _component(part: str, refuse: Callable[[str, str], StowageError]) -> str:
    """One path component of a glob as a regular expression."""
    if not part.strip("*"):
        return "[^/]+"  # no component is empty: `a/*` is what lies in a, and not `a/` itself
    out, at = "", 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "*":
            while at < len(part) and part[at] == "*":
                at += 1
            out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "\\":
            if at == len(part):
                raise refuse("ends with a backslash", "Write '\\\\' for a backslash of the name itself.")
            out += re.escape(part[at])
            at += 1
        elif char == "[":
            expression, at = _class(part, at, refuse)
            out += expression
        else:
            out += re.escape(char)
    return out


# The classes of POSIX by name, in ASCII as git has them.
_NAMED = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def _class(part: str, at: int, refuse: Callable[[str, str], StowageError]) -> tuple[str, int]:
    """The class whose "[" stands before `at`, as a regular expression, and where the component goes on.

    As in git: "!" or "^" negates, a "]" in the first place and what follows a backslash stand for themselves.
    """
    open_class = refuse("has a '[' without its ']'", "Close the class, or write '\\[' for the bracket itself.")
    negated = part[at : at + 1] in ("!", "^")
    at += negated
    first, inner = True, ""
    while first or part[at : at + 1] != "]":
        if at >= len(part):
            raise open_class
        first = False
        named = re.compile(r"\[:([^\]]*):\]").match(part, at)
        if named:
            if named[1] not in _NAMED:
                raise refuse(f"has an unknown class '[:{named[1]}:]'", f"Known are {', '.join(_NAMED)}.")
            inner, at = inner + _NAMED[named[1]], named.end()
            continue
        low, at = _member(part, at, open_class)
        high = low
        if part[at : at + 1] == "-" and part[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(part, at + 1, open_class)
        if high < low:
            raise refuse(
                f"has the range {low + '-' + high!r}, which is empty", "Write ranges upwards, such as '[a-z]'."
            )
        inner += f"\\U{ord(low):08x}-\\U{ord(high):08x}"
    return (f"[^/{inner}]" if negated else f"(?!/)[{inner}]"), at + 1


def _member(part: str, at: int, open_class: StowageError) -> tuple[str, int]:
    """One character of a class, escaped or not, and where the class goes on."""
    if part[at] == "\\":
        at += 1
    if at >= len(part):
        raise open_class
    return part[at], at + 1
