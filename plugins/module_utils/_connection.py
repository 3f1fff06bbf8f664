# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a module's connection options to clients: credentials, region, endpoint, proxies, certificates.

All as botocore sees them (`_access`), so that a user's AWS set-up just works. Where all is so plain that botocore need
not be asked, `_plain` tells. The options are amazon.aws's and four of our own (`_module.CONNECTION_SPEC`).
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._plain import Plain, aws_url, plain
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import UNLIMITED, Limits
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Stats
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Proxy, basic

if TYPE_CHECKING:
    import ssl

    from ansible_collections.stowage.s3.plugins.module_utils._access import Access

# Requests at once, where the user does not say: to begin with, and at most. Of those that carry much, a few keep a near
# server busy; it does them faster then than many at once.
FIRST_AT_ONCE, MOST_AT_ONCE = 64, 256
FIRST_BULK, MOST_BULK, BULK_ROUNDS = 4, 64, 4
_OTHER_FILES, _FILES_EACH = 24, 4  # open besides: libraries, cache, log, listings; and for each request
_TIMEOUT = 60.0
_PLAIN_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


class Connection:
    """A way to one S3: credentials, endpoint, pooled connections and counters, shared by all its buckets."""

    def __init__(self, service: Service, endpoint_identity: str, ordered: bool) -> None:
        self._service = service
        self._ordered = ordered
        self.endpoint_identity = endpoint_identity
        """ "host[:port]" of another S3, or "aws:<partition>": the same text for the same S3, whatever the region."""

    @property
    def region(self) -> str:
        """The region that requests are signed for until a bucket turns out to be elsewhere."""
        return self._service.region

    @property
    def stats(self) -> Stats:
        """What was sent through this connection so far."""
        return self._service.stats

    def bucket(self, name: str, *, expected_owner: str = "", requester_pays: bool = False) -> Bucket:
        """A bucket, by its name or an access point's alias or ARN; nothing is sent yet. Raises StowageError."""
        return Bucket(
            self._service, name, expected_owner=expected_owner, requester_pays=requester_pays, ordered=self._ordered
        )

    def close(self) -> None:
        """Close the pooled connections."""
        self._service.pool.close()


def connect(
    module: Any, *, ordered: bool | None = None, concurrency: int | None = None, limits: Limits = UNLIMITED
) -> Connection:
    """The connection that the options of an AnsibleAWSModule describe.

    `ordered`: whether listings come in the order of the keys' UTF-8 bytes; None trusts AWS and nobody else.
    `concurrency`: the most requests at once; None begins with a few and finds out. `limits` holds for all of them.

    Raises StowageError: bad options, no credentials, a role that cannot be assumed, another account than
    `expected_account`.
    """
    access = _access(module)
    config, most = access.config, most_at_once()
    service = Service(
        pool=Pool(
            idle=concurrency or most,
            connect_timeout=getattr(config, "connect_timeout", None) or _TIMEOUT,
            read_timeout=getattr(config, "read_timeout", None) or _TIMEOUT,
            tls=partial(_tls, access),
            proxy=partial(_proxy, config),
        ),
        keys=access.keys,
        renew=access.renew,
        endpoint=_endpoints(module, access),
        region=access.region,
        aws=access.aws,
        attempts=access.attempts,
        sign_payload=access.s3_options.get("payload_signing_enabled"),
        gate=Gate(concurrency or min(FIRST_AT_ONCE, most), concurrency or most),
        bulk=None if concurrency else Gate(min(FIRST_BULK, most), min(MOST_BULK, most), rounds=BULK_ROUNDS),
        limits=limits,
    )
    return Connection(service, _identity(access), access.aws if ordered is None else ordered)


def most_at_once() -> int:
    """The most requests at once that the limit of open files leaves room for: each has a connection and some files."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST_AT_ONCE
    return max(1, min(MOST_AT_ONCE, (files - _OTHER_FILES) // _FILES_EACH))


def _access(module: Any) -> Access | Plain:
    found = plain(module.params, os.environ)
    if found is not None:
        return found
    from ansible_collections.stowage.s3.plugins.module_utils._access import access_of

    return access_of(module)


def _identity(access: Access | Plain) -> str:
    if access.endpoint_url and not access.aws:
        return _endpoint(access.endpoint_url, "").header.lower()
    return f"aws:{getattr(access, 'partition', 'aws')}"


def _endpoint(url: str, region: str, service: str = "s3") -> Endpoint:
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    usual = 443 if secure else 80
    port = parts.port or usual
    header = f"[{host}]" if ":" in host else host
    if port != usual:
        header = f"{header}:{port}"
    return Endpoint(secure, host, port, parts.path.rstrip("/"), header, region, service)


def _endpoints(module: Any, access: Access | Plain) -> Callable[[str, str], Endpoint]:
    """Where a bucket is: botocore's own rules, but for the plain cases."""
    style = access.s3_options.get("addressing_style") or "auto"
    url = access.endpoint_url
    rules: list[Callable[[str, str, str | None], tuple[str, str, str]]] = []

    def resolve(bucket: str, region: str) -> Endpoint:
        if not bucket.startswith("arn:") and not _PLAIN_BUCKET.fullmatch(bucket):
            raise StowageError(
                f"{bucket!r} is no bucket name: 3 to 63 lower-case letters, digits, '.' and '-' are allowed "
                "(or an access point's ARN)."
            )
        if url and not access.aws and not bucket.startswith("arn:"):
            base = _endpoint(url, region)
            if style == "virtual":
                return base._replace(host=f"{bucket}.{base.host}", header=f"{bucket}.{base.header}")
            return base._replace(path=f"{base.path}/{bucket}")
        usual = aws_url(bucket, region) if isinstance(access, Plain) else None
        if usual:
            return _endpoint(usual, region)
        if not rules:
            from ansible_collections.stowage.s3.plugins.module_utils._access import access_of, rules_of

            rules.append(rules_of(access_of(module)))
        return _endpoint(*rules[0](bucket, region, url))

    return resolve


def _tls(access: Access | Plain) -> ssl.SSLContext:
    """The TLS settings that botocore would use, with the same certificates."""
    import ssl

    if access.verify is False:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        path = _authorities() if access.verify is True else access.verify
        context = ssl.create_default_context(
            cafile=None if os.path.isdir(path) else path, capath=path if os.path.isdir(path) else None
        )
        # Python 3.13 made this a default; private authorities that botocore accepts would be refused.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    certificate = getattr(access.config, "client_cert", None)
    if certificate:
        context.load_cert_chain(*((certificate,) if isinstance(certificate, str) else certificate))
    return context


def _authorities() -> str:
    """The file with the authorities that botocore trusts."""
    with contextlib.suppress(ImportError):
        import certifi

        return str(certifi.where())
    found = find_spec("botocore")
    bundled = os.path.join(os.path.dirname(found.origin), "cacert.pem") if found and found.origin else ""
    if os.path.isfile(bundled):
        return bundled
    import botocore.httpsession

    return str(botocore.httpsession.get_cert_path(True))


def _proxy(config: Any, secure: bool, host: str, port: int) -> Proxy | None:
    """The proxy that the module's aws_config or the environment names, NO_PROXY heeded."""
    proxies = getattr(config, "proxies", None)
    if proxies is None and sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    import botocore.httpsession
    import botocore.utils

    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    url = f"{'https' if secure else 'http'}://{place}"
    if proxies is None:
        proxies = botocore.utils.get_environ_proxies(url)
    through = botocore.httpsession.ProxyConfiguration(proxies=proxies).proxy_url_for(url)
    if not through:
        return None
    parts = urlsplit(through)
    if parts.scheme != "http" or not parts.hostname:
        raise StowageError(
            f"The proxy for {url} is reached by {parts.scheme}://, which is not supported: give an http:// one "
            "(it carries TLS all the same)."
        )
    user = basic(unquote(parts.username), unquote(parts.password or "")) if parts.username else ""
    return Proxy(parts.hostname, parts.port or 80, user)
