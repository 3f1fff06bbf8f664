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
    body = glob[:-1] if glob.endswith("/") and not glob.endswith("\\/") else glob
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
            end = at + 1 if at < len(part) and part[at] in "!^" else at
            end = part.find("]", end + 1)
            if end < 0:
                raise refuse("has a '[' without its ']'", "Close the class, or write '\\[' for the bracket itself.")
            inner, at = part[at:end], end + 1
            negated = inner[:1] in ("!", "^")
            inner = inner[1:] if negated else inner
            escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)
            expression = f"[{'^/' if negated else ''}{escaped}]"
            try:
                re.compile(expression)
            except re.error as error:
                raise refuse(
                    f"has a class that is not valid ({error.msg})", "Write ranges upwards, such as '[a-z]'."
                ) from error
            out += expression if negated else f"(?!/){expression}"
        else:
            out += re.escape(char)
    return out
