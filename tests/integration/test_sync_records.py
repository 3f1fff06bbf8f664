# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run leaves behind fits its schema, whatever became of it, and tells the truth."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
from world import Reply, Request, World, error_reply, without_powers

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
RECORD = json.loads((DOCS / "schema" / "run-record.json").read_text())
LINE = json.loads((DOCS / "schema" / "log-line.json").read_text())


def record_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a run, which fits its schema and agrees with the result."""
    record: dict[str, Any] = json.loads(pathlib.Path(result["record"]).read_text())
    jsonschema.validate(record, RECORD, jsonschema.Draft202012Validator)
    assert {name: record[name] for name in ("run_id", "changed", "summary", "stats", "failures")} == {
        name: result[name] for name in ("run_id", "changed", "summary", "stats", "failures")
    }
    assert record["message"] == result.get("msg", "")
    return record


def lines_of(log: pathlib.Path) -> list[dict[str, Any]]:
    """The lines of a log, each of which fits its schema."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        jsonschema.validate(line, LINE, jsonschema.Draft202012Validator)
    return lines


def records(world: World) -> list[dict[str, Any]]:
    """All records, by the names of their files; nothing else may lie there."""
    found = []
    for path in sorted((world.state / "runs").iterdir()):
        found.append(json.loads(path.read_text()))
        jsonschema.validate(found[-1], RECORD, jsonschema.Draft202012Validator)
        assert path.name == f"{found[-1]['run_id']}.json"
    return found


@pytest.mark.parametrize("direction", ["up", "down", "across"])
@pytest.mark.parametrize("backup", ["", "disk", "s3"])
def test_each_direction(world: World, direction: str, backup: str) -> None:
    here, there = {"same": "1", "changed": "new", "d/new": "33"}, {"same": "1", "changed": "before", "d/old": "gone"}
    world.write(here if direction == "up" else there)
    world.put(there if direction != "down" else here)
    world.put(here, "from/")
    source, destination = {
        "up": (str(world.root), world.uri()),
        "down": (world.uri(), str(world.root)),
        "across": (world.uri("from"), world.uri()),
    }[direction]
    log, place = world.tmp_path / "log", {"disk": str(world.tmp_path / "kept"), "s3": world.uri("kept")}.get(backup)
    # Without conditions, as the first of them are sent to try the server.
    options = {"log": str(log), "delete": True, "backup_to": place, "on_conflict": "overwrite"}
    result = world.run(source, destination, **options)
    assert not result.get("failed"), result
    record, lines = record_of(result), lines_of(log)
    assert (record["status"], record["message"], record["log"]) == ("done", "", str(log))
    assert record["backup"].rstrip("/") == (f"{place}/{result['run_id']}" if place else "")
    assert record["stats"]["objects_per_second"] > 0
    assert [line["event"] for line in lines] == ["start", "object", "object", "object", "end"]
    assert {line["run_id"] for line in lines} == {result["run_id"]}
    shared = ("source", "destination", "endpoint", "backup", "host", "versions")
    assert {name: lines[0][name] for name in shared} == {name: record[name] for name in shared}
    objects = {line["key"]: line for line in lines[1:-1]}
    told = [{name: line[name] for name in ("verb", "key", "size", "reason")} for line in objects.values()]
    assert sorted(told, key=str) == sorted(result["actions"], key=str)
    assert record["objects"] == [
        {name: value for name, value in line.items() if name not in ("event", "run_id")} for line in lines[1:-1]
    ]
    assert not record["objects_truncated"]
    new = objects["d/new"]
    assert (new["outcome"], new["attempts"], "backup" in new) == ("done", 1, False)
    assert (new["bytes_sent"], new["bytes_received"]) == {"up": (2, 0), "down": (0, 2)}.get(
        direction, (0, new["bytes_received"])
    )
    assert new["etag"]
    assert objects["changed"].get("backup") == (f"{place}/{result['run_id']}/changed" if place else None)
    assert objects["d/old"].get("backup") == (f"{place}/{result['run_id']}/d/old" if place else None)
    end = lines[-1]
    assert (end["status"], end["done"], end["failed"], end["withheld"]) == ("done", 3, 0, 0)


def test_a_run_that_fails(world: World) -> None:
    world.write({"a": "1", "bad": "2"})
    world.put({"old": "3"})
    log = world.tmp_path / "log"

    def before(request: Request) -> Reply | None:
        return error_reply(403, "AccessDenied") if request.path.endswith("/bad") else None

    with world.gateway() as gateway:
        gateway.before = before
        result = world.run(str(world.root), world.uri(), delete=True, log=str(log))
    record, lines = record_of(result), lines_of(log)
    assert (record["status"], record["changed"]) == ("failed", True)
    assert [failure["key"] for failure in record["failures"]] == ["bad"]
    failed = next(line for line in lines if line.get("key") == "bad")
    assert failed["outcome"] == "failed" and "AccessDenied" in failed["error"] and "etag" not in failed
    end = {name: lines[-1][name] for name in ("event", "status", "done", "failed", "withheld")}
    assert end == {"event": "end", "status": "failed", "done": 1, "failed": 1, "withheld": 1}


def test_requests_that_are_repeated_show_in_their_line(world: World) -> None:
    world.write({"a": "12345", "b": "1"})
    log, refused = world.tmp_path / "log", []

    def before(request: Request) -> Reply | None:
        if request.path.endswith("/a") and len(refused) < 2:
            refused.append(request)
            return error_reply(500, "InternalError")
        return None

    with world.gateway() as gateway:
        gateway.before = before
        result = world.run(str(world.root), world.uri(), log=str(log), on_conflict="overwrite")
    assert record_of(result)["stats"]["retries"] == 2
    lines = {line["key"]: line for line in lines_of(log)[1:-1]}
    assert {key: (line["attempts"], line["bytes_sent"]) for key, line in lines.items()} == {"a": (3, 15), "b": (1, 1)}


def test_the_parts_of_a_large_object_count_for_it(world: World) -> None:
    size = 20 << 20
    world.write({"large": bytes(size), "small": "1"})
    log = world.tmp_path / "log"
    world.run(str(world.root), world.uri(), log=str(log), multipart_threshold="5M", on_conflict="overwrite")
    sent = {line["key"]: line["bytes_sent"] for line in lines_of(log)[1:-1]}
    # The document that completes the upload is a body as well.
    assert sent["small"] == 1 and size < sent["large"] < size + 5_000


def test_a_refused_run(world: World) -> None:
    world.put({"a": "1"})
    log = world.tmp_path / "log"
    result = world.run(str(world.root), world.uri(), delete=True, log=str(log))
    record = record_of(result)
    assert (record["status"], record["changed"], record["objects"]) == ("refused", False, [])
    assert "allow_empty_source" in record["message"] and record["summary"]["delete"]["count"] == 1
    assert not log.exists()


def test_a_run_that_never_had_a_plan(world: World) -> None:
    world.write({"a": "1"})

    def before(request: Request) -> Reply | None:
        return error_reply(403, "AccessDenied") if "list-type" in request.query else None

    with world.gateway() as gateway:
        gateway.before = before
        result = world.run(str(world.root), world.uri())
        assert world.run(str(world.root), world.uri(), check=True)["failed"]
    assert result["failed"] and "ListObjectsV2" in result["msg"]
    record, *others = records(world)
    assert (record["status"], record["message"], record["summary"], record["stats"]) == (
        "failed", result["msg"], None, None
    )  # fmt: skip
    assert not others, "check mode left a record"


def test_what_is_refused_before_looking_leaves_none(world: World) -> None:
    for options in ({"max_delete": "many"}, {"destination": "s3://absent-123456/x"}):
        asked = {"source": str(world.root), "destination": world.uri(), **options}
        assert world.run(asked.pop("source"), asked.pop("destination"), **asked)["failed"]
    assert not world.state.exists()


def test_no_secret_is_left_behind(world: World) -> None:
    world.write({"a": "1"})
    log = world.tmp_path / "log"
    secret, refused = world.server.secret_key, error_reply(403, "AccessDenied")
    world.run(str(world.root), world.uri(), log=str(log))
    with world.gateway() as gateway:
        gateway.before = lambda request: refused if "list-type" in request.query else None
        world.run(str(world.root), world.uri(), log=str(log))
    kept = records(world)
    assert {record["status"] for record in kept} == {"done", "failed"} and len(lines_of(log)) == 3
    left = log.read_text() + "".join(map(json.dumps, kept))
    assert secret not in left
    given = {"access_key", "secret_key", "endpoint_url", "region"}  # what harness.run_module gives the module
    assert not [name for record in kept for name in given & record["options"].keys()]


def test_only_the_first_objects_stand_in_the_record(world: World) -> None:
    world.write({f"{number:03}": "" for number in range(101)})
    log = world.tmp_path / "log"
    record = record_of(world.run(str(world.root), world.uri(), log=str(log)))
    assert len(record["objects"]) == 100 and record["objects_truncated"]
    assert len(lines_of(log)) == 103


def test_odd_names_and_texts(world: World) -> None:
    world.write({'line\nbreak "quoted"': "1", "ümläut": "2"})
    log = world.tmp_path / "log"
    record = record_of(world.run(str(world.root), world.uri(), log=str(log)))
    keys = {'line\nbreak "quoted"', "ümläut"}
    assert {line["key"] for line in lines_of(log)[1:-1]} == {one["key"] for one in record["objects"]} == keys


def test_runs_at_the_same_time_share_a_log(world: World) -> None:
    log = world.tmp_path / "log"
    roots = [world.tmp_path / f"tree-{number}" for number in range(3)]
    for root in roots:
        world.write({f"{'long-name-' * 20}{number}": "1" for number in range(60)}, root)
    script = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from harness import run_module; from server import Server;"
        "order = json.load(sys.stdin); print(json.dumps(run_module('sync', order['options'],"
        " server=Server(**order['server']))))"
    )

    def start(number: int) -> None:
        options = {
            "source": str(roots[number]), "destination": world.uri(f"to-{number}"), "state_dir": str(world.state),
            "log": str(log),
        }  # fmt: skip
        order = json.dumps({"options": options, "server": {**vars(world.server), "pid": 0}})
        command = [sys.executable, "-c", script, str(pathlib.Path(__file__).parents[1])]
        done = subprocess.run(command, input=order, text=True, capture_output=True, check=False)
        results.append(json.loads(done.stdout))

    results: list[dict[str, Any]] = []
    threads = [threading.Thread(target=start, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [result for result in results if result.get("failed")]
    lines = lines_of(log)
    for result in results:
        mine = [line["event"] for line in lines if line["run_id"] == result["run_id"]]
        assert mine == ["start", *["object"] * 60, "end"]
    assert {record["run_id"] for record in records(world)} == {result["run_id"] for result in results}


def test_a_log_that_cannot_be_written_to_its_end_ends_alone(world: World) -> None:
    world.write({"a": "1"})
    result = world.run(str(world.root), world.uri(), log="/dev/full")
    assert not result.get("failed"), result
    assert world.objects() == {"a": "1"}
    assert "/dev/full" in json.dumps(result["warnings"]) and "No space" in json.dumps(result["warnings"])
    record_of(result)


def test_a_record_that_cannot_be_stored_is_a_warning(world: World) -> None:
    world.write({"a": "1"})
    (world.state / "runs").mkdir(parents=True)
    (world.state / "cache").mkdir()
    (world.state / "runs").chmod(0o555)
    options = {"source": str(world.root), "destination": world.uri(), "state_dir": str(world.state)}
    (result,) = without_powers(world.server, options, checks=(False,))
    assert not result.get("failed") and result["record"] == ""
    assert "record could not be stored" in json.dumps(result["warnings"])
    assert os.listdir(world.state / "runs") == []


def test_a_record_is_whole_or_not_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run that is killed while it writes its record leaves is not under a name that readers look for."""
    world.write({"a": "1"})
    seen: list[list[str]] = []
    rename = os.rename

    def meddle(path: str, other: str) -> None:
        if "/runs/" in str(other):
            seen.append([name for name in os.listdir(world.state / "runs") if not name.startswith(".")])
            raise OSError(5, "Input/output error", other)
        rename(path, other)

    monkeypatch.setattr(os, "rename", meddle)
    result = world.run(str(world.root), world.uri())
    assert result["record"] == "" and seen == [[]] and os.listdir(world.state / "runs") == []


def test_the_page_has_every_field() -> None:
    page = (DOCS / "records.md").read_text()
    tables = re.findall(r"^\| Field \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, flags=re.MULTILINE)
    told = [re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) for table in tables]
    lines = [list(LINE["$defs"][name]["properties"]) for name in ("start", "object", "end")]
    for fields in lines:
        fields.remove("event")
    assert told == [list(RECORD["properties"]), *lines]
