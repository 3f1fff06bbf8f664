# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
import json
from typing import Any

from aspects.case import RECORDER, SEAWEEDFS, Course, Refusal, Step

# Tests name their buckets themselves.
OBJECTS, BUCKET = "arn:aws:s3:::test-*/*", "arn:aws:s3:::test-*"
READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": ["s3:GetObject", "s3:GetObjectVersion"],
    "Resource": OBJECTS,
}
READ_IN_OTHER_WORDS = {
    "Effect": "Allow",
    "Principal": {"AWS": ["111122223333"]},
    "Action": ["s3:GetObjectVersion", "s3:GetObject"],
    "Resource": [OBJECTS],
    "Sid": "Read",
}
LIST = {
    "Sid": "List",
    "Effect": "Allow",
    "Principal": {"AWS": "444455556666"},
    "Action": "s3:ListBucket",
    "Resource": BUCKET,
}
TLS = {
    "Sid": "Tls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObjectTagging",
    "Resource": [BUCKET, OBJECTS],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
UNNAMED = {**LIST, "Sid": ""}


def policy(*statements: Any) -> dict[str, Any]:
    """The option."""
    return {"policy": {"Version": "2012-10-17", "Statement": list(statements)}}


def of_b(**parts: Any) -> dict[str, Any]:
    """The policy of bucket b, one statement that is as it has to be but for the parts given."""
    whole = {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }
    return policy({name: value for name, value in {**whole, **parts}.items() if value is not None})


THEIRS = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject"}
LOCK = {"Effect": "Deny", "Principal": "*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}
OWN = ["arn:aws:s3:::test-policy", "arn:aws:s3:::test-policy/*"]
COURSES = (
    # It takes no policy about other buckets than the very one.
    Course(
        "as SeaweedFS keeps it",
        (
            Step(policy({**READ, "Resource": OWN[1]}, {**TLS, "Resource": OWN})),
            Step(
                policy({**READ_IN_OTHER_WORDS, "Resource": OWN[1]}, {**TLS, "Resource": OWN[::-1]}),
                after=policy({**READ, "Resource": OWN[1]}, {**TLS, "Resource": OWN}),
                changed=False,
            ),
            Step(
                {**policy({**LIST, "Resource": OWN[0]}), "purge_policy": False},
                after=policy({**READ, "Resource": OWN[1]}, {**TLS, "Resource": OWN}, {**LIST, "Resource": OWN[0]}),
            ),
            Step({"policy": {}}),
        ),
        (SEAWEEDFS,),
        bucket="test-policy",
    ),
    Course(
        "written, in other words, in another order, removed",
        (
            Step({"policy": {}}, changed=False),
            Step(policy(READ, TLS)),
            Step(policy(READ_IN_OTHER_WORDS, TLS), after=policy(READ, TLS), changed=False),
            Step(
                policy(READ, {**TLS, "Condition": {"Bool": {"aws:securetransport": [False]}}}),
                after=policy(READ, TLS),
                changed=False,
            ),
            Step(policy(TLS, READ)),
            Step({"policy": json.dumps(policy(READ)["policy"])}, after=policy(READ)),
            Step({"policy": ""}, after={"policy": {}}),
        ),
    ),
    Course(
        "what is public of others does not hinder that public access is blocked",
        (
            Step(
                {**policy({**READ, "Principal": "*"}), "public_access": {"block_public_policy": False}},
                after=policy({**READ, "Principal": "*"}),
                warns=("everybody may do that",),
            ),
            Step(
                {**policy(TLS), "purge_policy": False, "public_access": {"block_public_policy": True}},
                after=policy({**READ, "Principal": "*"}, TLS),
            ),
        ),
        (RECORDER,),
    ),
    Course(
        "statements of others stay, in place",
        (
            Step(policy(UNNAMED, READ, TLS)),
            Step(
                {**policy({**READ, "Action": "s3:GetObject"}, LIST), "purge_policy": False},
                after=policy(UNNAMED, {**READ, "Action": "s3:GetObject"}, TLS, LIST),
            ),
            Step(
                {"policy": {}, "purge_policy": False},
                after=policy(UNNAMED, {**READ, "Action": "s3:GetObject"}, TLS, LIST),
                changed=False,
            ),
        ),
    ),
)
REFUSALS = (
    Refusal("too long", of_b(Action=["s3:GetObject" + "x" * 20480]), ("policy", "20480")),
    Refusal("no object", {"policy": "[1]"}, ("policy", "no object")),
    Refusal("no JSON", {"policy": "{"}, ("policy", "no JSON")),
    Refusal("a name twice in an object", {"policy": '{"Id": "a", "Id": "b"}'}, ("policy", "Id stands twice")),
    Refusal("no statement", {"policy": {"Version": "2012-10-17", "Statement": []}}, ("policy.Statement",)),
    Refusal(
        "a version that there is not", {"policy": {**of_b()["policy"], "Version": "2020-01-01"}}, ("policy.Version",)
    ),
    Refusal("no effect", of_b(Effect=None), ("policy.Statement[0].Effect", "not given")),
    Refusal("another effect", of_b(Effect="allow"), ("policy.Statement[0].Effect", "Allow or Deny")),
    Refusal("no principal", of_b(Principal=None), ("policy.Statement[0].Principal", "NotPrincipal")),
    Refusal("no action", of_b(Action=None), ("policy.Statement[0].Action", "not given")),
    Refusal("no resource", of_b(Resource=None), ("policy.Statement[0].Resource", "not given")),
    Refusal("an unknown element", of_b(Conditions={}), ("policy.Statement[0].Conditions",)),
    Refusal("another bucket", of_b(Resource="arn:aws:s3:::other/*"), ("other", "another bucket")),
    Refusal("an operation for an action", of_b(Action="s3:HeadObject"), ("policy.Statement[0].Action", "s3:GetObject")),
    Refusal("an object's action on the bucket", of_b(Resource="arn:aws:s3:::b"), ("policy.Statement[0].Action", "b/*")),
    Refusal(
        "what others' variables would become",
        {**of_b(Sid="Ours", Resource="arn:aws:s3:::b/${aws:userid}"), "purge_policy": False},
        ("policy", "2008-10-17", "purge_policy: true"),
        before={"policy": {"Statement": {**THEIRS, "Resource": "arn:aws:s3:::b/${aws:username}/*"}}},
    ),
    Refusal("one Sid twice", policy({**READ, "Resource": "*"}, {**READ, "Resource": "*"}), ("Read is there twice",)),
    Refusal(
        "a statement without Sid beside others'",
        {**of_b(), "purge_policy": False},
        ("policy", "Sid"),
        before=of_b(Sid="Read"),
    ),
    Refusal("nobody could undo it", policy({**LOCK, "Action": "s3:*"}), ("policy.Statement", "everybody", "Condition")),
    Refusal(
        "nobody could undo it, said in two statements",
        policy({**LOCK, "Action": "s3:Put*"}, {**LOCK, "Principal": {"AWS": ["*"]}, "NotAction": "s3:Get*"}),
        ("policy.Statement", "everybody"),
    ),
    Refusal("public, which is blocked", of_b(Principal="*"), ("policy.Statement[0]", "block_public_policy")),
)
