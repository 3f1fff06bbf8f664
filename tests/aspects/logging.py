# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.acl import LOGS, MOTO_OWNER
from aspects.case import MOTO, RECORDER, Course, Refusal, Step

READER = {"permission": "READ", "id": "1" * 64}
EVERYBODY = {"permission": "READ", "uri": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}
WHOLE = {
    "target_bucket": "logs",
    "target_prefix": "web/",
    "key_format": "partitioned_event_time",
    "grants": [READER, EVERYBODY],
}
# What moto wants to see on the bucket for logs.
GRANTS = [{"permission": "FULL_CONTROL", "id": MOTO_OWNER}, LOGS, {**LOGS, "permission": "READ_ACP"}]

COURSES = (
    Course(
        "another bucket, and the rest stays; another format; none",
        (
            Step({"logging": {}}, changed=False),
            Step({"logging": WHOLE}),
            Step({"logging": {"target_bucket": "other"}}, after={"logging": {**WHOLE, "target_bucket": "other"}}),
            Step(
                {"logging": {"key_format": "partitioned_delivery_time", "grants": []}},
                after={
                    "logging": {
                        "target_bucket": "other",
                        "target_prefix": "web/",
                        "key_format": "partitioned_delivery_time",
                    }
                },
            ),
            # It is what AWS does where none is said, so there is none.
            Step(
                {"logging": {"key_format": "simple"}},
                after={"logging": {"target_bucket": "other", "target_prefix": "web/"}},
            ),
            Step({"logging": {"target_prefix": ""}}, after={"logging": {"target_bucket": "other"}}),
            Step({"logging": {}}),
        ),
        (RECORDER,),
    ),
    # It wants the bucket for logs to be there, with grants that AWS has long not needed.
    Course(
        "as moto keeps it",
        (
            Step({"acl": {"grants": GRANTS}}, after={"acl": {"owner": MOTO_OWNER, "grants": GRANTS}}),
            Step({"logging": {"target_bucket": "test-logging"}}, warns=("logs into itself",)),
            Step(
                {"logging": {"target_prefix": "web/"}},
                after={"logging": {"target_bucket": "test-logging", "target_prefix": "web/"}},
            ),
            Step({"logging": {}}),
        ),
        (MOTO,),
        bucket="test-logging",
    ),
)
REFUSALS = (
    Refusal("no bucket for logs", {"logging": {"target_prefix": "web/"}}, ("logging.target_bucket", "not given")),
    Refusal(
        "a grant to two",
        {"logging": {"target_bucket": "logs", "grants": [{**READER, "email": "a@example.com"}]}},
        ("mutually exclusive",),
    ),
)
