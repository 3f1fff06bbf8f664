# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import ARN, OBJECTS, OWN, Case, bucket, trust, when

LOGGING = {"Service": "logging.s3.amazonaws.com"}
LOCK = {"Effect": "Deny", "Principal": "*", "Resource": [ARN, OBJECTS]}
CASES = (
    Case("public", bucket(Principal="*"), "Statement[0]", bucket()),
    Case("public", trust(Principal={"AWS": "*"}), "Statement[0]", trust(), "trust"),
    Case(
        "hardly_restricted",
        bucket(Principal="*", Condition=when("StringLike", "aws:Referer", "https://example.com/*")),
        "Statement[0].Condition",
        bucket(Principal="*", Condition=when("StringEquals", "aws:PrincipalOrgID", "o-exampleorgid")),
    ),
    Case(
        "confused_deputy",
        bucket(Principal=LOGGING, Action="s3:PutObject"),
        "Statement[0].Principal.Service",
        bucket(Principal=LOGGING, Action="s3:PutObject", Condition=when("StringEquals", "aws:SourceAccount", OWN)),
    ),
    Case(
        "confused_deputy",
        bucket(Principal=LOGGING, Action="s3:PutObject", Condition=when("ArnLike", "aws:SourceArn", "arn:aws:s3:::*")),
        "Statement[0].Principal.Service",
        bucket(Principal=LOGGING, Action="s3:PutObject", Condition=when("ArnLike", "aws:SourceArn", f"{ARN}-*")),
    ),
    Case(
        "confused_deputy",
        trust(Principal={"Service": "batchoperations.s3.amazonaws.com"}),
        "Statement[0].Principal.Service",
        trust(),
        "trust",
    ),
    Case(
        "lock_out",
        bucket(Action="s3:*", **LOCK),
        "Statement",
        bucket(Action="s3:*", Condition=when("Bool", "aws:SecureTransport", "false"), **LOCK),
    ),
    Case(
        "lock_out",
        bucket(Action="*", **{**LOCK, "Resource": "*"}),
        "Statement",
        bucket(Action="*", **{**LOCK, "Principal": {"AWS": OWN}}),
    ),
    Case(
        "unchangeable",
        bucket(Action="s3:PutBucketPolicy", **{**LOCK, "Resource": ARN}),
        "Statement",
        bucket(Action="s3:PutBucketAcl", **{**LOCK, "Resource": ARN}),
    ),
)
# Why parliament says nothing.
SILENT = {
    "public": "whom a policy lets in is no question of its",
    "hardly_restricted": "whom a policy lets in is no question of its",
    "confused_deputy": "it does not know of deputies",
    "lock_out": "what a Deny leads to is no question of its",
    "unchangeable": "what a Deny leads to is no question of its",
}
