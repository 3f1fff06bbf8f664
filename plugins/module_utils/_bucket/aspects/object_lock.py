# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Object lock: versions that cannot be deleted for a time, and the time that new ones get.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import NUMBER, SWITCH, Field, Values

# S3 Support gave it out for buckets that were there already; S3 asks for none today, and takes it.
TOKEN = Field("object_lock_token", "Token", no_log=True)
_RETENTION = "object_lock.default_retention"
_LONGEST = {"days": 36500, "years": 100}


def _locked(values: Values) -> bool:
    return bool((values.get("object_lock") or {}).get("enabled"))


def _retention(values: Values) -> Values:
    return (values.get("object_lock") or {}).get("default_retention") or {}


def _refuse(state: State) -> Iterator[Remark]:
    before, after = _locked(state.before), _locked(state.after)
    if before and not after:
        yield Remark(
            "object_lock",
            "it can never be turned off again.",
            "To let new objects be unprotected: object_lock: {default_retention: {}}.",
        )
    if state.after.get("object_lock") and not before and not after:
        yield Remark(
            "object_lock.enabled", "it is not given, and the bucket has no lock.", "Write true: that is for ever."
        )
    if after and not before and not _versioned(state):
        yield Remark(
            "object_lock.enabled",
            f"it takes versioning, which is {state.after.get('versioning') or 'not on'}.",
            "Set versioning to enabled, in the same task if you like.",
        )
    yield from _refuse_retention(_retention(state.after))


def _versioned(state: State) -> bool:
    versioning = state.after.get("versioning")
    if state.created and not versioning:
        return True  # S3 turns it on for a bucket that is made with a lock
    return versioning == "enabled" or "versioning" not in state.known


def _refuse_retention(after: Values) -> Iterator[Remark]:
    if bool(after.get("mode")) != bool(after.get("days") or after.get("years")):
        yield Remark(_RETENTION, "a mode and a time go together.", "Give mode, and days or years.")
    for names in (("days", "years"), ("event_hold_days", "event_hold_years")):
        if all(name in after for name in names):
            yield Remark(f"{_RETENTION}.{names[0]}", f"{names[1]} is given too.", "Give one of them.")
        for name in names:
            most = _LONGEST[name.removeprefix("event_hold_")]
            if name in after and not 1 <= after[name] <= most:
                yield Remark(f"{_RETENTION}.{name}", f"{after[name]} is not allowed.", f"Give 1 to {most}.")


def _warn(state: State) -> Iterator[Remark]:
    after = _retention(state.after)
    if after.get("mode") == "COMPLIANCE" and after != _retention(state.before):
        yield Remark(
            f"{_RETENTION}.mode",
            "nobody, and not the root user either, can delete in the given time what is written from now on.",
            "It is paid for so long. GOVERNANCE can be lifted by who has s3:BypassGovernanceRetention.",
        )


def _irreversible(state: State) -> Iterator[Remark]:
    if _locked(state.after) and not _locked(state.before):
        yield Remark("object_lock", "it can never be turned off again, nor versioning be suspended.", "Be sure.")


def _creation(values: Values) -> dict[str, Any]:
    return {"ObjectLockEnabledForBucket": True} if _locked(values) else {}


OBJECT_LOCK = Aspect(
    name="object_lock",
    options=(
        Field(
            "object_lock",
            "",
            of=(
                Field("enabled", "ObjectLockEnabled", SWITCH, absent=False),
                Field(
                    "default_retention",
                    "Rule.DefaultRetention",
                    of=(
                        Field("mode", "Mode", choices=("GOVERNANCE", "COMPLIANCE")),
                        # Some servers say 0 where there is none.
                        Field("days", "Days", NUMBER, absent=0),
                        Field("years", "Years", NUMBER, absent=0),
                        Field("event_hold_days", "DefaultEventHold.Days", NUMBER, absent=0),
                        Field("event_hold_years", "DefaultEventHold.Years", NUMBER, absent=0),
                    ),
                ),
            ),
        ),
    ),
    get="get_object_lock_configuration",
    put="put_object_lock_configuration",
    # No delete: it stays for as long as the bucket.
    missing=("ObjectLockConfigurationNotFoundError",),
    document=lambda answer: dict(answer.get("ObjectLockConfiguration", {})),
    arguments=lambda document: {"ObjectLockConfiguration": document},
    permissions=Permissions(("s3:GetBucketObjectLockConfiguration",), ("s3:PutBucketObjectLockConfiguration",)),
    needs=("versioning",),
    asides=(TOKEN,),
    creation=_creation,
    refuse=_refuse,
    warn=_warn,
    irreversible=_irreversible,
)
