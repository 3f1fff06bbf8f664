# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which objects a configuration is for: by prefix, tags and more, where AWS nests as soon as there are two conditions.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import TAGS, Document, Field, Values

PREFIX = Field("prefix", "Filter.Prefix")
OBJECT_TAGS = Field("tags", "Filter.Tags", TAGS)

_LONGEST_KEY, _LONGEST_TAG, _LONGEST_VALUE = 1024, 128, 256


def unnested(configuration: Document) -> Document:
    """AWS's form to that of the fields: all conditions side by side in the filter, tags in a list."""
    found = {name: value for name, value in configuration.items() if name != "Filter"}
    members = _joined(configuration.get("Filter") or {})
    return {**found, "Filter": members} if members else found


def _joined(condition: dict[str, Any]) -> dict[str, Any]:
    members = {**condition, **condition.get("And", {})}
    members.pop("And", None)
    tag = members.pop("Tag", None)
    if tag:
        members["Tags"] = [*members.get("Tags", []), tag]
    return members


def nested(configuration: Document) -> Document:
    """The other way: AWS takes one condition as it is, and more than one inside of And. Without any: no filter."""
    found = {name: value for name, value in configuration.items() if name != "Filter"}
    members = {name: value for name, value in configuration.get("Filter", {}).items() if value not in ("", [])}
    if not members:
        return found
    tags = members.get("Tags", [])
    if len(members) > 1 or len(tags) > 1:
        return {**found, "Filter": {"And": members}}
    return {**found, "Filter": {"Tag": tags[0]} if tags else members}


def refused(values: Values, path: str) -> Iterator[Remark]:
    """What is wrong with a prefix and tags."""
    prefix = len(values.get("prefix", "").encode())
    if prefix > _LONGEST_KEY:
        yield Remark(f"{path}.prefix", f"it has {prefix} bytes; no key has more than {_LONGEST_KEY}.", "Shorten it.")
    for key, value in values.get("tags", {}).items():
        if not key or len(key) > _LONGEST_TAG or len(str(value)) > _LONGEST_VALUE:
            yield Remark(
                f"{path}.tags[{key!r}]",
                f"no object has such a tag: a key has 1 to {_LONGEST_TAG} characters, a value at most"
                f" {_LONGEST_VALUE}.",
                "Correct it.",
            )
