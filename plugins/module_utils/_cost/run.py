# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""`stowage.s3.cost_info`, from parameters to result: what a bucket, a directory or a workload costs.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._connection import Connection, connect
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_list
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import estimate
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import told
from ansible_collections.stowage.s3.plugins.module_utils._cost.holdings import MOST_DEPTH, Held, Holdings, usage_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import COST_SPEC, horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.price_table import BASE
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices, prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import files_at
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.inventory import inventoried, read_manifest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.listing import listed
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import CONTENT, measured
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import CURRENT, day_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.traps import Trap, traps
from ansible_collections.stowage.s3.plugins.module_utils._cost.where import elsewhere, region_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.workload import ROW, ledger_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import local_source, parse_place, parse_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import Findings, Walk
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import puts
from ansible_collections.stowage.s3.plugins.module_utils._sync.run import COMMON_SPEC, DEFAULT_THRESHOLD

SHOWN_PREFIXES, SHOWN_PROBLEMS = 100, 100
COST_INFO_SPEC: dict[str, dict[str, Any]] = {
    "bucket": {"type": "str"},
    "prefix": {"type": "str", "default": ""},
    "by": {"type": "str", "choices": ["listing", "inventory", "metrics"], "default": "listing"},
    "inventory": {"type": "str"},
    "versions": {"type": "bool", "default": True},
    "uploads": {"type": "bool", "default": True},
    "prefix_depth": {"type": "int", "default": 0},
    "path": {"type": "path"},
    "include": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "rules": COMMON_SPEC["rules"],
    "storage_class": {"type": "str"},
    "usage": {"type": "list", "elements": "dict"},
    "refresh": {"type": "bool", "default": False},
    "price_list": {"type": "list", "elements": "str"},
    "expected_bucket_owner": {"type": "str"},
    "requester_pays": {"type": "bool", "default": False},
    **COST_SPEC,
}


# What the task can be asked about, with the options that are about nothing else; usage may come with any of them.
_SUBJECTS = {
    "bucket": ("prefix", "prefix_depth", "inventory"),
    "path": ("include", "exclude", "rules", "storage_class"),
}


class _Found:
    """What was read, whatever it was read from. shown: what the result says of it besides its cost."""

    def __init__(self, region: str = "", assumptions: Sequence[str] = ()) -> None:
        self.ledger = Ledger()
        self.region = region
        self.assumptions = list(assumptions)
        self.holdings: Holdings | None = None
        self.changes: Changes | None = None
        self.problems: list[str] = []

    def usage(self) -> list[dict[str, Any]]:
        """What is stored, as rows of a workload; none where the number of objects is not known."""
        if self.changes is not None:
            return usage_of((Held("", name, "", CURRENT), least, group) for name, least, group in self.changes.added)
        return self.holdings.usage() if self.holdings is not None else []

    def traps(self, priced: Prices, months: Decimal) -> list[Trap]:
        """What it costs more than one would think."""
        found = self.holdings.traps(priced) if self.holdings is not None else []
        return found + (traps(self.changes, priced, months) if self.changes is not None else [])


def cost_info(module: Any) -> dict[str, Any]:
    """Do the work of the module `cost_info`. Raises StowageError."""
    params, now = module.params, time.time()
    _check(params)
    months = horizon(params["horizon_months"])
    usage = ledger_of(params["usage"]) if params["usage"] is not None else None
    region = params["region"] or BASE
    if params["bucket"]:
        with contextlib.closing(connect(module)) as connection:
            found = _bucket(module, connection, now)
    elif params["path"]:
        found = _path(params, region)
    else:
        found = _Found(region)
    if usage is not None:
        found.ledger.add(usage)
    refreshed = _refresh(module, found.region, now) if params["refresh"] else ""
    priced = prices(found.region, params["prices"])
    for warning in priced.warnings(datetime.date.fromtimestamp(now)):
        module.warn(warning)
    return {"changed": False, **_result(found, priced, months), "refreshed": refreshed}


def _check(params: dict[str, Any]) -> None:
    given = [name for name in _SUBJECTS if params[name]]
    if len(given) > 1:
        raise StowageError("bucket and path are both given. Ask about one of them in a task.")
    if not given and params["usage"] is None and not params["refresh"]:
        raise StowageError(
            "None of bucket, path, usage and refresh is given. Say what the cost is to be of: a bucket, a directory"
            f" before it is uploaded, or rows of usage such as {ROW}."
        )
    for subject, options in _SUBJECTS.items():
        idle = [] if params[subject] else [name for name in options if params[name]]
        if idle:
            raise StowageError(f"{idle[0]} is given, which is of {subject}, and no {subject}. Give both, or neither.")
    if params["inventory"] and params["by"] != "inventory":
        raise StowageError(f"inventory is given, and by is {params['by']}. Set by to inventory, or leave it out.")
    if params["by"] == "inventory" and not params["inventory"]:
        raise StowageError(
            "by is inventory, and inventory is not given. Give where S3 delivers it, such as"
            " s3://bucket/prefix/source-bucket/id/."
        )
    if params["by"] == "metrics" and (params["prefix"] or params["prefix_depth"]):
        raise StowageError(
            "by is metrics, and prefix or prefix_depth is given. CloudWatch knows whole buckets alone: leave them out,"
            " or set by to listing or inventory."
        )
    if not 0 <= params["prefix_depth"] <= MOST_DEPTH:
        raise StowageError(f"prefix_depth: {params['prefix_depth']} is given; allowed is 0 to {MOST_DEPTH}.")
    for where, name in (
        ("storage_class", params["storage_class"]),
        *((f"rules[{at}].storage_class", rule["storage_class"]) for at, rule in enumerate(params["rules"] or ())),
    ):
        if name is not None and name not in CLASSES:
            raise StowageError(f"{where}: {name!r} has no prices. Give one of {', '.join(CLASSES)}.")
    if params["price_list"] and not params["refresh"]:
        raise StowageError("price_list is given, and refresh is false. Set refresh to true, or leave price_list out.")


def _refresh(module: Any, region: str, now: float) -> str:
    """Fetch the prices of a region; gives the file that they are in from then on."""
    sources = module.params["price_list"]
    products: Iterable[price_list.Product]
    if sources is not None:
        dated, products = price_list.given(sources)
    else:
        dated = datetime.date.fromtimestamp(now)
        products = price_list.asked(boto_client(module, "pricing", region=price_list.ENDPOINT_REGION), region)
    if module.check_mode:
        return ""
    path, notes = price_list.refresh(region, dated, products, None)
    for note in notes:
        module.warn(note)
    return path


# Buckets


def _bucket(module: Any, connection: Connection, now: float) -> _Found:
    params = module.params
    owner, payer = params["expected_bucket_owner"] or "", params["requester_pays"]
    bucket = connection.bucket(params["bucket"], expected_owner=owner, requester_pays=payer)
    bucket.check(params["prefix"])
    found = _Found(region_of(bucket), elsewhere(bucket))
    if params["by"] == "metrics":
        return _measured(module, bucket, found, now)
    found.holdings = Holdings(params["prefix_depth"])
    if params["by"] == "inventory":
        files, name = files_at(params["inventory"], connection.bucket)
        manifest = read_manifest(files, name, bucket.name)
        found.holdings.read(inventoried(files, manifest, params["prefix"]))
        found.assumptions.append(f"The inventory is of {day_of(manifest.created)}. It tells of no unfinished uploads.")
        if not manifest.versions:
            found.assumptions.append("The inventory is of current versions alone: noncurrent ones are not reckoned.")
    else:
        found.holdings.read(listed(bucket, params["prefix"], versions=params["versions"], uploads=params["uploads"]))
        found.assumptions += [
            f"{what} are not reckoned, as {option} is false."
            for option, what in (("versions", "Noncurrent versions"), ("uploads", "Unfinished uploads"))
            if not params[option]
        ]
        found.assumptions.append(
            "A listing does not tell tiers of INTELLIGENT_TIERING: all of it is priced as frequently used."
        )
    found.assumptions.append("Requests, retrievals and transfers are not reckoned unless usage tells them.")
    found.ledger.add(found.holdings.ledger())
    return found


def _measured(module: Any, bucket: Bucket, found: _Found, now: float) -> _Found:
    calls = cloudwatch.caller(boto_client(module, "cloudwatch", region=found.region), bucket.name)
    told = measured(calls, bucket.name, now)
    for amount in told.amounts:
        found.ledger.each_month(amount.type.meter, amount.bytes)
        if amount.type.part == CONTENT:
            found.ledger.tell(amount.type.storage_class, amount.bytes)
    found.assumptions += [
        f"The metrics are of {day_of(told.date)}.",
        "CloudWatch does not tell how many objects INTELLIGENT_TIERING monitors: its fee for that is not reckoned.",
        "Requests, retrievals and transfers are not reckoned unless usage tells them.",
    ]
    return found


# A directory


def _path(params: dict[str, Any], region: str) -> _Found:
    root = local_source(parse_place("path", params["path"]), "path")
    attributes = Attributes(params["rules"] or (), storage_class=params["storage_class"])
    filters = Filters(params["include"] or (), params["exclude"] or (), "")
    found, findings = _Found(region), Findings()
    threshold = parse_size("multipart_threshold", DEFAULT_THRESHOLD)
    changes = found.changes = Changes(COPY)

    def problem(key: str, error: str) -> None:
        found.problems.append(f"{key}: {error}")

    for entry in _files(root, filters, findings, problem):
        name = attributes.storage_class(entry.key)
        changes.asked({"put": puts(entry.size, threshold)}, written=name)
        changes.added.add(name, entry.size)
    found.ledger.add(changes.ledger())
    return found


def _files(root: str, filters: Filters, findings: Findings, problem: Callable[[str, str], None]) -> Iterable[Entry]:
    if os.path.isdir(root):
        return Walk(root, filters, findings, problem, links="follow").entries()
    return [Entry(os.path.basename(root), os.path.getsize(root), 0.0)]


# The result


def _result(found: _Found, priced: Prices, months: Decimal) -> dict[str, Any]:
    costs = estimate(found.ledger, priced)
    prefixes = found.holdings.prefixes(priced) if found.holdings is not None else []
    return {
        "cost": costs.public(months),
        "storage": found.holdings.storage(priced) if found.holdings is not None else found.ledger.rows(),
        "prefixes": prefixes[:SHOWN_PREFIXES],
        "prefixes_truncated": len(prefixes) > SHOWN_PREFIXES,
        "usage": found.usage(),
        "traps": [each.public() for each in found.traps(priced, months)],
        "assumptions": found.assumptions,
        "problems": found.problems[:SHOWN_PROBLEMS],
        "prices": told(priced),
    }
