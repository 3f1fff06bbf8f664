# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit's page as a text: what stands in it, and that no text of others becomes more than a text."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import html.parser
import re

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Changes, compare
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Judgement, Scope, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding, Suppression
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About, Since
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page import markup, whole
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from audits.account import HOSTILE, LONG, NOW, account, earlier, page
from audits.case import OWNER
from hypothesis import example, given
from hypothesis import strategies as st

BY_ID = {control.id: control for control in CONTROLS}


class Page(html.parser.HTMLParser):
    """Elements with their attributes in order, values of our own alone; and the text of all of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.structure: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.within: list[str] = []
        self.own = {"script": "", "style": ""}
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element."""
        own = ("class", "id", "href", "http-equiv")
        self.structure.append((tag, *(f"{name}={value}" if name in own else name for name, value in attrs)))
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"] or ""
        if tag not in ("meta", "input"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Elements end in order."""
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        """A text, or the script, or the style."""
        if self.within and self.within[-1] in self.own:
            self.own[self.within[-1]] += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """What people read."""
        return "\n".join(self.texts)


def finding(control: str, verdict: Verdict, text: str, **parts: object) -> Finding:
    """One whose every text is TEXT."""
    judgement = Judgement(verdict, text, {text: [text]}, {"tags": {text: text}})
    whole = Finding(BY_ID[control], judgement, text, f"arn:aws:s3:::{text}", text)
    return dataclasses.replace(whole, **parts)  # type: ignore[arg-type]


def told(text: str) -> str:
    """A page of findings of all kinds with a text in every place, and earlier ones."""
    known = Suppression("S3.9", (text,), text, datetime.date(2027, 1, 31))
    denied = Judgement(Verdict.UNKNOWN, text, {"missing_permissions": [text]})
    found = [
        finding("S3.8", Verdict.FAIL, text),
        finding("S3.2", Verdict.PASS, text),
        finding("S3.9", Verdict.FAIL, text, suppressed=known),
        finding("S3.12", Verdict.UNKNOWN, text, judgement=denied),
        finding("S3.20", Verdict.NOT_APPLICABLE, text),
        finding("S3.19", Verdict.FAIL, text, resource=f"arn:aws:s3:eu-west-1:1:accesspoint/{text}"),
    ]
    before = {"S3.8": "pass", "S3.2": "fail"}
    old = [{**each.shown, "verdict": before.get(each.control.id, "fail"), "suppressed": {}} for each in found]
    changes = changed(old, found)
    return whole.render(About(found, text, text, "aws", NOW, since=Since(text or "then", changes)))


def changed(old: list[dict[str, object]], found: list[Finding]) -> Changes:
    """What changed, and that a bucket is new and one is gone."""
    changes = compare(old, [each.shown for each in found])
    name = found[0].bucket
    return dataclasses.replace(changes, new=(name,), gone=(name,))


PLAIN = Page(told("plain"))


@given(st.text(min_size=1))
@example("<script>alert(1)</script>")
@example("\"'><img src=x onerror=alert(1)>")
@example("</style></script></table><!-- ]]> &lt;")
@example("\u202e\u0000\ud800\u2028\x85\ufffe")
def test_a_text_changes_no_element_and_no_attribute(text: str) -> None:
    """The page of any text has the very structure of the page of a plain one."""
    written = told(text)
    written.encode()  # what has no place in a file is gone
    found = Page(written)
    assert found.structure == PLAIN.structure
    assert found.own == PLAIN.own and found.policy == PLAIN.policy
    lines = markup.clean(text).replace("\r\n", "\n").replace("\r", "\n")
    assert lines in "\n".join(found.texts).replace("\r\n", "\n").replace("\r", "\n")


def test_style_and_script_are_the_only_ones_that_the_policy_lets_in() -> None:
    hashes = {
        name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in PLAIN.own.items()
    }
    assert PLAIN.policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}';"
        " base-uri 'none'; form-action 'none'"
    )
    assert [each[0] for each in PLAIN.structure].count("script") == 1
    assert not re.search(r"url\(|@import|https?:", "".join(PLAIN.own.values()))


def test_nothing_is_loaded_and_links_lead_to_aws_or_within() -> None:
    loading = {"img", "link", "iframe", "object", "embed", "video", "audio", "source", "base"}
    assert not loading & {each[0] for each in PLAIN.structure}
    attributes = [attribute for _tag, *attributes in PLAIN.structure for attribute in attributes]
    assert not [each for each in attributes if re.match(r"src|style|on|action", each)]
    ids = {each.removeprefix("id=") for each in attributes if each.startswith("id=")}
    links = {each.removeprefix("href=") for each in attributes if each.startswith("href=")}
    assert {each for each in links if each.startswith("#")} <= {f"#{each}" for each in ids}
    outward = {each for each in links if not each.startswith("#")}
    assert outward and all(each.startswith("https://docs.aws.amazon.com/") for each in outward)
    assert len(ids) == len([each for each in attributes if each.startswith("id=")])


def test_every_finding_has_its_row() -> None:
    found = account(100)
    assert {each.control.id for each in found} == set(BY_ID)
    structure = Page(page(found)).structure
    rows = [
        attribute for tag, *inner in structure if tag == "tr" for attribute in inner if attribute.startswith("id=f")
    ]
    assert sorted(rows) == sorted(f"id=f{number + 1}" for number in range(len(found)))
    signs = [
        each
        for each in structure
        if each[0] == "td" and any(" " in f"{part} " and "class=sign" in part for part in each)
    ]
    assert len(signs) == sum(each.control.scope is Scope.BUCKET for each in found)


def test_what_is_suppressed_or_unknown_is_told_with_what_it_takes() -> None:
    known = Suppression("S3.8", ("b",), "A web site for now.", datetime.date(2027, 6, 30))
    found = [
        finding("S3.8", Verdict.FAIL, "b", suppressed=known),
        finding("S3.9", Verdict.FAIL, "b", suppressed=Suppression("S3.9", ("b",), "Nothing of value.")),
        finding("S3.12", Verdict.UNKNOWN, "b", judgement=Judgement(
            Verdict.UNKNOWN, "It could not be read.", {"missing_permissions": ["s3:GetBucketAcl"]}
        )),
    ]  # fmt: skip
    text = Page(whole.render(About(found, OWNER, "eu-central-1", "aws", NOW))).text
    suppressed = text[text.index("Somebody decided") :]
    for words in ("A web site for now.", "2027-06-30", "Nothing of value.", "for ever"):
        assert words in suppressed
    assert suppressed.index("2027-06-30") < suppressed.index("for ever")
    unknown = text[text.index("lacks these permissions") : text.index("Somebody decided")]
    assert "s3:GetBucketAcl" in unknown and "(1 finding)" in unknown
    assert "Nothing fails." in text


def test_numbers_of_benchmarks_and_a_task_that_remedies() -> None:
    text = Page(whole.render(About([finding("S3.8", Verdict.FAIL, "b")], OWNER, "", "aws", NOW))).text
    assert "CIS AWS Foundations v1.4: 2.1.5, v3.0: 2.1.4" in text
    assert '- stowage.s3.bucket:\n    name: "b"\n    tags: {"b": "b"}' in text


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (Since("", Changes()), "There is no earlier audit"),
        (Since("2026-11-25T05:00:00Z", Changes()), "nothing changed"),
        (Since("2026-11-25T05:00:00Z", Changes(new=("b",))), "(1 failure)"),
        (Since("2026-11-25T05:00:00Z", Changes(gone=("old",))), "Buckets that are gone (1)"),
    ],
)
def test_changes(since: Since, words: str) -> None:
    found = [finding("S3.8", Verdict.FAIL, "b")]
    assert words in Page(whole.render(About(found, OWNER, "", "aws", NOW, since=since))).text
    assert "Changes" not in Page(whole.render(About(found, OWNER, "", "aws", NOW))).text


def test_changes_lead_to_what_is_there_now() -> None:
    found = account(12)
    text = Page(page(found)).text
    for words in ("Worse (", "Better (", f"New buckets (1)\n{LONG}", "Buckets that are gone (1)\nold-import"):
        assert words in re.sub(r"\n\n+", "\n", text)
    assert earlier(found) != found


def test_an_account_without_buckets() -> None:
    assert "0 of 0 buckets have failures" in Page(whole.render(About([], "", "eu-central-1", "aws", NOW))).text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_html_already_is_so_by_its_type(text: str) -> None:
    inner = markup.tag("p", text)
    assert markup.tag("div", inner) == f"<div>{inner}</div>"
    # What an f-string makes of it is a text again: seen twice, never run.
    assert "<p>" not in markup.tag("div", f"{inner}")
    assert markup.tag("p", text, title=text).count("<") == 2


def test_attributes() -> None:
    assert markup.tag("input", id="a", hidden=True, disabled=False, data_name='"', class_="b") == (
        '<input id="a" hidden data-name="&quot;" class="b">'
    )
