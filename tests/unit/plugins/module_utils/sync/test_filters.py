# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Globs, with git itself as the oracle, and what include and exclude make of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters, Matcher
from hypothesis import example, given, settings
from hypothesis import strategies as st

Git = Callable[[list[str], list[str]], set[str]]
STEADY = settings(derandomize=True, max_examples=300, deadline=None)


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Git:
    """Which of the keys gitignore's globs match, as git says."""
    top = tmp_path_factory.mktemp("git")
    # Nothing of the user's own settings, nor of a repository around.
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(top),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(top),
    }

    def run(*arguments: str, text: str = "", fine: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=top, env=env, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode in fine and not done.stderr, done
        return done.stdout

    run("init", "-q", "-b", "main")

    def ask(globs: list[str], keys: list[str]) -> set[str]:
        # What gitignore reads as a comment is a name here.
        lines = ["\\" + glob if glob.startswith("#") else glob for glob in globs]
        (top / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
        found = run(
            "check-ignore", "--no-index", "-z", "--stdin", text="".join(f"{key}\0" for key in keys), fine=(0, 1)
        )
        return set(found.split("\0")) - {""}

    return ask


# git matches bytes and not characters, so that "?" is half an "é" there: the oracle is good for ASCII.
LETTERS = "abB-.!]^[*?\\#+(|$"
NAMES = st.text(st.sampled_from(LETTERS), min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
KEYS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=12)
LITERAL = st.sampled_from([*"abB-.+(|$", "\\[", "\\*", "\\?", "\\\\", "\\a"])
MEMBER = st.sampled_from(
    [*"abB.^+", "a-c", "A-b", "--a", "\\]", "\\\\", "\\a-c", "[", "[:alpha:]", "[:punct:]", "[:nul"]
)
CLASS = st.builds(
    "[{}{}{}{}]".format,
    st.sampled_from(["", "!", "^"]),
    st.sampled_from(["", "]", "-"]),
    st.lists(MEMBER, min_size=1, max_size=3).map("".join),
    st.sampled_from(["", "-"]),
)
PIECE = st.one_of(LITERAL, st.sampled_from(["*", "?", "a*", "a**b"]), CLASS)
COMPONENT = st.one_of(
    st.just("**"), st.lists(PIECE, min_size=1, max_size=3).map("".join).filter(lambda part: part not in (".", ".."))
)
GLOBS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "/"]),
    st.lists(COMPONENT, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "/"]),
    # gitignore says of "***" that it is "*", and git treats it as "**".
).filter(lambda glob: "***" not in glob)


@STEADY
@given(st.lists(GLOBS, min_size=1, max_size=2), KEYS)
@example(["a"], ["a", "a/b", "b/a", "b/a/c", "ab", "b"])
@example(["/a"], ["a", "a/b", "b/a", "ab"])
@example(["a/"], ["a", "a/b", "b/a", "b/a/c"])
@example(["/a/"], ["a", "a/b", "b/a/c"])
@example(["a/b"], ["a/b", "a/b/c", "b/a/b", "a/bb"])
@example(["**/a"], ["a", "b/a", "b/b/a", "ba"])
@example(["a/**"], ["a", "a/b", "a/b/b", "b/a/b"])
@example(["a/**/b"], ["a/b", "a/a/b", "a/a/a/b", "ab", "a/bb"])
@example(["**"], ["a", "a/b"])
@example(["**/"], ["a", "a/b"])
@example(["/a*b"], ["ab", "acb", "a/b"])
@example(["/a[!b]b"], ["acb", "a/b"])
@example(["/a[--a]b"], ["a.b", "a/b"])
@example(["a/*"], ["a", "a/b", "a/b/b", "b/a/b"])
@example(["*.b"], ["a.b", "a/.b", "a.b/a", "a.ba"])
@example(["[[:alpha:]]"], ["a", ":", "a]", "b/B"])
@example(["[\\]]", "a\\\\/"], ["]", "\\]", "a\\/b", "a\\"])
def test_globs_mean_what_git_means(git: Git, globs: list[str], keys: list[str]) -> None:
    try:
        matcher = Matcher("include", globs)
    except StowageError:
        # What is refused has to be without a use: here a range that is empty, or a class that is not closed.
        assert any("[" in glob for glob in globs)
        return
    assert {key for key in keys if matcher.matches(key)} == git(globs, keys)


@pytest.mark.parametrize(
    ("glob", "matched", "others"),
    [
        ("?", ["é", "d/é"], ["e\u0301", "ab"]),
        ("[é]", ["é"], ["e", "Ã"]),
        ("[à-ü]*", ["été"], ["ete"]),
        ("*.log", ["a\nb.log", "d/.log"], ["a.log2", "log"]),
        ("a b", ["a b", "a b/c"], ["a", "b"]),
        (" a", [" a"], ["a"]),
        ("#a", ["#a"], ["a"]),
        ("\\!a", ["!a"], ["a"]),
        ("A", ["A"], ["a"]),
        ("a", ["a"], ["a\n"]),
        ("***", ["a", "a/b"], []),
        ("a/***/b", ["a/x/b"], ["a/b", "a/x/y/b"]),
    ],
)
def test_globs_where_git_is_no_oracle(glob: str, matched: list[str], others: list[str]) -> None:
    matcher = Matcher("include", [glob])
    assert [key for key in [*matched, *others] if matcher.matches(key)] == matched


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_globs_and_keys_meet_in_one_unicode_form(form: str) -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    for glob in (composed, decomposed):
        matcher = Matcher("include", [glob + "*"], form)
        assert matcher.matches(composed + "x") and matcher.matches(decomposed + "x") and not matcher.matches("ex")
    assert not Matcher("include", [composed]).matches(decomposed)


# What a run takes


@STEADY
@given(st.lists(GLOBS, max_size=2), st.lists(GLOBS, max_size=2), KEYS)
def test_any_include_and_no_exclude(git: Git, include: list[str], exclude: list[str], keys: list[str]) -> None:
    try:
        filters = Filters(include, exclude)
    except StowageError:
        return
    taken = (git(include, keys) if include else set(keys)) - git(exclude, keys)
    assert {key for key in keys if filters.takes(key)} == taken
    assert {key for key in keys if filters.excludes(key)} == git(exclude, keys)
    assert filters.everything is (not include and not exclude)
    # The order of globs means nothing.
    assert taken == set(filter(Filters(include[::-1], exclude[::-1]).takes, keys))


@STEADY
@given(st.lists(GLOBS, max_size=2), st.lists(GLOBS, min_size=1, max_size=2), KEYS)
@example(["a/b"], ["a/c"], ["a/b"])
@example([], ["a/"], ["a", "b/a/c"])
@example([], ["a/*"], ["a/b/c"])
def test_no_key_that_is_taken_lies_below_a_directory_that_is_not_read(
    include: list[str], exclude: list[str], keys: list[str]
) -> None:
    try:
        filters = Filters(include, exclude)
    except StowageError:
        return
    for key in keys:
        above = [key[: at + 1] for at, char in enumerate(key) if char == "/"]
        assert not filters.takes(key) or not any(map(filters.prunes, above)), key


@pytest.mark.parametrize(
    ("glob", "matched", "others"),
    [
        ("tmp/", ["tmp/", "x/tmp/", "tmp/x/"], ["tmpx/", "xtmp/"]),
        ("tmp", ["tmp/", "x/tmp/", "tmp/x/"], ["tmpx/"]),
        ("/tmp", ["tmp/", "tmp/x/"], ["x/tmp/"]),
        ("a/**/c", ["a/c/", "a/b/c/", "a/b/b/c/d/"], ["a/", "a/b/", "c/"]),
        ("*.d", ["x.d/", ".d/"], ["x.dd/"]),
        # What lies in a directory, and not the directory.
        ("tmp/*", ["tmp/x/"], ["tmp/"]),
        ("tmp/**", ["tmp/x/"], ["tmp/"]),
        ("*/", ["tmp/"], []),
    ],
)
def test_directories_that_are_not_read(glob: str, matched: list[str], others: list[str]) -> None:
    filters = Filters(["*.txt"], [glob])
    assert [name for name in [*matched, *others] if filters.prunes(name)] == matched


# What is refused


@pytest.mark.parametrize(
    ("glob", "why", "remedy"),
    [
        ("", "is empty", "Write a glob such as"),
        ("/", "is empty", "Write a glob such as"),
        ("a\0b", "is empty", "Write a glob such as"),
        ("!a", "begins with '!'", "There is no negation"),
        ("a//b", "has an empty path component", "single slashes"),
        ("//a", "has an empty path component", "single slashes"),
        ("a//", "has an empty path component", "single slashes"),
        ("../a", "'..' component", "below the root"),
        ("./a", "'.' or '..' component", "below the root"),
        ("a/.", "'.' or '..' component", "below the root"),
        ("a\\", "ends with a backslash", "Write '\\\\'"),
        ("a\\/", "ends with a backslash", "Write '\\\\'"),
        ("a\\/b", "ends with a backslash", "Write '\\\\'"),
        ("[a", "has a '[' without its ']'", "Close the class"),
        ("[]", "has a '[' without its ']'", "Close the class"),
        ("[a\\]", "has a '[' without its ']'", "Close the class"),
        ("[a\\", "has a '[' without its ']'", "Close the class"),
        ("[a-\\", "has a '[' without its ']'", "Close the class"),
        ("[a/b]", "has a '[' without its ']'", "Close the class"),
        ("[z-a]", "the range 'z-a', which is empty", "Write ranges upwards"),
        ("[[:word:]]", "an unknown class '[:word:]'", "Known are alnum, alpha"),
    ],
)
@pytest.mark.parametrize("option", ["include", "exclude", "rules[2].match"])
def test_bad_globs_are_refused_with_option_glob_and_remedy(option: str, glob: str, why: str, remedy: str) -> None:
    with pytest.raises(StowageError) as refused:
        Matcher(option, ["fine", glob])
    text = str(refused.value)
    assert text.startswith(f"{option}: {glob!r} ") and why in text and remedy in text


def test_the_remedy_for_a_name_that_begins_with_an_exclamation_mark_is_one() -> None:
    with pytest.raises(StowageError) as refused:
        Filters(["!a"])
    assert r"is written '\!a'" in str(refused.value)
    assert Filters([r"\!a"]).takes("!a")


@pytest.mark.parametrize("glob", ["*", "**", "/*", "/**", "**/*", "*/**", " * "])
def test_the_habit_of_aws_s3_sync_is_refused_with_a_hint(glob: str) -> None:
    with pytest.raises(StowageError) as refused:
        Filters(["*.html"], [glob])
    text = str(refused.value)
    assert text.startswith(f"exclude: {glob!r} takes every key out of the run, also those that include names")
    assert "order does not matter, unlike with aws s3 sync" in text and "leave exclude out" in text
    with pytest.raises(StowageError) as refused:
        Filters([], [glob])
    assert "also those that include names" not in str(refused.value)
    # To include everything is no mistake.
    assert Filters([glob.strip()], ["*.tmp"]).takes("a/b")


def test_filters_that_are_left_out_take_everything() -> None:
    filters = Filters()
    assert filters.everything and filters.takes("a/b") and not filters.prunes("a/") and not filters.excludes("a")
