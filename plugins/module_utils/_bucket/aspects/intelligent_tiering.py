# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The archive tiers of Intelligent-Tiering, which objects only go to where a configuration says so.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import KeyedAspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.filters import (
    OBJECT_TAGS,
    PREFIX,
    nested,
    refused,
    unnested,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import differing, path_of, too_many, unnamed
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import NUMBER, STATUS, Field, Values

_OPTION = "intelligent_tiering"
_SOONEST = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}  # days
_LATEST = 730


def _refuse(state: State) -> Iterator[Remark]:
    yield from too_many(state, _OPTION)
    yield from unnamed(state, _OPTION)
    for each in differing(state, _OPTION):
        path = path_of(_OPTION, each)
        yield from refused(each, path)
        yield from _refused_tiers(each.get("tierings", []), f"{path}.tierings")


def _refused_tiers(tierings: list[Values], path: str) -> Iterator[Remark]:
    if not tierings:
        yield Remark(path, "there is none, so nothing would be archived.", "Name one or two, or remove the entry.")
    days = {each["access_tier"]: each["days"] for each in tierings}
    for tier, after in days.items():
        if not _SOONEST[tier] <= after <= _LATEST:
            yield Remark(
                f"{path}[{tier!r}].days",
                f"{after} is out of bounds.",
                f"S3 takes {_SOONEST[tier]} to {_LATEST} days for {tier}.",
            )
    if len(days) == len(_SOONEST) and days["DEEP_ARCHIVE_ACCESS"] <= days["ARCHIVE_ACCESS"]:
        yield Remark(path, "DEEP_ARCHIVE_ACCESS would come no later than ARCHIVE_ACCESS.", "Give it more days.")


def _warn(state: State) -> Iterator[Remark]:
    for each in differing(state, _OPTION):
        if each.get("status") == "enabled":
            days = min(tiering["days"] for tiering in each["tierings"])
            yield Remark(
                path_of(_OPTION, each),
                f"objects of INTELLIGENT_TIERING that nobody read for {days} days can no longer be read at once: they"
                " have to be restored first, which takes hours.",
                "See that all readers can do that.",
            )


INTELLIGENT_TIERING = KeyedAspect(
    name="intelligent_tiering",
    options=(
        Field(
            _OPTION,
            "Configurations",
            many=True,
            key="id",
            of=(
                Field("id", "Id", required=True),
                Field("status", "Status", STATUS, choices=("enabled", "disabled"), spec={"default": "enabled"}),
                PREFIX,
                OBJECT_TAGS,
                Field(
                    "tierings",
                    "Tierings",
                    many=True,
                    key="access_tier",
                    required=True,
                    of=(
                        Field("access_tier", "AccessTier", choices=tuple(_SOONEST), required=True),
                        Field("days", "Days", NUMBER, required=True),
                    ),
                ),
            ),
        ),
    ),
    get="list_bucket_intelligent_tiering_configurations",
    put="put_bucket_intelligent_tiering_configuration",
    delete="delete_bucket_intelligent_tiering_configuration",
    member="IntelligentTieringConfiguration",
    document=unnested,
    arguments=nested,
    permissions=Permissions(("s3:GetIntelligentTieringConfiguration",), ("s3:PutIntelligentTieringConfiguration",)),
    refuse=_refuse,
    warn=_warn,
)
