# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An audit as JSON: written, described by its schema, and read again."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import jsonschema
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit import report
from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Reach
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats import machine
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from audits.account import NOW, account, hostile
from audits.case import OWNER

SCHEMA = json.loads((pathlib.Path(__file__).parents[5] / "docs" / "schema" / "audit.json").read_text())
FOUND = account(3)
ASKED = Reach("*", frozenset(each.control.id for each in FOUND))
WHOLE = json.loads(machine.render(About(FOUND, OWNER, "eu-central-1", "aws", NOW, ASKED)))


@pytest.mark.parametrize("found", [FOUND, hostile(), []])
@pytest.mark.parametrize("number", [OWNER, ""])
def test_what_is_written_fits_the_schema_and_is_read_again(found: Any, number: str) -> None:
    text = machine.render(About(found, number, "eu-central-1", "aws", NOW, ASKED))
    text.encode()
    jsonschema.validate(json.loads(text), SCHEMA, jsonschema.Draft202012Validator)
    again = machine.read(text)
    assert (again.time, again.account, again.reach) == ("2026-11-26T05:00:00Z", number, ASKED)
    assert again.findings == [each.shown for each in found]


def damaged(**parts: Any) -> str:
    """An audit with other parts."""
    return json.dumps({**WHOLE, **parts})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no audit"),
        ('{"version": 1}', "no audit"),
        ('{"tool": "stowage.s3.audit_info"}', "no audit"),
        (damaged(version=2), "version 2"),
        (damaged(asked=None), "damaged"),
        (damaged(asked={"name": 5, "controls": []}), "damaged"),
        (damaged(findings={}, account=None), "damaged"),
        (damaged(findings=["x"]), "damaged"),
        (damaged(findings=[{**WHOLE["findings"][0], "bucket": None}]), "damaged"),
        (damaged(findings=[{**WHOLE["findings"][0], "severity": "worst"}]), "damaged"),
        (damaged(findings=[{**WHOLE["findings"][0], "verdict": ["fail"]}]), "damaged"),
        (damaged(findings=[{**WHOLE["findings"][0], "suppressed": "yes"}]), "damaged"),
    ],
)
def test_what_is_no_audit_is_refused(text: str, words: str, tmp_path: pathlib.Path) -> None:
    with pytest.raises(StowageError, match=words):
        machine.read(text)
    path = tmp_path / "audit.json"
    path.write_text(text)
    with pytest.raises(StowageError, match=rf"previous: .*{words}.*output\.json"):
        report.read(str(path), str(path))


def test_a_first_run_has_nothing_to_read(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "audit.json")
    assert report.read(path, f"{tmp_path}/./audit.json") is None
    for written in ("", str(tmp_path / "other.json")):
        with pytest.raises(StowageError, match="there is no such file"):
            report.read(path, written)
    (tmp_path / "audit.json").mkdir()
    with pytest.raises(StowageError, match="cannot be read"):
        report.read(path, path)


def test_bytes_that_are_no_text_are_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "audit.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StowageError, match="cannot be read"):
        report.read(str(path), str(path))
