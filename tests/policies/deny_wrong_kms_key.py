# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from policies.case import KEY_ARN, STRANGER, Case, Request

OTHER = f"arn:aws:kms:eu-central-1:{STRANGER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def upload(key: str, allowed: bool) -> Request:
    """An upload that names it."""
    context = {"s3:x-amz-server-side-encryption-aws-kms-key-id": key} if key else {}
    return Request(f"an upload that names {key or 'nothing'}", allowed, "s3:PutObject", context=context)


CASES = (
    Case({"key_arns": KEY_ARN}, (upload("", True), upload(KEY_ARN, True), upload(OTHER, False))),
    Case(
        {"key_arns": [KEY_ARN, KEY_ARN], "require_header": True},
        (upload(KEY_ARN, True), upload("", False), upload(OTHER, False)),
    ),
)
