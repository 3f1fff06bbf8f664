# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a module's connection options to clients: credentials, region, endpoint, proxies, certificates.

All as botocore sees them, so that a user's AWS set-up just works: this is the one place that knows botocore. The
options are amazon.aws's and three of our own (CONNECTION_SPEC).
"""

from __future__ import annotations

import os
import re
import resource
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote, urlsplit

try:
    import boto3.session
    import botocore.config
    import botocore.configprovider
    import botocore.credentials
    import botocore.endpoint_provider
    import botocore.exceptions
    import botocore.httpsession
    import botocore.parsers
    import botocore.session
    import botocore.utils
except ImportError:
    pass  # AnsibleAWSModule tells the user, before anything here is called

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import UNLIMITED, Limits
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Stats
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, Keys
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Pool, Proxy, basic

CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "assume_role_arn": {"type": "str"},
    "assume_role_external_id": {"type": "str"},
    "expected_account": {"type": "str"},
}

# Requests at once, where the user does not say: to begin with, and at most.
FIRST_AT_ONCE, MOST_AT_ONCE = 16, 128
_OTHER_FILES, _FILES_EACH = 24, 3  # open besides: libraries, cache, log, listings; and for each request
_ATTEMPTS = 5
_TIMEOUT = 60.0
_AWS_HOST = re.compile(
    r"(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$"
)
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
        endpoint=_endpoints(access),
        region=access.region,
        aws=access.aws,
        attempts=_attempts(access),
        sign_payload=access.s3_options.get("payload_signing_enabled"),
        gate=Gate(concurrency or min(FIRST_AT_ONCE, most), concurrency or most),
        limits=limits,
    )
    return Connection(service, _identity(access), access.aws if ordered is None else ordered)


def most_at_once() -> int:
    """The most requests at once that the limit of open files leaves room for: each has a connection and some files."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST_AT_ONCE
    return max(1, min(MOST_AT_ONCE, (files - _OTHER_FILES) // _FILES_EACH))


def boto_client(module: Any, service: str) -> Any:
    """A boto3 client with the same credentials, role, account guard and endpoint as `connect`. Raises StowageError."""
    access = _access(module)
    url = access.endpoint_url if service == "s3" else access.endpoint_of(service)
    config = access.config
    if url and not _is_aws(url) and service in ("s3", "s3control"):
        # Other servers know neither the newer trailing checksums nor, often, buckets as host names.
        ours = botocore.config.Config(
            request_checksum_calculation="when_required", response_checksum_validation="when_required"
        )
        s3 = {"addressing_style": "path", **access.s3_options}
        config = ours.merge(config).merge(botocore.config.Config(s3=s3))
    try:
        return _boto3_session(access).client(
            service, region_name=access.region, endpoint_url=url, verify=access.verify, config=config
        )
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise StowageError(f"No client for {service}: {error}") from error


# boto3 adds its own to the botocore session that it is given, and fails when it is given the same one again.
@lru_cache(maxsize=4)
def _boto3_session(access: _Access) -> Any:
    return boto3.session.Session(botocore_session=access.session)


@dataclass(frozen=True, eq=False)
class _Access:
    """What the options come to.

    `option_url` is the module's own endpoint_url, `endpoint_url` the one that S3 is reached by (None: AWS's rules say).
    """

    session: Any
    credentials: Any
    region: str
    option_url: str | None
    endpoint_url: str | None
    verify: bool | str
    config: Any

    @property
    def aws(self) -> bool:
        """S3 is Amazon's own."""
        return not self.endpoint_url or _is_aws(self.endpoint_url)

    @property
    def s3_options(self) -> dict[str, Any]:
        """The `s3` section of the AWS configuration, the module's aws_config over it."""
        section = self.session.get_component("config_store").get_config_variable("s3") or {}
        return {name: value for name, value in {**section, **(self.config.s3 or {})}.items() if value is not None}

    def option(self, name: str) -> Any:
        """A setting that both aws_config and the AWS configuration know."""
        value = getattr(self.config, name, None)
        return self.session.get_config_variable(name) if value is None else value

    def endpoint_of(self, service: str) -> str | None:
        """The endpoint of another service than S3; None lets botocore decide."""
        if not self.option_url or _configured_url(self.session, service):
            return None
        # As in amazon.aws, one endpoint serves all (a private cloud); but S3's door into a VPC is S3's alone.
        return None if _is_aws(self.option_url) else self.option_url

    def client(self, service: str, **credentials: Any) -> Any:
        """A botocore client, for the calls that make the connection itself."""
        return self.session.create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_of(service),
            verify=self.verify,
            config=self.config,
            **credentials,
        )

    def keys(self) -> Keys:
        """The present credentials, refreshed by botocore when they are about to expire."""
        try:
            frozen = self.credentials.get_frozen_credentials()
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise self._not_got(error) from error
        return Keys(frozen.access_key, frozen.secret_key, frozen.token or "")

    def renew(self, old: Keys) -> bool:
        """Whether there are other credentials than the refused ones, fetched at once if need be."""
        refresh = getattr(self.credentials, "_protected_refresh", None)
        if refresh:
            # botocore refreshes by the clock alone, and S3 has just said that these are over.
            with self.credentials._refresh_lock:
                if self.keys() == old:
                    try:
                        refresh(is_mandatory=True)
                    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
                        raise self._not_got(error) from error
        return self.keys() != old

    def _not_got(self, error: Exception) -> StowageError:
        method = self.credentials.method
        if method == "assume-role":
            advice = "Check 'assume_role_arn', 'assume_role_external_id', the role's trust policy, and sts:AssumeRole"
        else:
            advice = "Log in again or renew the credentials"
        return StowageError(f"The credentials ({method}) could not be fetched: {error}. {advice}.")


# A module asks more than once (data plane, boto3): the role is assumed and the account looked at the first time only.
@lru_cache(maxsize=4)
def _access(module: Any) -> _Access:
    region, option_url, given = get_aws_connection_info(module)
    try:
        session = botocore.session.Session(profile=given.get("profile_name") or None)
        verify = given.get("verify")
        if verify is not False and not isinstance(verify, str):
            verify = session.get_config_variable("ca_bundle") or True
        if isinstance(verify, str) and not os.path.exists(verify):
            raise StowageError(f"The CA bundle {verify!r} does not exist: correct 'aws_ca_bundle'.")
        access = _Access(
            session=session,
            credentials=_credentials(session, given),
            region=region or session.get_config_variable("region") or "us-east-1",
            option_url=option_url or None,
            endpoint_url=_checked_url(option_url or _configured_url(session, "s3")),
            verify=verify,
            config=given.get("aws_config") or botocore.config.Config(),
        )
        return _guarded(_with_role(access, module.params), module.params)
    except botocore.exceptions.BotoCoreError as error:
        raise StowageError(f"The AWS configuration cannot be used: {error}") from error


def _credentials(session: Any, given: Any) -> Any:
    access, secret = given.get("aws_access_key_id"), given.get("aws_secret_access_key")
    if bool(access) != bool(secret):
        absent = "secret_key" if access else "access_key"
        raise StowageError(f"Half of the credentials is missing: '{absent}' must be given too.")
    if access:
        session.set_credentials(access, secret, given.get("aws_session_token"))
    credentials = session.get_credentials()
    if credentials is None:
        raise StowageError(
            "No AWS credentials were found: give 'access_key' and 'secret_key', a 'profile', or set up one of "
            "AWS's other ways (environment variables, SSO, instance or container role)."
        )
    return credentials


def _with_role(access: _Access, params: dict[str, Any]) -> _Access:
    """The same, as another role; botocore assumes it anew before the session ends."""
    arn, external_id = params.get("assume_role_arn"), params.get("assume_role_external_id")
    if not arn:
        if external_id:
            raise StowageError("'assume_role_external_id' means nothing without 'assume_role_arn'.")
        return access
    extra = {"RoleSessionName": "stowage"}
    if external_id:
        extra["ExternalId"] = external_id
    fetcher = botocore.credentials.AssumeRoleCredentialFetcher(
        client_creator=access.client, source_credentials=access.credentials, role_arn=arn, extra_args=extra
    )
    credentials = botocore.credentials.DeferredRefreshableCredentials(
        refresh_using=fetcher.fetch_credentials, method="assume-role"
    )
    # botocore has no public way to give a session credentials that refresh themselves.
    access.session._credentials = credentials
    access = replace(access, credentials=credentials)
    access.keys()
    return access


def _guarded(access: _Access, params: dict[str, Any]) -> _Access:
    """Nothing goes on in another account than the one that the user means."""
    expected = params.get("expected_account")
    if not expected:
        return access
    if not re.fullmatch(r"\d{12}", expected):
        raise StowageError(f"'expected_account' is an account's 12 digits (in quotes); {expected!r} was given.")
    try:
        identity = access.client("sts").get_caller_identity()
        account = identity["Account"]
    except (
        botocore.exceptions.BotoCoreError,
        botocore.exceptions.ClientError,
        # What answers is no STS, as not every S3 server has one.
        botocore.parsers.ResponseParserError,
        KeyError,
    ) as error:
        raise StowageError(
            f"Whose credentials these are could not be found out, and so nothing was done: {error}"
        ) from error
    if account != expected:
        raise StowageError(
            f"These credentials belong to account {account} ({identity.get('Arn', '')}), but "
            f"'expected_account' is {expected}: nothing was done. Choose another profile or role."
        )
    return access


def _configured_url(session: Any, service: str) -> str | None:
    """The endpoint that AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE> or the profile name."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    url: str | None = botocore.configprovider.ConfiguredEndpointProvider(
        full_config=session.full_config, scoped_config=session.get_scoped_config(), client_name=service
    ).provide()
    return url


def _checked_url(url: str | None) -> str | None:
    if not url:
        return None
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.query
        fits = fits and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise StowageError(f"The endpoint {url!r} cannot be used: https://host[:port][/path] (or http://) is expected.")
    return url


def _is_aws(url: str) -> bool:
    return bool(_AWS_HOST.search(urlsplit(url).hostname or ""))


def _identity(access: _Access) -> str:
    if access.endpoint_url and not access.aws:
        return _endpoint(access.endpoint_url, "").header.lower()
    with suppress(botocore.exceptions.BotoCoreError):
        return f"aws:{access.session.get_partition_for_region(access.region)}"
    return "aws:aws"


def _attempts(access: _Access) -> int:
    retries = access.config.retries or {}
    total = retries.get("total_max_attempts")
    if total is None and retries.get("max_attempts") is not None:
        total = retries["max_attempts"] + 1  # botocore's Config counts what comes after the first
    if total is None:
        total = access.session.get_config_variable("max_attempts") or _ATTEMPTS
    return max(1, int(total))


def _endpoint(url: str, region: str, service: str = "s3") -> Endpoint:
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    usual = 443 if secure else 80
    port = parts.port or usual
    header = f"[{host}]" if ":" in host else host
    if port != usual:
        header = f"{header}:{port}"
    return Endpoint(secure, host, port, parts.path.rstrip("/"), header, region, service)


def _endpoints(access: _Access) -> Callable[[str, str], Endpoint]:
    """Where a bucket is: botocore's own rules, but for the plain case of another server."""
    s3 = access.s3_options
    style = s3.get("addressing_style") or "auto"
    url = access.endpoint_url
    rules: list[Any] = []

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
        if not rules:
            loader = access.session.get_component("data_loader")
            rules.append(
                botocore.endpoint_provider.EndpointProvider(
                    loader.load_service_model("s3", "endpoint-rule-set-1"), loader.load_data("partitions")
                )
            )
        dual = access.option("use_dualstack_endpoint")
        asked = {
            "Bucket": bucket,
            "Region": region,
            "Endpoint": url,
            "UseFIPS": bool(access.option("use_fips_endpoint")),
            "UseDualStack": bool(s3.get("use_dualstack_endpoint") if dual is None else dual),
            "Accelerate": bool(s3.get("use_accelerate_endpoint")),
            "ForcePathStyle": style == "path",
            "UseArnRegion": s3.get("use_arn_region", True),
            "UseGlobalEndpoint": False,
            "DisableMultiRegionAccessPoints": False,
        }
        try:
            found = rules[0].resolve_endpoint(**{name: value for name, value in asked.items() if value is not None})
        except botocore.exceptions.BotoCoreError as error:
            raise StowageError(f"No endpoint for {bucket!r} in {region}: {error}.") from error
        schemes: list[dict[str, Any]] = found.properties.get("authSchemes", [])
        scheme = schemes[0] if schemes else {}
        kind = scheme.get("name", "sigv4")
        if kind == "sigv4-s3express":
            raise StowageError(
                f"{bucket!r} is a directory bucket (S3 Express): not supported, use a general purpose bucket."
            )
        if kind != "sigv4":
            raise StowageError(
                f"{bucket!r} is a multi-region access point, whose signature ({kind}) is not supported: "
                "name one of its buckets."
            )
        return _endpoint(found.url, scheme.get("signingRegion", region), scheme.get("signingName", "s3"))

    return resolve


def _tls(access: _Access) -> ssl.SSLContext:
    """The TLS settings that botocore would use, with the same certificates."""
    if access.verify is False:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        path = botocore.httpsession.get_cert_path(access.verify)
        context = ssl.create_default_context(
            cafile=None if os.path.isdir(path) else path, capath=path if os.path.isdir(path) else None
        )
        # Python 3.13 made this a default; private authorities that botocore accepts would be refused.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    certificate = access.config.client_cert
    if certificate:
        context.load_cert_chain(*((certificate,) if isinstance(certificate, str) else certificate))
    return context


def _proxy(config: Any, secure: bool, host: str, port: int) -> Proxy | None:
    """The proxy that the module's aws_config or the environment names, NO_PROXY heeded."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    url = f"{'https' if secure else 'http'}://{place}"
    proxies = config.proxies if config.proxies is not None else botocore.utils.get_environ_proxies(url)
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
