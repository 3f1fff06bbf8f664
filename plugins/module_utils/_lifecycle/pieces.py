# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the rules of lifecycles are made of: parameters that several templates have, and parts of rules. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_rules import CLASSES, FLOOR
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES as BILLING
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import (
    DAYS,
    FOLDER,
    SIZE,
    TAGS,
    TIERS,
    VERSIONS,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

# An archived object is billed with 40 KB more than it has, and its transition is a request. By the prices of us-east-1
# that eats what an object of 128 KiB saves in 14 months and more, and what one of 1 MiB saves in some two.
ARCHIVED_FLOOR = 1 << 20

PREFIX = Parameter("prefix", FOLDER, "Only objects below it.", default="")
# What deletes has to be told where.
PREFIX_NEEDED = replace(PREFIX, text="Only objects below it; '' is the whole bucket.", required=True)
WITH_TAGS = Parameter("tags", TAGS, "Only objects that have all of these tags.")
ABOVE = Parameter(
    "size_greater_than",
    SIZE,
    "Only larger objects are moved. Default: 128K, and 1M if a class archives (`GLACIER`, `DEEP_ARCHIVE`).",
)
BELOW = Parameter("size_less_than", SIZE, "Only smaller objects are moved.")
EXPIRATION = Parameter("expiration_days", DAYS, "Days after which objects expire. Default: never.")
NONCURRENT = Parameter(
    "noncurrent_days",
    DAYS,
    "For buckets with versioning: days after which versions are deleted that were replaced or deleted. Default: they"
    " stay, and cost.",
)
NEWER = Parameter("newer_versions", VERSIONS, "So many replaced versions of each object stay whatever their age.")


def tiers(
    default: Mapping[str, int], name: str = "tiers", text: str = "Where objects go, and after how many days."
) -> Parameter:
    """A parameter for transitions."""
    return Parameter(name, TIERS, text, default=dict(default))


def rule(identifier: str, **parts: Any) -> Rule:
    """A rule of what is given; None and what is empty are not. Its id is `stowage-` and more."""
    given = {name: value for name, value in parts.items() if value not in (None, "", [], {})}
    return {"id": f"stowage-{identifier}", **given}


def where(values: Values) -> dict[str, Any]:
    """The parts of a rule that say which objects it is for."""
    return {"prefix": values.get("prefix"), "tags": values.get("tags")}


def moved(
    current: Mapping[str, int], noncurrent: Mapping[str, int] | None = None, sizes: Values | None = None
) -> dict[str, Any]:
    """The parts of a rule by which objects change their class. Always with a size, so that `compose` knows them."""
    told = sizes or {}
    archives = any(BILLING[each].overhead for each in (*current, *(noncurrent or {})))
    return {
        "size_greater_than": told.get("size_greater_than") or (ARCHIVED_FLOOR if archives else FLOOR),
        "size_less_than": told.get("size_less_than"),
        "transitions": _transitions(current),
        "noncurrent_transitions": _transitions(noncurrent or {}),
    }


def _transitions(days: Mapping[str, int]) -> list[dict[str, Any]]:
    order = sorted(days.items(), key=lambda item: (item[1], CLASSES.index(item[0])))
    return [{"days": after, "storage_class": each} for each, after in order]


def ended(days: int | None, noncurrent: int | None = None, newer: int | None = None) -> dict[str, Any]:
    """The parts of a rule by which objects, and versions of them, are deleted."""
    kept = {"newer_versions": newer} if newer else {}
    return {
        "expiration": {"days": days} if days else None,
        "noncurrent_expiration": {"days": noncurrent, **kept} if noncurrent else None,
    }
