# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From options, environment and configuration files to endpoints, credentials, proxies and certificates."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import resource
import socket
import ssl
import threading
from urllib.parse import parse_qsl

import pytest
from ansible_collections.stowage.s3.plugins.module_utils import _connection
from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._connection import connect
from ansible_collections.stowage.s3.plugins.module_utils._errors import ConnectionFailed, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scripted import Scripted, answer, error

KEYS = {"access_key": "AK", "secret_key": "SECRET"}


class Module:
    """As much of AnsibleAWSModule as a connection needs."""

    def __init__(self, **params):
        self.params = {"validate_certs": True, **params}


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def endpoint(bucket="bucket", **params):
    connection = connect(Module(**{"region": "us-west-2", **KEYS, **params}))
    try:
        return connection.bucket(bucket)._exchange._endpoint
    finally:
        connection.close()


def url(place):
    return f"{'https' if place.secure else 'http'}://{place.header}{place.path}"


# Endpoints


ACCESS_POINT = "arn:aws:s3:eu-west-1:123456789012:accesspoint/point"


@pytest.mark.parametrize(
    ("bucket", "params", "expected"),
    [
        ("bucket", {}, "https://bucket.s3.us-west-2.amazonaws.com"),
        ("my.dotted.bucket", {}, "https://s3.us-west-2.amazonaws.com/my.dotted.bucket"),
        ("bucket", {"region": "cn-north-1"}, "https://bucket.s3.cn-north-1.amazonaws.com.cn"),
        ("bucket", {"region": None}, "https://bucket.s3.us-east-1.amazonaws.com"),
        ("bucket", {"aws_config": {"s3": {"addressing_style": "path"}}}, "https://s3.us-west-2.amazonaws.com/bucket"),
        ("bucket", {"aws_config": {"use_fips_endpoint": True}}, "https://bucket.s3-fips.us-west-2.amazonaws.com"),
        (
            "bucket",
            {"aws_config": {"use_dualstack_endpoint": True}},
            "https://bucket.s3.dualstack.us-west-2.amazonaws.com",
        ),
        (
            "bucket",
            {"aws_config": {"s3": {"use_accelerate_endpoint": True}}},
            "https://bucket.s3-accelerate.amazonaws.com",
        ),
        (ACCESS_POINT, {}, "https://point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com"),
        (
            "bucket",
            {"endpoint_url": "https://bucket.vpce-1a2b-3c.s3.us-west-2.vpce.amazonaws.com"},
            "https://bucket.bucket.vpce-1a2b-3c.s3.us-west-2.vpce.amazonaws.com",
        ),
        ("bucket", {"endpoint_url": "http://127.0.0.1:8333"}, "http://127.0.0.1:8333/bucket"),
        ("Old_Bucket", {"endpoint_url": "https://[::1]:9000/s3/"}, "https://[::1]:9000/s3/Old_Bucket"),
        ("bucket", {"endpoint_url": "https://minio.test"}, "https://minio.test/bucket"),
        (
            "bucket",
            {"endpoint_url": "https://minio.test", "aws_config": {"s3": {"addressing_style": "virtual"}}},
            "https://bucket.minio.test",
        ),
    ],
)
def test_where_a_bucket_is(bucket, params, expected):
    assert url(endpoint(bucket, **params)) == expected


def test_an_access_point_is_signed_for_its_own_region():
    assert endpoint(ACCESS_POINT).region == "eu-west-1"


@pytest.mark.parametrize(
    ("bucket", "reason"),
    [
        ("data--use1-az4--x-s3", "directory bucket"),
        ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap", "multi-region"),
        ("arn:aws:s3:us-east-1:123456789012:nonsense/x", "No endpoint"),
        ("a/b", "no bucket name"),
        ("", "no bucket name"),
        ("..", "no bucket name"),
    ],
)
def test_what_is_no_bucket_to_work_with(bucket, reason):
    with pytest.raises(StowageError, match=reason):
        endpoint(bucket)


@pytest.mark.parametrize("bad", ["127.0.0.1:8333", "ftp://host", "http://", "http://user:pw@host", "http://host:99999"])
def test_bad_endpoint_urls_are_refused(bad):
    with pytest.raises(StowageError, match="endpoint"):
        connect(Module(endpoint_url=bad, **KEYS))


def test_the_endpoint_may_come_from_the_environment_or_a_profile(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://env.test:1")
    assert url(endpoint()) == "http://env.test:1/bucket"
    assert url(endpoint(endpoint_url="http://option.test")) == "http://option.test/bucket"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert url(endpoint()) == "https://bucket.s3.us-west-2.amazonaws.com"
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    monkeypatch.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    (tmp_path / "config").write_text(
        "[profile p]\nregion = eu-central-1\ns3 =\n  addressing_style = path\nendpoint_url = http://file.test\n"
        "[profile q]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n"
    )
    (tmp_path / "credentials").write_text(
        "".join(f"[{name}]\naws_access_key_id = PK\naws_secret_access_key = PS\n" for name in "pq")
    )
    assert url(endpoint(profile="p", access_key=None, secret_key=None, region=None)) == "http://file.test/bucket"
    found = endpoint(profile="q", access_key=None, secret_key=None, region=None)
    assert url(found) == "https://s3.eu-central-1.amazonaws.com/bucket"


@pytest.mark.parametrize(
    ("params", "identity", "ordered"),
    [
        ({"region": "us-west-2"}, "aws:aws", True),
        ({"region": "eu-central-1"}, "aws:aws", True),
        ({"region": "cn-north-1"}, "aws:aws-cn", True),
        ({"endpoint_url": "https://bucket.vpce-1-2.s3.us-west-2.vpce.amazonaws.com"}, "aws:aws", True),
        ({"endpoint_url": "http://LOCALHOST:8333"}, "localhost:8333", False),
        ({"endpoint_url": "https://s3.amazonaws.com.evil.test"}, "s3.amazonaws.com.evil.test", False),
    ],
)
def test_whose_s3_it_is_and_whether_its_order_is_trusted(params, identity, ordered):
    connection = connect(Module(**KEYS, **params))
    assert connection.endpoint_identity == identity
    assert connection.bucket("bucket").ordered is ordered
    assert connect(Module(**KEYS, **params), ordered=True).bucket("bucket").ordered is True


@pytest.mark.parametrize(
    ("config", "environment", "expected"),
    [
        (None, None, 5),
        ({"retries": {"max_attempts": 2}}, None, 3),
        ({"retries": {"total_max_attempts": 2}}, None, 2),
        ({"retries": {"max_attempts": 0}}, "9", 1),
        (None, "9", 9),
    ],
)
def test_attempts(monkeypatch, config, environment, expected):
    if environment:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", environment)
    assert connect(Module(aws_config=config, **KEYS))._service.attempts == expected


# Credentials


def test_no_credentials():
    with pytest.raises(StowageError, match="No AWS credentials were found"):
        connect(Module())


def test_half_of_the_credentials():
    with pytest.raises(StowageError, match="'secret_key' must be given"):
        connect(Module(access_key="AK"))


def test_an_unknown_profile():
    with pytest.raises(StowageError, match="nobody"):
        connect(Module(profile="nobody"))


def test_credentials_of_a_process_are_fetched_anew_when_refused(tmp_path, scripted):
    script = tmp_path / "fetch"
    script.write_text(
        f"""#!/bin/sh
echo x >> {tmp_path}/count
cat <<END
{{"Version": 1, "AccessKeyId": "AK$(wc -l < {tmp_path}/count | tr -d ' ')", "SecretAccessKey": "S",
"SessionToken": "T", "Expiration": "2099-01-01T00:00:00Z"}}
END
"""
    )
    script.chmod(0o755)
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = {script}\n")
    connection = connect(Module(profile="p", endpoint_url=f"http://127.0.0.1:{scripted.port}"))
    scripted.play(answer(), error(400, "ExpiredToken"), answer(), answer())
    bucket = connection.bucket("bucket")
    for _time in range(3):
        bucket.get("a", lambda head, reader: None)
    connection.close()
    used = [request.headers["authorization"].split("Credential=")[1].split("/")[0] for request in scripted.requests]
    assert used == ["AK1", "AK1", "AK2", "AK2"]


# Roles and accounts: a server for another S3 serves STS too


def role(access="ASIA", expires="2099-01-01T00:00:00Z"):
    return answer(
        body='<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>{access}</AccessKeyId><SecretAccessKey>S2</SecretAccessKey><SessionToken>T2</SessionToken>"
        f"<Expiration>{expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        content_type="text/xml",
    )


def identity(account):
    return answer(
        body='<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{account}:user/x</Arn><Account>{account}</Account></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>",
        content_type="text/xml",
    )


def refused():
    return answer(
        403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>",
        content_type="text/xml",
    )


ROLE = "arn:aws:iam::123456789012:role/backup"


@pytest.fixture
def at_server(scripted):
    """Makes a module that is connected to the scripted server."""
    return lambda **params: Module(
        endpoint_url=f"http://127.0.0.1:{scripted.port}", region="eu-west-1", **KEYS, **params
    )


def test_a_role_is_assumed_with_its_external_id(scripted, at_server):
    scripted.play(role(), answer())
    connection = connect(at_server(assume_role_arn=ROLE, assume_role_external_id="ext"))
    connection.bucket("bucket").check()
    connection.close()
    asked = dict(parse_qsl(scripted.requests[0].body.decode()))
    assert (asked["Action"], asked["RoleArn"], asked["ExternalId"]) == ("AssumeRole", ROLE, "ext")
    assert "Credential=ASIA/" in scripted.requests[1].headers["authorization"]
    assert scripted.requests[1].headers["x-amz-security-token"] == "T2"


def test_a_role_is_assumed_again_before_it_ends(scripted, at_server):
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=30)).isoformat()
    scripted.play(role("ASIA1", soon), role("ASIA2"), answer())
    connection = connect(at_server(assume_role_arn=ROLE))
    connection.bucket("bucket").check()
    connection.close()
    assert "Credential=ASIA2/" in scripted.requests[-1].headers["authorization"]


def test_a_role_that_may_not_be_assumed(scripted, at_server):
    scripted.play(refused())
    with pytest.raises(StowageError, match=r"assume-role.*AccessDenied.*not you.*trust policy"):
        connect(at_server(assume_role_arn=ROLE))


def test_a_session_carries_tags(scripted, at_server):
    scripted.play(role(), answer())
    connection = connect(at_server(assume_role_arn=ROLE, assume_role_session_tags={"team": "web", "cost": 7}))
    connection.bucket("bucket").check()
    connection.close()
    asked = dict(parse_qsl(scripted.requests[0].body.decode()))
    tags = {asked[f"Tags.member.{n}.Key"]: asked[f"Tags.member.{n}.Value"] for n in (1, 2)}
    assert tags == {"cost": "7", "team": "web"}


@pytest.mark.parametrize("option", [{"assume_role_external_id": "x"}, {"assume_role_session_tags": {"a": "b"}}])
def test_what_goes_with_a_role_is_nothing_without_one(at_server, option):
    with pytest.raises(StowageError, match=f"'{next(iter(option))}' means nothing without 'assume_role_arn'"):
        connect(at_server(**option))


def test_the_expected_account_is_asked_for_once(scripted, at_server):
    scripted.play(identity("123456789012"))
    module = at_server(expected_account="123456789012")
    connect(module)
    boto_client(module, "iam")
    assert len(scripted.requests) == 1


def test_the_account_is_that_of_the_role(scripted, at_server):
    scripted.play(role(), identity("123456789012"))
    connect(at_server(assume_role_arn=ROLE, expected_account="123456789012"))
    assert "Credential=ASIA/" in scripted.requests[1].headers["authorization"]


@pytest.mark.parametrize("make", [connect, lambda module: boto_client(module, "s3")])
def test_another_account_stops_everything(scripted, at_server, make):
    scripted.play(identity("999999999999"))
    with pytest.raises(StowageError, match=r"account 999999999999 .*123456789012.*nothing was done"):
        make(at_server(expected_account="123456789012"))


@pytest.mark.parametrize(
    "said", [refused(), answer(200, "<html>Welcome</html>"), answer(200, "welcome"), answer(404, "nobody here")]
)
def test_an_unknown_account_stops_everything(scripted, at_server, said):
    scripted.play(said)
    with pytest.raises(StowageError, match="could not be found out"):
        connect(at_server(expected_account="123456789012"))


@pytest.mark.parametrize("bad", ["123", "0o12345", "12345678901x"])
def test_a_bad_account_number(at_server, bad):
    with pytest.raises(StowageError, match="12 digits"):
        connect(at_server(expected_account=bad))


# boto3


def test_boto_clients_share_the_connections_ways(scripted, at_server):
    scripted.play(role())
    module = at_server(assume_role_arn=ROLE)
    s3, iam = boto_client(module, "s3"), boto_client(module, "iam")
    assert s3.meta.endpoint_url == iam.meta.endpoint_url == f"http://127.0.0.1:{scripted.port}"
    assert s3.meta.config.s3["addressing_style"] == "path"
    assert s3.meta.config.request_checksum_calculation == "when_required"
    assert s3._get_credentials().get_frozen_credentials().access_key == "ASIA"


def test_boto_clients_for_aws_keep_boto3s_ways():
    s3 = boto_client(Module(region="eu-west-1", **KEYS), "s3")
    assert s3.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"
    assert s3.meta.config.request_checksum_calculation != "when_required"


def test_a_boto_client_of_another_region():
    module = Module(**KEYS, region="eu-west-1")
    regions = [boto_client(module, "s3", region=region).meta.region_name for region in ("", "us-west-2")]
    assert regions == ["eu-west-1", "us-west-2"]


def test_an_aws_endpoint_of_s3_is_s3s_alone():
    door = "https://bucket.vpce-1-2.s3.us-west-2.vpce.amazonaws.com"
    module = Module(region="us-west-2", endpoint_url=door, **KEYS)
    assert boto_client(module, "s3").meta.endpoint_url == door
    assert boto_client(module, "sts").meta.endpoint_url == "https://sts.us-west-2.amazonaws.com"


def test_the_users_own_boto_settings_win(at_server):
    config = {
        "request_checksum_calculation": "when_supported",
        "s3": {"addressing_style": "virtual"},
        "max_pool_connections": 3,
    }
    s3 = boto_client(at_server(aws_config=config), "s3", at_once=24)
    assert s3.meta.config.max_pool_connections == 3
    assert s3.meta.config.request_checksum_calculation == "when_supported"
    assert s3.meta.config.s3["addressing_style"] == "virtual"


# Proxies


def proxy(place, **params):
    access = _connection._access(Module(**KEYS, **params))
    return _connection._proxy(access.config, *place)


def test_proxies_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p%40ss@proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "internal.test")
    found = proxy((True, "s3.test", 443))
    assert (found.host, found.port) == ("proxy.test", 3128)
    assert found.authorization == "Basic dXNlcjpwQHNz"
    assert "dXNlcjpwQHNz" not in repr(found)
    assert proxy((True, "s3.internal.test", 443)) is None
    assert proxy((False, "s3.test", 80)) is None


def test_proxies_of_aws_config_win(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://other.test:1")
    found = proxy((True, "s3.test", 443), aws_config={"proxies": {"https": "mine.test:8080"}})
    assert (found.host, found.port, found.authorization) == ("mine.test", 8080, "")


def test_a_proxy_behind_tls_is_refused(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "https://user:geheim@proxy.test")
    with pytest.raises(StowageError, match="not supported") as caught:
        proxy((True, "s3.test", 443))
    assert "geheim" not in str(caught.value)


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody has signed, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(path)


@pytest.fixture
def secure(certificate):
    """The scripted server behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Scripted(context)
    yield server
    server.stop()


def over_tls(server, **params):
    module = Module(endpoint_url=f"https://127.0.0.1:{server.port}", region="eu-west-1", **KEYS, **params)
    return connect(module)


def test_an_unknown_certificate_is_refused_at_once(secure):
    with pytest.raises(ConnectionFailed, match=r"certificate.*'aws_ca_bundle'"):
        over_tls(secure).bucket("bucket").check()
    assert secure.requests == []


@pytest.mark.parametrize("way", ["option", "profile", "off"])
def test_tls_with_the_users_certificates(secure, certificate, tmp_path, way):
    params = {"option": {"aws_ca_bundle": certificate}, "off": {"validate_certs": False}, "profile": {}}[way]
    if way == "profile":
        (tmp_path / "config").write_text(f"[default]\nca_bundle = {certificate}\n")
    body = os.urandom(3_000_000)
    secure.play(answer(body=body), answer(body="small"), answer(etag='"e"'))
    connection = over_tls(secure, **params)
    bucket = connection.bucket("bucket")
    assert bucket.get("a", lambda head, reader: reader.read(5_000_000)) == body
    assert bucket.get("a", lambda head, reader: reader.read(100)) == b"small"
    bucket.put("a", body[:500_000], {})
    connection.close()
    assert secure.requests[2].body == body[:500_000]
    assert [request.connection for request in secure.requests] == [1, 1, 1]


def test_tls_through_a_proxys_tunnel(secure, certificate, monkeypatch):
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def pump(source, target):
            while data := source.recv(65536):
                target.sendall(data)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        def serve():
            client, _address = listener.accept()
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += client.recv(1000)
            seen.append(request)
            with client, socket.create_connection(("127.0.0.1", secure.port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(server, client))
                back.start()
                pump(client, server)
                back.join(10)

        thread = threading.Thread(target=serve)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pw@127.0.0.1:{listener.getsockname()[1]}")
        secure.play(answer(body="through"))
        connection = over_tls(secure, aws_ca_bundle=certificate)
        assert connection.bucket("bucket").get("a", lambda head, reader: reader.read(100)) == b"through"
        connection.close()
        thread.join(10)
    assert seen[0].startswith(f"CONNECT 127.0.0.1:{secure.port} HTTP/1.1\r\n".encode())
    assert b"proxy-authorization: Basic dXNlcjpwdw==" in seen[0]
    assert secure.requests[0].target == "/bucket/a"
    assert "proxy-authorization" not in secure.requests[0].headers


def test_a_file_goes_unsigned_over_tls(secure, certificate, tmp_path):
    (tmp_path / "f").write_bytes(b"data")
    secure.play(answer(etag='"e"'))
    connection = over_tls(secure, aws_ca_bundle=certificate)
    with (tmp_path / "f").open("rb") as file:
        connection.bucket("bucket").put("a", FileSlice(file.fileno(), 0, 4), {})
    connection.close()
    assert secure.requests[0].headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"


def test_what_tls_says_of_itself_is_no_answer(secure, certificate, monkeypatch):
    # The server sends tickets after the handshake, and does not know Expect.
    monkeypatch.setattr(exchange, "CONTINUE_TIMEOUT", 0.1)
    secure.play(answer(etag='"e"'), answer(etag='"e"'))
    body = b"x" * (1 << 20)
    connection = over_tls(secure, aws_ca_bundle=certificate)
    for _time in range(2):
        assert connection.bucket("bucket").put("a", body, {}).etag == "e"
    connection.close()
    assert [request.body == body for request in secure.requests] == [True, True]


def test_a_ca_bundle_that_is_not_there():
    with pytest.raises(StowageError, match="/no/such"):
        connect(Module(aws_ca_bundle="/no/such", **KEYS))


@pytest.mark.parametrize(
    ("files", "most"),
    [(resource.RLIM_INFINITY, 256), (65536, 256), (256, 58), (64, 10), (24, 1), (3, 1)],
)
def test_few_open_files_mean_few_requests_at_once(monkeypatch, files, most):
    monkeypatch.setattr(_connection.resource, "getrlimit", lambda which: (files, files))
    assert _connection.most_at_once() == most
