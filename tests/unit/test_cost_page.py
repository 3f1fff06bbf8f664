# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the documentation says of costs is what the code says, pictures included."""

from __future__ import annotations

import pytest
from cost_page import DOCS, PARTS, PICTURES, page


@pytest.mark.parametrize("name", PARTS)
def test_the_made_parts_are_those_of_the_code(name: str) -> None:
    text = (DOCS / name).read_text()
    assert text == page(name, text), "python tests/cost_page.py writes it"


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_those_of_the_code(name: str) -> None:
    assert (DOCS / "pictures" / name).read_text() == PICTURES[name](), "python tests/cost_page.py draws it"
    assert any(f"pictures/{name}" in (DOCS / each).read_text() for each in PARTS)
