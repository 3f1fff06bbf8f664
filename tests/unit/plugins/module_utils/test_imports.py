# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What comes out of an archive is compiled once, and is what Python itself would have found."""

from __future__ import annotations

import ast
import importlib.util
import json
import pathlib
import subprocess
import sys
import zipfile
import zipimport

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._imports import InArchive, compile_once

ROOT = pathlib.Path(__file__).parents[4]
OURS = "ansible_collections.stowage.s3.plugins.module_utils"
FILES = {
    "box/__init__.py": "",
    "box/_imports.py": (ROOT / "plugins/module_utils/_imports.py").read_text(),
    "box/one.py": "from box.inner import two\nvalue = two.value + 1\n",
    "box/inner/__init__.py": "word = 'inner'\n",
    "box/inner/two.py": "value = 1\n",
}
COUNTING = """
import json, sys
compiled = []
sys.addaudithook(lambda event, told: event == "compile" and compiled.append(str(told[1])))
sys.path.insert(0, sys.argv[1])
from box import _imports
_imports.compile_once()
from box import one, inner
print(json.dumps([one.value, inner.word, one.__file__, one.__spec__.origin, inner.__path__, compiled]))
"""


@pytest.fixture
def archive(tmp_path: pathlib.Path) -> str:
    """An archive of packages."""
    path = tmp_path / "box.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in FILES.items():
            file.writestr(name, text)
    return str(path)


def test_each_source_is_compiled_once(archive: str) -> None:
    done = subprocess.run([sys.executable, "-c", COUNTING, archive], capture_output=True, text=True, check=True)
    value, word, file, origin, path, compiled = json.loads(done.stdout)
    assert (value, word, file) == (2, "inner", f"{archive}/box/one.py") and origin == file
    assert path == [f"{archive}/box/inner"]
    later = [name for name in compiled if name.startswith(archive) and not name.endswith("_imports.py")]
    assert sorted(name for name in later if name != f"{archive}/box/__init__.py") == [
        f"{archive}/box/{name}" for name in ("inner/__init__.py", "inner/two.py", "one.py")
    ]


@pytest.mark.parametrize("name", ["box.one", "box.inner", "box.inner.two", "box.absent"])
def test_what_is_found_is_what_python_finds(archive: str, name: str) -> None:
    place = "/".join([archive, *name.split(".")[:-1]])
    found = InArchive.find_spec(name, [place])
    own = zipimport.zipimporter(place).find_spec(name)
    assert (found is None) == (own is None) == (name == "box.absent")
    if found and own:
        assert (found.name, found.origin, found.has_location, found.parent) == (
            own.name, own.origin, own.has_location, own.parent,
        )  # fmt: skip
        assert found.submodule_search_locations == own.submodule_search_locations
        assert isinstance(found.loader, zipimport.zipimporter) and found.loader.get_source(name) is not None


def test_what_is_in_no_archive_is_left_to_python() -> None:
    assert InArchive.find_spec("json.decoder", json.__path__) is None
    assert InArchive.find_spec("json", None) is None
    assert importlib.util.find_spec(f"{OURS}._imports") is not None
    compile_once()
    assert InArchive not in sys.meta_path


@pytest.mark.parametrize("path", sorted((ROOT / "plugins/modules").glob("*.py")), ids=lambda path: path.stem)
def test_every_module_begins_with_it(path: pathlib.Path) -> None:
    imports = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ImportFrom)]
    ours = [node for node in imports if (node.module or "").startswith(OURS)]
    assert (ours[0].module, [each.name for each in ours[0].names]) == (OURS, ["_module"])
