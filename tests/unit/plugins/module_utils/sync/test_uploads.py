# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is written down of uploads: read back as it was, and nothing else is believed."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync.notes import Notes
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Pending, Uploads

PENDING = Pending("p/a\udcff\n\u2028", "id", "FULL_OBJECT", 5, "content")


def uploads(folder: pathlib.Path, warnings: list[str] | None = None) -> Uploads:
    warn = [].append if warnings is None else warnings.append
    # No request is sent: what is under way stays so here.
    return Uploads(Notes(str(folder), None, "", warn), Bucket.__new__(Bucket), "p/")


def test_a_note_is_read_back_once(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert uploads(folder).save(PENDING)
    again = uploads(folder)
    assert again.take(PENDING.key) == PENDING and again.take(PENDING.key) is None
    again.done(PENDING.key)
    again.done(PENDING.key)
    assert uploads(folder).take(PENDING.key) is None and list(folder.iterdir()) == []


def test_a_later_upload_of_a_key_takes_the_place_of_the_earlier(tmp_path: pathlib.Path) -> None:
    one = uploads(tmp_path)
    one.save(PENDING)
    other = Pending(PENDING.key, "other", "", 7, "")
    one.save(other)
    assert uploads(tmp_path).take(PENDING.key) == other


GOOD = {"version": 1, "key": "p/a", "upload_id": "id", "checksum": "", "part_size": 5, "content": ""}


@pytest.mark.parametrize(
    "note",
    [
        b"", b"{", b"[]", b"3", b"\xff", b"null",
        *(json.dumps({**GOOD, **change}).encode() for change in (
            {"version": 2}, {"key": ""}, {"key": 3}, {"upload_id": ""}, {"upload_id": None}, {"part_size": 0},
            {"part_size": "5"}, {"part_size": True}, {"more": 1}, {"key": "q/a"}, {"checksum": 1}, {"content": None},
        )),
        json.dumps({name: value for name, value in GOOD.items() if name != "part_size"}).encode(),
    ],
)  # fmt: skip
def test_other_notes_are_not_believed(tmp_path: pathlib.Path, note: bytes) -> None:
    (tmp_path / "x.json").write_bytes(note)
    assert uploads(tmp_path)._left == {}
    (tmp_path / "y.json").write_text(json.dumps(GOOD))
    assert list(uploads(tmp_path)._left) == ["p/a"]


def test_half_written_notes_are_removed(tmp_path: pathlib.Path) -> None:
    (tmp_path / "0123.part").write_bytes(b"{")
    uploads(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_told_once(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[Any] = []
    one = uploads(tmp_path / "file" / "folder", warnings)
    assert not one.save(PENDING) and not one.save(PENDING)
    one.done(PENDING.key)
    assert len(warnings) == 1 and warnings[0].startswith("state_dir: ")
