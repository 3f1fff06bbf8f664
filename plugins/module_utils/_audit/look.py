# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reading what the controls look at: each configuration once, all buckets side by side.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Facts, Scope, Unread
from ansible_collections.stowage.s3.plugins.module_utils._audit.readings import READINGS, Reading
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, Unsupported, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.info import head
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import side_by_side
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._connection import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._plain import is_aws

# What is made of the others' answers, and not read by itself.
DERIVED = ("log_sources", "partition", "region", "regions")
_HEAD = ("s3:ListBucket",)
_IDENTITY = "GetCallerIdentity"


class Account:
    """The services of the account that the module works in; used by several threads."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._apis: dict[tuple[str, str], Api] = {}
        self._buckets: list[Api] = []
        self._lock = threading.Lock()
        self._number: str | StowageError = ""
        self.regions: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The account's number. Raises StowageError."""
        if not self._number:
            try:
                answer = self.of("sts").call("get_caller_identity")
                # What answers may be no STS: not every S3 server has one.
                self._number = str(answer.get("Account") or "") or StowageError(
                    "the endpoint does not tell the account"
                )
            except StowageError as error:
                self._number = error
        if isinstance(self._number, StowageError):
            raise self._number
        return self._number

    @property
    def client(self) -> Any:
        """The client of S3."""
        return self.of("s3").client

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return sum(api.calls for api in (*self._apis.values(), *self._buckets))

    def of(self, service: str, region: str = "") -> Api:
        """A service in a region; by default where the module works."""
        where = {"AccountId": self.number} if service == "s3control" else {}
        with self._lock:  # boto3 makes one client at a time
            if (service, region) not in self._apis:
                client = boto_client(self._module, service, region)
                self._apis[service, region] = Api(client, "", where, {})
            return self._apis[service, region]

    def of_bucket(self, name: str, region: str = "", owner: str | None = None) -> Api:
        """One bucket."""
        api = of_bucket(self.of("s3", region).client, name, owner)
        self._buckets.append(api)
        return api


@dataclass(frozen=True)
class Seen:
    """What was read: facts of each bucket that is there, and of the account."""

    buckets: tuple[Facts, ...]
    account: Facts


def look(account: Account, names: Sequence[str], controls: Iterable[Control], owner: str | None) -> Seen:
    """Read what the controls need. Raises StowageError: nothing can be reached."""
    controls = list(controls)
    wanted = {name for each in controls for name in (*each.reads, *each.consults)}
    per_bucket = {name for each in controls if each.scope is Scope.BUCKET for name in each.reads}
    aspects = [aspect for aspect in ASPECTS if aspect.name in per_bucket]
    readings = [reading for reading in READINGS if reading.name in wanted]
    more = [reading for reading in readings if reading.regional]
    apis = [account.of_bucket(name, owner=owner) for name in names] if per_bucket or more else []
    first: list[Callable[[], Any]] = [partial(head, api) for api in apis]
    first += [partial(_aspect, api, aspect) for api in apis for aspect in aspects]
    first += [partial(_reading, account, reading) for reading in readings if not reading.regional]
    answers = side_by_side(first)
    heads, answers = answers[: len(apis)], answers[len(apis) :]
    values = [answers[place * len(aspects) :][: len(aspects)] for place in range(len(apis))]
    found = {
        api.bucket: {
            **{aspect.name: value for aspect, value in zip(aspects, parts, strict=True)},
            "region": told["region"] if "region" in told else Unread("denied", _HEAD),
        }
        for api, told, parts in zip(apis, heads, values, strict=True)
        if told is not None  # it is not there, or not any more
    }
    of_account = dict(
        zip([each.name for each in readings if not each.regional], answers[len(apis) * len(aspects) :], strict=True)
    )
    here = str(account.client.meta.region_name)
    regions = {name: each["region"] for name, each in found.items() if isinstance(each["region"], str)}
    # Another server's regions are words of its own.
    elsewhere = sorted({*regions.values()} - {here, ""}) if is_aws(account.client.meta.endpoint_url) else []
    account.regions = (here, *elsewhere)
    strangers = sorted(_destinations(found.values()) - set(regions)) if "regions" in wanted else []
    second: list[Callable[[], Any]] = [partial(_reading, account, reading) for reading in more]
    second += [partial(_region, account, name) for name in strangers]
    answers = side_by_side(second)
    of_account.update(zip([each.name for each in more], answers[: len(more)], strict=True))
    regions.update(zip(strangers, answers[len(more) :], strict=True))
    whose = {"account": owner} if owner else {}  # S3 has confirmed it
    shared = {**of_account, "partition": str(account.client.meta.partition), "regions": regions}
    sources = _log_sources(found)
    return Seen(
        tuple(
            Facts(name, {**shared, **whose, **each, "log_sources": sources.get(name, [])})
            for name, each in sorted(found.items())
        ),
        Facts("", shared),
    )


def _aspect(api: Api, aspect: Aspect) -> Values | Unread:
    try:
        return view(aspect, aspect.read(api))
    except StowageError as error:
        return _unread(error, aspect.permissions.read)


def _reading(account: Account, reading: Reading) -> Any:
    try:
        return reading.read(account)
    except StowageError as error:
        return _unread(error, reading.permissions)


def _unread(error: StowageError, permissions: tuple[str, ...]) -> Unread:
    """Denied, unknown to the endpoint, and anything else are three answers."""
    if isinstance(error, S3Error) and error.operation == _IDENTITY:
        permissions = (f"sts:{_IDENTITY}",)  # what asks for the account first
    # CloudTrail denies with 400.
    if isinstance(error, Denied) or (isinstance(error, S3Error) and error.code.startswith("AccessDenied")):
        return Unread(f"denied, it takes {', '.join(permissions)}", permissions)
    if isinstance(error, Unsupported):
        return Unread(f"unsupported by this endpoint ({error.code or error.status})")
    return Unread(str(error).rstrip("."))


def _region(account: Account, name: str) -> str:
    """Where a bucket is that is not audited; "" if it does not tell."""
    try:
        return str((head(account.of_bucket(name)) or {}).get("region", ""))
    except StowageError:
        return ""


def _destinations(found: Iterable[Mapping[str, Any]]) -> set[str]:
    """The buckets that others are replicated to."""
    replications = [each.get("replication") for each in found]
    return {
        rule["destination"]["bucket"].rpartition(":")[2]
        for values in replications
        if values and not isinstance(values, Unread)
        for rule in values["replication"].get("rules", ())
    }


def _log_sources(found: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Who logs to a bucket, besides itself."""
    sources: dict[str, list[str]] = {}
    for name, each in sorted(found.items()):
        values = each.get("logging")
        target = values["logging"].get("target_bucket", "") if values and not isinstance(values, Unread) else ""
        if target and target != name:
            sources.setdefault(target, []).append(name)
    return sources
