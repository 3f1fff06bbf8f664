# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Joining sorted streams, against a dictionary as the oracle."""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry, Row
from ansible_collections.stowage.s3.plugins.module_utils._sync.pairing import pair, with_rows
from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = st.lists(
    st.text(st.sampled_from("a/-.0é\uffee\U0001f600"), min_size=1, max_size=4), unique=True, max_size=12
).map(sorted)


def entries(keys: list[str], side: int) -> list[Entry]:
    return [Entry(key, side, 0.0) for key in keys]


def rows(keys: list[str]) -> list[Row]:
    return [Row(key, b"", b"", b"", "", True, True) for key in keys]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(KEYS, KEYS, KEYS)
def test_every_key_comes_once_with_what_each_stream_has_of_it(
    left: list[str], right: list[str], known: list[str]
) -> None:
    orphans: list[str] = []
    joined = list(
        with_rows(pair(entries(left, 1), entries(right, 2)), rows(known), lambda row: orphans.append(row.key))
    )
    keys = sorted({*left, *right})
    assert [(one or other).key for one, other, _row in joined if one or other] == keys
    for key, (one, other, row) in zip(keys, joined, strict=True):
        assert one == (Entry(key, 1, 0.0) if key in left else None)
        assert other == (Entry(key, 2, 0.0) if key in right else None)
        assert (row.key if row else None) == (key if key in known else None)
    assert orphans == sorted(set(known) - set(keys))


def test_nothing_is_read_ahead_of_what_is_asked_for() -> None:
    """Streams may be longer than memory."""
    taken: list[str] = []

    def stream(prefix: str):  # type: ignore[no-untyped-def]
        for number in range(1_000_000):
            taken.append(f"{prefix}{number}")
            yield Entry(f"{number:07}", 0, 0.0)

    joined = with_rows(pair(stream("l"), stream("r")), iter(()), lambda _row: None)
    for _count in range(3):
        next(joined)
    assert len(taken) <= 10
