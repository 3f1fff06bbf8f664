# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

ON = {"versioning": "enabled"}
MONTH, YEAR = {"mode": "GOVERNANCE", "days": 30}, {"mode": "COMPLIANCE", "years": 1}
KEPT = {"enabled": True, "default_retention": MONTH}
HELD = {"mode": "GOVERNANCE", "days": 1, "event_hold_years": 7}

COURSES = (
    # amazon.aws's s3_bucket refuses it for a bucket that is there.
    Course(
        "on for a bucket that is there, another time, no time",
        (
            Step({**ON, "object_lock": {"enabled": True}}, final=True),
            Step({"object_lock": {"default_retention": MONTH}}, after={"object_lock": KEPT}),
            # Years take the place of days.
            Step(
                {"object_lock": {"default_retention": YEAR}},
                after={"object_lock": {"enabled": True, "default_retention": YEAR}},
            ),
            Step(
                {"object_lock": {"enabled": True}},
                after={"object_lock": {"enabled": True, "default_retention": YEAR}},
                changed=False,
            ),
            Step({"object_lock": {"default_retention": {}}}, after={"object_lock": {"enabled": True}}),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
    Course(
        "on, with a time",
        (
            Step({**ON, "object_lock": KEPT}, final=True),
            Step({"object_lock": {"enabled": True}}, after={"object_lock": KEPT}, changed=False),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
    Course(
        "an event hold, and both",
        (
            Step({**ON, "object_lock": {"enabled": True, "default_retention": {"event_hold_days": 90}}}, final=True),
            Step(
                {"object_lock": {"default_retention": HELD}},
                after={"object_lock": {"enabled": True, "default_retention": HELD}},
            ),
        ),
        (RECORDER,),
    ),
    Course(
        "nothing was there",
        (
            Step({"object_lock": {}}, changed=False),
            Step({"object_lock": {"enabled": False}}, after={"object_lock": {}}, changed=False),
        ),
    ),
)
LOCKED = {**ON, "object_lock": KEPT}
REFUSALS = (
    Refusal(
        "off again", {"object_lock": {"enabled": False}}, ("object_lock", "never", "default_retention: {}"), LOCKED
    ),
    Refusal("removed", {"object_lock": {}}, ("object_lock", "never", "default_retention: {}"), LOCKED),
    Refusal("without versioning", {"object_lock": {"enabled": True}}, ("object_lock.enabled", "versioning", "not on")),
    Refusal(
        "with versioning suspended",
        {"object_lock": {"enabled": True}},
        ("object_lock.enabled", "versioning", "suspended"),
        {"versioning": "suspended"},
    ),
    Refusal("versioning suspended then", {"versioning": "suspended"}, ("versioning", "object lock"), LOCKED),
    Refusal(
        "a time without a lock",
        {"object_lock": {"default_retention": MONTH}},
        ("object_lock.enabled", "Write true"),
        ON,
    ),
    Refusal(
        "a mode without a time",
        {"object_lock": {"default_retention": {"mode": "GOVERNANCE"}}},
        ("object_lock.default_retention", "days or years"),
        LOCKED,
    ),
    Refusal(
        "a time without a mode",
        {"object_lock": {"default_retention": {"days": 1}}},
        ("object_lock.default_retention", "mode"),
        LOCKED,
    ),
    Refusal(
        "days and years",
        {"object_lock": {"default_retention": {**MONTH, "years": 1}}},
        ("object_lock.default_retention.days", "years"),
        LOCKED,
    ),
    Refusal(
        "two event holds",
        {"object_lock": {"default_retention": {"event_hold_days": 1, "event_hold_years": 1}}},
        ("object_lock.default_retention.event_hold_days", "event_hold_years"),
        LOCKED,
    ),
    Refusal(
        "too long",
        {"object_lock": {"default_retention": {"mode": "GOVERNANCE", "years": 101}}},
        ("object_lock.default_retention.years", "101", "100"),
        LOCKED,
    ),
)
