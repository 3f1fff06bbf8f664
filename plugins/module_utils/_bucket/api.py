# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Calls of a bucket's configuration through boto3: counted, owner-checked, and with errors that say what to do.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

with contextlib.suppress(ImportError):  # the module has told the user, before anything here is called
    import botocore.exceptions
    import botocore.parsers

from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error, StowageError, s3_error

# Answers of servers that do not know a sub-resource. Some take its PUT for one of a bucket.
_UNKNOWN = {"NotImplemented", "MethodNotAllowed", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "NotSupported"}
# What is not in their input (botocore's model of S3).
_WITHOUT = {"create_bucket": ("ExpectedBucketOwner",), "list_buckets": ("Bucket", "ExpectedBucketOwner")}

_PERMISSIONS = {
    method: aspect.permissions.read if method == aspect.get else aspect.permissions.write
    for aspect in ASPECTS
    for method in aspect.methods
}

# S3 allows one change of a bucket at a time; botocore does not try these again.
_BUSY = {"OperationAborted", "ConflictException"}
# Not all of S3 knows a new bucket at once.
_UNKNOWN_YET = {"NoSuchBucket"}
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds


class Unsupported(S3Error):
    """The endpoint does not know this sub-resource."""


class Api:
    """One bucket, or one account; used by several threads.

    where: the keywords that say so in every call. permissions: the IAM actions that a method takes, if they are not
    simply "s3:" and the operation's name.
    """

    def __init__(
        self, client: Any, bucket: str, where: Mapping[str, str], permissions: Mapping[str, Sequence[str]]
    ) -> None:
        self.client, self.bucket, self._where, self._permissions = client, bucket, where, permissions
        self.calls = 0
        self.server = ""  # what calls itself so answered
        self.new = False  # the bucket was made a moment ago
        self._lock = threading.Lock()

    def call(self, method: str, *, missing: Sequence[str] = (), **arguments: Any) -> dict[str, Any]:
        """Call a method of botocore's client. `missing`: codes that mean "not configured", answered by {}.

        Raises S3Error (NotFound, Denied, Unsupported), StowageError.
        """
        with self._lock:
            self.calls += 1
        where = {name: value for name, value in self._where.items() if name not in _WITHOUT.get(method, ())}
        if "Bucket" in arguments:  # another one, of whose owner nothing was said
            where = {}
        operation = self.client.meta.method_to_api_mapping[method]
        passing = _BUSY | _UNKNOWN_YET if self.new else _BUSY
        for pause in (*PAUSES, None):
            try:
                answer = dict(getattr(self.client, method)(**where, **arguments))
                self._hear(answer)
                return answer
            except botocore.exceptions.ClientError as error:
                self._hear(error.response)
                if pause is None or error.response.get("Error", {}).get("Code") not in passing:
                    return self._refused(method, error, missing)
                time.sleep(pause)
            except botocore.exceptions.BotoCoreError as error:
                raise StowageError(f"{operation} s3://{self.bucket}: {error}") from error
            except (botocore.parsers.ResponseParserError, KeyError) as error:
                service = self.client.meta.service_model.service_name
                raise StowageError(f"{operation}: what answers does not know the service {service}.") from error
        raise AssertionError

    def _hear(self, answer: Mapping[str, Any]) -> None:
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        self.server = str(headers.get("server") or self.server)

    def _refused(self, method: str, error: Any, missing: Sequence[str]) -> dict[str, Any]:
        operation = self.client.meta.method_to_api_mapping[method]
        answer, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        code, status = str(answer.get("Code", "")), int(meta.get("HTTPStatusCode", 0))
        if code in missing:
            return {}
        found = s3_error(
            operation,
            self.bucket,
            "",
            status=status,
            code=code,
            message=str(answer.get("Message", "")),
            request_id=str(meta.get("RequestId", "")),
            permission=", ".join(self._permissions.get(method, ())),
        )
        if operation != "CreateBucket" and (code in _UNKNOWN or status in (405, 501)):
            raise Unsupported(
                operation, self.bucket, status=status, code=code, message=str(answer.get("Message", "")),
                advice="This endpoint does not know this part of S3: leave the option out for it",
            ) from None  # fmt: skip
        raise found from None


def of_bucket(client: Any, name: str, expected_owner: str | None) -> Api:
    """The calls of one bucket; `expected_owner`: the account that S3 is to check on each of them."""
    where = {"Bucket": name, **({"ExpectedBucketOwner": expected_owner} if expected_owner else {})}
    return Api(client, name, where, _PERMISSIONS)
