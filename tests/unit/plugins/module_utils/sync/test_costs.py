# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a sync's plan comes to: what is kept, read, moved and sent, and by whom it is paid."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, Keys
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.costs import of_sync
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Direction, Entry, Verb
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan, forecast

GB, DAY = 1 << 30, 86_400
NOW = 1_000.0 * DAY
UP, DOWN, ACROSS = Direction.UP, Direction.DOWN, Direction.ACROSS


def place(region: str = "us-east-1", **options: Any) -> Side:
    """A bucket of AWS, of which nothing is asked."""

    def endpoint(_bucket: str, asked: str) -> Endpoint:
        return Endpoint(True, f"s3.{region}.amazonaws.com", 443, "/b", f"s3.{region}.amazonaws.com", asked)

    service = Service(
        pool=Pool(connect_timeout=1, read_timeout=1), keys=lambda: Keys("AK", "SK"), endpoint=endpoint, region=region,
        aws=True,
    )  # fmt: skip
    return Side("s3://b/", Bucket(service, "b", **options))


def job(direction: Direction, source: Side, target: Side, **options: Any) -> Job:
    settings: dict[str, Any] = {
        "compare": "content", "delete": False, "max_delete": None, "allow_empty_source": False, "symlinks": "follow",
        "archived": "fail", "unicode_form": "", "concurrency": 1, "multipart_threshold": 8 * GB, "fsync": False,
        "filters": Filters(), "attributes": Attributes(), **options,
    }  # fmt: skip
    return Job(direction=direction, source=source, target=target, **settings)


def entry(storage_class: str = "STANDARD", days: float = 500) -> Entry:
    return Entry("k", GB, NOW - days * DAY, "e", storage_class)


def told(asked: Job, *actions: Action) -> Forecast:
    plan = Plan()
    for action in actions:
        plan.count(action)
        plan.requests.update(forecast(asked, action))
        (plan.deletions if action.verb is Verb.DELETE else plan.transfers).append(action)
    return of_sync(asked, plan, None, 12.0, NOW)


def once(found: Forecast) -> dict[tuple[str, str, str], float]:
    """What is done once, by meter; bytes in GB."""
    return {tuple(each.meter): float(each.quantity) for each in found.estimate.once.items}  # type: ignore[misc]


@pytest.mark.parametrize(("there", "sent"), [("us-east-1", 0), ("eu-west-1", 1)])
def test_a_copy_to_another_region_is_a_transfer(there: str, sent: float) -> None:
    asked = job(ACROSS, place(), place(there))
    found = told(asked, Action(Verb.COPY, "k", GB, "new", entry("STANDARD_IA")))
    assert once(found).get(("transfer", "", "region"), 0) == sent
    assert once(found)["retrieval", "STANDARD_IA", ""] == 1
    said = "Copies go from us-east-1 to eu-west-1: what leaves a region is priced as from eu-west-1."
    assert (said in found.assumptions) is bool(sent)


def test_a_backup_to_another_region_is_a_transfer() -> None:
    backup = job(ACROSS, place(), place("eu-west-1"))
    asked = job(UP, Side("/x", path="/x"), place(), backup=backup)
    found = told(asked, Action(Verb.UPLOAD, "k", GB, "size", entry(), entry("GLACIER_IR", 30)))
    amounts = once(found)
    assert amounts["transfer", "", "region"] == amounts["retrieval", "GLACIER_IR", ""] == 1
    assert amounts["early_deletion", "GLACIER_IR", ""] == 2
    assert found.storage == [
        {"storage_class": "GLACIER_IR", "objects": -1, "bytes": -GB},
        {"storage_class": "STANDARD", "objects": 2, "bytes": 2 * GB},
    ]
    assert "Backups go from us-east-1 to eu-west-1: what leaves a region is priced as from us-east-1." in (
        found.assumptions
    )


def test_an_update_in_its_own_class_ends_a_minimum_and_begins_one() -> None:
    found = told(
        job(UP, Side("/x", path="/x"), place()),
        Action(Verb.UPDATE, "k", GB, "attributes", None, entry("GLACIER_IR", 30)),
    )
    assert once(found)["early_deletion", "GLACIER_IR", ""] == 2 and found.storage == []
    assert found.estimate.monthly.usd == 0


def test_downloads_are_sent_and_archives_are_restored() -> None:
    down = job(DOWN, place(), Side("/x", path="/x"))
    found = told(down, Action(Verb.DOWNLOAD, "k", GB, "new", entry("STANDARD_IA")))
    amounts = once(found)
    assert amounts["transfer", "", "internet"] == amounts["retrieval", "STANDARD_IA", ""] == 1
    assert found.storage == []
    found = told(down, Action(Verb.UPDATE, "k", GB, "restore", entry("GLACIER")))
    assert {meter[:2] for meter in once(found)} == {
        ("restore", "GLACIER"), ("retrieval", "GLACIER"), ("storage", "STANDARD"),
    }  # fmt: skip


def test_each_write_asks_s3_and_with_a_key_kms_as_well() -> None:
    attributes = Attributes(storage_class="STANDARD_IA", encryption="aws:kms")
    asked = job(UP, Side("/x", path="/x"), place(), attributes=attributes)
    found = told(
        asked,
        Action(Verb.UPLOAD, "k", GB, "new", entry()),
        Action(Verb.UPDATE, "l", GB, "attributes", None, entry("STANDARD")),
        Action(Verb.DELETE, "m", GB, "extra", None, entry()),
    )
    amounts = once(found)
    assert amounts["kms", "", ""] == 2 / 10_000
    # An update keeps the class that is there, as no rule asks for another.
    assert (amounts["put", "STANDARD_IA", ""], amounts["put", "STANDARD", ""]) == (0.001, 0.001)
    assert amounts["get", "STANDARD", ""] == 0.001
    assert [trap.name for trap in found.traps] == ["kms_requests"]
    assert not any("Requests to KMS are not reckoned" in each for each in found.assumptions)
    plain = told(job(UP, Side("/x", path="/x"), place()), Action(Verb.UPLOAD, "k", GB, "new", entry()))
    assert any("Requests to KMS are not reckoned" in each for each in plain.assumptions)


def test_who_pays_is_said() -> None:
    said = "With requester_pays this account pays for requests and transfers, the bucket's for storage."
    upload = Action(Verb.UPLOAD, "k", GB, "new", entry())
    for payer in (True, False):
        asked = job(UP, Side("/x", path="/x"), place(requester_pays=payer))
        assert (said in told(asked, upload).assumptions) is payer


def test_what_a_bucket_with_versioning_keeps_is_said_where_something_goes() -> None:
    asked = job(UP, Side("/x", path="/x"), place())
    for action, goes in (
        (Action(Verb.UPLOAD, "k", GB, "new", entry()), False),
        (Action(Verb.UPLOAD, "k", GB, "size", entry(), entry()), True),
        (Action(Verb.DELETE, "k", GB, "extra", None, entry()), True),
    ):
        said = [each for each in told(asked, action).assumptions if "taken to have no versioning" in each]
        assert bool(said) is goes


def test_nothing_costs_nothing() -> None:
    found = told(job(UP, Side("/x", path="/x"), place()))
    assert found.estimate.over(found.months) == 0 and not found.traps and found.requests == {}
