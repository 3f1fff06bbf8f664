# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Transfer acceleration: uploads and downloads through the nearest edge of AWS's network.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import STATUS, Document, Field

_OFF = "suspended"


def _document(answer: dict[str, Any]) -> Document:
    """A bucket that never had it is as one in which it is suspended, and can only become that again."""
    return {"Status": answer.get("Status") or STATUS.expand(_OFF)}


def _refuse(state: State) -> Iterator[Remark]:
    if state.after.get("accelerate") == "enabled" and "." in state.bucket:
        yield Remark("accelerate", "S3 accelerates no bucket with dots in its name.", "Take a bucket without dots.")


def _warn(state: State) -> Iterator[Remark]:
    if state.after.get("accelerate") == "enabled" != state.before.get("accelerate"):
        yield Remark(
            "accelerate", "each GB through the accelerated endpoint costs extra.", "Other requests cost as before."
        )


ACCELERATE = Aspect(
    name="accelerate",
    options=(Field("accelerate", "Status", STATUS, choices=("enabled", _OFF)),),
    get="get_bucket_accelerate_configuration",
    put="put_bucket_accelerate_configuration",
    document=_document,
    arguments=lambda document: {"AccelerateConfiguration": document},
    permissions=Permissions(("s3:GetAccelerateConfiguration",), ("s3:PutAccelerateConfiguration",)),
    initial=_document({}),
    normal=lambda values: {"accelerate": _OFF, **values},
    refuse=_refuse,
    warn=_warn,
)
