# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests of a forecast are those that the server then counts itself, exactly: of uploads, updates and deletions.

SeaweedFS counts by its own words, of which GET means HEAD as well. Since it is not AWS, it is tried with conditions
that cannot hold, and it refuses the first copies of objects onto themselves that name a class alone: such PUT and COPY,
which it refused, are left out, as a forecast for AWS has none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from harness import run_module
from server import Server
from world import World

CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER_IR", "INTELLIGENT_TIERING")
# A forecast's kinds, in the server's words. A DELETE of many keys is one request.
WORDS = {
    **dict.fromkeys(("acl", "bucket", "get", "head", "lock", "tags"), "GET"),
    "list": "LIST",
    "put": "PUT",
    "copy": "COPY",
    "delete": "DELETE",
}


@pytest.fixture
def bucket(s3_server: Server) -> str:
    """A bucket of its own, as the server counts by bucket."""
    name = "counted"
    s3_server.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def world(s3_server: Server, bucket: str, tmp_path: Any) -> World:
    return World(s3_server, bucket, tmp_path)


def words(requests: Mapping[str, int]) -> Counter[str]:
    """A forecast's requests as the server counts them."""
    found: Counter[str] = Counter()
    for kind, count in requests.items():
        found[WORDS[kind]] += count
    return found


def synced(world: World, **options: Any) -> dict[str, Any]:
    """The forecast of a sync, which has held."""

    def sync(check: bool) -> dict[str, Any]:
        run = world.check if check else world.run
        return run(str(world.root), world.uri(), max_actions=0, **options)

    # Looking for the bucket is one more.
    return foretold_and_counted(world, sync, {"GET": 1})


def moved(world: World, **options: Any) -> dict[str, Any]:
    """The forecast of transitions, which has held."""
    given = {"bucket": world.bucket, "prefix": f"{world.base}app", "state_dir": str(world.state), **options}

    def move(check: bool) -> dict[str, Any]:
        return run_module("storage_class", given, server=world.server, check=check)

    return foretold_and_counted(world, move, {})


def foretold_and_counted(
    world: World, run: Callable[[bool], dict[str, Any]], besides: Mapping[str, int]
) -> dict[str, Any]:
    """Forecast, run, and compare. besides: what the forecast has not, in the server's words."""
    foretold = run(True)
    before = world.server.asked(world.bucket)
    done = run(False)
    asked = world.server.asked(world.bucket)
    asked.subtract(before)
    assert not done.get("failed"), done.get("msg")
    forecast: dict[str, Any] = foretold["forecast"]
    assert forecast["requests"] == done["summary"]["requests"]
    counted: Counter[str] = Counter()
    for (kind, status), count in asked.items():
        if kind not in ("PUT", "COPY") or status < 400:
            counted[kind] += count
    counted.subtract(besides)
    assert +counted == words(forecast["requests"])
    return forecast


def test_uploads_updates_transitions_and_deletions(world: World, pytestconfig: pytest.Config) -> None:
    number = pytestconfig.getoption("--objects")
    sizes = [40 * (each % 50) for each in range(number)]
    world.write({f"{CLASSES[each % 4].lower()}/{each}": bytes(size) for each, size in enumerate(sizes)})
    rules = [{"match": [f"/{name.lower()}/"], "storage_class": name} for name in CLASSES]

    up = synced(world, rules=rules)
    assert up["storage"] == [
        {
            "storage_class": name,
            "objects": len(sizes[place::4]),
            "bytes": sum(sizes[place::4]),
        }
        for name, place in sorted((name, place) for place, name in enumerate(CLASSES))
    ]
    put = {item["storage_class"]: item["quantity"] for item in up["items"] if item["kind"] == "put"}
    assert put["GLACIER_IR"] == len(sizes[2::4]) / 1000

    # Other attributes on the same content: copies within the bucket.
    update = synced(world, rules=[{**rules[3], "cache_control": "no-cache"}, *rules])
    assert update["requests"]["copy"] == len(sizes[3::4])
    assert not update["storage"]

    for path in world.root.iterdir():
        if path.name != "standard":
            for file in path.iterdir():
                file.unlink()
    # Half of what is in STANDARD, and a quarter of what is in STANDARD_IA.
    to = moved(
        world,
        rules=[
            {"from": ["STANDARD"], "min_size": "1000", "storage_class": "GLACIER_IR"},
            {"from": ["STANDARD_IA"], "max_size": "500", "storage_class": "STANDARD"},
        ],
    )
    ways = {(each["from"], each["to"]): each["objects"] for each in to["moves"]}
    assert ways == {
        ("STANDARD", "GLACIER_IR"): sum(size >= 1000 for size in sizes[0::4]),
        ("STANDARD_IA", "STANDARD"): sum(size <= 500 for size in sizes[1::4]),
    }
    assert to["requests"]["copy"] == sum(ways.values())
    back = moved(world, rules=[{"match": [f"/{name.lower()}/"], "storage_class": name} for name in CLASSES])
    assert back["requests"]["copy"] == sum(ways.values())

    down = synced(world, rules=rules, delete=True, max_delete="100%")
    assert [(each["storage_class"], each["objects"]) for each in down["storage"]] == [
        (name, -len(sizes[CLASSES.index(name) :: 4])) for name in sorted(CLASSES[1:])
    ]
    # They were there for minutes, of 30 and of 90 days.
    assert {each["storage_class"] for each in down["traps"] if each["name"] == "early_deletion"} == {
        "STANDARD_IA",
        "GLACIER_IR",
    }
