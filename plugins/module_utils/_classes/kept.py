# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a copy of an object onto itself has to be told, so that nothing but its storage class changes. Pure.

Source: CopyObject in S3's API reference. S3 carries content, checksums, metadata and tags by itself; encryption falls
back to the bucket's default, an ACL to a private one, a lock to the bucket's default, a redirect to none.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import documents
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Acl, Head, Lock
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import carried, encrypted_alike

REDIRECT = "x-amz-website-redirect-location"
_FULL = "FULL_CONTROL"
_GRANTS = {
    _FULL: "x-amz-grant-full-control",
    "READ": "x-amz-grant-read",
    "READ_ACP": "x-amz-grant-read-acp",
    "WRITE_ACP": "x-amz-grant-write-acp",
}
# Where versions are locked each write wants a digest of its body (API_PutObject), and that of a copy is empty: its MD5.
NO_BODY = {"content-md5": "1B2M2Y8AsgTpgAmY7PhCfg=="}


def said(head: Head, storage_class: str, lock: Lock, acl: Acl | None, now: float) -> dict[str, str]:
    """The headers of a copy of which S3 carries the rest by itself; raises StowageError for what cannot be kept."""
    headers = {"x-amz-storage-class": storage_class, **encrypted_alike(head), **_locked_alike(lock, now)}
    if head.headers.get(REDIRECT):
        headers[REDIRECT] = head.headers[REDIRECT]
    return headers if acl is None else {**headers, **_granted_alike(acl)}


def replaced(head: Head, headers: Mapping[str, str]) -> dict[str, str]:
    """The same of a copy that carries no metadata by itself; raises StowageError."""
    missing = head.headers.get("x-amz-missing-meta", "")
    if missing not in ("", "0"):
        raise StowageError(
            f"It has {missing} metadata entries that no header can carry, so a copy would lose them. Write them anew,"
            " in characters that HTTP allows, or exclude it."
        )
    return {**carried(head), "x-amz-metadata-directive": "REPLACE", **headers}


def summed_alike(head: Head) -> dict[str, str]:
    """The algorithm of an object's checksum, where a copy by parts has to be told."""
    name = min(head.checksums, default="")
    return {"x-amz-checksum-algorithm": name.upper()} if name else {}


def is_locked(lock: Lock, now: float) -> bool:
    """Whether a version cannot be deleted now."""
    return lock.hold or _retained(lock, now)


def _retained(lock: Lock, now: float) -> bool:
    try:
        return bool(lock.mode) and documents.epoch(lock.until) > now
    except (ValueError, IndexError):
        return bool(lock.mode)  # a time that cannot be read is not over


def _locked_alike(lock: Lock, now: float) -> dict[str, str]:
    headers = {}
    # S3 refuses a date that is over.
    if _retained(lock, now):
        headers = {"x-amz-object-lock-mode": lock.mode, "x-amz-object-lock-retain-until-date": lock.until}
    if lock.hold:
        headers["x-amz-object-lock-legal-hold"] = "ON"
    return headers


def _granted_alike(acl: Acl) -> dict[str, str]:
    """Grants as headers; none for what a copy has anyway: its owner has full control, and nobody else anything."""
    if [(grant.permission, grant.grantee) for grant in acl.grants] == [(_FULL, acl.owner)]:
        return {}
    granted: dict[str, list[str]] = {}
    for grant in acl.grants:
        header = _GRANTS.get(grant.permission)
        # WRITE means nothing for an object.
        if header is not None:
            granted.setdefault(header, []).append(f'{grant.by}="{grant.grantee}"')
    if not granted:
        raise StowageError(
            "Its ACL grants nothing to anybody, its owner included, which no copy can be given. Set its ACL, or"
            " exclude it."
        )
    return {header: ", ".join(whom) for header, whom in granted.items()}
