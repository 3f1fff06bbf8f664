# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules made of templates are taken by the modules, and a second run finds nothing to do."""

from __future__ import annotations

import importlib
import pathlib
import uuid
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.filter.lifecycle import lifecycle
from ansible_collections.stowage.s3.plugins.filter.storage_class_rules import storage_class_rules
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import expand
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.table import TEMPLATES
from harness import run_module, warned
from recorder import recording
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

CASES = {name: importlib.import_module(f"lifecycles.{name}").CASES for name in TEMPLATES}
OURS = {
    name: [
        rule
        for number, each in enumerate(cases)
        for rule in lifecycle({name: {**each.parameters, "id": f"case-{number}"}})
    ]
    for name, cases in CASES.items()
}
THEIRS = {"id": "theirs", "status": "enabled", "prefix": "theirs/", "expiration": {"days": 9}}


def written(server: Server, rules: Any, bucket: str, **options: Any) -> dict[str, Any]:
    """The last of check, run, check again, run again, each as it has to be; and no warning but that all expires."""
    told = {"name": bucket, "lifecycle": rules, **options}
    sweeping = sum("expiration" in each and not {"prefix", "tags"} & each.keys() for each in rules)
    sweeping -= sum(each.get("expiration") == {"expired_object_delete_marker": True} for each in rules)
    for check, changed in ((True, True), (False, True), (True, False), (False, False)):
        done = run_module("bucket_lifecycle", told, server=server, check=check, diff=True)
        assert done["changed"] is changed, done
        assert ["every object of the bucket" in each for each in warned(done)] == [True] * (sweeping if changed else 0)
        shown = {each["id"]: each for each in done["diff"]["after"].get("lifecycle", [])}
        assert all({**each, "status": "enabled"} == shown[each["id"]] for each in rules if changed)
    return dict(done)


def test_every_template_is_kept_as_it_is() -> None:
    with recording() as recorder:
        for name, rules in OURS.items():
            bucket = name.replace("_", "-")
            recorder.make(bucket)
            run_module("bucket", {"name": bucket, "versioning": "enabled"}, server=recorder.server)
            written(recorder.server, rules, bucket)


def test_rules_of_others_stay() -> None:
    with recording() as recorder:
        recorder.make("b")
        run_module("bucket", {"name": "b", "versioning": "enabled", "lifecycle": [THEIRS]}, server=recorder.server)
        done = written(recorder.server, OURS["logs"], "b", purge_lifecycle=False)
        assert [each["id"] for each in done["bucket"]["lifecycle"]] == [
            "theirs",
            *(each["id"] for each in OURS["logs"]),
        ]
        # Other parameters replace the rules of before.
        written(recorder.server, lifecycle({"logs": {"prefix": "l", "id": "case-0"}}), "b", purge_lifecycle=False)
        assert recorder.text("b", "lifecycle").count("<Rule>") == 1 + len(OURS["logs"])


# moto says what it does not take. But it forgets sizes, so that a module would wait for them.
def test_another_server_takes_them(moto_server: Server) -> None:
    s3, bucket = moto_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    run_module("bucket", {"name": bucket, "versioning": "enabled"}, server=moto_server)
    made = [each for name, cases in CASES.items() for each in lifecycle({name: cases[0].parameters})]
    rules = [{"status": "enabled", **each} for each in made]
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, **LIFECYCLE.arguments(expand(LIFECYCLE.options, {"lifecycle": rules}, {}))
    )
    kept = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [each["ID"] for each in kept] == [each["id"] for each in rules]
    written(moto_server, [each for each in rules if "size_greater_than" not in each], bucket)


def test_a_sync_writes_into_the_classes(moto_server: Server, tmp_path: pathlib.Path) -> None:
    bucket = f"test-{uuid.uuid4().hex}"
    s3 = moto_server.client("s3")
    s3.create_bucket(Bucket=bucket)
    source = tmp_path / "media"
    for name in ("raw/a.mov", "raw/thumbs/a.mov", "a.MP4", "a.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"x")
    told = {
        "source": str(source),
        "destination": f"s3://{bucket}",
        "state_dir": str(tmp_path / "state"),
        "rules": storage_class_rules(["media", {"match": ["*.txt"], "storage_class": "ONEZONE_IA"}]),
    }
    for check, changed in ((True, True), (False, True), (True, False), (False, False)):
        assert run_module("sync", told, server=moto_server, check=check)["changed"] is changed
    assert {each["Key"]: each["StorageClass"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]} == {
        "raw/a.mov": "GLACIER_IR",
        "raw/thumbs/a.mov": "STANDARD",
        "a.MP4": "INTELLIGENT_TIERING",
        "a.txt": "ONEZONE_IA",
    }
