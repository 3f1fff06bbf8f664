# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What objects carry besides content: types, times, and what rules may ask for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.headers import checked, head
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import (
    Attributes,
    carried,
    content_type,
    format_mtime,
    parse_mtime,
    satisfied,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

STEADY = settings(derandomize=True, max_examples=300, deadline=None)
# What a file can have: from before 1970 to far beyond 64 bits of nanoseconds.
TIMES = st.integers(-99_999_999_999_999_999_999, 99_999_999_999_999_999_999)


# Types


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html"),
        ("a/b/INDEX.HTML", "text/html"),
        ("style.css", "text/css"),
        ("app.js", "text/javascript"),
        ("data.json", "application/json"),
        ("a.png", "image/png"),
        # A compressed file is its compression's type, whatever is in it.
        ("a.tar.gz", "application/gzip"),
        ("a.tgz", "application/gzip"),
        ("a.html.gz", "application/gzip"),
        ("a.tar.bz2", "application/x-bzip2"),
        ("a.tar.xz", "application/x-xz"),
        ("v1.2.3.html", "text/html"),
        ("README", "application/octet-stream"),
        ("dir.html/README", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("x.unknown-suffix", "application/octet-stream"),
        ("a" * 300 + ".txt", "text/plain"),
        ("a." + "b" * 300 + ".txt", "text/plain"),
        ("x:y?z#w.txt", "text/plain"),
        ("data:text/html,x", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_the_type_comes_from_the_suffix(key: str, expected: str) -> None:
    assert content_type(key) == expected


@STEADY
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_every_key_has_a_type_that_can_be_sent(key: str) -> None:
    assert checked({"content-type": content_type(key)})["content-type"].count("/") == 1


# Times


@STEADY
@given(TIMES)
@example(0)
@example(-1)
@example(1_500_000_000)
@example(1_500_000_000_123_456_789)
@example(10)
def test_times_come_back_to_the_nanosecond(nanoseconds: int) -> None:
    assert parse_mtime(format_mtime(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0"),
        (1_600_000_000_000_000_000, "1600000000"),
        (1_600_000_000_500_000_000, "1600000000.5"),
        (1, "0.000000001"),
        (-1, "-0.000000001"),
        (-1_500_000_000, "-1.5"),
    ],
)
def test_times_are_written_as_rclone_writes_them(nanoseconds: int, text: str) -> None:
    assert format_mtime(nanoseconds) == text


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1600000000.1234567891", 1_600_000_000_123_456_789),
        (" 5 ", 5_000_000_000),
        ("5.", None),
        (".5", None),
        ("", None),
        ("now", None),
        ("1e9", None),
        ("+5", None),
        ("--5", None),
        ("5.5.5", None),
        ("0x10", None),
        ("٣", None),
        ("nan", None),
        ("9" * 12, None),
        ("2026-01-01T00:00:00Z", None),
    ],
)
def test_what_is_no_time_is_none(text: str, nanoseconds: int | None) -> None:
    assert parse_mtime(text) == nanoseconds


@STEADY
@given(st.text(max_size=30))
def test_no_text_makes_the_reading_of_a_time_fail(text: str) -> None:
    assert parse_mtime(text) is None or text.strip()[-1].isdigit()


# What a rule may ask for


def asked_of(**rule: Any) -> Attributes:
    """A rule that is the second one."""
    return Attributes([{"match": ["other"]}, {"match": ["*"], **rule}])


HEADER_OPTIONS = ["content_type", "cache_control", "content_encoding", "content_disposition", "content_language"]
LONG = "x" * 1024
BAD_RULES: list[tuple[dict[str, Any], str, str]] = [
    *[({option: ""}, f"rules[1].{option}: ''", "Give printable text, or leave it out") for option in HEADER_OPTIONS],
    ({"content_type": "  "}, "content_type: '  '", "leave it out"),
    ({"cache_control": "a\r\nx-amz-acl: public-read"}, "cache_control", "Give printable text"),
    ({"cache_control": "a\nb"}, "cache_control", "Give printable text"),
    ({"storage_class": "A\0"}, "storage_class", "Give printable text"),
    ({"content_language": "a\x7f"}, "content_language", "Give printable text"),
    ({"content_type": "a\u2028b"}, "content_type", "Give printable text"),
    ({"content_disposition": 'attachment; filename="é"'}, "content_disposition", "filename*=UTF-8''"),
    ({"metadata": {"a b": "1"}}, "rules[1].metadata: 'a b'", "Use letters, digits and '-'"),
    ({"metadata": {"a:b": "1"}}, "metadata: 'a:b'", "Use letters"),
    ({"metadata": {"": "1"}}, "metadata: ''", "Use letters"),
    ({"metadata": {"é": "1"}}, "metadata: 'é'", "Use letters"),
    ({"metadata": {"a\r\nx-amz-acl": "public-read"}}, "metadata: ", "Use letters"),
    ({"metadata": {"a": "1\r\nx-amz-acl: public-read"}}, "rules[1].metadata.a: ", "Give printable text"),
    ({"metadata": {"a": "\0"}}, "rules[1].metadata.a: ", "Give printable text"),
    ({"metadata": {"a": " b"}}, "rules[1].metadata.a: ' b'", "without surrounding spaces"),
    ({"metadata": {"mtime": "1"}}, "metadata: 'mtime'", "written by the sync itself"),
    ({"metadata": {"Stowage-SHA256": "1"}}, "metadata: 'Stowage-SHA256'", "written by the sync itself"),
    ({"metadata": {"a": "1", "A": "2"}}, "metadata: 'A' is given twice", "Give it once"),
    ({"metadata": {"a": LONG, "b": LONG}}, "rules[1].metadata: 2050 bytes", "Shorten it"),
    ({"metadata": {"a": "é" * 1000}}, "rules[1].metadata: 2001 bytes", "S3 allows 2048"),
    ({"tags": {"a": "b!"}}, "rules[1].tags: 'a': 'b!' has '!'", "S3 allows letters, digits, spaces"),
    ({"tags": {"a&b": "c"}}, "has '&'", "S3 allows letters"),
    ({"tags": {"a": "b\n"}}, "has '\\n'", "S3 allows letters"),
    ({"tags": {"a": "\0"}}, "has '\\x00'", "S3 allows letters"),
    ({"tags": {"AWS:x": "1"}}, "begins with 'aws:'", "AWS keeps for itself"),
    ({"tags": {"": "1"}}, "keys of 1 to 128", "Shorten them"),
    ({"tags": {"k" * 129: "1"}}, "keys of 1 to 128", "Shorten them"),
    ({"tags": {"k": "v" * 257}}, "values of up to 256", "Shorten them"),
    ({"tags": {str(number): "" for number in range(11)}}, "10 tags an object", "given were 11"),
]


@pytest.mark.parametrize(("rule", "given", "remedy"), BAD_RULES)
def test_what_s3_would_refuse_is_refused_at_once(rule: dict[str, Any], given: str, remedy: str) -> None:
    with pytest.raises(StowageError) as refused:
        asked_of(**rule)
    assert given in str(refused.value) and remedy in str(refused.value)
    # The message itself breaks no line of a log.
    assert "\r" not in str(refused.value) and "\0" not in str(refused.value)


@pytest.mark.parametrize(
    "rule",
    [
        {"metadata": {"a": "x" * (2048 - 120 - 1)}},
        {"metadata": {"Owner": "Grüße ✓", "n": 5}},
        {"tags": {"k" * 128: "v" * 256, "é ✓"[:1]: "a_.:/=+-@ 1"}},
        {"tags": {str(number): "" for number in range(10)}},
        {"tags": {}},
        {"content_disposition": "attachment; filename*=UTF-8''%C3%A9"},
        dict.fromkeys(HEADER_OPTIONS),
    ],
)
def test_what_s3_takes_is_taken(rule: dict[str, Any]) -> None:
    attributes = asked_of(**rule)
    headers = attributes.for_upload("k", mtime_ns=1, digest="0" * 64)
    assert checked(headers).keys() == headers.keys()
    assert {name: value for name, value in attributes.asked("k").headers.items() if value}.items() <= headers.items()
    assert bool(attributes.asked("k").headers) is any(value is not None for value in rule.values())


def test_the_syncs_own_metadata_have_room_beside_the_largest() -> None:
    headers = asked_of(metadata={"a": "x" * (2048 - 120 - 1)}).for_upload("k", mtime_ns=-(10**20), digest="0" * 64)
    size = sum(len(name) - len("x-amz-meta-") + len(value) for name, value in headers.items() if "-meta-" in name)
    assert size <= 2048


def test_the_first_rule_that_matches_counts_alone() -> None:
    rules = [
        {"match": ["*.html"], "cache_control": "no-cache"},
        {"match": ["*"], "content_language": "en", "cache_control": "max-age=1"},
    ]
    attributes = Attributes(rules, storage_class="STANDARD_IA")
    assert attributes.asked("d/a.html").headers == {"cache-control": "no-cache"}
    assert attributes.asked("a").headers == {"content-language": "en", "cache-control": "max-age=1"}
    assert Attributes(rules[:1]).asked("a").digest == b""


def test_a_rules_word_comes_before_the_options_and_the_suffixs() -> None:
    attributes = Attributes(
        [{"match": ["a.html"], "storage_class": "GLACIER_IR", "content_type": "x/y"}],
        storage_class="STANDARD_IA",
        acl="private",
    )
    one = attributes.for_upload("a.html", mtime_ns=1_500_000_000, digest="d")
    assert (one["x-amz-storage-class"], one["content-type"], one["x-amz-acl"]) == ("GLACIER_IR", "x/y", "private")
    assert (one["x-amz-meta-mtime"], one["x-amz-meta-stowage-sha256"]) == ("1.5", "d")
    assert attributes.for_upload("b.html", mtime_ns=0, digest="d")["x-amz-storage-class"] == "STANDARD_IA"


def test_the_digest_of_what_is_asked_tells_all_apart_and_not_the_order() -> None:
    rules: list[dict[str, Any]] = [
        {},
        *[{option: "a"} for option in [*HEADER_OPTIONS, "storage_class"]],
        {"cache_control": "b"},
        {"metadata": {"a": "b"}},
        {"metadata": {"ab": ""}},
        {"tags": {}},
        {"tags": {"a": "b"}},
        {"tags": {"a": "", "b": ""}},
    ]
    digests = [asked_of(**rule).asked("k").digest for rule in rules]
    assert len(set(digests)) == len(digests)
    one = asked_of(metadata={"a": "1", "b": "2"}).asked("k").digest
    assert one == Attributes([{"match": ["k"], "metadata": {"B": 2, "A": "1"}}]).asked("k").digest


def test_tags_are_sent_as_a_query() -> None:
    tags = {"team": "web + co = é/@", "empty": ""}
    attributes = Attributes([{"match": ["*"], "tags": tags}])
    sent = checked(attributes.for_upload("k", mtime_ns=0, digest=""))["x-amz-tagging"]
    assert {name: values[0] for name, values in parse_qs(sent, keep_blank_values=True).items()} == tags
    # No tags: nothing to be said of a new object, and all to be said of an old one.
    none = Attributes([{"match": ["*"], "tags": {}}])
    assert "x-amz-tagging" not in none.for_upload("k", mtime_ns=0, digest="")
    assert none.for_copy("k", None) == {"x-amz-tagging-directive": "REPLACE", "x-amz-tagging": ""}


# What a copy has to say again

THEIRS = {
    "content-type": "x/y", "cache-control": "c", "content-encoding": "aws-chunked,gzip", "content-disposition": "d",
    "content-language": "l", "expires": "e", "x-amz-website-redirect-location": "/w", "etag": '"1"',
    "content-length": "5", "x-amz-meta-mtime": "1.5", "x-amz-meta-a": "b", "x-amz-storage-class": "STANDARD_IA",
    "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "key",
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
}  # fmt: skip
CARRIED = {
    "content-type": "x/y", "cache-control": "c", "content-encoding": "gzip", "content-disposition": "d",
    "content-language": "l", "expires": "e", "x-amz-website-redirect-location": "/w", "x-amz-meta-mtime": "1.5",
    "x-amz-meta-a": "b",
}  # fmt: skip


def test_a_copy_that_replaces_says_all_that_the_object_has() -> None:
    assert carried(head(dict(THEIRS))) == CARRIED
    attributes = Attributes([{"match": ["a"], "cache_control": "n", "metadata": {"A": "c"}}], encryption="AES256")
    assert attributes.for_copy("a", head(dict(THEIRS))) == {
        **CARRIED, "cache-control": "n", "x-amz-meta-a": "c", "x-amz-metadata-directive": "REPLACE",
        "x-amz-server-side-encryption": "AES256",
    }  # fmt: skip
    # A copy of which no rule speaks carries everything by itself.
    assert attributes.for_copy("b", None) == {"x-amz-server-side-encryption": "AES256"}
    assert attributes.needs_head("a") and not attributes.needs_head("b")


def test_an_update_keeps_class_and_encryption() -> None:
    attributes = Attributes([{"match": ["*"], "cache_control": "n"}], storage_class="GLACIER_IR", encryption="AES256")
    assert attributes.for_update("a", head(dict(THEIRS))) == {
        **CARRIED, "cache-control": "n", "x-amz-metadata-directive": "REPLACE", "x-amz-storage-class": "STANDARD_IA",
        **{name: value for name, value in THEIRS.items() if "encryption" in name},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "fine"),
    [
        ({"cache_control": "c", "content_type": "x/y", "metadata": {"A": "b"}}, True),
        ({"cache_control": "other"}, False),
        ({"content_language": "de"}, False),
        ({"metadata": {"a": "other"}}, False),
        ({"metadata": {"new": "1"}}, False),
        ({"tags": {"t": "1"}}, True),
        ({"tags": {"t": "2"}}, False),
        ({"tags": {}}, False),
        ({"tags": {"t": "1", "u": "2"}}, False),
    ],
)
def test_whether_an_object_has_what_is_asked(rule: dict[str, Any], fine: bool) -> None:
    asked = Attributes([{"match": ["*"], **rule}]).asked("k")
    assert satisfied(asked, head(dict(THEIRS)), {"t": "1"}, storage_class=True) is fine


def test_another_storage_class_counts_only_when_the_rules_have_changed() -> None:
    asked = Attributes([{"match": ["*"], "storage_class": "GLACIER_IR"}]).asked("k")
    assert satisfied(asked, head(dict(THEIRS)), None, storage_class=False)
    assert not satisfied(asked, head(dict(THEIRS)), None, storage_class=True)
