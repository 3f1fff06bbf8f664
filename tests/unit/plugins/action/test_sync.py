# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the progress line says, and where it is not drawn at all."""

from __future__ import annotations

import json
import os
import pty

import pytest
from ansible_collections.stowage.s3.plugins.action import sync

MIB = 1 << 20
HALF = sync.Progress(
    stage="transfer", key="a/b.txt", done=500, total=1000, bytes=10 * MIB, bytes_total=40 * MIB, failed=0
)


def test_the_line_tells_share_counts_sizes_rate_and_time_left():
    assert sync.line("web1", HALF, 2.5 * MIB, 75.0, 200) == (
        "web1  transfer  [#####---------------]  25%  500/1,000  10.0/40.0 MiB  2.5 MiB/s  1:15 left  a/b.txt"
    )


def test_without_a_total_only_the_count_is_told():
    listing = HALF._replace(stage="listing", done=12345, total=0, bytes=0, bytes_total=0, key="")
    assert sync.line("web1", listing, 0.0, None, 200) == "web1  listing   12,345"


def test_deletions_have_no_bytes_and_failures_are_told():
    deleting = HALF._replace(stage="delete", bytes=0, bytes_total=0, failed=2)
    told = sync.line("web1", deleting, 0.0, 3.0, 200)
    assert told == "web1  delete    [##########----------]  50%  500/1,000  0:03 left  2 failed  a/b.txt"


def test_more_done_than_announced_is_still_a_hundred_per_cent():
    assert " 100% " in sync.line("web1", HALF._replace(done=2000, bytes=80 * MIB), 0.0, None, 200)


@pytest.mark.parametrize("key", ["e\u0301" * 90, "\u6f22" * 90, "x" * 90])
def test_a_line_never_takes_more_columns_than_there_are(key):
    told = sync.line("web1", HALF._replace(key=key), 1.0, 1.0, 120)
    assert sum(map(sync.cells, told)) <= 120 and told.endswith(key[-1])


def test_a_key_cannot_steer_the_terminal():
    told = sync.line("web1", HALF._replace(key="a\x1b]0;owned\x07\r\n\x9bb"), 1.0, 1.0, 200)
    assert told.endswith("a?]0;owned????b") and told.isprintable()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"stage": "transfer"}', json.dumps({**HALF._asdict(), "done": "many"}), b"\xff\xfe"],
)
def test_what_is_not_progress_is_ignored(text):
    assert sync.parse(text) is None


def test_progress_is_read_as_the_module_writes_it():
    assert sync.parse(json.dumps({**HALF._asdict(), "started": 1.0})) == HALF


def test_the_pace_is_that_of_the_slower_of_bytes_and_files():
    pace = sync.Pace()
    assert pace.add(100.0, HALF) == (0.0, None)
    # 10 MiB in 2 s leave 4 s for the other 20 MiB; 10 files in 2 s leave 98 s for the other 490.
    assert pace.add(102.0, HALF._replace(done=510, bytes=20 * MIB)) == (5.0 * MIB, 98.0)


def test_the_pace_of_one_stage_says_nothing_of_the_next():
    pace = sync.Pace()
    pace.add(100.0, HALF)
    assert pace.add(102.0, HALF._replace(stage="delete", done=0)) == (0.0, None)


def test_a_stalled_run_has_no_time_left_to_tell():
    pace = sync.Pace()
    pace.add(100.0, HALF)
    assert pace.add(105.0, HALF) == (0.0, None)


@pytest.fixture
def screen():
    outer, inner = pty.openpty()
    yield inner
    os.close(outer)
    os.close(inner)


def test_a_terminal_is_drawn_on(screen):
    copied = sync.terminal_to_draw_on({"TERM": "xterm"}, screen)
    assert copied is not None and os.isatty(copied)
    os.close(copied)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"TERM": "dumb"},
        {"TERM": "xterm", "CI": "true"},
        {"TERM": "xterm", "AWX_ISOLATED_DATA_DIR": "/runner"},
        {"TERM": "xterm", "STOWAGE_PROGRESS": "no"},
    ],
)
def test_no_person_no_drawing(screen, environment):
    assert sync.terminal_to_draw_on(environment, screen) is None


def test_a_pipe_is_not_a_terminal():
    reading, writing = os.pipe()
    assert sync.terminal_to_draw_on({"TERM": "xterm"}, writing) is None
    os.close(reading)
    os.close(writing)


def test_a_board_of_many_hosts_gives_each_a_line_and_the_others_none(screen):
    board = sync.Board(screen)
    rows = [board.claim() for _number in range(board.ROWS + 1)]
    assert rows == [*range(board.ROWS), None]
    board.release(3)
    assert board.claim() == 3


def test_the_line_of_a_dead_process_is_free(screen):
    board = sync.Board(screen)
    child = os.fork()
    if not child:
        board.claim()
        os._exit(0)
    assert board.read(0) == (0, "") or board.read(0)[0] == child
    os.waitpid(child, 0)
    assert board.read(0)[0] == child
    assert board.claim() == 0
