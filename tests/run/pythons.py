# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find the real Python interpreters of this machine.

`python3 tests/run/pythons.py` prints the path of the newest that can make a virtual environment; with `3.11` as
argument, that of Python 3.11. Runs before there is an environment, so it needs the standard library only.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys

SUPPORTED = [(3, minor) for minor in range(10, 15)]
# A shim (pyenv, asdf) or a virtual environment answers with the interpreter behind it. Debian leaves out ensurepip.
PROBE = (
    "import ensurepip, sqlite3, ssl, sys; v = sys.version_info[:2]; "
    "print(*v, '%s/bin/python%d.%d' % (sys.base_prefix, *v))"
)


def candidates() -> list[str]:
    found = [shutil.which(f"python{major}.{minor}") for major, minor in SUPPORTED]
    found += [shutil.which("python3"), sys.executable]
    # Versions that pyenv holds but has not put into PATH.
    roots = [
        os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv")) + "/versions",
        os.path.dirname(sys.base_prefix),
    ]
    for root in roots:
        if os.path.basename(root) == "versions":
            found += sorted(glob.glob(root + "/3.*/bin/python3"))
    return [path for path in dict.fromkeys(found) if path]


def pythons() -> dict[tuple[int, int], str]:
    """Path of an interpreter for each supported version that is there, oldest first."""
    found = {}
    for path in candidates():
        answer = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
        if answer.returncode:
            continue
        major, minor, real = answer.stdout.strip().split(" ", 2)
        version = (int(major), int(minor))
        if version in SUPPORTED and os.path.exists(real):
            found.setdefault(version, real)
    return dict(sorted(found.items()))


def main(wanted: list[str]) -> int:
    found = {f"{major}.{minor}": path for (major, minor), path in pythons().items() if (major, minor) >= (3, 11)}
    path = found.get(wanted[0]) if wanted else next(reversed(found.values()), None)
    if not path:
        sys.stderr.write(
            f"No Python {wanted[0] if wanted else '3.11 or newer'} with the modules venv, ssl and sqlite3 was found. "
            "Install one, or name it: make env PYTHON=/path/to/python3\n"
        )
        return 1
    sys.stdout.write(path + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
