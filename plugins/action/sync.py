# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Show the progress of stowage.s3.sync on the terminal while the module runs.

The module runs just as it would without this plugin. Where there is somebody to look, it is told by an environment
variable to write its progress to a file, and a thread reads that file and draws a line for each host.
"""

from __future__ import annotations

import collections
import contextlib
import contextvars
import copy
import json
import mmap
import multiprocessing
import os
import secrets
import shlex
import struct
import sys
import threading
import time
import typing as t
import unicodedata

from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

display = Display()

VARIABLE = "STOWAGE_PROGRESS_FILE"
COUNTERS = ("done", "total", "bytes", "bytes_total", "failed")
NEAR, FAR = 0.2, 2.0  # seconds between two looks: at a file of this machine, and through a connection
WINDOW = 10.0  # seconds over which the rate is averaged
MEBI = 1 << 20
ERASE = b"\r\x1b[J"  # from the beginning of the cursor's line to the end of the screen
ENCODING = getattr(sys.stdout, "encoding", None) or "utf-8"  # workers have another standard output


class Progress(t.NamedTuple):
    """What the module says of itself; sizes in bytes, ``total`` is 0 while it is not known."""

    stage: str
    key: str
    done: int
    total: int
    bytes: int
    bytes_total: int
    failed: int


def parse(text: str | bytes) -> Progress | None:
    """The progress in a file that another process writes, or None where it holds something else."""
    try:
        given = json.loads(text)
        counts = {name: max(0, int(given[name])) for name in COUNTERS}
        return Progress(stage=str(given["stage"]), key=str(given.get("key", "")), **counts)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def cells(character: str) -> int:
    """How many columns of the terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """The text cut to a width in columns; what a terminal would obey instead of show becomes "?"."""
    shown, used = [], 0
    for character in text:
        character = character if character.isprintable() else "?"
        used += cells(character)
        if used > width:
            break
        shown.append(character)
    return "".join(shown)


class Pace:
    """Rates of the last seconds, by this machine's clock: the other one may be wrong."""

    def __init__(self) -> None:
        self.seen: collections.deque[tuple[float, Progress]] = collections.deque()

    def add(self, now: float, progress: Progress) -> tuple[float, float | None]:
        """Bytes a second, and the seconds that are left, None while they cannot be told."""
        if self.seen and self.seen[-1][1].stage != progress.stage:
            self.seen.clear()
        self.seen.append((now, progress))
        while now - self.seen[0][0] > WINDOW:
            self.seen.popleft()
        start, first = self.seen[0]
        if now <= start:
            return 0.0, None
        speed = max(0.0, (progress.bytes - first.bytes) / (now - start))
        pace = max(0.0, (progress.done - first.done) / (now - start))
        # Small files are bound by their number and large ones by their size: the slower of the two decides.
        ahead = [
            left / rate
            for left, rate in ((progress.bytes_total - progress.bytes, speed), (progress.total - progress.done, pace))
            if left > 0 and rate > 0
        ]
        return speed, max(ahead) if ahead else None


def line(host: str, progress: Progress, speed: float, left: float | None, width: int) -> str:
    """One line of at most ``width`` columns."""
    parts = [f"{host}  {progress.stage:8}"]
    if progress.total:
        # Of files and bytes, what is less far along: neither alone is honest of both many small and a few large ones.
        share = progress.done / progress.total
        if progress.bytes_total:
            share = min(share, progress.bytes / progress.bytes_total)
        share = min(1.0, share)
        filled = int(share * 20)
        parts.append(f"[{'#' * filled}{'-' * (20 - filled)}] {share:4.0%}  {progress.done:,}/{progress.total:,}")
    else:
        parts.append(f"{progress.done:,}")
    if progress.bytes_total:
        parts.append(f"{progress.bytes / MEBI:,.1f}/{progress.bytes_total / MEBI:,.1f} MiB")
        parts.append(f"{speed / MEBI:,.1f} MiB/s")
    if left is not None:
        minutes, seconds = divmod(int(left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    parts.append(progress.key)
    return fit("  ".join(parts).rstrip(), width)


class Board:
    """The lines under the cursor, one for each host at work.

    Ansible runs hosts in forks of one process, all of which may draw: the lines stand in memory that they share, and
    whoever has news draws them all. The cursor waits above them, where Ansible's own next message belongs.
    """

    ROWS = 8
    SIZE = 1024
    HEAD = struct.Struct("ii")  # owner's process id, bytes of text

    def __init__(self, terminal: int) -> None:
        self.terminal = terminal
        self.memory = mmap.mmap(-1, self.ROWS * self.SIZE)
        self.lock = multiprocessing.get_context("fork").Lock()

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        # A fork that was killed while it held the lock must not stop the others: a torn line is the lesser evil.
        got = self.lock.acquire(timeout=1)
        try:
            yield
        finally:
            if got:
                self.lock.release()

    def read(self, row: int) -> tuple[int, str]:
        owner, size = self.HEAD.unpack_from(self.memory, row * self.SIZE)
        start = row * self.SIZE + self.HEAD.size
        return owner, self.memory[start : start + size].decode(errors="replace")

    def write(self, row: int, owner: int, text: str) -> None:
        data = text.encode(errors="replace")[: self.SIZE - self.HEAD.size]
        start = row * self.SIZE + self.HEAD.size
        self.memory[start : start + len(data)] = data
        self.HEAD.pack_into(self.memory, row * self.SIZE, owner, len(data))

    def claim(self) -> int | None:
        """A row for this process, or None when all are taken."""
        with self.locked():
            for row in range(self.ROWS):
                if not alive(self.read(row)[0]):
                    self.write(row, os.getpid(), "")
                    return row
        return None

    def show(self, row: int, text: str, stopped: threading.Event) -> None:
        with self.locked():
            if not stopped.is_set():
                self.write(row, os.getpid(), text)
                self.draw()

    def release(self, row: int) -> None:
        with self.locked():
            self.write(row, 0, "")
            self.draw()

    def draw(self) -> None:
        lines = [text for owner, text in map(self.read, range(self.ROWS)) if text and alive(owner)]
        picture = "".join(f"\n{text}" for text in lines).encode(ENCODING, errors="replace")
        back = f"\r\x1b[{len(lines)}A".encode() if lines else b""
        with contextlib.suppress(OSError):
            os.write(self.terminal, ERASE + picture + back)

    def wipe(self) -> None:
        """Erase the lines until somebody has news again."""
        with self.locked():
            if any(self.read(row)[1] for row in range(self.ROWS)):
                with contextlib.suppress(OSError):
                    os.write(self.terminal, ERASE)

    def width(self) -> int:
        try:
            columns = os.get_terminal_size(self.terminal).columns
        except OSError:
            columns = 0
        # The last column stays empty, lest the terminal begin another line; some say 0 when they do not know.
        return (columns or 80) - 1


class Above:
    """An output of Ansible's main process that takes the lines away first, so that no message is mixed with them."""

    def __init__(self, output: t.TextIO, board: Board) -> None:
        self.output = output
        self.board = board

    def write(self, text: str) -> int:
        self.board.wipe()
        return self.output.write(text)

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self.output, name)


def alive(process: int) -> bool:
    if not process:
        return False
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def terminal_to_draw_on(environment: t.Mapping[str, str], output: int) -> int | None:
    """A file descriptor of the terminal, or None where nobody looks at one.

    ansible-runner, and AWX with it, gives Ansible a terminal that no person sees; CI systems may do so too.
    """
    if "AWX_ISOLATED_DATA_DIR" in environment or environment.get("TERM", "dumb") == "dumb":
        return None
    if environment.get("CI", "").lower() not in ("", "0", "false"):
        return None
    if environment.get("STOWAGE_PROGRESS", "").lower() in ("0", "no", "false", "off"):
        return None
    try:
        # Ansible takes standard output away from the forks in which this plugin works; a copy stays open in them.
        return os.dup(output) if os.isatty(output) else None
    except OSError:
        return None


# Ansible imports the plugin in its main process, which has the terminal, and forks a worker for each task and host.
_terminal = terminal_to_draw_on(os.environ, 1)
BOARD = None if _terminal is None else Board(_terminal)
if BOARD is not None:
    sys.stdout = Above(sys.stdout, BOARD)
    sys.stderr = Above(sys.stderr, BOARD)


class ActionModule(NormalAction):
    """The normal action, watched."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        row = BOARD.claim() if BOARD and self._is_watched() else None
        if BOARD is None or row is None:
            return super().run(tmp, task_vars)
        near = self._is_near()
        path = self._progress_path(near)
        stopped = threading.Event()
        # A copy of the context, because Ansible keeps in it which task it is at.
        look = contextvars.copy_context().run
        watcher = threading.Thread(
            target=look,
            args=(self._watch, BOARD, row, (task_vars or {}).get("inventory_hostname", ""), path, near, stopped),
            daemon=True,
        )
        environment = {VARIABLE: path}
        self._task.environment.append(environment)
        try:
            watcher.start()
            return super().run(tmp, task_vars)
        finally:
            stopped.set()
            # A look through a connection that has died may hang; the result need not wait for it.
            watcher.join(timeout=5)
            BOARD.release(row)
            self._task.environment.remove(environment)
            self._remove(path, near)

    def _is_watched(self) -> bool:
        if self._task.no_log or self._task.async_val:
            return False
        return self._is_near() or bool(self.get_shell_option("system_tmpdirs"))

    def _is_near(self) -> bool:
        """The module will run on this machine and as this user: its file can simply be read."""
        return self._connection.transport == "local" and not self._connection.become

    def _progress_path(self, near: bool) -> str:
        name = f"stowage-progress-{secrets.token_hex(16)}"
        if near:
            return os.path.join(constants.DEFAULT_LOCAL_TMP, name)
        # Ansible's own temporary directory may be closed to the user whom the module becomes.
        return self._connection._shell.join_path(self.get_shell_option("system_tmpdirs")[0], name)

    def _watch(self, board: Board, row: int, host: str, path: str, near: bool, stopped: threading.Event) -> None:
        pace = Pace()
        try:
            while not stopped.wait(NEAR if near else FAR):
                progress = parse(self._read_near(path) if near else self._read_far(path))
                if progress:
                    speed, left = pace.add(time.monotonic(), progress)
                    board.show(row, line(host, progress, speed, left, board.width()), stopped)
        except Exception as error:  # whatever happens to the onlooker must not touch the work
            display.vvv(f"stowage.s3.sync shows no more progress: {error}", host=host)

    def _read_near(self, path: str) -> bytes:
        try:
            with open(path, "rb") as file:
                return file.read(1 << 16)
        except OSError:
            return b""

    def _read_far(self, path: str) -> str:
        # Copies, because the originals are in the middle of running the module and keep notes of it.
        other = copy.copy(self)
        other._connection = copy.copy(self._connection)
        other._connection.become = copy.copy(self._connection.become)
        output = other._low_level_execute_command(f"cat {shlex.quote(path)}")["stdout"]
        # A greeting of the host's may stand before it.
        return output[output.find("{") :] if "{" in output else ""

    def _remove(self, path: str, near: bool) -> None:
        try:
            if near:
                for name in (path, f"{path}.part"):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(name)
            else:
                quoted = shlex.quote(path)
                self._low_level_execute_command(f"rm -f {quoted} {quoted}.part")
        except Exception as error:
            display.vvv(f"stowage.s3.sync could not remove {path}: {error}")
