# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

MINIMUM = "transition_default_minimum_object_size"
VARIES = "varies_by_storage_class"


def rule(**parts: Any) -> dict[str, Any]:
    """A rule as the result shows it, of the name r if it has none."""
    return {"id": "r", "status": "enabled", **parts}


def expiring(**parts: Any) -> dict[str, Any]:
    """A rule that is fit to be refused for one thing alone."""
    return rule(**{"prefix": "logs/", "expiration": {"days": 365}, **parts})


def moving(*transitions: tuple[int, str], **parts: Any) -> dict[str, Any]:
    """A rule that moves objects after so many days."""
    return rule(
        prefix="logs/",
        transitions=[{"days": days, "storage_class": storage_class} for days, storage_class in transitions],
        **parts,
    )


LOGS = moving((30, "STANDARD_IA"), (90, "GLACIER"), id="logs", expiration={"days": 365})
UPLOADS = rule(id="uploads", abort_incomplete_multipart_days=7)
WHOLE = rule(
    id="whole",
    prefix="data/",
    tags={"class": "cold", "team": "web"},
    size_greater_than=131072,
    size_less_than=5368709120,
    expiration={"days": 3650},
    transitions=[
        {"days": 30, "storage_class": "STANDARD_IA"},
        {"days": 60, "storage_class": "INTELLIGENT_TIERING"},
        {"days": 120, "storage_class": "GLACIER"},
        {"days": 240, "storage_class": "DEEP_ARCHIVE"},
    ],
    noncurrent_expiration={"days": 400, "newer_versions": 3},
    noncurrent_transitions=[
        {"days": 30, "newer_versions": 2, "storage_class": "ONEZONE_IA"},
        {"days": 60, "storage_class": "DEEP_ARCHIVE"},
    ],
)

CONDITIONS = {
    "prefix": "data/", "tags": {"class": "cold"}, "size_greater_than": 131072, "size_less_than": 5368709120
}  # fmt: skip

COURSES = (
    Course(
        "a filter as AWS writes it",
        (
            Step(
                {"lifecycle": [rule(filter=CONDITIONS, expiration={"days": 9})]},
                after={"lifecycle": [rule(**CONDITIONS, expiration={"days": 9})]},
            ),
            Step({"lifecycle": [rule(**CONDITIONS, expiration={"days": 9})]}, changed=False),
            Step(
                {"lifecycle": [rule(filter={}, expiration={"days": 9})]},
                after={"lifecycle": [rule(expiration={"days": 9})]},
            ),
        ),
        (RECORDER,),
    ),
    Course(
        "one, two, none",
        (Step({"lifecycle": [LOGS]}), Step({"lifecycle": [LOGS, UPLOADS]}), Step({"lifecycle": []})),
    ),
    Course(
        "rules of another owner stay, and none is there twice",
        (
            Step({"lifecycle": [LOGS]}),
            Step({"lifecycle": [UPLOADS], "purge_lifecycle": False}, after={"lifecycle": [LOGS, UPLOADS]}),
            Step(
                {"lifecycle": [{**LOGS, "prefix": "log/"}], "purge_lifecycle": False},
                after={"lifecycle": [{**LOGS, "prefix": "log/"}, UPLOADS]},
            ),
            Step({"lifecycle": [], "purge_lifecycle": False}, after={}, changed=False),
            Step({"lifecycle": [LOGS]}),
        ),
    ),
    Course(
        "the smallest size that is moved stays",
        (
            Step({"lifecycle": [LOGS], MINIMUM: VARIES}),
            Step({"lifecycle": [{**LOGS, "prefix": "log/"}]}, after={MINIMUM: VARIES}),
            Step({"lifecycle": [UPLOADS], "purge_lifecycle": False}, after={MINIMUM: VARIES}),
            Step({MINIMUM: ""}),
            Step({MINIMUM: "all_storage_classes_128K"}, changed=False),
            Step({MINIMUM: VARIES}),
            Step({"lifecycle": []}, after={"lifecycle": [], MINIMUM: ""}),
        ),
        (RECORDER,),
    ),
    Course(
        "all that a rule can say, and another of each",
        (
            Step({"lifecycle": [WHOLE]}),
            Step({"lifecycle": [{**WHOLE, "status": "disabled", "noncurrent_expiration": {"days": 500}}]}),
            Step({"lifecycle": [{**WHOLE, "transitions": WHOLE["transitions"][1:]}]}),
            Step({"lifecycle": [LOGS]}),
        ),
        (RECORDER,),
    ),
    Course(
        "one condition, another, two of them, none",
        (
            Step({"lifecycle": [expiring()]}),
            Step({"lifecycle": [expiring(prefix="data/", tags={"a": "1"})]}),
            Step({"lifecycle": [rule(tags={"a": "1"}, expiration={"days": 1})]}),
            Step({"lifecycle": [rule(tags={"a": "1", "b": "2"}, expiration={"days": 1})]}),
            Step({"lifecycle": [rule(expiration={"days": 1})]}),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
    Course(
        "as SeaweedFS keeps them",
        (
            Step({"lifecycle": [expiring(), UPLOADS], MINIMUM: VARIES}),
            Step(
                {
                    "lifecycle": [
                        expiring(status="disabled", expiration={"date": "2031-01-31"}),
                        rule(id="old", noncurrent_expiration={"days": 4, "newer_versions": 3}),
                    ]
                },
                after={MINIMUM: VARIES},
            ),
            Step({"lifecycle": [UPLOADS], "purge_lifecycle": False}, after={MINIMUM: VARIES}),
            Step({"lifecycle": []}, after={"lifecycle": [], MINIMUM: ""}),
        ),
        (SEAWEEDFS,),
    ),
    Course(
        "sizes",
        (
            Step({"lifecycle": [rule(size_greater_than=0, expiration={"days": 1})]}),
            Step({"lifecycle": [rule(size_greater_than=0, size_less_than=10, expiration={"days": 1})]}),
            Step({"lifecycle": [rule(prefix="a", size_less_than=10, expiration={"days": 1})]}),
        ),
        (RECORDER, SEAWEEDFS),
    ),
    Course(
        "dates, and delete markers",
        (
            Step(
                {
                    "lifecycle": [
                        expiring(
                            expiration={"date": "2031-01-31"},
                            transitions=[{"date": "2030-01-31", "storage_class": "GLACIER_IR"}],
                        )
                    ]
                }
            ),
            # The same, as people may write it.
            Step(
                {
                    "lifecycle": [
                        expiring(
                            expiration={"date": "2031-01-31T00:00:00Z"},
                            transitions=[{"date": "2030-01-31T01:00:00+01:00", "storage_class": "GLACIER_IR"}],
                        )
                    ]
                },
                after={},
                changed=False,
            ),
            Step({"lifecycle": [expiring(expiration={"expired_object_delete_marker": True})]}),
            Step({"lifecycle": [expiring()]}),
        ),
        (RECORDER, MOTO),
    ),
)


def refused(name: str, one: dict[str, Any], *says: str) -> Refusal:
    """One rule that is refused."""
    return Refusal(name, {"lifecycle": [one]}, says)


REFUSALS = (
    Refusal(
        "a condition twice",
        {"lifecycle": [expiring(filter={"prefix": "data/"})]},
        ("lifecycle: 'r'", "prefix and filter.prefix"),
    ),
    refused(
        "infrequent access too early", moving((29, "STANDARD_IA")),
        "lifecycle['r'].transitions['STANDARD_IA'].days", "29", "30", "GLACIER_IR",
    ),
    refused("one zone too early", moving((0, "ONEZONE_IA")), "transitions['ONEZONE_IA'].days", "30"),
    refused(
        "noncurrent versions too early",
        rule(noncurrent_transitions=[{"days": 1, "storage_class": "STANDARD_IA"}]),
        "noncurrent_transitions['STANDARD_IA'].days", "30",
    ),
    refused(
        "from cold to warm", moving((30, "DEEP_ARCHIVE"), (90, "GLACIER")),
        "transitions['GLACIER']", "DEEP_ARCHIVE after 30 days", "later day",
    ),
    refused("two classes on one day", moving((90, "GLACIER"), (90, "DEEP_ARCHIVE")), "DEEP_ARCHIVE", "later day"),
    refused("from one zone to three", moving((30, "ONEZONE_IA"), (90, "GLACIER_IR")), "transitions['GLACIER_IR']"),
    refused(
        "archived too soon after infrequent access", moving((30, "STANDARD_IA"), (59, "GLACIER")),
        "transitions['GLACIER']", "30 days in STANDARD_IA", "29",
    ),
    refused(
        "gone before it is moved", moving((90, "GLACIER"), expiration={"days": 60}),
        "lifecycle['r'].expiration", "after 60 days", "GLACIER after 90 days", "later",
    ),
    refused("gone when it is moved", moving((90, "GLACIER"), expiration={"days": 90}), "lifecycle['r'].expiration"),
    refused(
        "gone before the day that it is moved",
        expiring(
            expiration={"date": "2030-01-01"}, transitions=[{"date": "2030-01-02", "storage_class": "GLACIER"}]
        ),
        "expiration on 2030-01-01", "GLACIER on 2030-01-02",
    ),
    refused(
        "noncurrent versions gone before they are moved",
        rule(
            noncurrent_transitions=[{"days": 30, "storage_class": "GLACIER"}], noncurrent_expiration={"days": 30}
        ),
        "lifecycle['r'].noncurrent_expiration",
    ),
    refused("a class twice", moving((30, "GLACIER"), (60, "GLACIER")), "transitions", "'GLACIER' is there twice"),
    Refusal("an id twice", {"lifecycle": [UPLOADS, UPLOADS]}, ("lifecycle: id 'uploads' is there twice",)),
    Refusal(
        "an id twice beside other rules", {"lifecycle": [UPLOADS, UPLOADS], "purge_lifecycle": False},
        ("lifecycle: id 'uploads' is there twice",), before={"lifecycle": [UPLOADS]},
    ),
    Refusal(
        "too many", {"lifecycle": [{**UPLOADS, "id": f"r{number}"} for number in range(1001)]}, ("1001", "1000")
    ),
    Refusal(
        "too many with what is there", {"lifecycle": [UPLOADS], "purge_lifecycle": False}, ("1001", "1000"),
        before={"lifecycle": [{**UPLOADS, "id": f"r{number}"} for number in range(1000)]},
    ),
    refused("a long id", {**UPLOADS, "id": "x" * 256}, "256", "255"),
    refused("an empty id", {**UPLOADS, "id": ""}, "lifecycle[''].id"),
    refused("no action", rule(prefix="logs/"), "lifecycle['r']: it does nothing", "abort_incomplete_multipart_days"),
    refused("a marker that is not to go", rule(expiration={"expired_object_delete_marker": False}), "does nothing"),
    refused("not midnight", expiring(expiration={"date": "2030-01-01T12:00:00Z"}), "expiration.date", "2030-01-01."),
    refused("midnight of another zone", expiring(expiration={"date": "2030-01-01T00:00:00+01:00"}), "midnight UTC"),
    refused("no date", expiring(expiration={"date": "soon"}), "lifecycle", "'soon' is no date", "2027-01-31"),
    refused("days and a date", expiring(expiration={"days": 1, "date": "2030-01-01"}), "expiration", "days or date"),
    refused(
        "neither days nor a date", rule(transitions=[{"storage_class": "GLACIER"}]),
        "transitions['GLACIER']", "days or date",
    ),
    refused(
        "days here and a date there",
        expiring(transitions=[{"date": "2030-01-01", "storage_class": "GLACIER"}]),
        "lifecycle['r']: it mixes days and dates",
    ),
    refused(
        "days and delete markers", expiring(expiration={"days": 1, "expired_object_delete_marker": True}),
        "lifecycle['r'].expiration", "expired_object_delete_marker",
    ),
    refused("uploads by tags", {**UPLOADS, "tags": {"a": "1"}}, "abort_incomplete_multipart_days", "tags", "own"),
    refused("uploads by size", {**UPLOADS, "size_less_than": 9}, "abort_incomplete_multipart_days", "size_less_than"),
    refused(
        "delete markers by tags", rule(expiration={"expired_object_delete_marker": True}, tags={"a": "1"}),
        "expiration.expired_object_delete_marker", "tags",
    ),
    refused(
        "delete markers by size", rule(expiration={"expired_object_delete_marker": True}, size_greater_than=1),
        "expiration.expired_object_delete_marker", "size_greater_than",
    ),
    refused("at once", expiring(expiration={"days": 0}), "expiration.days", "1 or more"),
    refused("before it was made", moving((-1, "GLACIER")), "transitions['GLACIER'].days", "0 or more"),
    refused("uploads at once", {**UPLOADS, "abort_incomplete_multipart_days": 0}, "abort_", "1 or more"),
    refused("versions at once", rule(noncurrent_expiration={"days": 0}), "noncurrent_expiration.days", "1 or more"),
    refused(
        "too many versions", rule(noncurrent_expiration={"days": 1, "newer_versions": 101}),
        "noncurrent_expiration.newer_versions", "101", "100",
    ),
    refused("a size below nothing", expiring(size_greater_than=-1), "size_greater_than", "-1"),
    refused("smaller than nothing", expiring(size_less_than=0), "size_less_than", "1 or more"),
    refused("no size between", expiring(size_greater_than=9, size_less_than=9), "size_less_than", "9"),
    refused("a long prefix", expiring(prefix="é" * 600), "prefix", "1200", "1024"),
    refused("a long tag", expiring(tags={"k": "v" * 257}), "tags['k']", "256"),
    Refusal("a smallest size without rules", {MINIMUM: VARIES}, (MINIMUM, "lifecycle rules")),
    Refusal(
        "beside MFA delete", {"lifecycle": [LOGS]}, ("lifecycle", "mfa_delete: false"),
        before={"versioning": "enabled", "mfa_delete": True, "mfa": "arn:aws:iam::111122223333:mfa/root 123456"},
    ),
)  # fmt: skip
