# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What controls look at besides a bucket's aspects: the account's configurations, in whichever service they are.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

with contextlib.suppress(ImportError):  # the module has told the user, before anything here is called
    import botocore.exceptions

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Caller
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import PUBLIC_ACCESS, SWITCHES
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Values, flatten
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

# The one region that answers for multi-region access points.
_OF_MULTI_REGION = "us-west-2"
_DIRECTORY = "--x-s3"  # how the names of directory buckets end


class Services(Protocol):
    """Calls of the account's services; see `look.Account`."""

    regions: tuple[str, ...]  # where the account's buckets are

    @property
    def number(self) -> str:
        """The account's number. Raises StowageError."""

    def of(self, service: str, region: str = "") -> Caller:
        """A service in a region; by default where the module works. s3control says the account by itself."""

    def of_bucket(self, name: str, region: str) -> Caller:
        """One bucket."""


@dataclass(frozen=True, repr=False)
class Reading:
    """Something of an account. permissions: the IAM actions that it takes. read: raises StowageError.

    regional: it has to be asked for in each region where there are buckets, so after these are known.
    """

    name: str
    permissions: tuple[str, ...]
    read: Callable[[Services], Any]
    regional: bool = False


def switches(document: Document) -> Values:
    """The four switches, all of them said."""
    values = flatten(SWITCHES, document)
    return {each.name: bool(values.get(each.name)) for each in SWITCHES}


def _public_access(services: Services) -> Values:
    return switches(PUBLIC_ACCESS.read(services.of("s3control")))


def _pages(api: Caller, method: str, member: str, following_by: str = "NextToken") -> Iterator[Any]:
    following: dict[str, Any] = {}
    while True:
        answer = api.call(method, **following)
        yield from answer.get(member, ())
        if not answer.get(following_by):
            return
        following = {following_by: answer[following_by]}


def _access_points(services: Services) -> list[Values]:
    found = []
    for region in services.regions:
        api = services.of("s3control", region)
        for each in _pages(api, "list_access_points", "AccessPointList"):
            answer = api.call("get_access_point", Name=each["Name"])
            arn = answer.get("AccessPointArn") or each.get("AccessPointArn", "")
            block = switches(answer.get("PublicAccessBlockConfiguration") or {})
            found.append({"name": each["Name"], "arn": arn, "bucket": answer.get("Bucket", ""), "public_access": block})
    return found


def _multi_region_access_points(services: Services) -> list[Values]:
    api = services.of("s3control", _OF_MULTI_REGION)
    return [
        {
            "name": each["Name"],
            "arn": f"arn:aws:s3::{services.number}:accesspoint/{each.get('Alias', each['Name'])}",
            "public_access": switches(each.get("PublicAccessBlock") or {}),
        }
        for each in _pages(api, "list_multi_region_access_points", "AccessPoints")
        if each.get("Status") != "DELETING"
    ]


def _trails(services: Services) -> list[Values]:
    """The trails of all regions; what they record is asked only of those that record in all."""
    found = []
    answer = services.of("cloudtrail").call("describe_trails")
    if "trailList" not in answer:
        raise StowageError("what answers does not know CloudTrail")
    for each in answer["trailList"]:
        trail = {"name": each["Name"], "multi_region": bool(each.get("IsMultiRegionTrail"))}
        if trail["multi_region"]:
            api = services.of("cloudtrail", each.get("HomeRegion", ""))
            name = each.get("TrailARN") or each["Name"]
            selectors = api.call("get_event_selectors", TrailName=name)
            trail["logging"] = bool(api.call("get_trail_status", Name=name).get("IsLogging"))
            trail["selectors"] = [_selector(one) for one in selectors.get("EventSelectors") or ()]
            trail["advanced"] = [_advanced(one) for one in selectors.get("AdvancedEventSelectors") or ()]
        found.append(trail)
    return found


def _selector(selector: Document) -> Values:
    values = [
        value
        for resource in selector.get("DataResources", ())
        if resource.get("Type") == "AWS::S3::Object"
        for value in resource.get("Values", ())
    ]
    return {"read_write": selector.get("ReadWriteType", "All"), "objects": values}


def _advanced(selector: Document) -> dict[str, Values]:
    """By field: the tests of it, each with its values."""
    return {
        each["Field"]: {test: values for test, values in each.items() if test != "Field" and values}
        for each in selector.get("FieldSelectors", ())
    }


def _directory_buckets(services: Services) -> Values:
    """Those of each region, and the regions whose endpoint was not reached: AWS has it in some regions only."""
    found, unreached = [], []
    for region in services.regions:
        try:
            names = _directory_names(services.of("s3", region))
        except StowageError as error:
            if not isinstance(error.__cause__, botocore.exceptions.EndpointConnectionError):
                raise
            unreached.append(region)
            continue
        for name in names:
            rules = view(LIFECYCLE, LIFECYCLE.read(services.of_bucket(name, region)))["lifecycle"]
            arn = f"arn:aws:s3express:{region}:{services.number}:bucket/{name}"
            found.append({"name": name, "arn": arn, "lifecycle": rules})
    return {"buckets": found, "unreached": unreached}


def _directory_names(api: Caller) -> list[str]:
    """A server that knows no directory buckets may answer with its others."""
    pages = _pages(api, "list_directory_buckets", "Buckets", "ContinuationToken")
    return [each["Name"] for each in pages if each["Name"].endswith(_DIRECTORY)]


READINGS: tuple[Reading, ...] = (
    Reading("account", ("sts:GetCallerIdentity",), lambda services: services.number),
    Reading("account_public_access", ("s3:GetAccountPublicAccessBlock",), _public_access),
    Reading("access_points", ("s3:GetAccessPoint", "s3:ListAccessPoints"), _access_points, regional=True),
    Reading("multi_region_access_points", ("s3:ListMultiRegionAccessPoints",), _multi_region_access_points),
    Reading(
        "trails", ("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"), _trails
    ),
    Reading(
        "directory_buckets",
        ("s3express:GetLifecycleConfiguration", "s3express:ListAllMyDirectoryBuckets"),
        _directory_buckets,
        regional=True,
    ),
)
