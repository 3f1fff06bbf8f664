# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests of a forecast are those that the server then counts itself, exactly: of uploads, updates and deletions.

SeaweedFS counts by its own words, of which GET means HEAD as well. Since it is not AWS, it is tried with conditions
that cannot hold: one PUT and one COPY with status 412 or 404, which a forecast for AWS does not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from server import Server
from world import World

CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER_IR", "INTELLIGENT_TIERING")
# A forecast's kinds, in the server's words. A DELETE of many keys is one request.
WORDS = {"list": "LIST", "head": "GET", "tags": "GET", "get": "GET", "put": "PUT", "copy": "COPY", "delete": "DELETE"}


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


def foretold_and_counted(world: World, *, trials: int, **options: Any) -> dict[str, Any]:
    """Forecast, run, and compare. `trials`: requests whose condition cannot hold. Gives the forecast."""
    arguments = (str(world.root), world.uri())
    foretold = world.check(*arguments, max_actions=0, **options)
    before = world.server.asked(world.bucket)
    done = world.run(*arguments, max_actions=0, **options)
    asked = world.server.asked(world.bucket)
    asked.subtract(before)
    assert not done.get("failed"), done.get("msg")
    forecast: dict[str, Any] = foretold["forecast"]
    assert forecast["requests"] == done["summary"]["requests"]
    counted: Counter[str] = Counter()
    failed = 0
    for (kind, code), count in asked.items():
        if code in (404, 412):
            failed += count
        else:
            counted[kind] += count
    # Looking for the bucket is one, and the state directory is not in it.
    counted["GET"] -= 1
    assert +counted == words(forecast["requests"])
    assert failed == trials
    return forecast


def test_uploads_updates_and_deletions(world: World, pytestconfig: pytest.Config) -> None:
    number = pytestconfig.getoption("--objects")
    sizes = [40 * (each % 50) for each in range(number)]
    world.write({f"{CLASSES[each % 4].lower()}/{each}": bytes(size) for each, size in enumerate(sizes)})
    rules = [{"match": [f"/{name.lower()}/"], "storage_class": name} for name in CLASSES]

    up = foretold_and_counted(world, trials=1, rules=rules)
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
    update = foretold_and_counted(world, trials=1, rules=[{**rules[3], "cache_control": "no-cache"}, *rules])
    assert update["requests"]["copy"] == len(sizes[3::4])
    assert not update["storage"]

    for path in world.root.iterdir():
        if path.name != "standard":
            for file in path.iterdir():
                file.unlink()
    down = foretold_and_counted(world, trials=0, rules=rules, delete=True, max_delete="100%")
    assert [(each["storage_class"], each["objects"]) for each in down["storage"]] == [
        (name, -len(sizes[CLASSES.index(name) :: 4])) for name in sorted(CLASSES[1:])
    ]
    # They were there for minutes, of 30 and of 90 days.
    assert {each["storage_class"] for each in down["traps"] if each["name"] == "early_deletion"} == {
        "STANDARD_IA",
        "GLACIER_IR",
    }
