# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import BUCKET, FULL_CONTROL, PARTNER, PARTNER_ROLE, STRANGER_ROLE, Case, Request
from policies.cross_account_read import OTHER, VIA

INBOX = {**VIA, "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}/inbox/a"}
DISK = {**INBOX, "kms:ViaService": "ec2.eu-central-1.amazonaws.com"}
CASES = (
    Case(
        {"accounts": [PARTNER], "prefix": "inbox/"},
        (
            Request("reads", True, key="inbox/a", who=PARTNER_ROLE),
            Request("lists", True, "s3:ListBucket", None, PARTNER_ROLE, {"s3:prefix": "inbox/"}),
            Request("lists everything", False, "s3:ListBucket", None, PARTNER_ROLE),
            Request("writes", True, "s3:PutObject", "inbox/a", PARTNER_ROLE),
            Request("reads tags", True, "s3:GetObjectTagging", "inbox/a", PARTNER_ROLE),
            Request("writes tags", True, "s3:PutObjectTagging", "inbox/a", PARTNER_ROLE),
            Request("looks how far an upload is", True, "s3:ListMultipartUploadParts", "inbox/a", PARTNER_ROLE),
            Request("gives up an upload", True, "s3:AbortMultipartUpload", "inbox/a", PARTNER_ROLE),
            Request("writes beside it", False, "s3:PutObject", "a", PARTNER_ROLE),
            Request("deletes", False, "s3:DeleteObject", "inbox/a", PARTNER_ROLE),
            Request("gives away", False, "s3:PutObjectAcl", "inbox/a", PARTNER_ROLE, FULL_CONTROL),
            Request("changes the policy", False, "s3:PutBucketPolicy", None, PARTNER_ROLE),
            Request("a stranger writes", False, "s3:PutObject", "inbox/a", STRANGER_ROLE),
        ),
        about_key=(
            Request("writes", True, "kms:GenerateDataKey", who=PARTNER_ROLE, context=INBOX),
            Request("puts parts together", True, "kms:Decrypt", who=PARTNER_ROLE, context=INBOX),
            Request("writes to a disk", False, "kms:GenerateDataKey", who=PARTNER_ROLE, context=DISK),
            Request("writes another bucket", False, "kms:GenerateDataKey", who=PARTNER_ROLE, context=OTHER),
            Request("manages the key", False, "kms:PutKeyPolicy", who=PARTNER_ROLE, context={}),
        ),
    ),
    Case(
        {"roles": PARTNER_ROLE, "delete": True, "bucket_owner_enforced": False},
        (
            Request("deletes", True, "s3:DeleteObject", who=PARTNER_ROLE),
            Request("writes", False, "s3:PutObject", who=PARTNER_ROLE),
            Request("writes for the owner", True, "s3:PutObject", who=PARTNER_ROLE, context=FULL_CONTROL),
            Request("gives to the owner", True, "s3:PutObjectAcl", who=PARTNER_ROLE, context=FULL_CONTROL),
            Request(
                "gives to everybody",
                False,
                "s3:PutObjectAcl",
                who=PARTNER_ROLE,
                context={"s3:x-amz-acl": "public-read"},
            ),
        ),
    ),
)
