# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scratch directories: gone at the end, swept after a kill, and never anybody else's."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import scratch, sweep

FILE = "0" * 32 + ".sqlite3"
LIVE = """
import os, sys
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import scratch
with scratch() as place:
    for end in ("", ".lock", "-journal"):
        open(os.path.join(place, sys.argv[1] + end), "w").close()
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """TMPDIR of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def run() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run in a process of its own, and its scratch."""
    command = [sys.executable, "-c", LIVE, FILE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def test_scratch_is_gone_at_the_end(place: pathlib.Path) -> None:
    with scratch() as path:
        assert os.stat(path).st_mode & 0o777 == 0o700
        pathlib.Path(path, FILE).touch()
    assert not any(place.iterdir())


def test_what_a_killed_run_left_is_swept_and_a_living_one_s_is_not(
    place: pathlib.Path, run: tuple[subprocess.Popen[str], str]
) -> None:
    process, path = run
    sweep()
    assert len(os.listdir(path)) == 3
    process.kill()
    process.wait()
    assert len(os.listdir(path)) == 3
    sweep()
    assert not any(place.iterdir())


def test_a_run_that_ends_sweeps_its_own(place: pathlib.Path, run: tuple[subprocess.Popen[str], str]) -> None:
    process, _path = run
    process.communicate()
    assert process.returncode == 0 and not any(place.iterdir())


def test_what_is_not_surely_ours_stays(place: pathlib.Path) -> None:
    ours = "stowage-state-" + "0" * 15
    for number, name in enumerate((f"{ours}0", f"{ours}1", "stowage-new-abcdefgh", f"{ours}", f"x{ours}0")):
        (place / name).mkdir(mode=0o755 if number == 1 else 0o700)
        (place / name / FILE).touch()
    (place / f"{ours}0" / "what a person put there").touch()
    (place / f"{ours}2").symlink_to("stowage-new-abcdefgh")
    (place / f"{ours}3").touch()
    sweep()
    assert os.listdir(place / f"{ours}0") == ["what a person put there"]
    kept = {path.relative_to(place).as_posix() for path in place.rglob(FILE)}
    assert kept == {f"{name}/{FILE}" for name in (f"{ours}1", "stowage-new-abcdefgh", ours, f"x{ours}0")}
    assert (place / f"{ours}2").is_symlink() and (place / f"{ours}3").is_file()
