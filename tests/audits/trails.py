# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two controls of data events are tested with: the same, once for reads and once for writes."""

from __future__ import annotations

from typing import Any

from audits.case import FAIL, PASS, Case

_DATA, _OBJECTS = {"eventCategory": {"Equals": ["Data"]}}, {"resources.type": {"Equals": ["AWS::S3::Object"]}}


def _trail(**parts: Any) -> dict[str, Any]:
    whole = {"name": "t", "multi_region": True, "logging": True, "selectors": [], "advanced": []}
    return {"trails": [{**whole, **parts}]}


def _selector(read_write: str = "All", *objects: str) -> dict[str, Any]:
    return _trail(selectors=[{"read_write": read_write, "objects": list(objects or ("arn:aws:s3",))}])


def _advanced(**fields: Any) -> dict[str, Any]:
    return _trail(advanced=[{**_DATA, **_OBJECTS, **{name.replace("_", "."): test for name, test in fields.items()}}])


def cases(kind: str, own: str, other: str, yes: str, no: str) -> tuple[Case, ...]:
    """Cases of one kind of events. own, other: AWS's words for it and for the other; yes, no: for readOnly."""
    return (
        Case("no trails", FAIL, facts={"trails": []}, says=(f"No multi-region trail records {kind} events",)),
        Case("a trail without data events", FAIL, facts=_trail(), says=("1 multi-region trails (t)",)),
        Case("all of it", PASS, facts=_selector(), says=("Recorded by t",)),
        Case("what is asked for", PASS, facts=_selector(own)),
        Case("the other half", FAIL, facts=_selector(other)),
        Case("all buckets, in another form", PASS, facts=_selector("All", "arn:aws:s3:::")),
        Case("in another partition", PASS, facts=_selector("All", "arn:aws-us-gov:s3:::")),
        Case("one bucket", FAIL, facts=_selector("All", "arn:aws:s3:::b/")),
        Case("one region", FAIL, facts={"trails": [{"name": "t", "multi_region": False}]}),
        Case("stopped", FAIL, facts={"trails": [{**_selector()["trails"][0], "logging": False}]}),
        Case(
            "two, of which one does",
            PASS,
            facts={"trails": [*_trail()["trails"], {**_selector()["trails"][0], "name": "u"}]},
            says=("by u",),
        ),
        Case("advanced", PASS, facts=_advanced()),
        Case("advanced, what is asked for", PASS, facts=_advanced(readOnly={"Equals": [yes]})),
        Case("advanced, the other half", FAIL, facts=_advanced(readOnly={"Equals": [no]})),
        Case("advanced, one bucket", FAIL, facts=_advanced(resources_ARN={"StartsWith": ["arn:aws:s3:::b/"]})),
        Case("advanced, all buckets", PASS, facts=_advanced(resources_ARN={"StartsWith": ["arn:aws:s3:::"]})),
        Case(
            "advanced, all but one bucket", FAIL, facts=_advanced(resources_ARN={"NotStartsWith": ["arn:aws:s3:::b/"]})
        ),
        Case("advanced, one kind of event", FAIL, facts=_advanced(eventName={"Equals": ["GetObject"]})),
        Case("advanced, other resources", FAIL, facts=_advanced(resources_type={"Equals": ["AWS::Lambda::Function"]})),
        Case("advanced, management events", FAIL, facts=_advanced(eventCategory={"Equals": ["Management"]})),
    )
