# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tables of what other tools get wrong name the test of each defect, so that none of those tests goes unnoticed.

A place is a file and a test, `test_bucket.py::test_info_of_many`, or a file of `tests/aspects/` and what it calls a
course or a refusal, `aspects/cors.py::one, two, none`.
"""

from __future__ import annotations

import importlib
import pathlib

TESTS = pathlib.Path(__file__).parent


def shown(place: str) -> bool:
    """Whether there is such a test."""
    file, _colons, name = place.partition("::")
    if file.startswith("aspects/"):
        data = importlib.import_module(file.removesuffix(".py").replace("/", "."))
        return name in {case.name for case in (*data.COURSES, *data.REFUSALS)}
    return f"\ndef {name}(" in (TESTS / "integration" / file).read_text()
