# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit's page in a browser: one run of it looks at everything, and each test at what came of it.

Pictures of it stay in `tests/output`.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Scope
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.item import WORDS
from audits.account import LONG, account, hostile, page

HERE = pathlib.Path(__file__).parents[1]
VENV = pathlib.Path(sys.executable).parents[1]
BROWSER = VENV / "browser"
PAGES = {"large": account(100), "small": account(12), "smallest": account(3), "hostile": hostile()}
LARGE, HOSTILE = PAGES["large"], PAGES["hostile"]
WORD = "scratch"
# The directives that keep out what the browser tries at last.
REFUSED = (
    "connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr", "style-src-elem",
)  # fmt: skip
SIGNS = {state: f"{sign}\n{{}}: {word}".strip() for state, (word, sign) in WORDS.items()}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw."""
    folder, shots = tmp_path_factory.mktemp("pages"), HERE / "output"
    shots.mkdir(exist_ok=True)
    # What make env unpacked, or another one where it had none for this machine.
    chromium = os.environ.get("CHROMIUM") or str(BROWSER / "chromium")
    brought = {"LD_LIBRARY_PATH": str(BROWSER / "lib"), "FONTCONFIG_PATH": str(BROWSER)}
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **({} if "CHROMIUM" in os.environ else brought)}
    task: dict[str, Any] = {
        "node": str(VENV / "node"),
        "chromium": chromium,
        "env": env,
        "shots": str(shots),
        "word": WORD,
        "refused": len(REFUSED),
    }
    for name, findings in PAGES.items():
        task[name] = str(folder / f"{name}.html")
        pathlib.Path(task[name]).write_text(page(findings))
    done = subprocess.run(
        [VENV / "bin" / "node", HERE / "node" / "page.mjs"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {
        **json.loads(done.stdout),
        "pages": [pathlib.Path(task[name]).as_uri() for name in PAGES],
    }


def expected(findings: Sequence[Finding], bucket: str, columns: Sequence[str]) -> list[str]:
    """The texts of a bucket's row."""
    own = {each.control.id: each for each in findings if each.bucket == bucket and each.control.scope is Scope.BUCKET}
    states = ["suppressed" if own[name].suppressed else own[name].judgement.verdict.value for name in columns]
    fails = sum(each.failed for each in own.values())
    signs = [SIGNS[state].format(name) for name, state in zip(columns, states, strict=True)]
    return [f"{bucket}\n{own[columns[0]].region}", str(fails), *signs]


def test_it_asks_for_nothing_and_complains_of_nothing(facts: dict[str, Any]) -> None:
    assert set(facts["requests"]) == set(facts["pages"])
    assert facts["complaints"] == []


def test_the_matrix_has_each_bucket_and_each_control(facts: dict[str, Any]) -> None:
    columns = facts["head"]
    controls = {each.control.id: each.control for each in LARGE if each.control.scope is Scope.BUCKET}
    assert sorted(columns) == sorted(controls) and len(columns) == 15
    severities = [controls[name].severity.value for name in columns]
    assert facts["groups"] == [[each, severities.count(each)] for each in ("critical", "high", "medium", "low")]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)
    rows = {row[0].partition("\n")[0]: row for row in facts["grid"]}
    assert len(facts["grid"]) == len(rows) == 100 and LONG in rows
    assert rows == {bucket: expected(LARGE, bucket, columns) for bucket in rows}
    critical = [sum(sign.startswith("×") and "fail" in sign for sign in row[2:4]) for row in facts["grid"]]
    assert critical == sorted(critical, reverse=True)


def test_the_filter_by_keyboard(facts: dict[str, Any]) -> None:
    assert len(facts["pressed"]) < 40
    found = [row for row in facts["grid"] if WORD in row[0]]
    assert 0 < len(found) < 100
    assert facts["filtered"] == {"count": f"{len(found)} of 100 buckets", "grid": found}
    assert facts["elsewhere"] and all(WORD in name for name in facts["elsewhere"])
    assert facts["unfiltered"] == facts["cleared"] == "100 of 100 buckets"
    bad = [row for row in facts["grid"] if any(sign.endswith(": fail") for sign in row[2:4])]
    assert facts["critical"] == {"count": f"{len(bad)} of 100 buckets", "grid": bad}


def test_arrows_go_from_sign_to_sign(facts: dict[str, Any]) -> None:
    assert facts["stops"] == 1
    assert facts["walk"] == [[0, 2], [0, 3], [1, 3], [2, 3], [2, 16], [1, 16], [1, 2], [1, 2]]


def test_a_sign_opens_its_evidence(facts: dict[str, Any]) -> None:
    revealed = facts["revealed"]
    assert revealed["open"] and revealed["seen"] and revealed["id"] == revealed["hash"]
    finding = LARGE[int(revealed["id"].removeprefix("#f")) - 1]
    assert finding.failed and finding.bucket in revealed["text"] and finding.judgement.evidence in revealed["text"]
    assert facts["values"].startswith("{")


def test_paper_has_what_is_wrong(facts: dict[str, Any]) -> None:
    assert facts["print"] == {"pdf": "%PDF-", "closed": 0}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(facts: dict[str, Any], scheme: str) -> None:
    """By axe, which knows contrast, names of controls and the structure of tables."""
    assert facts[scheme]["judged"] > 20 and facts[scheme]["violations"] == []


def test_it_fits_a_narrow_screen(facts: dict[str, Any]) -> None:
    """What is wider scrolls within."""
    assert (facts["light"]["width"], facts["narrow"]["width"]) == (1280, 390)


def test_hostile_texts_are_texts(facts: dict[str, Any]) -> None:
    assert facts["hostile"]["hacked"] and len(facts["hostile"]["grid"]) == len({each.bucket for each in HOSTILE})
    assert "<script>" in json.dumps(facts["hostile"]["grid"])


def test_nothing_else_is_let_in(facts: dict[str, Any]) -> None:
    assert facts["refused"] == [list(REFUSED), True]


def test_there_are_pictures(facts: dict[str, Any]) -> None:
    assert [pathlib.Path(each).stat().st_size > 10_000 for each in facts["shots"]] == [True] * 4
