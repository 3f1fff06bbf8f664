# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""`recommend` of the module storage_class: what to move where, and what that saves. It changes nothing in the bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes import access
from ansible_collections.stowage.s3.plugins.module_utils._classes.access import DAY
from ansible_collections.stowage.s3.plugins.module_utils._classes.run import places, side_of
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import facts_of
from ansible_collections.stowage.s3.plugins.module_utils._connection import Connection, connect
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import usd
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY, LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import told
from ansible_collections.stowage.s3.plugins.module_utils._cost.holdings import MOST_DEPTH
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices, prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import files_at
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.inventory import inventoried, read_manifest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.listing import listed
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import CURRENT, Stored
from ansible_collections.stowage.s3.plugins.module_utils._cost.recommend import (
    CANDIDATES,
    Known,
    Survey,
    recommended,
    total,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.where import elsewhere, region_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._files import write_for
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import (
    Side,
    check_numbers,
    check_owners,
    limits_of,
)

MOST_READS = 100_000.0
FORMAT = 1  # of the report


def recommend(module: Any) -> dict[str, Any]:
    """Look at the bucket, and say what is recommended. Raises StowageError."""
    params, now = module.params, time.time()
    asked, months = params["recommend"], horizon(params["horizon_months"])
    _check(params)
    access.check_access(params, 0.0)
    place, _state = places(params)
    filters = Filters(params["include"] or (), params["exclude"] or ())
    connection = connect(module, concurrency=params["concurrency"], limits=limits_of(params))
    with contextlib.closing(connection):
        side = side_of(connection, params, place)
        bucket = side.s3
        bucket.check(side.prefix)
        priced = prices(region_of(bucket), params["prices"])
        versioned = facts_of(bucket).versioned
        ways = (LIFECYCLE,) if versioned else (COPY, LIFECYCLE)
        with access.known(module, connection, bucket, now) as reads:
            known = _known(reads, side, asked["reads_per_month"], now)
            survey = Survey(asked["prefix_depth"], now, replace(known, apart=COPY in ways))
            for each in _stored(connection, side, asked["inventory"]):
                key = each.key.removeprefix(side.prefix)
                if each.state == CURRENT and filters.takes(key):
                    survey.add(key, each.size, each.storage_class, each.modified)
        found = recommended(survey.alikes(), asked["candidates"] or CANDIDATES, months, priced, ways)
    for warning in priced.warnings(datetime.date.fromtimestamp(now)):
        module.warn(warning)
    assumptions = [*_assumptions(params, reads, versioned), *elsewhere(bucket)]
    # What is known for, in whole days: a rule that asks for more would be refused.
    rows = [each.public(math.floor(known.days), side.prefix) for each in found]
    return _result(module, side, rows, total(found), months, priced, assumptions)


def _check(params: Mapping[str, Any]) -> None:
    asked = params["recommend"]
    given = [name for name in ("rules", "storage_class", "restore") if params[name] is not None]
    if given:
        raise StowageError(
            f"recommend and {given[0]} are both given. recommend only looks: leave it out to move objects by what it"
            " has recommended."
        )
    if not 0 <= asked["prefix_depth"] <= MOST_DEPTH:
        raise StowageError(
            f"recommend.prefix_depth: {asked['prefix_depth']} is given; allowed is 0 (all as one) to {MOST_DEPTH}."
        )
    # Not "< 0", which is false of what is no number.
    if not 0 <= asked["reads_per_month"] <= MOST_READS:
        raise StowageError(
            f"recommend.reads_per_month: {asked['reads_per_month']:g} is given; allowed is 0 to {MOST_READS:g}, the"
            " reads of an object in a month."
        )
    check_numbers(params)
    check_owners(params, "expected_bucket_owner")


def _known(reads: access.Known | None, side: Side, per_month: float, now: float) -> Known:
    if reads is None:
        return Known(per_month=per_month)
    days = max((now - reads.since) / DAY, 1.0)
    if reads.logs is not None:
        return Known(of=lambda key: reads.of(side.prefix + key), days=days)
    return Known(
        prefix_of=lambda key: reads.prefix_of(side.prefix + key),
        by_prefix=reads.metrics or {},
        days=days,
        per_month=per_month,
    )


def _stored(connection: Connection, side: Side, inventory: str | None) -> Iterator[Stored]:
    if inventory is None:
        return listed(side.s3, side.prefix)
    files, name = files_at(inventory, connection.bucket)
    return inventoried(files, read_manifest(files, name, side.s3.name), side.prefix)


def _assumptions(params: Mapping[str, Any], reads: access.Known | None, versioned: bool) -> list[str]:
    said, rate = [], params["recommend"]["reads_per_month"]
    if reads is None:
        said.append(
            f"Each object is taken to be read {rate:g} times a month (reads_per_month). Give access_logs or"
            " access_metrics to reckon with what is read."
        )
    elif reads.logs is None:
        said.append(
            "Of what is below a measured prefix each object is taken to be read as often as the others, and all other"
            f" objects {rate:g} times a month (reads_per_month)."
        )
    if versioned:
        said.append(
            "The bucket has versioning, where a copy leaves the version that it replaces: lifecycle rules alone are"
            " recommended, which cannot tell what is read from what is not."
        )
    return said


def _result(
    module: Any,
    side: Side,
    rows: list[dict[str, Any]],
    saving: Decimal,
    months: Decimal,
    priced: Prices,
    assumptions: list[str],
) -> dict[str, Any]:
    limit, path = module.params["max_actions"], module.params["recommend"]["report"]
    whole = {
        "recommendations": rows,
        "saving_usd": usd(saving),
        "horizon_months": float(months),
        "assumptions": assumptions,
        "prices": told(priced),
    }
    if path and not module.check_mode:
        text = json.dumps({"version": FORMAT, "bucket": side.s3.name, "prefix": side.prefix, **whole}, indent=1)
        write_for("recommend.report", path, text + "\n")
    return {
        "changed": False,
        **whole,
        "recommendations": rows[:limit],
        "recommendations_truncated": len(rows) > limit,
    }
