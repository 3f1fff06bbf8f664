# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who pays for requests and transfers: the bucket's owner, or who asks.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import WORDS, Document, Field

_OWNER, _REQUESTER = "bucket_owner", "requester"


def _document(answer: dict[str, Any]) -> Document:
    return {"Payer": answer.get("Payer") or WORDS.expand(_OWNER)}


def _warn(state: State) -> Iterator[Remark]:
    if state.after.get("request_payment") != _REQUESTER or state.before.get("request_payment") == _REQUESTER:
        return
    yield Remark(
        "request_payment",
        "S3 will refuse requests that do not say that they pay, and those without an account.",
        "Those who use the bucket have to add the header x-amz-request-payer.",
    )
    if state.after.get("website"):
        yield Remark("request_payment", "the bucket's website will be unreachable.", "Browsers pay for nothing.")


REQUEST_PAYMENT = Aspect(
    name="request_payment",
    options=(Field("request_payment", "Payer", WORDS, choices=(_OWNER, _REQUESTER)),),
    get="get_bucket_request_payment",
    put="put_bucket_request_payment",
    document=_document,
    arguments=lambda document: {"RequestPaymentConfiguration": document},
    permissions=Permissions(("s3:GetBucketRequestPayment",), ("s3:PutBucketRequestPayment",)),
    needs=("website",),
    initial=_document({}),
    normal=lambda values: {"request_payment": _OWNER, **values},
    warn=_warn,
)
