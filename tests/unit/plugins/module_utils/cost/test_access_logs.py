# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What server access logs tell of the reads of objects."""

from __future__ import annotations

import datetime
import random

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import access_logs
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import (
    Access,
    Accesses,
    Record,
    last_access,
    record_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import InDirectory
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from delivered import OWNER, record
from hypothesis import given, settings
from hypothesis import strategies as st

STEADY = settings(derandomize=True, max_examples=200, deadline=None)
NOON = datetime.datetime(2026, 11, 25, 12, 30, 38, tzinfo=datetime.timezone.utc).timestamp()
DAY = 86400
HEAD = f"{OWNER} b [06/Feb/2019:00:00:38 +0000] 192.0.2.3 {OWNER} DD6CC733AEXAMPLE"
THEN = 1549411238.0


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ('REST.GET.OBJECT s3-dg.pdf "GET /b/s3-dg.pdf HTTP/1.1" 200 - 44 99 41 28 "-" "x/0.4" -', ("s3-dg.pdf", 44)),
        ('REST.GET.OBJECT a "GET /b/a HTTP/1.1" 206 - 10 99 4 2 "-" "x" - id= SigV4 c AuthHeader h TLS - -', ("a", 10)),
        ('REST.GET.OBJECT a "GET /b/a HTTP/1.1" 304 - - 99 4 2 "-" "x" -', ("a", 0)),
        ('WEBSITE.GET.OBJECT a "GET /a HTTP/1.1" 200 - 5 5 4 2 "http://x/?a="b"" "Moz "q" illa" -', ("a", 5)),
        ('REST.COPY.OBJECT_GET a - 200 - - 13538337 - - - - -', ("a", 13538337)),
        ('REST.COPY.PART_GET a - 200 - - 13538337 - - - - -', ("a", 0)),
        ('REST.GET.OBJECT a "GET /b/a?x=" 403 - 1 1 1 1 " HTTP/1.1" 200 - 7 9 4 2 "-" "x" -', ("", 0)),
        ('REST.GET.OBJECT a "GET /b/a?x=" 403 " HTTP/1.1" 200 - 7 9 4 2 "-" "x" -', ("a", 7)),
        ('REST.GET.OBJECT a "GET /b/a HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "x" -', ("", 0)),
        ('REST.HEAD.OBJECT a "HEAD /b/a HTTP/1.1" 200 - - 9 7 - "-" "x" -', ("", 0)),
        ('REST.GET.VERSIONING - "GET /b?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" -', ("", 0)),
        ('REST.GET.OBJECT_TAGGING a "GET /b/a?tagging HTTP/1.1" 200 - 113 - 7 - "-" "x" -', ("", 0)),
        ('S3.EXPIRE.OBJECT a%25 "-" - - - 9 - - "-" "-" -', ("", 0)),
        ('REST.GET.OBJECT a "GET /b/a HTTP/1.1" 200 - 7 9 4 2', ("a", 7)),
    ],
)  # fmt: skip
def test_a_record_is_read(rest, found):
    assert record_of(f"{HEAD} {rest}\n".encode()) == Record("b", THEN, *found)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "#Version: 1.0",
        HEAD,
        f'{HEAD} REST.GET.OBJECT a "GET /b/a HTTP/1.1',
        f'{HEAD} REST.GET.OBJECT %25FF "GET /b/a HTTP/1.1" 200 - 7 9 4 2 "-" "x" -',
        f'{HEAD} REST.GET.OBJECT a "GET /b/a HTTP/1.1" 200 - 7 9 4 2 "-" "x" -'.replace("Feb", "Fib"),
        f'{HEAD} REST.GET.OBJECT a "GET /b/a HTTP/1.1" 200 - 7 9 4 2 "-" "x" -'.replace("+0000", "+0100"),
    ],
)
def test_what_is_no_record_is_none(line):
    assert record_of(line.encode()) is None


@STEADY
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.integers(86400, 2**32),
    st.integers(0, 2**45),
    st.text(st.characters(codec="latin-1", exclude_characters="\n"), max_size=30),
)
def test_keys_and_times_come_back(key, moment, sent, text):
    line = record("b", key, moment, sent=sent, request=f"GET {text} HTTP/1.1", agent=text)
    assert record_of(line.encode("latin-1")) == Record("b", moment, key, sent)


@STEADY
@given(st.binary(max_size=300))
def test_no_line_is_too_odd(data):
    record_of(data)
    record_of(HEAD.encode() + b" REST.GET.OBJECT " + data)


@pytest.fixture
def write(tmp_path):
    """Writes a log below a directory."""

    def write(name, *lines):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(lines))
        return InDirectory(str(tmp_path))

    return write


def test_logs_of_both_formats_of_names(write):
    write("logs/2026-11-25-13-00-59-0123456789ABCDEF", record("b", "a b/é+%", NOON), record("b", "x", NOON - 60))
    partitioned = "logs/111122223333/us-east-1/b/2026/11/26/2026-11-26-00-00-00-0123456789ABCDE0"
    write(partitioned, record("b", "a b/é+%", NOON + DAY, sent=7), record("other", "a b/é+%", NOON + 2 * DAY))
    files = write("logs/readme.txt", "this is no log")
    with last_access(files, "logs/", "b") as accesses:
        assert accesses.of("a b/é+%") == Access(NOON + DAY, 2, 120)
        assert accesses.of("x") == Access(NOON - 60, 1, 113)
        assert accesses.of("y") is None
        assert (accesses.first, accesses.last) == (NOON - 60, NOON + DAY)
        assert (accesses.records, accesses.unread) == (3, 0)


def test_what_was_before_is_left_out(write):
    files = write(
        "2026-11-25-13-00-59-0123456789ABCDEF", record("b", "a", NOON), record("b", "a", NOON - 7), "broken\n"
    )
    with last_access(files, "", "b", since=NOON) as accesses:
        assert accesses.of("a") == Access(NOON, 1, 113)
        assert (accesses.first, accesses.unread, accesses.earlier) == (NOON, 1, True)


@pytest.mark.parametrize(("bucket", "earlier"), [("b", True), ("other", False)])
def test_a_few_older_logs_tell_whether_there_were_any_then(write, bucket, earlier):
    """A bucket of which nobody asked for anything for days has no record at the beginning of the time."""
    for number in range(30):
        write(f"2026-11-20-13-00-{number:02}-0123456789ABCDEF", record(bucket, "a", NOON - 5 * DAY))
    files = write("2026-11-25-13-00-59-0123456789ABCDEF", record("b", "x", NOON))
    opened = []
    files.open = lambda name: opened.append(name) or InDirectory.open(files, name)
    with last_access(files, "", "b", since=NOON) as accesses:
        assert (accesses.first, accesses.earlier) == (NOON, earlier)
        assert accesses.of("a") is None
    assert 2 <= len(opened) <= 17


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("readme.txt", "x", "there are no server access logs of the time asked for"),
        ("2026-11-24-13-00-59-0123456789ABCDEF", record("b", "a", NOON), "no server access logs of the time"),
        ("2026-11-25-13-00-59-0123456789ABCDEF", record("other", "a", NOON), "in 1 server access logs there is no"),
        ("2026-11-25-13-00-59-0123456789ABCDEF", "a\nb\n", "2 lines are no records"),
        ("2026-11-25-13-00-59-0123456789ABCDEF", "", "there is no record of the bucket 'b'"),
    ],
)  # fmt: skip
def test_nothing_found_is_an_error(write, name, line, reason):
    with pytest.raises(StowageError, match=reason):
        last_access(write(name, line), "", "b", since=NOON)


def test_a_directory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StowageError, match="cannot be read: No such file"):
        last_access(InDirectory(str(tmp_path / "absent")), "", "b")


def test_a_line_without_end_does_not_fill_the_memory(write, monkeypatch):
    monkeypatch.setattr(access_logs, "LONGEST", 1000)
    files = write("2026-11-25-13-00-59-0123456789ABCDEF", "x" * 2500, "\n", record("b", "a", NOON))
    with last_access(files, "", "b") as accesses:
        assert (accesses.records, accesses.unread) == (1, 3)


def test_the_index_is_the_same_in_memory_and_on_disk(monkeypatch):
    monkeypatch.setattr(access_logs, "IN_MEMORY", 7)
    numbers = random.Random(0)
    expected = {}
    with Accesses() as accesses:
        for _number in range(1000):
            found = Record("b", float(numbers.randrange(1000)), f"é{numbers.randrange(50)}", numbers.randrange(9))
            accesses.add(found)
            last, gets, size = expected.get(found.key, (0.0, 0, 0))
            expected[found.key] = (max(last, found.time), gets + 1, size + found.bytes)
            assert len(accesses._recent) < 7
        assert dict(accesses) == expected
        assert list(dict(accesses)) == sorted(expected, key=str.encode)


def test_many_logs_are_read_in_order_and_a_broken_one_is_an_error(write, tmp_path):
    for number in range(40):
        files = write(f"2026-11-25-13-00-{number:02}-0123456789ABCDEF", record("b", f"k{number}", NOON))
    with last_access(files, "", "b") as accesses:
        assert len(list(accesses)) == 40
    broken = tmp_path / "2026-11-25-13-00-20-0123456789ABCDEF"
    broken.unlink()
    broken.symlink_to(tmp_path / "absent")
    with pytest.raises(StowageError, match="No such file"):
        last_access(files, "", "b")
