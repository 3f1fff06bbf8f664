# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From findings to tasks: what is joined, what is left, and why."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import BUCKET, PUBLIC_ACCESS_OF_ACCOUNT
from ansible_collections.stowage.s3.plugins.module_utils._audit.remedy import joined, remedies
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from hypothesis import given, settings
from hypothesis import strategies as st

ON = {"public_access": {"block_public_acls": True}}


def finding(control: str, bucket: str = "b", options: Any = None, **more: Any) -> dict[str, Any]:
    """A failure that is safe to remedy."""
    module = {"module": PUBLIC_ACCESS_OF_ACCOUNT if control == "S3.1" else BUCKET}
    remedy = {"text": "Do it.", **module, **({"options": options} if options else {})}
    base = {"control": control, "bucket": bucket, "verdict": "fail", "suppressed": {}, "class": "safe"}
    told = {"resource": f"arn:aws:s3:::{bucket}", "evidence": {"values": {}}}
    return {**base, **told, "remedy": remedy, **more}


def rule(name: str) -> dict[str, Any]:
    return {"lifecycle": [{"id": name}], "purge_lifecycle": False}


def test_a_bucket_gets_one_set_of_options() -> None:
    found = [
        finding("S3.13", "b", rule("one")),
        finding("S3.8", "a", ON),
        finding("S3.10", "b", rule("two")),
        finding("S3.14", "b", {"versioning": "enabled"}),
    ]
    done = remedies(found, ["safe"], {})
    assert [each["name"] for each in done["buckets"]] == ["a", "b"]
    assert done["buckets"][1] == {
        "name": "b",
        "controls": ["S3.13", "S3.10", "S3.14"],
        "options": {
            "lifecycle": [{"id": "one"}, {"id": "two"}],
            "purge_lifecycle": False,
            "versioning": "enabled",
        },
    }
    assert done["account"] == {"controls": [], "options": {}} and done["left"] == []


def test_options_of_the_user_come_with_those_of_the_audit() -> None:
    options = {"S3.9": {"logging": {"target_bucket": "logs", "target_prefix": "{bucket}/"}}}
    (entry,) = remedies([finding("S3.9", "web")], ["safe"], options)["buckets"]
    assert entry["options"] == {"logging": {"target_bucket": "logs", "target_prefix": "web/"}}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (finding("S3.10", options=rule("x"), **{"class": "opt_in"}), "class is opt_in"),
        (finding("S3.7", remedy={"text": "Replicate."}), "No module of this collection does it. Replicate."),
        (finding("S3.9"), "give those of stowage.s3.bucket for S3.9"),
    ],
)
def test_what_is_left_has_a_reason(found: dict[str, Any], reason: str) -> None:
    done = remedies([found], ["safe"], {})
    assert done["buckets"] == [] and reason in done["left"][0]["reason"]


LOGGING = {"S3.9": {"logging": {"target_bucket": "logs"}}}
TLS = {"policy": {"Version": "2012-10-17", "Statement": [{"Sid": "Tls", "Effect": "Deny"}]}, "purge_policy": False}
SOURCE = {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}


def test_a_bucket_for_logs_is_made_ready_before_others_log_to_it() -> None:
    """Its other remedies stay, and it does not log itself."""
    found = [finding("S3.9", "a"), finding("S3.9", "logs"), finding("S3.5", "logs", TLS), finding("S3.9", "z")]
    done = remedies(found, ["safe"], LOGGING, "111122223333")
    assert [(each["name"], each["controls"]) for each in done["buckets"]] == [
        ("logs", ["S3.5", "S3.9"]),
        ("a", ["S3.9"]),
        ("z", ["S3.9"]),
    ]
    options = done["buckets"][0]["options"]
    ours, theirs = options["policy"]["Statement"]
    assert (ours["Sid"], ours["Condition"]) == ("StowageAccessLogsOfAccount", SOURCE)
    assert theirs == TLS["policy"]["Statement"][0] and options["purge_policy"] is False and "logging" not in options
    assert [(each["control"], each["bucket"]) for each in done["left"]] == [("S3.9", "logs")]
    assert "grow from itself" in done["left"][0]["reason"]


def test_a_bucket_for_logs_that_fails_nowhere_is_made_ready_all_the_same() -> None:
    china = finding("S3.9", "logs", verdict="not_applicable", resource="arn:aws-cn:s3:::logs")
    first, second = remedies([finding("S3.9", "a"), china], ["safe"], LOGGING, "111122223333")["buckets"]
    assert (first["name"], first["controls"], second["name"]) == ("logs", ["S3.9"], "a")
    assert first["options"]["policy"]["Statement"][0]["Resource"] == "arn:aws-cn:s3:::logs/*"


@pytest.mark.parametrize(
    ("found", "classes", "number"),
    [
        ([finding("S3.9", "a")], ["safe"], "111122223333"),  # not audited, so it may be of another account
        ([finding("S3.9", "a"), finding("S3.9", "logs")], ["safe"], ""),
        ([finding("S3.9", "a"), finding("S3.9", "logs")], ["opt_in"], "111122223333"),  # nobody will log there
        ([finding("S3.9", "a", suppressed={"reason": "x"}), finding("S3.9", "logs")], ["safe"], "111122223333"),
    ],
)
def test_no_bucket_for_logs_is_touched_without_need(found: list[Any], classes: list[str], number: str) -> None:
    assert not any("policy" in each["options"] for each in remedies(found, classes, LOGGING, number)["buckets"])


@pytest.mark.parametrize(
    ("logs", "options"),
    [({}, LOGGING), ({"verdict": "pass", "evidence": {"values": {"target_bucket": "logs"}}}, {})],
)
def test_where_logs_are_kept_kms_keys_keep_them_out(logs: dict[str, Any], options: dict[str, Any]) -> None:
    keys = {"encryption": {"algorithm": "aws:kms"}}
    found = [finding("S3.9", "a", **logs), finding("S3.17", "logs", keys), finding("S3.17", "a", keys)]
    done = remedies(found, ["safe"], options)
    assert [each["name"] for each in done["buckets"] if "encryption" in each["options"]] == ["a"]
    assert [each["bucket"] for each in done["left"]] == ["logs"] and "its own keys" in done["left"][0]["reason"]


@pytest.mark.parametrize("more", [{"verdict": "unknown"}, {"verdict": "pass"}, {"suppressed": {"reason": "known"}}])
def test_only_failures_are_remedied(more: dict[str, Any]) -> None:
    assert remedies([finding("S3.8", options=ON, **more)], ["safe"], {}) == {
        "buckets": [],
        "account": {"controls": [], "options": {}},
        "left": [],
    }


def test_what_is_meant_to_be_public_stays_so() -> None:
    site = finding("S3.2", "site", ON, suppressed={"reason": "a web site"})
    found = [site, finding("S3.8", "site", ON), finding("S3.8", "other", ON), finding("S3.1", "", ON)]
    done = remedies(found, ["safe"], {})
    assert [each["name"] for each in done["buckets"]] == ["other"]
    assert {(each["control"], each["bucket"]) for each in done["left"]} == {("S3.8", "site"), ("S3.1", "")}
    assert all("site" in each["reason"] for each in done["left"])
    assert remedies(found[2:], ["safe"], {})["account"] == {"controls": ["S3.1"], "options": ON}


@pytest.mark.parametrize(
    ("classes", "options", "says"),
    [
        (["report_only"], {}, "classes: 'report_only' is none that can be remedied"),
        (["safe"], {"S3.99": {}}, "options: no control 'S3.99'"),
        (["safe"], {"S3.9": "logs"}, "options.S3.9: 'logs' is no dict"),
    ],
)
def test_what_makes_no_sense_is_refused(classes: list[str], options: dict[str, Any], says: str) -> None:
    with pytest.raises(StowageError, match=says):
        remedies([], classes, options)


NAMES = st.sampled_from(["a", "b", "c"])
ENTRIES = st.lists(st.fixed_dictionaries({"id": NAMES, "days": st.integers(1, 3)}), unique_by=lambda each: each["id"])
VALUES = st.dictionaries(NAMES, st.one_of(st.integers(0, 3), ENTRIES), max_size=3)


@given(VALUES, VALUES)
@settings(derandomize=True, deadline=None)
def test_the_second_counts_and_nothing_is_there_twice(one: dict[str, Any], other: dict[str, Any]) -> None:
    both = joined(one, other)
    assert joined(both, other) == both and joined(one, one) == one
    assert both.keys() == one.keys() | other.keys()
    for name, value in other.items():
        if isinstance(value, list) and isinstance(one.get(name), list):
            assert {each["id"]: each["days"] for each in both[name]} == {
                each["id"]: each["days"] for each in (*one[name], *value)
            }
        else:
            assert both[name] == value
