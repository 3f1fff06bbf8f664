# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read of an account in several regions, and by pages."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.readings import READINGS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

READ = {reading.name: reading.read for reading in READINGS}
NAME = "b--use1-az4--x-s3"


class Region:
    """One service in one region, which answers what it was given, in turn."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers, self.asked = list(answers), []

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The next answer."""
        self.asked.append((method, {name: each for name, each in arguments.items() if name != "missing"}))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise StowageError("not reached") from answer
        return answer


class Services:
    """An account with buckets in these regions."""

    number = "111122223333"

    def __init__(self, **regions: Region) -> None:
        self._of = {name.replace("_", "-"): region for name, region in regions.items()}
        self.regions = tuple(self._of)

    def of(self, service: str, region: str = "") -> Region:
        """A service."""
        return self._of[region or self.regions[0]]

    def of_bucket(self, name: str, region: str) -> Region:
        """A bucket."""
        return self._of[region]


def test_a_region_without_directory_buckets_hides_no_others() -> None:
    gone = Region(botocore.exceptions.EndpointConnectionError(endpoint_url="https://s3express-control.eu-south-1"))
    there = Region({"Buckets": [{"Name": "other"}], "ContinuationToken": "t"}, {"Buckets": [{"Name": NAME}]}, {})
    found = READ["directory_buckets"](Services(eu_south_1=gone, us_east_1=there))
    assert found["unreached"] == ["eu-south-1"]
    assert [each["arn"] for each in found["buckets"]] == [f"arn:aws:s3express:us-east-1:111122223333:bucket/{NAME}"]
    assert [asked for _method, asked in there.asked] == [{}, {"ContinuationToken": "t"}, {}]


def test_other_failures_are_failures() -> None:
    with pytest.raises(StowageError):
        READ["directory_buckets"](Services(us_east_1=Region(ValueError("no"))))


def test_access_points_of_all_regions_and_pages() -> None:
    one = Region({"AccessPointList": [{"Name": "a"}], "NextToken": "t"}, {"AccessPointArn": "1"}, {})
    other = Region({"AccessPointList": [{"Name": "b"}]}, {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}})
    found = READ["access_points"](Services(eu_west_1=one, us_east_1=other))
    assert [each["name"] for each in found] == ["a", "b"]
    assert ("list_access_points", {"NextToken": "t"}) in one.asked
    assert [sum(each["public_access"].values()) for each in found] == [0, 1]


def test_what_a_trail_records_is_asked_where_it_is_at_home() -> None:
    here = Region(
        {
            "trailList": [
                {"Name": "near", "IsMultiRegionTrail": False},
                {"Name": "far", "IsMultiRegionTrail": True, "HomeRegion": "us-east-1", "TrailARN": "arn:far"},
            ]
        }
    )
    field = {"Field": "eventCategory", "Equals": ["Data"], "NotEquals": []}
    home = Region({"AdvancedEventSelectors": [{"FieldSelectors": [field]}]}, {"IsLogging": True})
    near, far = READ["trails"](Services(eu_west_1=here, us_east_1=home))
    assert near == {"name": "near", "multi_region": False}
    assert far["logging"] and far["advanced"] == [{"eventCategory": {"Equals": ["Data"]}}] and far["selectors"] == []
    assert [next(iter(arguments.values())) for _method, arguments in home.asked] == ["arn:far", "arn:far"]
