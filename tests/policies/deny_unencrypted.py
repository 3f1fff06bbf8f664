# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from policies.case import Case, Request


def upload(algorithm: str, allowed: bool) -> Request:
    """An upload that asks for it."""
    context = {"s3:x-amz-server-side-encryption": algorithm} if algorithm else {}
    return Request(f"an upload that asks for {algorithm or 'nothing'}", allowed, "s3:PutObject", context=context)


CASES = (
    Case(
        {},
        (
            upload("", True),
            upload("aws:kms", True),
            upload("aws:kms:dsse", True),
            upload("AES256", False),
            Request("a download", True),
        ),
    ),
    Case(
        {"algorithms": "AES256", "require_header": True},
        (upload("AES256", True), upload("", False), upload("aws:kms", False)),
    ),
)
