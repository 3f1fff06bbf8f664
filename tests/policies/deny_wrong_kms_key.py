# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import KEY_ARN, STRANGER, Case, Request

OTHER = f"arn:aws:kms:eu-central-1:{STRANGER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALGORITHM, KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"


def upload(algorithm: str, key: str, allowed: bool) -> Request:
    """An upload that asks for an algorithm and names a key."""
    context = {ALGORITHM: algorithm or None, KEY: key or None}
    return Request(
        f"asks for {algorithm or 'nothing'}, names {key or 'no key'}", allowed, "s3:PutObject", context=context
    )


CASES = (
    Case(
        {"key_arns": KEY_ARN},
        (
            upload("", "", True),
            upload("aws:kms", KEY_ARN, True),
            upload("aws:kms", OTHER, False),
            upload("aws:kms", KEY_ARN.rpartition("/")[2], False),
            upload("aws:kms", "", False),
            upload("aws:kms:dsse", "", False),
            upload("AES256", "", True),
        ),
    ),
    Case(
        {"key_arns": [KEY_ARN, KEY_ARN], "require_header": True},
        (upload("aws:kms", KEY_ARN, True), upload("", "", False), upload("aws:kms", OTHER, False)),
    ),
)
