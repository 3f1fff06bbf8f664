# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples that move objects to other classes: the preview changes nothing, and a second run neither."""

from __future__ import annotations

import pathlib
import time
import uuid
from collections.abc import Iterator
from typing import Any

import yaml
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES as ALL
from delivered import record
from examples import CLASSES, Example, examples, mappings, pages, playbook
from plays import Run
from server import Server

FOUND = [one for page in pages() for one in examples(page) if one.of_classes]
SIZE = (1 << 20) + 1  # bytes; more than the least that examples speak of


def logs(place: str, word: str, bucket: str, s3: Any) -> str:
    """Access logs of a bucket that reach eighty days back, and tell of one read; gives their place."""
    name, _slash, prefix = f"{word}-{place.removeprefix('s3://')}".partition("/")
    s3.create_bucket(Bucket=name)
    now = time.time()
    lines = [record(bucket, "STANDARD.mov", now - days * 86400) for days in (80, 1)]
    s3.put_object(Bucket=name, Key=f"{prefix}{time.strftime('%Y-%m-%d-%H-%M-%S')}-1", Body="".join(lines).encode())
    return f"s3://{name}/{prefix}"


def moving(plays: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The options of each task, and of each job of the role."""
    for each in mappings(plays):
        yield from [each[CLASSES]] if CLASSES in each else each.get("storage_class_jobs", ())


def staged(example: Example, word: str, server: Server, folder: pathlib.Path) -> tuple[list[dict[str, Any]], set[str]]:
    """Its plays, in buckets of their own in which an object of each class is, and their names."""
    plays, s3, buckets = playbook(example), server.client("s3"), set[str]()
    for options in moving(plays):
        options["bucket"] = f"{word}-{options['bucket']}"
        if "access_logs" in options:
            options["access_logs"] = logs(options["access_logs"], word, options["bucket"], s3)
        if "report" in options.get("recommend", {}):
            options["recommend"]["report"] = str(folder / "report.json")
        if options["bucket"] not in buckets:
            s3.create_bucket(Bucket=options["bucket"])
            buckets.add(options["bucket"])
        prefix = options.get("prefix", "").rstrip("/")
        for each in ALL.values():
            if options.get("restore") or not each.archived:
                key = f"{prefix}/{each.name}.mov".lstrip("/")
                s3.put_object(Bucket=options["bucket"], Key=key, Body=b"x" * SIZE, StorageClass=each.name)
    return plays, buckets


def classes(server: Server, buckets: set[str]) -> dict[str, str]:
    """The class of each object."""
    s3 = server.client("s3")
    return {
        f"{bucket}/{one['Key']}": one["StorageClass"]
        for bucket in sorted(buckets)
        for one in s3.list_objects_v2(Bucket=bucket)["Contents"]
    }


def test_there_are_some() -> None:
    assert FOUND


def test_examples(moto_server: Server, tmp_path: pathlib.Path) -> None:
    """All in one run, as to start one takes longer than an example does."""
    plays, all_buckets = [], set[str]()
    for number, example in enumerate(FOUND):
        folder = tmp_path / str(number)
        folder.mkdir()
        own, buckets = staged(example, uuid.uuid4().hex[:8], moto_server, folder)
        plays += own
        all_buckets |= buckets
    path, before = tmp_path / "examples.yml", classes(moto_server, all_buckets)
    path.write_text(yaml.safe_dump(plays))
    environment = {**moto_server.env, "XDG_STATE_HOME": str(tmp_path)}
    preview = Run(path, "--check", "--diff", **environment)
    assert classes(moto_server, all_buckets) == before
    first, again = Run(path, **environment), Run(path, **environment)
    assert (preview.code, first.code, again.code) == (0, 0, 0), preview.why + first.why + again.why
    changed = [each.stats["localhost"]["changed"] for each in (preview, first, again)]
    tasks = [each[CLASSES] for each in mappings(plays) if CLASSES in each]
    # What was just written is not idle.
    looking = [each for each in tasks if "recommend" in each or "access_logs" in each]
    roles = [each for each in mappings(plays) if each.get("role") == CLASSES]
    assert roles and changed == [len(tasks) - len(looking) + len(roles)] * 2 + [0]
    assert classes(moto_server, all_buckets) != before
