# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What counts as an audit that was done."""

from __future__ import annotations

import pathlib

import pytest
from peers.audits import FINDINGS, check

READS = ["GET /a?policy HTTP/1.1", "HEAD /a HTTP/1.1", "POST / HTTP/1.1"]


@pytest.mark.parametrize(
    ("text", "requests", "says"),
    [
        ("S3.5,a\nS3.5,b\n", READS, ""),
        ("S3.5,a\n", READS, "it says nothing of 1 buckets, as b"),
        (None, READS, "it wrote no findings"),
        ("S3.5,a\nS3.5,b\n", [*READS, "PUT /a?policy HTTP/1.1"], "it does not only read: PUT /a?policy"),
        ("S3.5,a\nS3.5,b\n", [*READS, "POST /a?delete HTTP/1.1"], "it does not only read: POST /a?delete"),
    ],
)
def test_an_audit_looks_at_all_and_changes_nothing(
    tmp_path: pathlib.Path, text: str | None, requests: list[str], says: str
) -> None:
    if text is not None:
        (tmp_path / FINDINGS).write_text(text)
    found = check(tmp_path, ["a", "b"], requests)
    assert found.startswith(says) and bool(found) == bool(says)
