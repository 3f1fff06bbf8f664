# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

COURSES = (
    Course(
        "the whole set, some of it, none",
        (
            Step({"tags": {"team": "web", "stage": "prod"}}),
            Step({"tags": {"team": "api"}, "purge_tags": False}, after={"tags": {"team": "api", "stage": "prod"}}),
            Step({"tags": {"cost center": "7"}}),
            Step({"tags": {}}),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
)
REFUSALS = (
    Refusal("too many", {"tags": {f"t{number}": "x" for number in range(51)}}, ("tags", "51", "50")),
    Refusal("AWS's own names", {"tags": {"aws:owner": "x"}}, ("aws:owner", "another name")),
)
