# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Our signatures against botocore's, over generated requests."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import signing
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Keys
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# A busy machine may be slow: that is no failure.
STEADY = settings(derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip)
NAME = st.from_regex(r"x-amz-(meta-)?[a-z0-9-]{1,20}", fullmatch=True)
SECONDS = st.integers(0, 4_000_000_000)


@STEADY
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    key=UNICODE,
    query=st.dictionaries(
        st.sampled_from(["prefix", "uploadId", "partNumber", "delete", "list-type"]), UNICODE | st.just("")
    ),
    headers=st.dictionaries(NAME | st.sampled_from(["content-type", "if-match", "range", "content-md5"]), VALUE),
    token=st.sampled_from(["", "token/+="]),
    seconds=SECONDS,
    payload=st.sampled_from([signing.EMPTY_SHA256, "a" * 64]),
)
def test_same_signature_as_botocore(method, key, query, headers, token, seconds, payload):
    keys = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    path, text = "/bucket/" + signing.encode_key(key), signing.encode_query(query.items())
    reserved = ("x-amz-date", "x-amz-content-sha256", "x-amz-security-token")
    headers = {name: value for name, value in headers.items() if name not in reserved}
    headers["host"] = "127.0.0.1:8333"

    ours = {**headers, "x-amz-date": signing.stamp(seconds), "x-amz-content-sha256": payload}
    if token:
        ours["x-amz-security-token"] = token

    request = AWSRequest(method, f"http://127.0.0.1:8333{path}", headers=headers, data=b"")
    if text:
        request.url += "?" + text
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    signer = S3SigV4Auth(Credentials(keys.access, keys.secret, token or None), "s3", "eu-west-1")
    with (
        mock.patch("botocore.auth.get_current_datetime", return_value=moment),
        mock.patch.object(S3SigV4Auth, "payload", return_value=payload),
    ):
        signer.add_auth(request)

    assert signing.authorization(method, path, text, ours, keys, "eu-west-1") == request.headers["Authorization"]


@pytest.mark.parametrize("key", ["a//b", "./a", "../a", "a/..", "/a", "a/"])
def test_the_path_is_not_normalised(key):
    assert signing.encode_key(key) == key


@pytest.mark.parametrize(
    ("key", "path"),
    [("a b+c", "a%20b%2Bc"), ("100%", "100%25"), ("~-_.", "~-_."), ("é", "%C3%A9"), ("?#&='", "%3F%23%26%3D%27")],
)
def test_keys_are_encoded_once(key, path):
    assert signing.encode_key(key) == path


def test_what_is_not_unicode_is_an_error():
    with pytest.raises(StowageError, match="UTF-8"):
        signing.encode_key("caf\udce9")
    with pytest.raises(StowageError, match="UTF-8"):
        signing.encode_query([("prefix", "caf\udce9")])


def test_the_secret_is_not_shown():
    assert "SECRET" not in repr(Keys("AK", "SECRET", "SECRETTOKEN"))
