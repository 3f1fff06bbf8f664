# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Step

READ = {"id": "read", "allowed_methods": ["GET", "HEAD"], "allowed_origins": ["https://example.com"]}
WRITE = {
    "id": "write",
    "allowed_methods": ["PUT"],
    "allowed_origins": ["https://app.example.com"],
    "allowed_headers": ["*"],
    "expose_headers": ["ETag"],
    "max_age_seconds": 3000,
}

COURSES = (
    Course("one, two, none", (Step({"cors": [READ]}), Step({"cors": [READ, WRITE]}), Step({"cors": []})), (RECORDER,)),
    Course(
        "rules of another owner stay",
        (
            Step({"cors": [READ]}),
            Step({"cors": [WRITE], "purge_cors": False}, after={"cors": [READ, WRITE]}),
            Step(
                {"cors": [{**READ, "allowed_methods": ["GET"]}], "purge_cors": False},
                after={"cors": [{**READ, "allowed_methods": ["GET"]}, WRITE]},
            ),
        ),
        (RECORDER,),
    ),
)
REFUSALS = ()
