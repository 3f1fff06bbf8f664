# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

READ = {"id": "read", "allowed_methods": ["GET", "HEAD"], "allowed_origins": ["https://example.com"]}
WRITE = {
    "id": "write",
    "allowed_methods": ["PUT"],
    "allowed_origins": ["https://app.example.com"],
    "allowed_headers": ["*"],
    "expose_headers": ["ETag"],
    "max_age_seconds": 3000,
}
BARE_READ, BARE_WRITE = ({name: rule[name] for name in rule if name != "id"} for rule in (READ, WRITE))

COURSES = (
    Course(
        "one, two, none",
        (Step({"cors": [READ]}), Step({"cors": [READ, WRITE]}), Step({"cors": []})),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
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
    Course(
        "the first rule that fits counts, so the order does",
        (Step({"cors": [READ, WRITE]}), Step({"cors": [WRITE, READ]})),
        (RECORDER,),
    ),
    Course(
        "rules without names",
        (
            Step({"cors": [{**READ, "id": ""}, {**WRITE, "id": ""}]}, after={"cors": [BARE_READ, BARE_WRITE]}),
            Step({"cors": [BARE_WRITE]}),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal("too many", {"cors": [{**READ, "id": f"r{n}"} for n in range(101)]}, ("cors", "101", "100")),
    Refusal(
        "two wildcards",
        {"cors": [{**READ, "allowed_origins": ["https://*.*.example.com"]}]},
        ("cors[0].allowed_origins", "more than one *"),
    ),
    Refusal(
        "two wildcards in a header",
        {"cors": [{**READ, "allowed_headers": ["x-*-*"]}]},
        ("cors[0].allowed_headers", "more than one *"),
    ),
    Refusal("one name twice", {"cors": [READ, WRITE, READ]}, ("cors: id 'read' is there twice",)),
    Refusal("a long name", {"cors": [{**READ, "id": "x" * 256}]}, ("cors[0].id", "255")),
    Refusal("nothing allowed", {"cors": [{**READ, "allowed_methods": []}]}, ("cors[0].allowed_methods", "empty")),
    Refusal(
        "no name beside others' rules",
        {"cors": [READ, BARE_WRITE], "purge_cors": False},
        ("cors[1].id", "purge_cors: false"),
        before={"cors": [WRITE]},
    ),
)
