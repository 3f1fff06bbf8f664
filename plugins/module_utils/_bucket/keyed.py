# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the rules of configurations by id share.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values

MOST = 1000  # configurations of one kind in a bucket
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def differing(state: State, option: str) -> list[Values]:
    """The entries that are to be written. What is there was taken by S3, and may be another owner's."""
    before = state.before.get(option) or []
    return [each for each in state.after.get(option) or [] if each not in before]


def path_of(option: str, entry: Values) -> str:
    """How an entry is called in a message."""
    return f"{option}[{entry.get('id', '')!r}]"


def too_many(state: State, option: str) -> Iterator[Remark]:
    """More than S3 keeps."""
    count = len(state.after.get(option) or [])
    if count > MOST:
        yield Remark(option, f"there would be {count}; S3 keeps {MOST}.", "Remove some, or join those that can be one.")


def unnamed(state: State, option: str) -> Iterator[Remark]:
    """Ids that are empty."""
    for each in differing(state, option):
        if not each.get("id"):
            yield Remark(f"{path_of(option, each)}.id", "it is empty.", "Choose an id.")


def misnamed(state: State, option: str) -> Iterator[Remark]:
    """Ids that S3 does not take."""
    for each in differing(state, option):
        if not _ID.fullmatch(each.get("id", "")):
            yield Remark(
                f"{path_of(option, each)}.id",
                "S3 takes 1 to 64 letters, digits, periods, dashes and underscores.",
                "Choose another id.",
            )


def named(arn: str) -> str:
    """The bucket of an ARN."""
    return arn.rpartition(":")[2]


def destinations(entries: Iterable[Values]) -> list[str]:
    """The buckets for the reports of some entries."""
    return [named(entry["destination"]["bucket"]) for entry in entries if entry.get("destination", {}).get("bucket")]


def misdirected(state: State, destination: Values, path: str, purpose: str) -> Iterator[Remark]:
    """A bucket for reports that cannot be one."""
    yield from state.elsewhere(named(destination.get("bucket", "")), f"{path}.bucket", purpose)
    bucket, account = destination.get("bucket", ""), destination.get("account_id")
    if not bucket.startswith("arn:"):
        yield Remark(f"{path}.bucket", f"S3 takes its ARN, not {bucket!r}.", f"Write arn:aws:s3:::{bucket}.")
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        yield Remark(
            f"{path}.account_id", f"{account!r} is no account.", "Write its 12 digits, in quotes: YAML drops zeros."
        )
