# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read from the output of what was measured."""

from __future__ import annotations

import pathlib

import pytest
from peers.sections import changed
from peers.tools import BUCKET

PLAY = """
PLAY [localhost] ***************************************************************

TASK [s3_bucket] ***************************************************************
[WARNING]: changed: this is no result
ok: [localhost]

TASK [s3_lifecycle (logs)] ********************************************
[DEPRECATION WARNING]: some
changed: [localhost]

TASK [s3_cors] *****************************************************************
changed: [localhost]

PLAY RECAP *********************************************************************
localhost                  : ok=3    changed=2    unreachable=0    failed=0
"""


@pytest.mark.parametrize(
    ("output", "tasks"),
    [
        (PLAY, ("s3_lifecycle (logs)", "s3_cors")),
        (PLAY.replace("changed: [", "ok: ["), ()),
        ('{"changed": true}', (BUCKET,)),
        ('{"changed": false}', ()),
    ],
)
def test_who_reported_a_change(tmp_path: pathlib.Path, output: str, tasks: tuple[str, ...]) -> None:
    (tmp_path / "log").write_text(output)
    assert changed(tmp_path / "log") == tasks
