# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files that are worked on, and the proof that a work was done."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import random
import urllib.request
import xml.etree.ElementTree as ET
from typing import Any, NamedTuple

from peers import stub
from peers.tools import Place

SIZE = 4096
SAMPLE = 20  # objects that are read back after an upload of many
_XMLNS = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclasses.dataclass(frozen=True)
class Tree:
    """A directory whose content is known."""

    root: pathlib.Path
    digests: dict[str, str]  # by key
    sizes: dict[str, int]
    algorithm: str = "md5"  # what the digests are; MD5 can be compared with the ETag of a small object

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())


class Listed(NamedTuple):
    """What a listing says of an object."""

    etag: str
    modified: str
    size: int


def small(root: pathlib.Path, files: int) -> Tree:
    """FILES files of 4 KiB in directories of a hundred."""
    digests = {}
    for number in range(files):
        key = f"part-{number // 100:04}/file-{number:06}.txt"
        path = root / key
        if not number % 100:
            path.parent.mkdir(parents=True, exist_ok=True)
        digests[key] = _write(path, number)
    return Tree(root, digests, dict.fromkeys(digests, SIZE))


def change(tree: Tree, run: int) -> int:
    """Give every hundredth file other content of the same size; returns how many."""
    keys = sorted(tree.digests)[::100]
    for number, key in enumerate(keys):
        tree.digests[key] = _write(tree.root / key, (run + 1) * 10**9 + number)
    return len(keys)


def large(root: pathlib.Path, files: int, size: int) -> Tree:
    """FILES files of SIZE bytes of noise, in one directory."""
    root.mkdir(parents=True)
    digests = {}
    for number in range(files):
        key, digest, left = f"file-{number:03}.bin", hashlib.sha256(), size
        noise = random.Random(number)
        with open(root / key, "wb") as file:
            while left:
                block = noise.randbytes(min(left, 2**20))
                digest.update(block)
                file.write(block)
                left -= len(block)
        digests[key] = digest.hexdigest()
    return Tree(root, digests, dict.fromkeys(digests, size), "sha256")


def tiny(root: pathlib.Path, files: int) -> None:
    """The objects of the stub as files: 16 bytes each, a thousand in a directory."""
    for number in range(files):
        path = root / stub.key_of(number)
        if not number % stub.FOLDER:
            path.parent.mkdir(parents=True)
        path.write_bytes(stub.content_of(number))


def _write(path: pathlib.Path, seed: int) -> str:
    content = random.Random(seed).randbytes(SIZE)
    path.write_bytes(content)
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def objects(client: Any, bucket: str) -> dict[str, Listed]:
    """Every object of the bucket. Not by botocore's paginator, which takes ten times as long for many."""
    found: dict[str, Listed] = {}
    token: dict[str, str] = {}
    while True:
        address = client.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, **token})
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
            page = ET.parse(answer).getroot()  # noqa: S314 - our own server
        for each in page.iter(f"{_XMLNS}Contents"):
            value = {field.tag.removeprefix(_XMLNS): field.text or "" for field in each}
            found[value["Key"]] = Listed(value["ETag"].strip('"'), value["LastModified"], int(value["Size"]))
        following = page.findtext(f"{_XMLNS}NextContinuationToken")
        if not following:
            return found
        token = {"ContinuationToken": following}


def check(work: str, place: Place, client: Any, tree: Tree, before: dict[str, Listed]) -> str:
    """What WORK has left undone, or nothing. BEFORE is what the bucket held before it."""
    if work == "down":
        return check_files(place.target, tree)
    bucket = place.copied if work == "copy" else place.bucket
    after = objects(client, bucket)
    if work == "delete":
        return f"{len(after)} objects are left" if after else ""
    if work == "same" and after != before:
        return "it wrote objects though nothing had changed"
    return check_objects(bucket, client, tree, after)


def check_objects(bucket: str, client: Any, tree: Tree, listed: dict[str, Listed]) -> str:
    """What of the tree is not in the bucket as it should be. Large ones by size: their download shows the rest."""
    if tree.algorithm == "md5":
        wrong = {key for key in tree.digests.keys() | listed.keys() if not _is(listed.get(key), tree.digests.get(key))}
    else:
        sizes = {key: each.size for key, each in listed.items()}
        wrong = {key for key in tree.sizes.keys() | sizes.keys() if tree.sizes.get(key) != sizes.get(key)}
    if wrong:
        return f"{len(wrong)} of {len(tree.digests)} objects are missing, too many or not like their file: {min(wrong)}"
    if tree.algorithm == "md5":
        for key in random.Random(bucket).sample(sorted(tree.digests), min(SAMPLE, len(tree.digests))):
            body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
            if body != (tree.root / key).read_bytes():
                return f"{key} has other content than its file"
    return ""


def _is(listed: Listed | None, digest: str | None) -> bool:
    return listed is not None and listed.etag == digest


def check_files(root: pathlib.Path, tree: Tree) -> str:
    """What of the tree does not stand below ROOT as it should."""
    found = {}
    for path in root.rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                found[path.relative_to(root).as_posix()] = hashlib.file_digest(file, tree.algorithm).hexdigest()
    wrong = {key for key in tree.digests.keys() | found.keys() if tree.digests.get(key) != found.get(key)}
    if not wrong:
        return ""
    return f"{len(wrong)} of {len(tree.digests)} files are missing, too many or other than their object: {min(wrong)}"
