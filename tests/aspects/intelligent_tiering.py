# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import RECORDER, Course, Refusal, Step

ARCHIVE = {"access_tier": "ARCHIVE_ACCESS", "days": 90}
DEEP = {"access_tier": "DEEP_ARCHIVE_ACCESS", "days": 180}


def configuration(*tierings: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """One as the result shows it."""
    return {"id": "all", "status": "enabled", "tierings": list(tierings), **parts}


ALL, LOGS = configuration(ARCHIVE), configuration(DEEP, id="logs", prefix="logs/", tags={"class": "cold"})

COURSES = (
    Course(
        "one, two, one tier more, none",
        (
            Step({"intelligent_tiering": [ALL]}),
            Step({"intelligent_tiering": [ALL, LOGS]}),
            Step({"intelligent_tiering": [configuration(ARCHIVE, DEEP, status="disabled"), LOGS]}),
            Step({"intelligent_tiering": [LOGS]}),
            Step({"intelligent_tiering": []}),
        ),
        (RECORDER,),
    ),
    Course(
        "those of another owner stay",
        (
            Step({"intelligent_tiering": [ALL]}),
            Step(
                {"intelligent_tiering": [LOGS], "purge_intelligent_tiering": False},
                after={"intelligent_tiering": [ALL, LOGS]},
            ),
            Step(
                {"intelligent_tiering": [{**LOGS, "tags": {}}], "purge_intelligent_tiering": False},
                after={"intelligent_tiering": [ALL, configuration(DEEP, id="logs", prefix="logs/")]},
            ),
        ),
        (RECORDER,),
    ),
)


def refused(name: str, one: dict[str, Any], *says: str) -> Refusal:
    """One that is refused."""
    return Refusal(name, {"intelligent_tiering": [one]}, says)


REFUSALS = (
    refused(
        "too early", configuration({**ARCHIVE, "days": 89}),
        "intelligent_tiering['all'].tierings['ARCHIVE_ACCESS'].days", "89", "90 to 730",
    ),
    refused("deep too early", configuration({**DEEP, "days": 179}), "DEEP_ARCHIVE_ACCESS", "179", "180 to 730"),
    refused("too late", configuration({**DEEP, "days": 731}), "731", "180 to 730"),
    refused("the deep one first", configuration({**ARCHIVE, "days": 180}, DEEP), "no later than ARCHIVE_ACCESS"),
    refused("no tier", configuration(), "intelligent_tiering['all'].tierings"),
    refused("a tier twice", configuration(ARCHIVE, ARCHIVE), "'ARCHIVE_ACCESS' is there twice"),
    refused("an empty id", configuration(ARCHIVE, id=""), "intelligent_tiering[''].id"),
    refused("a long tag", configuration(ARCHIVE, tags={"k" * 129: "v"}), "tags", "128"),
    Refusal("an id twice", {"intelligent_tiering": [ALL, ALL]}, ("intelligent_tiering: id 'all' is there twice",)),
    Refusal(
        "too many",
        {"intelligent_tiering": [configuration(ARCHIVE, id=f"r{number}") for number in range(1001)]},
        ("1001", "1000"),
    ),
)  # fmt: skip
