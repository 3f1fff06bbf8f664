# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import Case

RULE = {"id": "a", "prefix": "logs/", "expiration": {"days": 400}}


def rules(*parts):
    """Rules that are as they should be but for the parts given; None takes one away."""
    return [{name: value for name, value in {**RULE, **each}.items() if value is not None} for each in parts]


def moved(*steps, **parts):
    """A rule with transitions."""
    return rules({"transitions": [{"days": days, "storage_class": name} for days, name in steps], **parts})


GOOD = rules({})
AWS = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 400}}
CASES = tuple(
    Case(f"lifecycle_{check}", bad, path, good, "lifecycle")
    for check, bad, path, good in (
        ("form", "x", "lifecycle", GOOD),
        ("form", [{"id": "a", "expires": 3}], "lifecycle", {"lifecycle": GOOD}),
        ("form", {"Rules": [{**AWS, "Status": "on"}]}, "lifecycle", {"Rules": [AWS]}),
        ("form", {"Rules": [{**AWS, "Days": 3}]}, "lifecycle", {"LifecycleConfiguration": {"Rules": [AWS]}}),
        (
            "form",
            {"Rules": [{**AWS, "Expiration": {"Date": "soon"}}]},
            "lifecycle",
            {"Rules": [{**AWS, "Expiration": {"Date": "2027-01-31"}}], "ResponseMetadata": {}},
        ),
        ("form", rules({"expiration": {"date": "soon"}}), "lifecycle", rules({"expiration": {"date": "2027-01-31"}})),
        (
            "sweeping",
            {"Rules": [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3}}]},
            "lifecycle['Rules[0]'].expiration",
            {"Rules": [{"Status": "Enabled", "Prefix": "a/", "Expiration": {"Days": 3}}]},
        ),
        ("rules", [], "lifecycle", GOOD),
        ("count", rules(*({"id": f"{n}", "prefix": f"{n}/"} for n in range(1001))), "lifecycle", GOOD),
        ("repeated", rules({}, {"prefix": "other/"}), "lifecycle", rules({}, {"id": "b", "prefix": "other/"})),
        ("id", rules({"id": "a" * 256}), f"lifecycle['{'a' * 256}'].id", rules({"id": "a" * 255})),
        ("action", rules({"expiration": None}), "lifecycle['a']", GOOD),
        ("filter", rules({"tags": {"": "x"}}), "lifecycle['a'].tags['']", rules({"tags": {"x": ""}})),
        (
            "sizes",
            rules({"size_greater_than": 5, "size_less_than": 5}),
            "lifecycle['a'].size_less_than",
            rules({"size_greater_than": 5, "size_less_than": 7}),
        ),
        (
            "narrowed",
            rules({"tags": {"a": "b"}, "abort_incomplete_multipart_days": 7}),
            "lifecycle['a'].abort_incomplete_multipart_days",
            rules({"abort_incomplete_multipart_days": 7}),
        ),
        (
            "narrowed",
            rules({"tags": {"a": "b"}, "expiration": {"expired_object_delete_marker": True}}),
            "lifecycle['a'].expiration.expired_object_delete_marker",
            rules({"expiration": {"expired_object_delete_marker": True}}),
        ),
        (
            "numbers",
            rules({"abort_incomplete_multipart_days": 0}),
            "lifecycle['a'].abort_incomplete_multipart_days",
            rules({"abort_incomplete_multipart_days": 1}),
        ),
        ("moments", rules({"expiration": {"days": 3, "date": "2027-01-31"}}), "lifecycle['a'].expiration", GOOD),
        (
            "moments",
            rules({"expiration": {"days": 3, "expired_object_delete_marker": True}}),
            "lifecycle['a'].expiration",
            GOOD,
        ),
        (
            "order",
            moved((29, "STANDARD_IA")),
            "lifecycle['a'].transitions['STANDARD_IA'].days",
            moved((30, "STANDARD_IA")),
        ),
        ("order", moved((400, "GLACIER")), "lifecycle['a'].expiration", moved((100, "GLACIER"))),
        (
            "order",
            moved((30, "GLACIER"), (150, "STANDARD_IA")),
            "lifecycle['a'].transitions['STANDARD_IA']",
            moved((30, "STANDARD_IA"), (150, "GLACIER")),
        ),
        ("sweeping", rules({"prefix": None}), "lifecycle['a'].expiration", GOOD),
        (
            "early",
            moved((30, "STANDARD_IA"), (60, "GLACIER"), expiration={"days": 100}),
            "lifecycle['a'].expiration",
            moved((30, "STANDARD_IA"), (60, "GLACIER"), expiration={"days": 150}),
        ),
        (
            "small",
            moved((90, "GLACIER"), size_greater_than=1),
            "lifecycle['a'].transitions['GLACIER']",
            moved((90, "GLACIER"), size_greater_than=131072),
        ),
        (
            "overlap",
            rules({}, {"id": "b", "prefix": "logs/old/"}),
            "lifecycle['b'].expiration",
            rules({}, {"id": "b", "prefix": "logs/old/", "status": "disabled"}),
        ),
    )
)
