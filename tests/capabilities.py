# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What S3 does and not every server of the tests: the one table of it.

Tests name what they need (mark `needs`), tests/integration/test_capabilities.py shows each entry to be true, and
docs/servers.md has the table (`python tests/capabilities.py` writes it).
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterable
from typing import NamedTuple

# In the order of preference: without `--server`, a test runs on the first that has what it needs.
SERVERS = ("seaweedfs", "moto", "rclone")
TITLES = {"seaweedfs": "SeaweedFS", "moto": "moto", "rclone": "`rclone serve s3`"}
PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "servers.md"


class Capability(NamedTuple):
    """What S3 does, and how it shows where a server does not."""

    does: str
    lacking: dict[str, str]


CAPABILITIES: dict[str, Capability] = {
    "conditional uploads": Capability(
        "PUT heeds `If-Match` and `If-None-Match`",
        {"rclone": "stores the object whatever the condition says"},
    ),
    "conditional copies": Capability(
        "CopyObject heeds `If-Match` on its target and `x-amz-copy-source-if-match`",
        {"moto": "copies whatever the conditions say", "rclone": "copies whatever the conditions say"},
    ),
    "conditional deletions": Capability(
        "DELETE heeds `If-Match`, also for each key of a multi-delete",
        {
            "moto": "heeds it for one key, and not for those of a multi-delete",
            "rclone": "deletes whatever the condition says",
        },
    ),
    "conditional downloads": Capability(
        "GET answers 412 where `If-Match` names another ETag",
        {"rclone": "sends the object whatever the condition says"},
    ),
    "copies by parts": Capability(
        "UploadPartCopy copies a range of an object",
        {"rclone": "takes it for an upload of an empty part, and answers 200"},
    ),
    "ETags of parts": Capability(
        "an object that was sent by parts keeps the ETag that CompleteMultipartUpload told, `<MD5 of MD5s>-<parts>`",
        {"rclone": "tells that one once, and from then on the MD5 of the whole"},
    ),
    "tags": Capability(
        "objects have tags",
        {"rclone": "forgets tags that come with a PUT, and answers 500 to questions for them"},
    ),
    "redirects": Capability(
        "objects can redirect to another place",
        {"seaweedfs": "forgets it"},
    ),
    "versions": Capability(
        "buckets keep versions",
        {"rclone": "answers 501"},
    ),
    "versions of copies": Capability(
        "a copy tells the version that it copied",
        {"seaweedfs": "does not tell it", "rclone": "has no versions"},
    ),
    "null versions": Capability(
        "a version from before there was versioning says that its id is `null`",
        {"moto": "does not say so", "rclone": "has no versions"},
    ),
    "object locks": Capability(
        "GetObjectRetention tells what keeps an object from being deleted",
        {"moto": "sends the object itself", "rclone": "answers 501"},
    ),
    "ACLs of copies": Capability(
        "a copy has the ACL that its headers grant",
        {"seaweedfs": "keeps that of the source, or of the object that it replaces", "rclone": "has no ACLs"},
    ),
    "archived objects": Capability(
        "objects in `GLACIER` are read after a restore alone",
        {
            "seaweedfs": "keeps the class, reads the object, and refuses RestoreObject",
            "rclone": "keeps the class, reads the object, and refuses RestoreObject",
        },
    ),
    "storage class of copies": Capability(
        "a copy has the storage class that was asked for, `STANDARD` by default",
        {
            "seaweedfs": "gives it the source's, if none is asked for",
            "rclone": "gives it the source's, if none is asked for",
        },
    ),
    "listed storage classes": Capability(
        "a listing tells the storage class of each object",
        {"rclone": "lists all objects as `STANDARD`"},
    ),
    "keys as written": Capability(
        "`a//b`, `./a` and `../a` are keys like any other",
        {"seaweedfs": "stores `a//b` as `a/b`, and refuses components of dots", "rclone": "refuses them with 400"},
    ),
    "backslashes": Capability(
        "a backslash is a character like any other",
        {"seaweedfs": "takes it for a slash"},
    ),
    "objects below objects": Capability(
        "`a` and `a/b` are two objects",
        {"rclone": "answers 500 to the second"},
    ),
    "long names": Capability(
        "a component of a key may be longer than 255 bytes",
        {"seaweedfs": "refuses it with `KeyTooLongError`", "rclone": "answers 500"},
    ),
    "directory markers": Capability(
        "`a/` is an object like any other",
        {"rclone": "takes it for a file `a`"},
    ),
    "markers beside objects": Capability(
        "`a` and `a/` are two objects",
        {"seaweedfs": "refuses the second with `ExistingObjectIsFile`", "rclone": "takes both for a file `a`"},
    ),
    "encryption": Capability(
        "SSE-S3 and SSE-KMS",
        {"seaweedfs": "answers 500 without a key of the server's", "rclone": "ignores the wish"},
    ),
    "signatures": Capability(
        "a wrong secret is refused",
        {"moto": "lets everybody in"},
    ),
    "digests": Capability(
        "a body that does not match the digest sent with it is refused",
        {
            "moto": "stores it",
            "rclone": "refuses a wrong Content-MD5, and stores the object in spite of a wrong SHA-256",
        },
    ),
    "ETags of copies": Capability(
        "CopyObject tells the ETag of what it wrote",
        {"rclone": "tells none for a copy onto itself"},
    ),
    "replaced parts": Capability(
        "a part of an upload can be sent anew",
        {"rclone": "answers 501, as it has passed the part on already"},
    ),
    "times of writing": Capability(
        "`LastModified` is when the object was written",
        {"rclone": "lists the time in the metadata `mtime`, where there is one"},
    ),
    "metadata as sent": Capability(
        "a copy has the metadata that was asked for and no other",
        {"rclone": "adds `mtime`, and keeps the old metadata beside that which replaces it"},
    ),
    "line breaks": Capability(
        "a key may hold control characters",
        {"moto": "answers 404 to a PUT of a key with a line break"},
    ),
    "vanished uploads": Capability(
        "a part for an upload that is gone is answered with NoSuchUpload",
        {"moto": "answers 500"},
    ),
    "heads of parts": Capability(
        "HEAD of a part tells the ETag of the object and the number of its parts",
        {"moto": "tells the part's ETag", "rclone": "answers as for the whole object"},
    ),
    "types of checksums": Capability(
        "a checksum that was made of those of the parts says that it is `COMPOSITE`",
        {"moto": "does not say so", "rclone": "keeps no checksum of an object that was sent by parts"},
    ),
}


def lacking(server: str, needed: Iterable[str]) -> list[str]:
    """What of NEEDED a server lacks."""
    return [name for name in needed if server in CAPABILITIES[name].lacking]


def table() -> str:
    """The table for the documentation."""
    lines = [
        f"| What S3 does | {' | '.join(TITLES[name] for name in SERVERS)} |",
        f"|---|{'---|' * len(SERVERS)}",
    ]
    for name, (does, lacks) in CAPABILITIES.items():
        cells = [lacks.get(server, "yes") for server in SERVERS]
        lines.append(f"| **{name}**: {does} | {' | '.join(cells)} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """TEXT of the page with the table as it is now."""
    return filled(text, "capabilities", table())


def filled(text: str, name: str, inner: str) -> str:
    """TEXT with other content between its marks of this name."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{inner}\n{end}{rest.split(end)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
