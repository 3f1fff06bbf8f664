# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prowler: its environment, how it is run on a server of the tests, and what it found."""

from __future__ import annotations

import csv
import pathlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from peers.tools import HERE, ROOT, make_environment
from run.pythons import pythons
from server import REGION

ENVIRONMENT = ROOT / ".venv-prowler"
REQUIREMENTS = HERE / "prowler.txt"
PYTHON = ENVIRONMENT / "bin" / "python"
NEWEST = (3, 13)  # the newest Python that it takes


class Row(NamedTuple):
    """What a check says of a resource: a bucket by its name, or the account by its number."""

    check: str
    resource: str
    status: str  # PASS, FAIL, MANUAL


def make() -> None:
    """Install it. Raises RuntimeError where no Python is old enough."""
    python = next((path for version, path in reversed(pythons().items()) if version <= NEWEST), None)
    if not python:
        raise RuntimeError(f"Prowler takes a Python up to {'.'.join(map(str, NEWEST))}, and none is here. Install one.")
    # It has hundreds of packages and loads a few of them: those are compiled as they are loaded.
    make_environment(ENVIRONMENT, REQUIREMENTS, python, compiled=False)


def command(folder: pathlib.Path) -> Sequence[str]:
    """All its checks of S3. FOLDER receives the findings; a failed check is no error, and nothing is sent anywhere."""
    words = (
        f"aws --service s3 --region {REGION} --output-formats csv --output-filename findings --no-banner --no-color"
        " --ignore-exit-code-3 --log-level ERROR --output-directory"
    )
    return [str(PYTHON), str(HERE / "loopback.py"), *words.split(), str(folder)]


def read(folder: pathlib.Path) -> list[Row]:
    """What it found."""
    with open(folder / "findings.csv", encoding="utf-8", newline="") as file:
        return [
            Row(each["CHECK_ID"], each["RESOURCE_NAME"], each["STATUS"]) for each in csv.DictReader(file, delimiter=";")
        ]


def checks() -> set[str]:
    """The names of its checks of S3."""
    folders = ENVIRONMENT.glob("lib/python3.*/site-packages/prowler/providers/aws/services/s3/s3_*/")
    return {path.name for path in folders if path.is_dir()}


def version() -> str:
    """The version that is asked for."""
    found = re.search(r"^prowler==(.*)$", REQUIREMENTS.read_text(), flags=re.MULTILINE)
    assert found
    return found[1]
