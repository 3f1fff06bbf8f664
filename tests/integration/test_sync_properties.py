# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Random trees, buckets, filters and edits: what a sync decides and leaves behind, against an oracle of dictionaries.

STOWAGE_EXAMPLES=10 multiplies the number of examples, and then they are other ones each time.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import pathlib
import shutil
import stat
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.session
import pytest
from harness import decided, run_module, warned
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from server import Server

MORE = int(os.environ.get("STOWAGE_EXAMPLES", "1"))
EXAMPLES = {"content": 6 * MORE, "time": 3 * MORE, "size": 2 * MORE, "existence": 2 * MORE}
Scratches = Callable[[], pathlib.Path]
VERBS = {"up": "upload", "down": "download", "across": "copy"}

# What S3 holds under a key, or what a file holds: few of them, so that sides often agree, in size or altogether.
CONTENTS = [b"", b"x", b"y", b"hello", b"jello", b"h\0llo", b"z" * 70_000, b"z" * 69_999 + b"!"]
# Long ago, so that a rewrite with the old time restored is likely; never in the future, where by time alone a file
# would stay newer than its copy.
TIMES = [0, 1_000_000_000_000_000_000, 1_500_000_000_250_000_001, 1_700_000_000_999_999_999]

NAMES = [
    "a", "a-b", "a.txt", "a0", "A", "d", "x", "b.log", " lead", "trail ", "+", "a+b", "100%", "%41", "?", "#", "a&b",
    "&amp;", "<t>", "'s'", '"d"', "a=b", "é", "e\u0301", "日本", "😀", "\uffee", "-rf", ".hidden", "..x", "...", "~",
    "*", "[z]", "{}", "$HOME", "`id`", ";", ":", "@", ",", "|", "^", "x" * 255, "é" * 127, "\x7f", "tab\t", "nl\nnl",
    "cr\rcr", "\x01", "\u2028", "\ufeff", "\u200d", "null", "None",
]  # fmt: skip
# SeaweedFS takes a backslash for a slash and collapses "//", so those are tried against moto, further down.
COMPONENTS = st.one_of(
    st.sampled_from(NAMES[:8]),
    st.sampled_from(NAMES),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=12
    ).filter(lambda name: name not in (".", "..")),
)  # fmt: skip
KEYS = st.one_of(
    st.lists(COMPONENTS, min_size=1, max_size=4).map("/".join),
    st.builds(lambda depth, name: "d/" * depth + name, st.integers(20, 150), st.sampled_from(NAMES[:8])),
).filter(lambda key: len(key.encode()) < 900)

# Globs, each with what it means.
GLOBS: dict[str, Callable[[str], bool]] = {
    "*.txt": lambda key: any(part.endswith(".txt") for part in key.split("/")),
    "a*": lambda key: any(part.startswith("a") for part in key.split("/")),
    "d/": lambda key: "d" in key.split("/")[:-1],
    "/d/": lambda key: key.startswith("d/"),
    "/x": lambda key: key == "x" or key.startswith("x/"),
    "/a/*": lambda key: key.startswith("a/"),
    "?": lambda key: any(len(part) == 1 for part in key.split("/")),
    "[é-日]*": lambda key: any("é" <= part[:1] <= "日" for part in key.split("/")),
}


@dataclass(frozen=True)
class Step:
    """What befalls both sides before a sync.

    source: all of it; target: edits of what is there (None deletes). Values are indices of CONTENTS. touched: an index
    of TIMES for each. swapped: files are written beside and renamed, instead of over what is there.
    """

    source: dict[str, int]
    target: dict[str, int | None]
    touched: int
    swapped: bool


@dataclass(frozen=True)
class Story:
    """One example."""

    steps: list[Step]
    include: list[str]
    exclude: list[str]
    delete: bool
    prefix: str

    def takes(self, key: str) -> bool:
        if any(GLOBS[glob](key) for glob in self.exclude):
            return False
        return not self.include or any(GLOBS[glob](key) for glob in self.include)


def without_conflicts(keys: list[str]) -> list[str]:
    """The keys of a tree: none is also a directory."""
    directories = {key[:at] for key in keys for at, char in enumerate(key) if char == "/"}
    return [key for key in keys if key not in directories]


@st.composite
def stories(
    draw: st.DrawFn, direction: str, names: st.SearchStrategy[str] = KEYS, globs: tuple[str, ...] = (*GLOBS,)
) -> Story:
    keys = draw(st.lists(names, min_size=3, max_size=14, unique=True))
    # In a bucket `a` and `a/b` can stand side by side. On the way down that is a failure of a key: see below.
    ours = keys if direction == "across" else without_conflicts(keys)
    theirs = keys if direction != "down" else ours
    content = st.integers(0, len(CONTENTS) - 1)
    steps = []
    for number in range(draw(st.integers(1, 3))):
        source = draw(st.dictionaries(st.sampled_from(ours), content, max_size=14))
        if number and draw(st.booleans()):
            source = {**steps[-1].source, **dict(itertools.islice(source.items(), 2))}
        target = draw(st.dictionaries(st.sampled_from(theirs), st.one_of(st.none(), content), max_size=10))
        steps.append(Step(source, target, draw(st.integers(0, len(TIMES) - 1)), draw(st.booleans())))
    return Story(
        steps=steps,
        include=draw(st.lists(st.sampled_from(globs), max_size=2, unique=True)) if globs else [],
        exclude=draw(st.lists(st.sampled_from(globs), max_size=2, unique=True)) if globs else [],
        delete=draw(st.booleans()),
        prefix=draw(st.sampled_from(["", "p", "p/q", "a b+c%20&d/é😀"])),
    )


@dataclass
class Seen:
    """A side as an independent reader sees it: content by key, and whole seconds of modification."""

    contents: dict[str, bytes] = field(default_factory=dict)
    modified: dict[str, int] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)  # whatever else would show that somebody wrote


class Tree:
    """A directory."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path, self.place = os.fsencode(path), str(path)
        path.mkdir()

    def write(self, key: str, content: bytes, touched: int, swapped: bool) -> None:
        path = self.path + b"/" + key.encode()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + b"~" if swapped and len(os.path.basename(path)) < 255 else path, "wb") as file:
            file.write(content)
        os.utime(file.name, ns=(TIMES[touched], TIMES[touched]))
        if file.name != path:
            os.rename(file.name, path)

    def remove(self, key: str) -> None:
        os.unlink(self.path + b"/" + key.encode())
        directory = os.path.dirname(self.path + b"/" + key.encode())
        while directory != self.path and not os.listdir(directory):
            os.rmdir(directory)
            directory = os.path.dirname(directory)

    def look(self) -> Seen:
        seen = Seen()
        for top, _folders, files in os.walk(self.path):
            for name in files:
                path = top + b"/" + name
                key, status = path[len(self.path) + 1 :].decode(), os.lstat(path)
                assert stat.S_ISREG(status.st_mode)
                with open(path, "rb") as file:
                    seen.contents[key] = file.read()
                seen.modified[key] = status.st_mtime_ns // 1_000_000_000
                seen.marks[key] = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_mode)
        return seen


class Objects:
    """A prefix of a bucket, with neighbours that a sync must not reach."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client, self.bucket = client, bucket
        self.prefix = prefix + "/" if prefix else ""
        self.place = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"

    def write(self, key: str, content: bytes, touched: int, swapped: bool) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=content)

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)

    def look(self) -> Seen:
        seen = Seen()
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for one in itertools.chain.from_iterable(page.get("Contents", []) for page in pages):
            key = one["Key"][len(self.prefix) :]
            answer = self.client.get_object(Bucket=self.bucket, Key=one["Key"])
            seen.contents[key] = answer["Body"].read()
            seen.modified[key] = int(one["LastModified"].timestamp())
            seen.marks[key] = (one["ETag"], one["LastModified"], answer["Metadata"], answer["ContentType"])
        return seen


class World:
    """Both sides of a sync, and the state directory."""

    def __init__(self, server: Server, bucket: str, direction: str, story: Story, scratch: pathlib.Path) -> None:
        self.server, self.direction, self.story, self.state = server, direction, story, scratch / "state"
        client = server.client("s3")
        remote = Objects(client, bucket, story.prefix)
        # Not below the other prefix, and never inside of it.
        self.neighbour = Objects(client, bucket, f"{story.prefix}x" if story.prefix else "")
        self.source: Tree | Objects = remote if direction == "down" else Tree(scratch / "source")
        self.target: Tree | Objects = Tree(scratch / "target") if direction == "down" else remote
        if direction == "across":
            self.source = Objects(client, bucket, f"{story.prefix or 'p'}-source")
            self.target = Objects(client, bucket, story.prefix or "p")
        if story.prefix:
            self.neighbour.write("outside", b"not ours", 0, False)

    def options(self, compare: str, **more: Any) -> dict[str, Any]:
        return {
            "source": self.source.place, "destination": self.target.place, "compare": compare,
            "include": self.story.include, "exclude": self.story.exclude, "delete": self.story.delete,
            "max_delete": "100%", "allow_empty_source": True, "max_actions": 10_000, "concurrency": 4,
            "state_dir": str(self.state), **more,
        }  # fmt: skip

    def edit(self, step: Step) -> None:
        there = self.source.look().contents
        for key in there.keys() - step.source.keys():
            self.source.remove(key)
        for key, index in step.source.items():
            if there.get(key) != CONTENTS[index]:
                self.source.write(key, CONTENTS[index], step.touched, step.swapped)
        there = self.target.look().contents
        for key, edit in step.target.items():
            if edit is None:
                if key in there:
                    self.target.remove(key)
            elif there.get(key) != CONTENTS[edit]:
                self.target.write(key, CONTENTS[edit], step.touched, step.swapped)

    def run(self, options: dict[str, Any], *, check: bool) -> dict[str, Any]:
        result = run_module("sync", options, server=self.server, check=check, diff=True)
        assert not result.get("failed"), result["msg"]
        # Not every server of the tests heeds conditions.
        expected = ("no file that the filters take", "does not heed conditions on writes (")
        assert all(any(text in one for text in expected) for one in warned(result)), warned(result)
        return result

    def everything(self) -> tuple[Seen, Seen, Seen, dict[str, Any]]:
        files = sorted(self.state.rglob("*")) if self.state.exists() else []
        held = {str(one): (one.stat().st_mtime_ns, one.is_file() and one.read_bytes()) for one in files}
        return self.source.look(), self.target.look(), self.neighbour.look(), held


def expected_actions(story: Story, compare: str, verb: str, source: Seen, target: Seen) -> list[tuple[str, str, str]]:
    """The oracle: which actions, in which order, for which reason."""
    transfers, deletions = [], []
    for key in sorted(source.contents.keys() | target.contents.keys(), key=str.encode):
        if not story.takes(key):
            continue
        ours, theirs = source.contents.get(key), target.contents.get(key)
        reason = ""
        if ours is None:
            if story.delete:
                deletions.append(("delete", key, "extra"))
            continue
        if theirs is None:
            reason = "new"
        elif compare != "existence" and len(ours) != len(theirs):
            reason = "size"
        elif compare == "content" and ours != theirs:
            reason = "content"
        elif compare == "time" and source.modified[key] > target.modified[key]:
            reason = "newer"
        if reason:
            transfers.append((verb, key, reason))
    return transfers + deletions


def expected_target(source: Seen, target: Seen, actions: list[tuple[str, str, str]]) -> dict[str, bytes]:
    after = dict(target.contents)
    for verb, key, _reason in actions:
        if verb == "delete":
            del after[key]
        else:
            after[key] = source.contents[key]
    return after


def sync_and_prove(world: World, compare: str) -> None:
    """One sync with all that has to be true of it."""
    story, options = world.story, world.options(compare)
    before = world.everything()
    source, target, neighbour, _held = before
    actions = expected_actions(story, compare, VERBS[world.direction], source, target)

    checked = world.run(options, check=True)
    assert world.everything() == before, "check mode left a trace"
    assert [(one["verb"], one["key"], one["reason"]) for one in checked["actions"]] == actions
    assert checked["changed"] is bool(actions)
    assert checked["summary"]["unproven"] == 0

    done = world.run(options, check=False)
    assert decided(done) == decided(checked)
    assert done["changed"] is bool(actions)
    assert done["diff"] == checked["diff"]
    source_after, target_after, neighbour_after, _held = world.everything()
    assert source_after == source, "the source was touched"
    assert neighbour_after == neighbour or not story.prefix, "what lies beside the prefix was touched"
    assert target_after.contents == expected_target(source, target, actions)
    acted = {key for _verb, key, _reason in actions}
    for key in target.contents.keys() - acted:
        assert target_after.marks[key] == target.marks[key], f"{key!r} was touched, and nothing was to be done with it"
    if compare == "content":
        taken = {key for key in source.contents if story.takes(key)}
        assert {key: target_after.contents[key] for key in taken} == {key: source.contents[key] for key in taken}

    for check in (True, False):
        again = world.run(options, check=check)
        assert (again["changed"], again["actions"]) == (False, [])
    assert world.everything()[:3] == (source_after, target_after, neighbour_after)


@pytest.fixture(autouse=True)
def one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a botocore session takes three quarters of a small run's time: these hundreds of runs share one."""
    monkeypatch.setattr("botocore.session.Session", functools.cache(botocore.session.Session))


@pytest.fixture
def scratches(tmp_path: pathlib.Path) -> Scratches:
    """Makes directories, one for each example."""
    return lambda: pathlib.Path(tempfile.mkdtemp(dir=tmp_path))


@contextlib.contextmanager
def a_bucket(server: Server) -> Iterator[Callable[[], str]]:
    """Gives an empty bucket, the same one each time."""
    client, name = server.client("s3"), f"properties-{uuid.uuid4().hex}"

    def empty() -> str:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=name)
        for one in itertools.chain.from_iterable(page.get("Contents", []) for page in pages):
            client.delete_object(Bucket=name, Key=one["Key"])
        return name

    client.create_bucket(Bucket=name)
    yield empty
    empty()
    client.delete_bucket(Bucket=name)


def prove_random_worlds(
    server: Server, direction: str, compare: str, examples: int, told: st.SearchStrategy[Story], scratches: Scratches
) -> None:
    with a_bucket(server) as empty:

        @settings(
            max_examples=examples,
            derandomize=MORE == 1,
            database=None,
            deadline=None,
            phases=[Phase.generate, *([Phase.shrink] if MORE > 1 else [])],
            suppress_health_check=list(HealthCheck),
        )
        @given(told)
        def prove(story: Story) -> None:
            scratch = scratches()
            world = World(server, empty(), direction, story, scratch)
            for number, step in enumerate(story.steps):
                note(f"step {number}")
                world.edit(step)
                sync_and_prove(world, compare)
            if compare == "content" and direction == "up":
                there_and_back(world, scratch)
            shutil.rmtree(scratch)

        prove()


@pytest.mark.parametrize("compare", list(EXAMPLES))
@pytest.mark.parametrize("direction", list(VERBS))
def test_random_worlds(server: Server, scratches: Scratches, direction: str, compare: str) -> None:
    prove_random_worlds(server, direction, compare, EXAMPLES[compare], stories(direction), scratches)


@pytest.mark.needs("keys as written", "backslashes")
@pytest.mark.parametrize("direction", list(VERBS))
def test_random_worlds_of_names_that_seaweedfs_changes(server: Server, scratches: Scratches, direction: str) -> None:
    names = st.lists(st.sampled_from(["a", "\\", "a\\", "\\a", "a\\b", ".\\..\\x", "C:\\"]), min_size=1, max_size=3)
    keys = names.map("/".join)
    if direction == "across":
        # What cannot be a file can still be copied within S3: empty components, dots, and the markers of directories.
        keys = st.one_of(keys, st.text(st.sampled_from("a/.b"), min_size=1, max_size=5))
    prove_random_worlds(server, direction, "content", 3 * MORE, stories(direction, keys, ()), scratches)


def there_and_back(world: World, scratch: pathlib.Path) -> None:
    """What was uploaded and comes down into an empty directory is what it was, to the nanosecond."""
    if len(without_conflicts(list(world.target.look().contents))) < len(world.target.look().contents):
        return  # the bucket held more than the tree, and that cannot be one
    back = Tree(scratch / "back")
    options = {**world.options("content"), "source": world.target.place, "destination": back.place, "delete": False}
    world.run(options, check=False)
    sent, came = world.source.look(), back.look()
    for key in filter(world.story.takes, sent.contents):
        assert came.contents[key] == sent.contents[key]
        assert came.marks[key][1] == sent.marks[key][1], "another mtime"


# Names that stand in each other's way on disk, and markers of directories: against moto, as SeaweedFS makes directories
# of its own for them.


@dataclass(frozen=True)
class Case:
    """objects: keys in S3; files: what stands in the directory before, "m/" an empty one; then what has to come."""

    objects: list[str]
    files: list[str]
    actions: list[str]
    failed: list[str]
    after: list[str]
    options: dict[str, Any] = field(default_factory=dict)


DELETE = {"delete": True, "max_delete": "100%"}
CASES = {
    "a key that is also a directory": Case(
        ["a", "a-b", "a/", "a/x"], [], ["download a", "download a-b"], ["a/", "a/x"], ["a", "a-b"]
    ),
    "a marker below a key": Case(["a", "a/b/"], [], ["download a"], ["a/b/"], ["a"]),
    "a marker makes a directory": Case(["m/", "m/n/"], [], ["download m/", "download m/n/"], [], ["m/", "m/n/"]),
    "a marker's directory stays when it is emptied": Case(
        ["m/", "z"], ["m/x"], ["download z", "delete m/x"], [], ["m/", "z"], DELETE
    ),
    "a directory without marker goes when it is emptied": Case(
        ["z"], ["m/n/x"], ["download z", "delete m/n/x"], [], ["z"], DELETE
    ),
    "a marker in the place of an extra file": Case(["m/"], ["m"], ["download m/", "delete m"], [], ["m/"], DELETE),
    "a marker in the place of a file": Case(["m/", "z"], ["m"], ["download z"], ["m/"], ["m", "z"]),
    "a file in the place of extras": Case(
        ["a", "z"], ["a/b", "a/c/d"], ["download z", "download a", "delete a/b", "delete a/c/d"], [], ["a", "z"], DELETE
    ),
    "a file in the place of a directory": Case(["a", "z"], ["a/b"], ["download z"], ["a"], ["a/", "a/b", "z"]),
    "a file in the place of an empty directory": Case(["a"], ["a/"], ["download a"], [], ["a"], DELETE),
    "a file in the place of what is excluded": Case(
        ["a", "z"],
        ["a/b.log", "a/c"],
        ["download z"],
        ["a"],
        ["a/", "a/b.log", "a/c", "z"],
        {**DELETE, "exclude": ["*.log"]},
    ),
    "directories in the place of an extra": Case(
        ["a/b/c", "a/d", "z"],
        ["a"],
        ["download z", "download a/b/c", "download a/d", "delete a"],
        [],
        ["a/", "a/b/", "a/b/c", "a/d", "z"],
        DELETE,
    ),
    "a directory in the place of a file": Case(["a/b", "z"], ["a"], ["download z"], ["a/b"], ["a", "z"]),
    "both ways at once": Case(
        ["x/y", "z"],
        ["x", "z/y"],
        ["download x/y", "download z", "delete x", "delete z/y"],
        [],
        ["x/", "x/y", "z"],
        DELETE,
    ),
    "no deletion beside a failure": Case(
        ["a", "a/b", "c"], ["c/d", "e"], ["download a"], ["a/b", "c"], ["a", "c/", "c/d", "e"], DELETE
    ),
    "keys that cannot be files here": Case(
        ["..", ".", "../out", "x/../../out", "/abs", "a//b", "m//", "./x", "good"],
        [],
        ["download good"],
        ["..", ".", "../out", "x/../../out", "/abs", "a//b", "m//", "./x"],
        ["good"],
    ),
}


@pytest.mark.needs("keys as written", "objects below objects", "directory markers")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_names_in_each_others_way(server: Server, tmp_path: pathlib.Path, case: Case) -> None:
    client, bucket = server.client("s3"), f"conflicts-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket)
    for key in case.objects:
        client.put_object(Bucket=bucket, Key=f"p/{key}", Body=b"" if key.endswith("/") else key.encode())
    target = tmp_path / "target"
    target.mkdir()
    for name in case.files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).mkdir() if name.endswith("/") else (target / name).write_text(f"what stood here: {name}")
    options = {
        "source": f"s3://{bucket}/p", "destination": str(target), "state_dir": str(tmp_path / "state"), **case.options,
    }  # fmt: skip
    for actions in (case.actions, []):
        checked = run_module("sync", options, server=server, check=True)
        done = run_module("sync", options, server=server)
        assert decided(done) == decided(checked)
        assert sorted(f"{one['verb']} {one['key']}" for one in done["actions"]) == sorted(actions)
        assert sorted(one["key"] for one in done["failures"]) == sorted(case.failed)
        assert done.get("failed", False) is checked.get("failed", False) is bool(case.failed)
        assert done["stats"]["failed"] == len(case.failed)
        found = [str(one.relative_to(target)) + "/" * one.is_dir() for one in target.rglob("*")]
        assert sorted(found) == sorted(case.after)
        for name in found:
            if not name.endswith("/"):
                held = (target / name).read_text()
                assert held == (name if f"download {name}" in case.actions else f"what stood here: {name}")
        assert sorted(os.listdir(tmp_path)) == ["state", "target"]
