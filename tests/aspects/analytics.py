# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Refusal, Step

DESTINATION = {"bucket": "arn:aws:s3:::reports", "format": "CSV", "schema_version": "V_1"}
WATCHED = {"id": "all"}
EXPORTED = {
    "id": "logs",
    "prefix": "logs/",
    "tags": {"class": "cold", "team": "web"},
    "destination": {**DESTINATION, "account_id": "012345678901", "prefix": "analysis/"},
}

COURSES = (
    Course(
        "one, two, another destination, none",
        (
            Step({"analytics": [WATCHED]}),
            Step({"analytics": [WATCHED, EXPORTED]}),
            Step({"analytics": [WATCHED, {**EXPORTED, "destination": DESTINATION}]}),
            Step({"analytics": [{**WATCHED, "destination": DESTINATION}]}),
            Step({"analytics": [WATCHED]}),
            Step({"analytics": []}),
        ),
        (RECORDER,),
    ),
    Course(
        "those of another owner stay",
        (
            Step({"analytics": [WATCHED]}),
            Step({"analytics": [EXPORTED], "purge_analytics": False}, after={"analytics": [WATCHED, EXPORTED]}),
            Step(
                {"analytics": [{"id": "all", "prefix": "a"}], "purge_analytics": False},
                after={"analytics": [{"id": "all", "prefix": "a"}, EXPORTED]},
            ),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal(
        "a name for an ARN",
        {"analytics": [{"id": "all", "destination": {"bucket": "reports"}}]},
        ("analytics['all'].destination.bucket", "'reports'", "arn:aws:s3:::reports"),
    ),
    Refusal(
        "no account",
        {"analytics": [{"id": "all", "destination": {"bucket": "arn:aws:s3:::reports", "account_id": "12"}}]},
        ("analytics['all'].destination.account_id", "'12'", "12 digits"),
    ),
    Refusal("an odd id", {"analytics": [{"id": "a b"}]}, ("analytics['a b'].id", "64 letters")),
    Refusal("an id twice", {"analytics": [WATCHED, WATCHED]}, ("analytics: id 'all' is there twice",)),
    Refusal("a long prefix", {"analytics": [{"id": "all", "prefix": "x" * 1025}]}, ("analytics['all'].prefix", "1024")),
    Refusal("too many", {"analytics": [{"id": f"r{number}"} for number in range(1001)]}, ("1001", "1000")),
)
