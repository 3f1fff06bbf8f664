# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is answered without botocore is what botocore answers, and nothing else is."""

from __future__ import annotations

import functools
import itertools
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import botocore.endpoint_provider
import botocore.hooks
import botocore.httpsession
import botocore.session
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.botocore import (
    MINIMUM_BOTO3_VERSION,
    MINIMUM_BOTOCORE_VERSION,
)
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.stowage.s3.plugins.module_utils import _connection, _module
from ansible_collections.stowage.s3.plugins.module_utils._access import access_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._plain import aws_url, plain
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import create_loader
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = pathlib.Path(__file__)
CONFIG = """
[default]
region = eu-west-3
endpoint_url = http://file.test
[profile p]
region = eu-north-1
s3 =
  addressing_style = virtual
"""
# As the options come from Ansible, which looks at the variables that amazon.aws names, too.
OPTIONS = {
    "access_key": ["AK", "", None],
    "secret_key": ["SK", "", None],
    "session_token": [None, "TOKEN", ""],
    "region": [None, "eu-central-1", "", "nowhere"],
    "endpoint_url": ["http://127.0.0.1:8333", "https://minio.test/s3/", None, "", "https://[::1]:9000", "nonsense",
                     "https://s3.us-west-2.amazonaws.com", "http://u:p@host.test"],
    "validate_certs": [True, False],
    "aws_ca_bundle": [None, "", str(HERE), "/does/not/exist"],
    "profile": [None, "", "p"],
    "aws_config": [None, {}, {"retries": {"max_attempts": 1}}, {"s3": {"addressing_style": "virtual"}}],
    "expected_account": [None, ""],
    "assume_role_arn": [None, ""],
    "assume_role_session_tags": [None, {}],
}  # fmt: skip
VARIABLES = {
    "AWS_ACCESS_KEY_ID": ["AK", "OTHER"],
    "AWS_SECRET_ACCESS_KEY": ["SK"],
    "AWS_SESSION_TOKEN": ["OTHER"],
    "AWS_SECURITY_TOKEN": ["OTHER"],
    "AWS_CREDENTIAL_EXPIRATION": ["2020-01-01T00:00:00Z"],
    "AWS_REGION": ["sa-east-1"],
    "AWS_DEFAULT_REGION": ["ap-south-1", ""],
    "AWS_URL": ["http://url.test"],
    "AWS_ENDPOINT_URL": ["http://env.test:1", ""],
    "AWS_ENDPOINT_URL_S3": ["http://env.test:3", "", "https://s3.amazonaws.com"],
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ["true"],
    "AWS_PROFILE": ["p", "nobody"],
    "AWS_DEFAULT_PROFILE": ["p"],
    "AWS_CA_BUNDLE": [str(HERE), "/does/not/exist", ""],
    "AWS_MAX_ATTEMPTS": ["9"],
    "AWS_RETRY_MODE": ["legacy"],
    "AWS_DEFAULTS_MODE": ["standard"],
    "AWS_USE_FIPS_ENDPOINT": ["true"],
    "AWS_CONFIG_FILE": ["$CONFIG_PLACE", os.devnull, "", "/does/not/exist"],
    "AWS_SHARED_CREDENTIALS_FILE": ["$CONFIG_PLACE", os.devnull, ""],
    "AWS_EC2_METADATA_DISABLED": ["true"],
    "HTTP_PROXY": ["http://proxy.test:3128"],
    "https_proxy": ["http://proxy.test:3128"],
    "NO_PROXY": ["*", "minio.test"],
}
PLAIN = {"access_key": "AK", "secret_key": "SK", "endpoint_url": "http://127.0.0.1:8333", "validate_certs": True}


KINDS = ("option", "variable", "file")


class Module:
    """As much of a module as a connection needs."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def fail_json(self, msg: str) -> None:
        raise AssertionError(msg)


def answers(access: Any, module: Module) -> dict[str, Any]:
    """All that a connection asks."""
    endpoint = _connection._endpoints(module, access)
    places = [(True, "s3.test", 443), (False, "s3.test", 80), (True, "minio.test", 443)]
    names = ("region", "endpoint_url", "verify", "aws", "attempts", "s3_options")
    config = {
        name: getattr(access.config, name, None) or default
        for name, default in [("connect_timeout", 60), ("read_timeout", 60), ("client_cert", None), ("proxies", None)]
    }
    return {
        **{name: getattr(access, name) for name in names},
        **config,
        "keys": access.keys(),
        "renewed": access.renew(access.keys()),
        "identity": _connection._identity(access),
        "buckets": [endpoint(name, region) for name in ("bucket", "a.b") for region in (access.region, "eu-west-2")],
        "proxies": [_connection._proxy(access.config, *place) for place in places],
    }


CHANGES = [
    *(("option", name, value) for name, values in OPTIONS.items() for value in values),
    *(("variable", name, value) for name, values in VARIABLES.items() for value in values),
    ("file", ".aws/config", CONFIG),
    ("file", ".aws/credentials", CONFIG),
]


@pytest.mark.parametrize("variables", [{"AWS_ENDPOINT_URL": "http://env.test:1"}, {}], ids=["another's", "AWS"])
def test_what_is_answered_is_botocores_answer(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """The usual case with any two changes."""
    options = {**PLAIN, "endpoint_url": None}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(CONFIG)
    (tmp_path / ".aws").mkdir()
    answered = 0
    # botocore's data are the same for all sessions, and take long to load.
    loader = create_loader()
    monkeypatch.setattr(botocore.session, "create_loader", lambda _paths: loader)
    rules = EndpointProvider(loader.load_service_model("s3", "endpoint-rule-set-1"), loader.load_data("partitions"))
    monkeypatch.setattr(botocore.endpoint_provider, "EndpointProvider", lambda *_data: rules)
    # So are what it registers, and under which names.
    monkeypatch.setattr(botocore.hooks, "accepts_kwargs", functools.cache(botocore.hooks.accepts_kwargs))
    name_of = functools.cache(
        functools.partial(botocore.hooks.EventAliaser._alias_event_name, botocore.session.Session()._events)
    )
    monkeypatch.setattr(botocore.hooks.EventAliaser, "_alias_event_name", lambda _self, name: name_of(name))
    for changes in itertools.combinations(CHANGES, 2):
        chosen = {kind: {name: value for sort, name, value in changes if sort == kind} for kind in KINDS}
        params = {**options, **chosen["option"]}
        environment = {**kept, "HOME": str(tmp_path), "CONFIG_PLACE": str(elsewhere), **variables, **chosen["variable"]}
        for name, content in chosen["file"].items():
            (tmp_path / name).write_text(content)
        with mock.patch.dict(os.environ, environment, clear=True):
            found = plain(params, os.environ)
            if found is not None:
                answered += 1
                module = Module(params)
                assert answers(found, module) == answers(access_of(module), module), changes
        for name in chosen["file"]:
            (tmp_path / name).unlink()
    assert answered > 500


def test_the_usual_case_is_plain(tmp_path: pathlib.Path) -> None:
    for more in ({}, {"AWS_ENDPOINT_URL": "http://a.test"}, {"AWS_CONFIG_FILE": os.devnull, "AWS_REGION": "us-east-1"}):
        with mock.patch.dict(os.environ, {"HOME": str(tmp_path)}):
            assert plain(PLAIN, more) is not None
            assert plain({**PLAIN, "endpoint_url": None}, more) is not None


def test_rules_of_the_users_own_are_heeded(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".aws" / "models").mkdir(parents=True)
    with mock.patch.dict(os.environ, {"HOME": str(tmp_path)}):
        assert plain({**PLAIN, "endpoint_url": None}, {}) is None
        assert plain(PLAIN, {}) is not None


Places = Callable[[str, str], Endpoint]
PARTITIONS: list[dict[str, Any]] = create_loader().load_data("partitions")["partitions"]
PLAIN_REGIONS = sorted({name for name in PARTITIONS[0]["regions"] if "global" not in name})
OTHER_REGIONS = sorted({name for one in PARTITIONS for name in one["regions"]} - set(PLAIN_REGIONS))
ODD_REGIONS = [
    "s3-external-1",
    "fips-us-east-1",
    "us-east-1-fips",
    "nowhere",
    "us-east-1\n",
    "xx-east-1",
    "",
    "us-east-x",
]
REGIONS = st.one_of(
    st.sampled_from(PLAIN_REGIONS),
    st.sampled_from(OTHER_REGIONS),
    st.sampled_from(ODD_REGIONS),
    st.from_regex(r"(us|eu|ap|mx|cn|zz)(-gov|-iso)?-[a-z]{1,5}-[0-9]{1,2}", fullmatch=True),
)
SUFFIXES = [
    "",
    "-s3alias",
    "--x-s3",
    "--xa-s3",
    "--usw2-az1--x-s3",
    "--op-s3",
    "--ol-s3",
    "--table-s3",
    ".mrap",
    "-",
    ".",
]
BUCKETS = st.one_of(
    st.builds(str.__add__, st.text("abc019-.", min_size=1, max_size=64), st.sampled_from(SUFFIXES)),
    st.text("aB1_-.", min_size=3, max_size=8),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", fullmatch=True),
    st.sampled_from(["arn:aws:s3:us-west-2:123456789012:accesspoint/ap", "arn:aws:s3:::bucket", "bucket\n", "", "a/b"]),
)


def place(places: Places, bucket: str, region: str) -> Any:
    """The endpoint, or the error's text."""
    try:
        return places(bucket, region)
    except StowageError as error:
        return str(error)


@pytest.fixture(scope="module")
def ways() -> tuple[Places, Places, Any]:
    """Where buckets are, without botocore and by its rules; and the answer that the latter comes from."""
    module = Module({**PLAIN, "endpoint_url": None, "region": "us-east-1"})
    with mock.patch.dict(os.environ, {"HOME": "/does/not/exist"}, clear=True):
        found, access = plain(module.params, os.environ), access_of(module)
        assert found is not None
        return _connection._endpoints(module, found), _connection._endpoints(module, access), access


@given(bucket=BUCKETS, region=REGIONS)
@settings(max_examples=1000, deadline=None)
def test_aws_has_a_bucket_where_botocore_says(ways: tuple[Places, Places, Any], bucket: str, region: str) -> None:
    ours, botocores, _access = ways
    assert place(ours, bucket, region) == place(botocores, bucket, region)


@given(region=REGIONS)
def test_aws_is_the_aws_that_botocore_says(ways: tuple[Places, Places, Any], region: str) -> None:
    params, access = {**PLAIN, "endpoint_url": None, "region": region}, ways[2]
    found = plain(params, dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull))
    assert (found is None) == (region != "" and aws_url("bucket", region) is None)
    if found is not None:
        assert _connection._identity(found) == _connection._identity(replace(access, region=found.region))


@pytest.mark.parametrize("region", PLAIN_REGIONS)
def test_all_regions_of_aws_are_plain(region: str) -> None:
    assert aws_url("my-bucket", region) == f"https://my-bucket.s3.{region}.amazonaws.com"
    assert aws_url("my.bucket", region) == f"https://s3.{region}.amazonaws.com/my.bucket"


@pytest.mark.parametrize("region", [*OTHER_REGIONS, *ODD_REGIONS])
def test_no_other_region_is(region: str) -> None:
    assert aws_url("my-bucket", region) is None


def test_the_authorities_are_botocores() -> None:
    assert _connection._authorities() == botocore.httpsession.get_cert_path(True)
    with mock.patch.dict(sys.modules, {"certifi": None}):
        assert _connection._authorities() == botocore.httpsession.DEFAULT_CA_BUNDLE


def test_the_options_are_amazons() -> None:
    assert aws_argument_spec() == _module.AWS_SPEC


def test_amazon_asks_for_no_newer_sdk() -> None:
    for minimum in (MINIMUM_BOTO3_VERSION, MINIMUM_BOTOCORE_VERSION):
        assert tuple(map(int, minimum.split("."))) <= _module.NEW_ENOUGH


SCRIPT = """
import sys
from ansible.module_utils.testing import patch_module_args
from ansible_collections.stowage.s3.plugins.modules import sync
for name in {absent!r}:
    sys.modules[name] = None
with patch_module_args({arguments!r}):
    try:
        sync.main()
    finally:
        print(sorted({{"boto3", "botocore", "awscrt"}} & {{name for name, module in sys.modules.items() if module}}))
"""


def run(home: pathlib.Path, absent: tuple[str, ...] = (), **options: Any) -> tuple[str, str]:
    """A run against a port where nobody listens: its result, and what is loaded at its end."""
    tree = home / "tree"
    tree.mkdir(exist_ok=True)
    arguments = {"source": str(tree), "destination": "s3://bucket", "endpoint_url": "http://127.0.0.1:1", **options}
    arguments |= {"access_key": "AK", "secret_key": "SK", "state_dir": str(home / "state")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(absent=absent, arguments=arguments)],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    result, loaded = done.stdout.strip().splitlines()[-2:]
    return result, loaded


def test_a_plain_run_loads_no_sdk(tmp_path: pathlib.Path) -> None:
    result, loaded = run(tmp_path)
    assert "127.0.0.1" in result
    assert loaded == "[]"


CONNECT = """
import sys
from ansible_collections.stowage.s3.plugins.module_utils import _connection
class Module:
    params = {params!r}
module = Module()
bucket = _connection.connect(module).bucket({bucket!r})
_connection._tls(_connection._access(module))
print(bucket.region, sorted({{"boto3", "botocore"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(("bucket", "loaded"), [("bucket", "[]"), ("a--b", "['boto3', 'botocore']")])
def test_a_way_to_aws_loads_no_sdk(tmp_path: pathlib.Path, bucket: str, loaded: str) -> None:
    params = {**PLAIN, "endpoint_url": None, "region": "eu-west-1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    script = CONNECT.format(params=params, bucket=bucket)
    environment["HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == f"eu-west-1 {loaded}\n"


@pytest.mark.parametrize("absent", [("boto3",), ("botocore",), ("boto3", "botocore")])
def test_without_the_sdk_amazon_says_so(tmp_path: pathlib.Path, absent: tuple[str, ...]) -> None:
    result, _loaded = run(tmp_path, absent)
    assert "Failed to import the required Python library (botocore and boto3)" in result


def test_without_packaging_amazon_warns(tmp_path: pathlib.Path) -> None:
    result, loaded = run(tmp_path, ("packaging",))
    assert "unable to check AWS SDK versions" in result
    assert "boto3" in loaded


def test_a_log_of_botocore_is_amazons(tmp_path: pathlib.Path) -> None:
    result, _loaded = run(tmp_path, debug_botocore_endpoint_logs=True)
    assert '"resource_actions": []' in result


def test_versions_are_read_without_loading() -> None:
    for name in ("boto3", "botocore"):
        assert ".".join(map(str, _module.version(name))) == sys.modules[name].__version__
    assert _module.version("no_such_package") == _module.version("encodings") == ()
