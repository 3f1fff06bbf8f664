# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans that are saved, looked at, and executed later: just they, once, and only where nothing has changed since."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import pathlib
import sqlite3
import stat
from collections.abc import Callable
from typing import Any

import pytest
from harness import decided
from world import OLD, Reply, Request, World, error_reply, failures, verbs

STALE = "It changed at the {} since it was planned, so it stays as it is. Make a new plan."


class Planned:
    """A sync by way of a plan: made by check mode, then applied, with the same options."""

    def __init__(self, world: World, source: str, destination: str, **options: Any) -> None:
        self.world, self.places, self.options = world, (source, destination), options
        self.file = world.tmp_path / "sync.plan"

    def make(self, **more: Any) -> dict[str, Any]:
        options = {"plan_file": str(self.file), **self.options, **more}
        return self.world.run(*self.places, check=True, **options)

    def apply(self, *, check: bool = False, **more: Any) -> dict[str, Any]:
        return self.world.run(*self.places, check=check, **{"apply_plan": str(self.file), **self.options, **more})

    def refused(self, **more: Any) -> str:
        return self.world.refused(*self.places, **{"apply_plan": str(self.file), **self.options, **more})

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def rewrite(self, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change what stands in the file, and seal it anew: what a checksum cannot keep out."""
        records = self.records()[:-1]
        change(records)
        body = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records).encode()
        seal = json.dumps({"sha256": hashlib.sha256(body).hexdigest()}, separators=(",", ":")) + "\n"
        self.file.write_bytes(body + seal.encode())


@pytest.fixture
def up(world: World) -> Planned:
    """New, changed, unchanged and extra keys."""
    world.write({"new": "1", "d/changed": "22", "same": "3"})
    world.put({"d/changed": "old", "same": "3", "extra": "4", "d/extra": "5"})
    return Planned(world, str(world.root), world.uri(), delete=True)


PLANNED = [("upload", "d/changed", "size"), ("upload", "new", "new"), ("delete", "d/extra", "extra"),
           ("delete", "extra", "extra")]  # fmt: skip
BEFORE = {"d/changed": "old", "same": "3", "extra": "4", "d/extra": "5"}
AFTER = {"new": "1", "d/changed": "22", "same": "3"}


# Made and applied


def test_a_plan_is_applied_as_it_was_made(up: Planned) -> None:
    # All goes one way, since a server by another name is another server.
    with up.world.gateway() as gateway:
        made = up.make()
        assert verbs(made) == PLANNED and up.world.objects() == BEFORE
        assert stat.S_IMODE(up.file.stat().st_mode) == 0o600
        shown = up.apply(check=True)
        assert up.file.exists() and up.world.objects() == BEFORE
        begin = len(gateway.requests)
        done = up.apply()
        assert decided(made) == decided(shown) == decided(done)
        assert made["diff"] == shown["diff"] == done["diff"] and done["changed"] and done["record"]
        assert up.world.objects() == AFTER
        assert not [one for one in gateway.requests[begin:] if "list-type" in one.query]
        # What transfers learnt is remembered, and needs no evidence; "same" was not learnt by transfer.
        begin = len(gateway.requests)
        again = up.world.run(*up.places, delete=True, exclude=["/same"])
        assert not again["actions"] and not [
            one for one in gateway.requests[begin:] if one.method == "HEAD" and one.key
        ]
    uploaded = [record for record in up_rows(up.world) if record != "same"]
    assert uploaded == ["d/changed", "new"]


def up_rows(world: World) -> list[str]:
    """The keys that the state cache knows."""
    (path,) = (world.state / "cache").glob("*.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [key for (key,) in database.execute("SELECT key FROM known ORDER BY key")]


def test_a_plan_does_not_do_what_came_later(up: Planned) -> None:
    up.make()
    up.world.write({"later": "6"})
    up.world.put({"later-extra": "7"})
    assert not up.apply().get("failed")
    assert up.world.objects() == {**AFTER, "later-extra": "7"}


@pytest.mark.needs("directory markers")
def test_a_plan_downwards(world: World) -> None:
    world.put({"new": "1", "d/changed": "22", "same": "3", "mark/": "", "way/x": "6"})
    world.write({"d/changed": "old", "same": "3", "extra": "4", "gone/deep/extra": "5", "way": "file"})
    plan = Planned(world, world.uri(), str(world.root), delete=True, max_delete="100%")
    made = plan.make()
    done = plan.apply()
    assert decided(made) == decided(done) and not done.get("failed")
    # SeaweedFS does not list the marker of a directory.
    assert {key: text for key, text in world.tree().items() if key != "mark/"} == {
        "new": "1", "d/changed": "22", "same": "3", "way/x": "6",
    }  # fmt: skip
    assert world.down(delete=True)["changed"] is False


@pytest.mark.needs("directory markers")
def test_directories_with_markers_are_kept(world: World) -> None:
    world.put({"kept/": "", "a": "1"})
    world.write({"kept/extra": "2", "a": "1"})
    plan = Planned(world, world.uri(), str(world.root), delete=True)
    assert verbs(plan.make()) == [("delete", "kept/extra", "extra")]
    assert not plan.apply().get("failed")
    assert world.tree() == {"kept/": "", "a": "1"}


def test_a_plan_across(world: World) -> None:
    world.put({"new": "1", "changed": "22", "same": "3"}, "one/")
    world.put({"changed": "old", "same": "3", "extra": "4"}, "two/")
    plan = Planned(world, world.uri("one"), world.uri("two"), delete=True)
    made, done = plan.make(), plan.apply()
    assert decided(made) == decided(done) and not done.get("failed")
    assert world.objects("two/") == {"new": "1", "changed": "22", "same": "3"}


@pytest.mark.needs("ETags of copies")
def test_a_plan_of_attributes_keeps_the_state_cache_true(world: World) -> None:
    world.write({"a": "1"})
    with world.gateway() as gateway:
        world.up()
        plan = Planned(world, str(world.root), world.uri(), rules=[{"match": ["*"], "cache_control": "no-cache"}])
        assert verbs(plan.make()) == [("update", "a", "attributes")]
        assert not plan.apply().get("failed") and world.head("a")["CacheControl"] == "no-cache"
        begin = len(gateway.requests)
        assert world.up(**plan.options)["changed"] is False
    assert not [one for one in gateway.requests[begin:] if one.method == "HEAD" and one.key]


def test_a_plan_for_one_file(world: World) -> None:
    world.write({"a": "1"})
    plan = Planned(world, str(world.root / "a"), world.uri("one/b"))
    plan.make()
    assert not plan.apply().get("failed") and world.objects("one/") == {"b": "1"}


@pytest.mark.needs("line breaks")
def test_odd_names(world: World) -> None:
    files = {"a\nb": "1", 'q"u0041': "2", "é/ü": "3", "\u2028": "4", "😀": "5", "\x7f\x01": "6"}
    world.write(files)
    plan = Planned(world, str(world.root), world.uri())
    plan.make()
    assert not plan.apply().get("failed") and world.objects() == files


def test_another_unicode_form(world: World) -> None:
    world.write({"u\u0308": "new"})
    world.put({"\u00fc": "old!"})
    plan = Planned(world, str(world.root), world.uri(), unicode_form="nfc")
    plan.make()
    assert not plan.apply().get("failed") and world.objects() == {"\u00fc": "new"}


def test_an_empty_plan(world: World) -> None:
    world.write({"a": "1"})
    world.up()
    plan = Planned(world, str(world.root), world.uri())
    plan.make()
    assert plan.apply()["changed"] is False and not plan.file.exists()


def test_what_could_not_be_planned_fails_again_and_withholds_deletions(world: World) -> None:
    world.write({"a": "1"})
    world.put({"extra": "2"})
    os.mkfifo(world.root / "pipe")
    (world.root / "loop").symlink_to("loop")
    plan = Planned(world, str(world.root), world.uri(), delete=True, symlinks="error")
    made, done = plan.make(), plan.apply()
    assert made["failed"] and made["failures"] and done["failures"] == made["failures"]
    assert decided(made) == decided(done) and done["summary"]["withheld"] == 1
    assert world.objects() == {"a": "1", "extra": "2"}


# What changed since


@pytest.mark.parametrize("change", ["content", "touched", "replaced", "gone"])
def test_a_file_that_changed_at_the_source_is_not_uploaded(up: Planned, change: str) -> None:
    up.make()
    path = up.world.root / "new"
    if change == "content":
        path.write_text("X")
    elif change == "touched":
        os.utime(path, (OLD + 1, OLD + 1))
    else:
        path.unlink()
        if change == "replaced":
            up.world.write({"new": "1"})
    result = up.apply()
    expected = "It vanished while the sync ran. Run the sync again." if change == "gone" else STALE.format("source")
    assert failures(result) == {"new": expected} and decided(result)["actions"]
    # The other upload went, and nothing was deleted.
    assert up.world.objects() == {**BEFORE, "d/changed": "22"}


def test_a_large_file_that_changed_at_the_source_is_not_uploaded(world: World) -> None:
    world.write({"a": b"\0" * (6 << 20)})
    plan = Planned(world, str(world.root), world.uri(), multipart_threshold="5M")
    plan.make()
    os.utime(world.root / "a", (OLD + 1, OLD + 1))
    assert failures(plan.apply()) == {"a": STALE.format("source")} and world.objects() == {}


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_object_that_changed_at_the_destination_is_not_overwritten(up: Planned, overwrite: bool) -> None:
    up.make()
    up.world.put({"d/changed": "theirs", "new": "theirs"})
    result = up.apply(on_conflict="overwrite" if overwrite else "fail")
    assert failures(result) == dict.fromkeys(("d/changed", "new"), STALE.format("destination"))
    assert result["changed"] is False and result["stats"]["failed"] == 2
    assert up.world.objects() == {**BEFORE, "d/changed": "theirs", "new": "theirs"}


def test_an_object_that_went_is_not_written_again(up: Planned) -> None:
    up.make()
    up.world.s3.delete_object(Bucket=up.world.bucket, Key=f"{up.world.base}app/d/changed")
    assert failures(up.apply()) == {"d/changed": STALE.format("destination")}


def test_an_extra_that_changed_is_not_deleted_and_one_that_went_is_no_failure(up: Planned) -> None:
    up.make()
    up.world.put({"extra": "theirs"})
    up.world.s3.delete_object(Bucket=up.world.bucket, Key=f"{up.world.base}app/d/extra")
    assert failures(up.apply()) == {"extra": STALE.format("destination")}
    assert up.world.objects() == {**AFTER, "extra": "theirs"}


def test_what_the_source_has_again_is_not_deleted(up: Planned) -> None:
    up.make()
    up.world.write({"extra": "back"})
    result = up.apply()
    assert "The source has it again" in failures(result)["extra"] and result["stats"]["failed"] == 1
    assert up.world.objects() == {**AFTER, "extra": "4"}


def test_what_the_source_has_again_is_not_deleted_in_s3_or_here(world: World) -> None:
    world.put({"a": "1"}, "one/")
    world.put({"extra": "2"}, "two/")
    world.write({"extra": "2"})
    across = Planned(world, world.uri("one"), world.uri("two"), delete=True)
    down = Planned(world, world.uri("one"), str(world.root), delete=True)
    down.file = world.tmp_path / "down.plan"
    across.make()
    down.make()
    world.put({"extra": "back"}, "one/")
    for plan in (across, down):
        assert "The source has it again" in failures(plan.apply())["extra"]
    assert world.objects("two/") == world.tree() == {"a": "1", "extra": "2"}


@pytest.mark.needs("conditional downloads")
def test_objects_that_changed_at_the_source_are_neither_fetched_nor_copied(world: World) -> None:
    """Where a server does not heed conditions on copies, it is the look before that counts."""
    world.put({"a": "1", "b": "2"}, "one/")
    world.put({"b": "old."}, "two/")
    down = Planned(world, world.uri("one"), str(world.root))
    across = Planned(world, world.uri("one"), world.uri("two"))
    across.file = world.tmp_path / "across.plan"
    down.make()
    across.make()
    world.put({"a": "later"}, "one/")
    result = down.apply()
    assert list(failures(result)) == ["a"] and world.tree() == {"b": "2"}
    assert failures(across.apply()) == {"a": STALE.format("source")} and world.objects("two/") == {"b": "2"}


def test_copies_and_updates_overwrite_no_later_work(world: World) -> None:
    world.put({"a": "1", "b": "2", "c": "3"}, "one/")
    world.put({"b": "old.", "c": "3"}, "two/")
    plan = Planned(world, world.uri("one"), world.uri("two"), rules=[{"match": ["c"], "cache_control": "no-cache"}])
    assert verbs(plan.make()) == [("copy", "a", "new"), ("copy", "b", "size"), ("update", "c", "attributes")]
    world.put({"a": "theirs", "b": "theirs", "c": "theirs"}, "two/")
    assert failures(plan.apply()) == dict.fromkeys("abc", STALE.format("destination"))
    assert world.objects("two/") == dict.fromkeys("abc", "theirs")


def test_local_files_that_changed_are_neither_overwritten_nor_deleted(world: World) -> None:
    world.put({"new": "1", "changed": "2"})
    world.write({"changed": "old", "extra": "3", "more": "4"})
    plan = Planned(world, world.uri(), str(world.root), delete=True)
    plan.make()
    mine = {"new": "mine", "changed": "mine", "extra": "mine", "more": "4"}
    world.write({name: text for name, text in mine.items() if text == "mine"})
    assert set(failures(plan.apply())) == {"new", "changed"} and world.tree() == mine
    # With nothing failed before them deletions run, each with its own guard.
    plan = Planned(world, world.uri(), str(world.root), delete=True)
    plan.make()
    world.write({"extra": "mine again"})
    assert set(failures(plan.apply())) == {"extra"}
    assert world.tree() == {"new": "1", "changed": "2", "extra": "mine again"}


@pytest.mark.needs("archived objects")
def test_a_restore_is_asked_for_what_was_planned(world: World) -> None:
    world.put({"a": "1", "b": "2"}, StorageClass="GLACIER")
    plan = Planned(world, world.uri(), str(world.root), archived="restore")
    assert verbs(plan.make()) == [("update", "a", "restore"), ("update", "b", "restore")]
    world.put({"a": "later"}, StorageClass="GLACIER")
    assert failures(plan.apply()) == {"a": STALE.format("source")}
    assert "Restore" in world.head("b") and "Restore" not in world.head("a")


# Used once, and in time


def test_a_plan_is_used_once(up: Planned) -> None:
    up.make()
    up.apply()
    assert not up.file.exists() and pathlib.Path(f"{up.file}.applied").exists()
    assert "was executed already" in up.refused()
    # The next one may have the same name.
    up.world.write({"later": "8"})
    up.make()
    assert verbs(up.apply()) == [("upload", "later", "new")]


def test_a_copy_of_a_used_plan_finds_everything_stale(up: Planned) -> None:
    up.make()
    copy = up.file.read_bytes()
    up.apply()
    up.file.write_bytes(copy)
    result = up.apply()
    assert set(failures(result)) == {"d/changed", "new"} and up.world.objects() == AFTER


def test_of_two_runs_one_executes(up: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    up.make()
    real, first = os.rename, []

    def rename(one: str, other: str) -> None:
        if other == f"{up.file}.applied" and not first:
            first.append(one)
            real(one, other)  # the other run was faster
        real(one, other)

    monkeypatch.setattr(os, "rename", rename)
    result = up.apply()
    assert "another run has taken" in result["msg"] and up.world.objects() == BEFORE


def test_a_plan_that_was_replaced_while_it_was_read_is_not_used(up: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    up.make()
    real = os.rename
    other = up.world.tmp_path / "other"
    other.write_bytes(up.file.read_bytes())

    def rename(one: str, two: str) -> None:
        if two == f"{up.file}.applied" and other.exists():
            os.replace(other, up.file)
        real(one, two)

    monkeypatch.setattr(os, "rename", rename)
    result = up.apply()
    assert "was replaced by another plan" in result["msg"] and up.world.objects() == BEFORE
    assert up.file.exists() and not pathlib.Path(f"{up.file}.applied").exists()


def test_a_plan_that_cannot_be_marked_is_not_used(up: Planned) -> None:
    up.make()
    pathlib.Path(f"{up.file}.applied").mkdir()
    result = up.apply()
    assert "which marks it as used" in result["msg"] and up.world.objects() == BEFORE


@pytest.mark.parametrize(("hours", "why"), [(-25, "a plan is good for 24 hours"), (1, "which is yet to come")])
def test_a_plan_has_its_time(up: Planned, hours: int, why: str) -> None:
    up.make()
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    up.rewrite(lambda records: records[0].update(created=then.isoformat(timespec="milliseconds")[:-6] + "Z"))
    assert why in up.refused()
    up.rewrite(
        lambda records: records[0].update(created=(then - datetime.timedelta(hours=hours, minutes=1)).isoformat())
    )
    assert not up.apply().get("failed")


# Of other sides and options


@pytest.mark.parametrize(
    "options",
    [
        {"exclude": ["x"]}, {"include": ["*"]}, {"delete": False}, {"compare": "time"},
        {"storage_class": "STANDARD_IA"},
        {"rules": [{"match": ["*"], "cache_control": "no-cache"}]}, {"symlinks": "skip"},
    ],
)  # fmt: skip
def test_other_options_refuse_a_plan(up: Planned, options: dict[str, Any]) -> None:
    up.make()
    assert "was made with other options" in up.refused(**options)


def test_other_sides_refuse_a_plan(up: Planned) -> None:
    up.make()
    other = up.world.tmp_path / "other"
    other.mkdir()
    (other / "a").write_text("1")
    refusal = up.world.refused(str(other), up.places[1], delete=True, apply_plan=str(up.file))
    assert "was made for another source" in refusal
    refusal = up.world.refused(up.places[0], up.world.uri("apps"), delete=True, apply_plan=str(up.file))
    assert "was made for another destination" in refusal


def test_how_fast_and_where_to_log_is_free(up: Planned) -> None:
    up.make()
    log = up.world.tmp_path / "log"
    assert not up.apply(concurrency=2, log=str(log), max_actions=7, multipart_threshold="6M").get("failed")
    assert len(log.read_text().splitlines()) == 6  # with its first and its last line


def test_the_valve_is_asked_again(up: Planned) -> None:
    made = up.make()
    for check in (True, False):
        result = up.apply(check=check, max_delete="1")
        assert "2 of the 4 keys" in result["msg"] and decided(result) == decided(made)
    assert up.file.exists() and up.world.objects() == BEFORE
    assert not up.apply(max_delete="2").get("failed")


def test_a_plan_that_the_valve_refuses_is_not_written(up: Planned) -> None:
    up.make()
    result = up.make(max_delete="1")
    assert result["failed"] and not up.file.exists()


def test_a_check_mode_that_fails_leaves_no_older_plan(up: Planned) -> None:
    up.make()
    with up.world.gateway() as gateway:
        gateway.before = lambda request: error_reply(403, "AccessDenied") if "list-type" in request.query else None
        assert up.make()["failed"]
    assert not up.file.exists()


# What a checksum cannot keep out


def action(records: list[dict[str, Any]], verb: str) -> dict[str, Any]:
    return next(record for record in records if record.get("verb") == verb)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda r: action(r, "upload").update(key="../../secret"), "would leave its directory"),
        (lambda r: action(r, "upload")["source"].update(name="../../secret"), "its name is another one's"),
        (lambda r: action(r, "delete")["target"].update(name="other"), "its name is another one's"),
        (lambda r: action(r, "upload").update(key="kept.log"), "the filters do not take it"),
        (lambda r: action(r, "delete").update(key="kept.log"), "the filters do not take it"),
        (lambda r: action(r, "upload").update(verb="download"), "does not fit the source and destination"),
        (lambda r: action(r, "upload")["source"].pop("stamp"), "was not noted"),
        (lambda r: action(r, "delete")["target"].pop("etag"), "lists no ETags"),
        (lambda r: r.append(action(r, "upload")), "its lines are not in order"),
        (lambda r: r.remove(action(r, "delete")), "its header counts other actions"),
        (lambda r: r[0].update(version=2), "is of another version"),
        (lambda r: r[0]["entries"].__setitem__(1, "many"), "is no count"),
    ],
)
def test_what_is_not_of_this_run_is_refused(
    up: Planned, change: Callable[[list[dict[str, Any]]], object], why: str
) -> None:
    up.options["exclude"] = ["*.log"]
    up.make()
    up.rewrite(change)
    assert why in up.refused()


def test_names_that_leave_a_local_destination_are_refused(world: World) -> None:
    world.put({"a": "1"})
    world.write({"extra": "2"})
    (world.tmp_path / "victim").write_text("3")
    for verb in ("download", "delete"):
        plan = Planned(world, world.uri(), str(world.root), delete=True)
        plan.make()
        plan.rewrite(lambda records, verb=verb: action(records, verb).update(key="../victim"))  # type: ignore[misc]
        assert "would leave its directory" in plan.refused()
    assert (world.tmp_path / "victim").read_text() == "3"


# Where plans may lie


def test_where_plans_may_not_lie(world: World) -> None:
    world.write({"a": "1"})
    world.state.mkdir()
    other = world.tmp_path / "other"
    other.write_text("mine")
    cases = {
        f"{world.root}/plan": "lies inside the source",
        f"{world.state}/plan": "lies inside state_dir",
        "s3://bucket/plan": "is in S3",
        f"{world.tmp_path}/no/plan": "is no file in a directory",
        str(world.tmp_path): "is no file",
        str(other): "is no plan, so it is not replaced",
    }
    for path, why in cases.items():
        result = world.check(str(world.root), world.uri(), plan_file=path)
        assert why in result["msg"], result["msg"]
    assert other.read_text() == "mine"
    for path, why in list(cases.items())[:3]:
        assert why in world.refused(str(world.root), world.uri(), apply_plan=path)
    assert "there is no plan" in world.refused(str(world.root), world.uri(), apply_plan=f"{world.tmp_path}/none")
    assert "is damaged or no plan" in world.refused(str(world.root), world.uri(), apply_plan=str(other))


def test_a_run_does_not_pass_for_the_execution_of_a_plan(world: World) -> None:
    world.write({"a": "1"})
    result = world.run(str(world.root), world.uri(), plan_file=str(world.tmp_path / "plan"))
    assert "is written by check mode, and this is a run" in result["msg"] and world.objects() == {}


def test_one_task_for_both(up: Planned) -> None:
    both = {"plan_file": str(up.file), "apply_plan": str(up.file)}
    made = up.apply(check=True, **both)
    assert up.file.exists() and verbs(made) == PLANNED
    # Made once more, not applied: check mode writes.
    up.world.write({"later": "8"})
    made = up.apply(check=True, **both)
    done = up.apply(**both)
    assert decided(made) == decided(done) and up.world.objects() == {**AFTER, "later": "8"}
    assert "was executed already" in up.apply(**both)["msg"]


def test_no_secret_is_in_a_plan(up: Planned) -> None:
    up.options["rules"] = [{"match": ["*"], "metadata": {"token": "hush"}}]
    up.make()
    text = up.file.read_text()
    assert up.world.server.secret_key not in text and up.world.server.access_key not in text and "hush" not in text


def test_an_endpoint_without_etags_gets_no_plan(up: Planned) -> None:
    def after(request: Request, reply: Reply) -> None:
        if "list-type" in request.query:
            reply.body = reply.body.replace(b"ETag>", b"Nothing>")

    with up.world.gateway() as gateway:
        gateway.after = after
        result = up.make(compare="size")
    assert "lists no ETags" in result["msg"] and not up.file.exists()
