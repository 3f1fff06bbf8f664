# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Refusal, Step

POINT = "arn:aws:s3:us-east-1:111122223333:accesspoint/web"
ALL, LOGS = {"id": "EntireBucket"}, {"id": "logs", "prefix": "logs/"}

COURSES = (
    Course(
        "two, one, none",
        (
            Step({"metrics": [ALL, LOGS]}),
            Step({"metrics": [ALL]}),
            Step({"metrics": []}),
        ),
        (RECORDER,),
    ),
    Course(
        "one condition, another, all of them, none",
        (
            Step({"metrics": [LOGS]}),
            Step({"metrics": [{"id": "logs", "tags": {"class": "cold"}}]}),
            Step({"metrics": [{"id": "logs", "access_point_arn": POINT}]}),
            Step({"metrics": [{**LOGS, "tags": {"class": "cold", "team": "web"}, "access_point_arn": POINT}]}),
            Step({"metrics": [{"id": "logs"}]}),
        ),
        (RECORDER,),
    ),
    Course(
        "those of another owner stay",
        (
            Step({"metrics": [ALL]}),
            Step({"metrics": [LOGS], "purge_metrics": False}, after={"metrics": [ALL, LOGS]}),
            Step(
                {"metrics": [{"id": "logs", "prefix": "log/"}], "purge_metrics": False},
                after={"metrics": [ALL, {"id": "logs", "prefix": "log/"}]},
            ),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal(
        "a name for an ARN",
        {"metrics": [{"id": "web", "access_point_arn": "web"}]},
        ("metrics['web'].access_point_arn", "'web'", "arn:aws:s3:"),
    ),
    Refusal("an odd id", {"metrics": [{"id": "a/b"}]}, ("metrics['a/b'].id", "64 letters")),
    Refusal("an empty id", {"metrics": [{"id": ""}]}, ("metrics[''].id",)),
    Refusal("an id twice", {"metrics": [ALL, ALL]}, ("metrics: id 'EntireBucket' is there twice",)),
    Refusal("an empty tag", {"metrics": [{"id": "a", "tags": {"": "v"}}]}, ("metrics['a'].tags", "128")),
    Refusal("too many", {"metrics": [{"id": f"r{number}"} for number in range(1001)]}, ("1001", "1000")),
)
