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

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Facts, Scope, Unread
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import HEAD, POLICY_STATUS
from ansible_collections.stowage.s3.plugins.module_utils._audit.readings import READINGS, Reading
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, Unsupported, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.policy import POLICY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.info import head
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import AT_ONCE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._plain import is_aws
from ansible_collections.stowage.s3.plugins.module_utils._threads import side_by_side

# What is made of the others' answers, and not read by itself.
DERIVED = ("log_sources", "partition", "region", "regions")
_IDENTITY = "GetCallerIdentity"
Works = dict[tuple[str, str], Callable[[], Any]]  # by bucket, or "" for the account, and name


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
                client = boto_client(self._module, service, at_once=AT_ONCE, region=region)
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


def look(
    account: Account,
    names: Sequence[str],
    controls: Sequence[Control],
    owner: str | None,
    assumed: Mapping[str, Values] | None = None,
) -> Seen:
    """Read what the controls need. `owner`: the account that S3 confirms.

    `assumed`: values that count instead of those that are read, by buckets, "" for the account.

    Raises StowageError: nothing can be reached.
    """
    wanted = {name for each in controls for name in (*each.reads, *each.consults)}
    readings = [reading for reading in READINGS if reading.name in wanted]
    late = [reading for reading in readings if reading.regional]
    needed = late or any(each.scope is Scope.BUCKET for each in controls)
    apis = [account.of_bucket(name, owner=owner) for name in names] if needed else []
    works: Works = {("", each.name): partial(_reading, account, each) for each in readings if not each.regional}
    for api in apis:
        works.update(_works(api, wanted))
    found = {name: _assume(each, (assumed or {}).get(name, {})) for name, each in _answers(works).items()}
    shared = found.pop("", {})
    # What is not there, or not any more, has no region either.
    found = {name: each for name, each in sorted(found.items()) if each["region"] is not None}
    regions = {name: each["region"] for name, each in found.items() if not isinstance(each["region"], Unread)}
    account.regions = _regions(account.client, regions)
    strangers = _destinations(found.values()) - set(regions) if "regions" in wanted else set()
    works = {("", each.name): partial(_reading, account, each) for each in late}
    works.update({(name, "region"): partial(_region, account, name) for name in strangers})
    more = _answers(works)
    shared.update(more.pop("", {}), partition=str(account.client.meta.partition))
    regions.update({name: each["region"] for name, each in more.items()})
    sources = _log_sources(found)
    whose = {"account": owner} if owner else {}
    return Seen(
        tuple(
            Facts(name, {**shared, **whose, **each, "regions": regions, "log_sources": sources.get(name, [])})
            for name, each in found.items()
        ),
        Facts("", shared),
    )


def _works(api: Api, wanted: set[str]) -> Works:
    """What is to be read of a bucket."""
    aspects = {aspect.name: partial(_aspect, api, aspect) for aspect in ASPECTS if aspect.name in wanted}
    status = {POLICY_STATUS: partial(_policy_status, api)} if POLICY_STATUS in wanted else {}
    works: dict[str, Callable[[], Any]] = {"region": partial(_head, api), **aspects, **status}
    return {(api.bucket, name): work for name, work in works.items()}


def _assume(found: dict[str, Any], values: Values) -> dict[str, Any]:
    """What was read, with other values of some options. What could not be read stays so."""
    if POLICY.name in values and POLICY_STATUS in found:
        found = {**found, POLICY_STATUS: None}  # AWS speaks of the policy that is there
    return {
        name: {option: values.get(option, value) for option, value in each.items()} if isinstance(each, dict) else each
        for name, each in found.items()
    }


def _answers(works: Works) -> dict[str, dict[str, Any]]:
    """The answers by bucket and by name; all are asked for side by side."""
    found: dict[str, dict[str, Any]] = {}
    for (bucket, name), answer in zip(works, side_by_side([*works.values()], AT_ONCE), strict=True):
        found.setdefault(bucket, {})[name] = answer
    return found


def _regions(client: Any, regions: Mapping[str, str]) -> tuple[str, ...]:
    """Where the module works, and where else there are buckets. Another server's regions are words of its own."""
    here = str(client.meta.region_name)
    elsewhere = {*regions.values()} - {here, ""} if is_aws(client.meta.endpoint_url) else set()
    return (here, *sorted(elsewhere))


def _head(api: Api) -> str | Unread | None:
    """The region; None for a bucket that is not there."""
    told = head(api)
    if told is None:
        return None
    known, unread = told
    return Unread(f"denied, it takes {HEAD[0]}", HEAD) if unread else str(known["region"])


def _policy_status(api: Api) -> bool | None:
    """Whether AWS calls the policy public; None where there is none, or it does not tell."""
    try:
        answer = api.call("get_bucket_policy_status", missing=POLICY.missing)
    except StowageError:
        return None
    status = answer.get("PolicyStatus", {}).get("IsPublic")
    return None if status is None else bool(status)


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
        region = _head(account.of_bucket(name))
    except StowageError:
        return ""
    return region if isinstance(region, str) else ""


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
