# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The errors of the collection: each one's text is the whole message for the user."""

from __future__ import annotations

# The IAM permission that an operation needs, where it is not simply "s3:" + the operation's name.
_PERMISSIONS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "HeadObject": "s3:GetObject (and s3:ListBucket: without it a missing key answers 403)",
    "GetObject": "s3:GetObject (and s3:ListBucket: without it a missing key answers 403)",
    "PutObject": "s3:PutObject (s3:PutObjectTagging for tags, s3:PutObjectAcl for an ACL, kms:GenerateDataKey for KMS)",
    "CopyObject": "s3:GetObject, s3:GetObjectTagging on the source and s3:PutObject, s3:PutObjectTagging on the target",
    "DeleteObjects": "s3:DeleteObject (of versions s3:DeleteObjectVersion)",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject (with KMS also kms:GenerateDataKey and kms:Decrypt)",
    "UploadPartCopy": "s3:GetObject on the source, s3:PutObject on the target",
    "CompleteMultipartUpload": "s3:PutObject (with KMS also kms:Decrypt)",
    "ListParts": "s3:ListMultipartUploadParts",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListBuckets": "s3:ListAllMyBuckets",
    "GetCallerIdentity": "sts:GetCallerIdentity",
}

_ADVICE = {
    "NoSuchBucket": "Check the bucket's name, the region and the endpoint",
    "PermanentRedirect": "The bucket lives in another region: set 'region' to the bucket's",
    "AuthorizationHeaderMalformed": "The bucket lives in another region: set 'region' to the bucket's",
    "SlowDown": "S3 asks for fewer requests: lower the concurrency or spread the keys over more prefixes",
    "ServiceUnavailable": "The service is overloaded: try again later or lower the concurrency",
    "ExpiredToken": "The session has ended: log in again or renew the credentials",
    "TokenRefreshRequired": "The session has ended: log in again or renew the credentials",
    "InvalidToken": "Check the session token: it belongs to other credentials or another partition",
    "RequestTimeTooSkewed": "Set this machine's clock (NTP)",
    "InvalidAccessKeyId": "The access key is not known here: check the key, the profile and the endpoint",
    "SignatureDoesNotMatch": "Check the secret key; a proxy that rewrites requests gives this too",
    "PreconditionFailed": "The object changed meanwhile: look again and decide anew",
    "InvalidObjectState": "The object is archived: restore it first",
    "NoSuchUpload": "The multipart upload was completed, aborted or has expired: start it again",
    "BadDigest": "The data changed on its way: run again; if it stays, suspect a proxy or the memory",
    "XAmzContentSHA256Mismatch": "The data changed on its way: run again; if it stays, suspect a proxy or the memory",
    "XAmzContentChecksumMismatch": "The data changed on its way: run again; if it stays, suspect a proxy or the memory",
    "EntityTooLarge": "The largest single PUT or copy is 5 GiB: use parts",
    "EntityTooSmall": "All parts but the last must have at least 5 MiB",
    "KeyTooLongError": "A key has at most 1,024 bytes of UTF-8: shorten the name",
    "MetadataTooLarge": "User metadata has at most 2 KB in all: shorten it",
    "NotImplemented": "This endpoint does not know the operation or one of its headers",
    "InvalidRequest": "This endpoint does not accept the request or one of its headers",
    "AccessControlListNotSupported": "The bucket has ACLs turned off (BucketOwnerEnforced): leave out 'acl'",
    "KMS.DisabledException": "Enable the KMS key or name another one",
    "KMS.NotFoundException": "Check the KMS key's id, region and account",
    "QuotaExceeded": "The bucket or account is full: make room or raise the quota",
}

# Services whose protocol is JSON say it with status 400 (CloudWatch).
_DENIED = "AccessDenied"

# What to do where a process may not open any more files or connections.
DESCRIPTORS = "Raise the limit of open files (ulimit -n), or lower concurrency"


class StowageError(Exception):
    """An error whose str() is the whole message for the user."""


class FileChanged(StowageError):
    """A local file became shorter while it was being sent; what was sent so far was thrown away."""


class ConnectionFailed(StowageError):
    """The endpoint was not reached, or kept dropping the connection, after all retries."""

    def __init__(self, host: str, port: int, reason: str, advice: str) -> None:
        self.host = host
        self.port = port
        self.reason = reason
        self.advice = advice
        super().__init__(f"No connection to {host} port {port}: {_sentence(reason)} {_sentence(advice)}")


class S3Error(StowageError):
    """An answer of S3 that is an error.

    `code` is S3's own word ("NoSuchKey"); `retried`: an earlier attempt may have had its effect unseen.
    `permission`: the IAM actions that the operation takes, where its name does not tell.
    """

    def __init__(
        self,
        operation: str,
        bucket: str,
        key: str = "",
        *,
        status: int = 0,
        code: str = "",
        message: str = "",
        request_id: str = "",
        advice: str = "",
        permission: str = "",
        retried: bool = False,
    ) -> None:
        self.operation = operation
        self.bucket = bucket
        self.key = key
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retried = retried
        place = f"s3://{bucket}/{key}" if key else f"s3://{bucket}"
        # Keys may hold line breaks and terminal controls: show them, do not obey them.
        place = "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in place)
        parts = [f"{operation} {place}: {code or 'Error'} ({status}){':' if message else '.'}"]
        parts += [_sentence(text) for text in (message, advice or _advice(operation, status, code, permission)) if text]
        if request_id:
            parts.append(f"[request {request_id}]")
        super().__init__(" ".join(parts))


class NotFound(S3Error):
    """404: no such key or no such bucket; `code` tells which (a HEAD answers without one: "NotFound")."""


class Denied(S3Error):
    """403: not allowed, or the bucket belongs to another account than the one expected."""


class Conflict(S3Error):
    """412: a condition (If-Match, If-None-Match) did not hold."""


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else text + "."


def _advice(operation: str, status: int, code: str, permission: str) -> str:
    if code in _ADVICE:
        return _ADVICE[code]
    if status == 403 or code.startswith(_DENIED):
        permission = permission or _PERMISSIONS.get(operation, f"s3:{operation}")
        return (
            f"The credentials need {permission}; if an expected owner was given, the bucket must belong to that account"
        )
    if status in (301, 307, 308):
        return _ADVICE["PermanentRedirect"]
    if status >= 500:
        return "The service failed: try again later"
    return ""


def s3_error(
    operation: str,
    bucket: str,
    key: str,
    *,
    status: int,
    code: str,
    message: str,
    request_id: str = "",
    advice: str = "",
    permission: str = "",
    retried: bool = False,
) -> S3Error:
    """The error of the class that fits the status."""
    kind = {403: Denied, 404: NotFound, 412: Conflict}.get(status, S3Error)
    if code in ("NoSuchKey", "NoSuchBucket", "NoSuchUpload"):
        kind = NotFound
    if code.startswith(_DENIED):
        kind = Denied
    return kind(
        operation,
        bucket,
        key,
        status=status,
        code=code,
        message=message,
        request_id=request_id,
        advice=advice,
        permission=permission,
        retried=retried,
    )
