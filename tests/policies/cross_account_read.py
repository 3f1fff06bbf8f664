# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import BUCKET, PARTNER, PARTNER_ROLE, STRANGER_ROLE, Case, Request

# What S3 tells KMS.
VIA = {
    "kms:ViaService": "s3.eu-central-1.amazonaws.com",
    "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}/reports/a",
}
OTHER = {**VIA, "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::example-other/reports/a"}
# With a bucket key.
OF_BUCKET = {**VIA, "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}"}
DISK = {**VIA, "kms:ViaService": "ec2.eu-central-1.amazonaws.com"}
OUTSIDE = {**VIA, "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}/secret"}
CASES = (
    Case(
        {"accounts": [PARTNER], "prefix": "reports"},
        (
            Request("reads", True, key="reports/a", who=PARTNER_ROLE),
            Request("reads tags", True, "s3:GetObjectTagging", "reports/a", PARTNER_ROLE),
            Request("lists", True, "s3:ListBucket", None, PARTNER_ROLE, {"s3:prefix": "reports/"}),
            Request("lists deeper", True, "s3:ListBucket", None, PARTNER_ROLE, {"s3:prefix": "reports/2026/"}),
            Request("lists everything", False, "s3:ListBucket", None, PARTNER_ROLE),
            Request(
                "lists the neighbour", False, "s3:ListBucket", None, PARTNER_ROLE, {"s3:prefix": "reports-secret/"}
            ),
            Request("reads the neighbour", False, key="reports-secret/a", who=PARTNER_ROLE),
            Request("writes", False, "s3:PutObject", "reports/a", PARTNER_ROLE),
            Request("deletes", False, "s3:DeleteObject", "reports/a", PARTNER_ROLE),
            Request("reads an earlier version", False, "s3:GetObjectVersion", "reports/a", PARTNER_ROLE),
            Request("a stranger reads", False, key="reports/a", who=STRANGER_ROLE),
        ),
        about_key=(
            Request("reads", True, "kms:Decrypt", who=PARTNER_ROLE, context=VIA),
            Request("reads with a bucket key", True, "kms:Decrypt", who=PARTNER_ROLE, context=OF_BUCKET),
            Request("writes", False, "kms:GenerateDataKey", who=PARTNER_ROLE, context=VIA),
            Request("reads another bucket", False, "kms:Decrypt", who=PARTNER_ROLE, context=OTHER),
            Request("reads beside the prefix", False, "kms:Decrypt", who=PARTNER_ROLE, context=OUTSIDE),
            Request("reads a disk", False, "kms:Decrypt", who=PARTNER_ROLE, context=DISK),
            Request("decrypts by itself", False, "kms:Decrypt", who=PARTNER_ROLE),
            Request("a stranger reads", False, "kms:Decrypt", who=STRANGER_ROLE, context=VIA),
        ),
    ),
    Case(
        {"roles": [PARTNER_ROLE]},
        (
            Request("reads", True, who=PARTNER_ROLE),
            Request("lists", True, "s3:ListBucket", None, PARTNER_ROLE),
            Request("another role reads", False, who=f"{PARTNER_ROLE}-2"),
        ),
    ),
)
