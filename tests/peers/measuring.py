# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a command costs: wall time, CPU and memory of its whole process tree. Linux only: it reads /proc."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from server import Server

TIMEOUT = 3600  # seconds for one work of one tool
SAMPLE_INTERVAL = 0.05  # seconds between two looks at the memory
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Sample(NamedTuple):
    """One work of one tool: seconds, and bytes of memory at the peak of the whole process tree."""

    wall: float
    cpu: float
    server_cpu: float
    memory: int
    load: float  # the machine's load average as the work began
    failure: str = ""
    unverified: int = 0  # downloads without evidence that could be compared, as far as the tool says
    requests: int | None = None  # that the server received; None where nobody counted
    changed: tuple[str, ...] = ()  # the tasks that reported a change


def environment(server: Server, home: pathlib.Path, *, authority: pathlib.Path | None = None) -> dict[str, str]:
    """What every tool sees: the server, and nothing of the developer's own settings. AUTHORITY is trusted for TLS."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "ANSIBLE_", "RCLONE_", "S3_", "XDG_", "PYTHON"))
    }
    return {
        **kept,
        **server.env,
        "HOME": str(home),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "S3_ENDPOINT_URL": server.endpoint,
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENV_AUTH": "true",
        "RCLONE_S3_ENDPOINT": server.endpoint,
        "RCLONE_S3_REGION": server.region,
        # The first is for botocore, the second for Go.
        **({"AWS_CA_BUNDLE": str(authority), "SSL_CERT_FILE": str(authority)} if authority else {}),
    }


def measure(command: Sequence[str], env: Mapping[str, str], server: int, log: pathlib.Path) -> Sample:
    """Run COMMAND to its end. Its CPU is that of its whole process tree, its memory the PSS of the tree, sampled.

    SERVER is the process that serves it. LOG receives the output.
    """
    _settle(server)
    load = os.getloadavg()[0]
    served = _cpu_of(server)
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        watch = Watch(process.pid)
        watch.start()
        killer = threading.Timer(TIMEOUT, os.killpg, (process.pid, signal.SIGKILL))
        killer.daemon = True
        killer.start()
        try:
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            killer.cancel()
            watch.stop()
        wall = time.monotonic() - start
    # Popen must not wait for a process that is gone.
    process.returncode = os.waitstatus_to_exitcode(status)
    failure = ""
    if process.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
        # A play goes on to count its failures.
        told = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
        failure = f"it returned {process.returncode}: {told[-300:]}"
    return Sample(wall, usage.ru_utime + usage.ru_stime, _cpu_of(server) - served, watch.peak, load, failure)


class Watch(threading.Thread):
    """Samples the memory of a process and all its descendants: PSS, in which shared pages count once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(SAMPLE_INTERVAL):
            self.peak = max(self.peak, sum(map(_pss, _tree(self._pid))))

    def stop(self) -> None:
        self._end.set()
        self.join()


def _tree(pid: int) -> Iterable[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in os.scandir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                for child in pathlib.Path(task.path, "children").read_text().split():
                    yield from _tree(int(child))


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu_of(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _settle(pid: int) -> None:
    """Wait until the server is done with what the last tool left behind, at most ten seconds."""
    for _attempt in range(20):
        before = _cpu_of(pid)
        time.sleep(0.5)
        if _cpu_of(pid) - before < 0.05:
            return


def summarise(samples: Sequence[Sample]) -> dict[str, Any]:
    """Medians, and the spread of the wall time. A row with a failure has no figures: they would be of other work."""
    failures = sorted({sample.failure for sample in samples if sample.failure})
    if failures:
        return {"runs": len(samples), "failures": failures}
    return {
        "runs": len(samples),
        "wall": statistics.median(sample.wall for sample in samples),
        "wall_min": min(sample.wall for sample in samples),
        "wall_max": max(sample.wall for sample in samples),
        "cpu": statistics.median(sample.cpu for sample in samples),
        "server_cpu": statistics.median(sample.server_cpu for sample in samples),
        "memory": statistics.median(sample.memory for sample in samples),
        "unverified": max(sample.unverified for sample in samples),
        **_counts(samples),
        "failures": [],
    }


def _counts(samples: Sequence[Sample]) -> dict[str, Any]:
    counted = [sample.requests for sample in samples if sample.requests is not None]
    if not counted:
        return {}
    changed = dict.fromkeys(task for sample in samples for task in sample.changed)
    return {"requests": statistics.median(counted), "changed": list(changed)}


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
