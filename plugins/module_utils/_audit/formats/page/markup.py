# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""HTML that is escaped unless it is HTML already.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# What HTML has no way to say, or what takes part of no text: controls, halves of characters, what is no character.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]")
_VOID = ("input", "meta")


class Html(str):
    """Text that is HTML already. Every other text is escaped; so is what an f-string makes of it."""


def tag(element: str, *inner: str, **attributes: str | bool) -> Html:
    """An element. `class_` is class, `data_name` is data-name; an attribute that is False is left out."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(clean(value))}"')
        for key, value in attributes.items()
        if value is not False
    )
    return Html(f"<{element}{given}>" if element in _VOID else f"<{element}{given}>{joined(inner)}</{element}>")


def joined(parts: Iterable[str]) -> Html:
    """One after the other."""
    return Html("".join(part if isinstance(part, Html) else html.escape(clean(part)) for part in parts))


def name(text: str) -> Html:
    """A name that somebody chose: its direction of writing does not reach beyond it."""
    return tag("bdi", text)


def hidden(text: str) -> Html:
    """For those who hear the page."""
    return tag("span", text, class_="heard")


def clean(text: str) -> str:
    """Without what HTML cannot say."""
    return _FORBIDDEN.sub("\ufffd", text)
