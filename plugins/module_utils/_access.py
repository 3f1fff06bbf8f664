# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Credentials, region, endpoint rules and settings, all as botocore sees them: the one place that knows it.

Loading it takes a third of a short run, so `_connection` imports this only where it is needed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

try:
    import boto3.session
    import botocore.config
    import botocore.configprovider
    import botocore.credentials
    import botocore.endpoint_provider
    import botocore.exceptions
    import botocore.parsers
    import botocore.session
except ImportError:
    pass  # the module has told the user, before anything here is called

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._plain import ATTEMPTS, DEFAULT_REGION, is_aws, usable_url
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Keys


def boto_client(module: Any, service: str, *, at_once: int = 10, region: str = "") -> Any:
    """A boto3 client with the credentials, role, account guard and endpoint of `_connection.connect`.

    `at_once`: how many requests will be under way. As many connections are kept; others are made anew each time.
    `region`: another one than the module's.

    Raises StowageError.
    """
    access = access_of(module)
    url = access.endpoint_url if service == "s3" else access.endpoint_of(service)
    config = botocore.config.Config(max_pool_connections=at_once).merge(access.config)
    if url and not is_aws(url) and service in ("s3", "s3control"):
        # Other servers know neither the newer trailing checksums nor, often, buckets as host names.
        ours = botocore.config.Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        s3 = {"addressing_style": "path", **access.s3_options}
        config = ours.merge(config).merge(botocore.config.Config(s3=s3))
    try:
        client = _boto3_session(access).client(
            service, region_name=region or access.region, endpoint_url=url, verify=access.verify, config=config
        )
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise StowageError(f"No client for {service}: {error}") from error
    if service == "s3control" and not is_aws(client.meta.endpoint_url):
        client.meta.events.register("before-sign.s3-control", partial(_at, client.meta.endpoint_url))
    return client


def _at(url: str, request: Any, **_event: Any) -> None:
    """Send a request to the very host: botocore puts the account before it, which is a name of AWS's alone."""
    request.url = urlsplit(request.url)._replace(netloc=urlsplit(url).netloc).geturl()


# boto3 adds its own to the botocore session that it is given, and fails when it is given the same one again.
@lru_cache(maxsize=4)
def _boto3_session(access: Access) -> Any:
    return boto3.session.Session(botocore_session=access.session)


@dataclass(frozen=True, eq=False)
class Access:
    """What the options come to, as botocore sees it.

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
        return not self.endpoint_url or is_aws(self.endpoint_url)

    @property
    def s3_options(self) -> dict[str, Any]:
        """The `s3` section of the AWS configuration, the module's aws_config over it."""
        section = self.session.get_component("config_store").get_config_variable("s3") or {}
        return {name: value for name, value in {**section, **(self.config.s3 or {})}.items() if value is not None}

    @property
    def attempts(self) -> int:
        """How often a request is tried."""
        retries = self.config.retries or {}
        total = retries.get("total_max_attempts")
        if total is None and retries.get("max_attempts") is not None:
            total = retries["max_attempts"] + 1  # botocore's Config counts what comes after the first
        if total is None:
            total = self.session.get_config_variable("max_attempts") or ATTEMPTS
        return max(1, int(total))

    @property
    def partition(self) -> str:
        """The part of AWS that the region is in."""
        with suppress(botocore.exceptions.BotoCoreError):
            return str(self.session.get_partition_for_region(self.region))
        return "aws"

    def option(self, name: str) -> Any:
        """A setting that both aws_config and the AWS configuration know."""
        value = getattr(self.config, name, None)
        return self.session.get_config_variable(name) if value is None else value

    def endpoint_of(self, service: str) -> str | None:
        """The endpoint of another service than S3; None lets botocore decide."""
        if not self.option_url or _configured_url(self.session, service):
            return None
        # As in amazon.aws, one endpoint serves all (a private cloud); but S3's door into a VPC is S3's alone.
        return None if is_aws(self.option_url) else self.option_url

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
            advice = (
                "Check 'assume_role_arn', 'assume_role_external_id', the role's trust policy, and sts:AssumeRole"
                " (with session tags sts:TagSession too)"
            )
        else:
            advice = "Log in again or renew the credentials"
        return StowageError(f"The credentials ({method}) could not be fetched: {error}. {advice}.")


# What goes with a role, by the option: AWS's name of it.
_OF_ROLE = {"assume_role_external_id": "ExternalId", "assume_role_session_tags": "Tags"}


# A module asks more than once (data plane, boto3): the role is assumed and the account looked at the first time only.
@lru_cache(maxsize=4)
def access_of(module: Any) -> Access:
    """What the options of a module come to. Raises StowageError."""
    region, option_url, given = get_aws_connection_info(module)
    try:
        session = botocore.session.Session(profile=given.get("profile_name") or None)
        verify = given.get("verify")
        if verify is not False and not isinstance(verify, str):
            verify = session.get_config_variable("ca_bundle") or True
        if isinstance(verify, str) and not os.path.exists(verify):
            raise StowageError(f"The CA bundle {verify!r} does not exist: correct 'aws_ca_bundle'.")
        access = Access(
            session=session,
            credentials=_credentials(session, given),
            region=region or session.get_config_variable("region") or DEFAULT_REGION,
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


def _with_role(access: Access, params: dict[str, Any]) -> Access:
    """The same, as another role; botocore assumes it anew before the session ends."""
    arn, given = params.get("assume_role_arn"), {name: params.get(name) for name in _OF_ROLE if params.get(name)}
    if not arn:
        for name in given:
            raise StowageError(f"'{name}' means nothing without 'assume_role_arn'.")
        return access
    extra: dict[str, Any] = {"RoleSessionName": "stowage"}
    for name, value in given.items():
        extra[_OF_ROLE[name]] = value
    if "Tags" in extra:
        extra["Tags"] = [{"Key": key, "Value": str(value)} for key, value in sorted(extra["Tags"].items())]
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


def _guarded(access: Access, params: dict[str, Any]) -> Access:
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
    if url and not usable_url(url):
        raise StowageError(f"The endpoint {url!r} cannot be used: https://host[:port][/path] (or http://) is expected.")
    return url or None


def rules_of(access: Access) -> Callable[[str, str, str | None], tuple[str, str, str]]:
    """AWS's endpoint rules: from bucket, region and own endpoint to URL, and the region and service to sign for."""
    loader = access.session.get_component("data_loader")
    rules = botocore.endpoint_provider.EndpointProvider(
        loader.load_service_model("s3", "endpoint-rule-set-1"), loader.load_data("partitions")
    )
    s3 = access.s3_options
    dual = access.option("use_dualstack_endpoint")
    fixed = {
        "UseFIPS": bool(access.option("use_fips_endpoint")),
        "UseDualStack": bool(s3.get("use_dualstack_endpoint") if dual is None else dual),
        "Accelerate": bool(s3.get("use_accelerate_endpoint")),
        "ForcePathStyle": s3.get("addressing_style") == "path",
        "UseArnRegion": s3.get("use_arn_region", True),
        "UseGlobalEndpoint": False,
        "DisableMultiRegionAccessPoints": False,
    }

    def resolve(bucket: str, region: str, url: str | None) -> tuple[str, str, str]:
        asked = {"Bucket": bucket, "Region": region, "Endpoint": url, **fixed}
        try:
            found = rules.resolve_endpoint(**{name: value for name, value in asked.items() if value is not None})
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
        return found.url, scheme.get("signingRegion", region), scheme.get("signingName", "s3")

    return resolve
