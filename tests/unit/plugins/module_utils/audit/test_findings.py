# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From facts to findings: suppressions and summary; and the files that they are written to."""

from __future__ import annotations

import csv
import datetime
import io
import json
import pathlib
import xml.etree.ElementTree as ET
from typing import Any

import attr
import botocore.session
import botocore.validate
import pytest
import sarif_om
from ansible_collections.stowage.s3.plugins.module_utils._audit import finding, report
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Judgement, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding, Suppression
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats import asff, junit, sarif, table
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

NOW = datetime.datetime(2026, 11, 26, 5, 0, tzinfo=datetime.timezone.utc)
TODAY = NOW.date()
TOMORROW, YESTERDAY = (TODAY + datetime.timedelta(days) for days in (1, -1))
BY_ID = {control.id: control for control in CONTROLS}
NASTY = "=cmd|' /C calc'!A0 \x00\x1b <&\"'> é \ud800\U0001f600\r\nb"


def found(control: str, verdict: Verdict, bucket: str = "b", evidence: str = "So it is.", **parts: Any) -> Finding:
    """A finding."""
    resource = f"arn:aws:s3:::{bucket}" if bucket else "AWS::::Account:111122223333"
    judgement = Judgement(verdict, evidence, {"looked_at": True})
    return Finding(BY_ID[control], judgement, bucket, resource, "eu-central-1", **parts)


def about(*findings: Finding, account: str = "111122223333") -> About:
    """An audit."""
    return About(findings, account, "eu-central-1", "aws", NOW)


KNOWN = Suppression("S3.8", ("b",), "A site", TOMORROW)
ALL = about(
    found("S3.1", Verdict.FAIL, ""),
    found("S3.2", Verdict.FAIL),
    found("S3.5", Verdict.PASS),
    found("S3.8", Verdict.FAIL, suppressed=KNOWN),
    found("S3.13", Verdict.FAIL),
    found("S3.14", Verdict.UNKNOWN),
    found("S3.20", Verdict.NOT_APPLICABLE),
)

# Suppressions


@pytest.mark.parametrize(
    ("known", "covered"),
    [
        (Suppression("S3.8", ("*",), "r"), True),
        (Suppression("S3.8", ("x", "b*"), "r"), True),
        (Suppression("S3.8", ("x",), "r"), False),
        (Suppression("S3.2", ("*",), "r"), False),
        (Suppression("S3.8", ("*",), "r", TODAY), True),
        (Suppression("S3.8", ("*",), "r", TOMORROW), True),
        (Suppression("S3.8", ("*",), "r", YESTERDAY), False),
    ],
)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_suppression_leaves_the_verdict(known: Suppression, covered: bool, verdict: Verdict) -> None:
    (result,) = finding.suppress([found("S3.8", verdict)], [known], TODAY)
    suppressible = verdict in (Verdict.FAIL, Verdict.UNKNOWN)
    assert result.judgement.verdict is verdict
    assert (result.suppressed is known) == (covered and suppressible)
    assert result.shown["suppressed"] == (known.shown if covered and suppressible else {})


def test_an_account_has_no_bucket() -> None:
    one = found("S3.1", Verdict.FAIL, "")
    assert finding.suppress([one], [Suppression("S3.1", ("b*",), "r")], TODAY) == [one]
    assert finding.suppress([one], [Suppression("S3.1", ("*",), "r")], TODAY)[0].suppressed


@pytest.mark.parametrize(
    ("parts", "words"),
    [({"reason": " "}, "suppressions[0].reason"), ({"expires": "31.1.2027"}, "2027-01-31"), ({"expires": "1"}, "'1'")],
)
def test_a_suppression_is_refused(parts: dict[str, Any], words: str) -> None:
    given = {"control": "S3.8", "buckets": ["*"], "reason": "r", "expires": None, **parts}
    with pytest.raises(StowageError) as error:
        finding.suppressions([given])
    assert words in str(error.value)


def test_summary() -> None:
    assert finding.summary(ALL.findings) == {
        "verdicts": {"pass": 1, "fail": 4, "unknown": 1, "not_applicable": 1},
        "fails": {"critical": 1, "high": 0, "medium": 1, "low": 1},
        "suppressed": 1,
    }


# Files


def test_csv() -> None:
    text = table.render(about(found("S3.2", Verdict.FAIL, evidence=NASTY), found("S3.5", Verdict.PASS, evidence="-1")))
    assert text.count("\r\n") >= 3 and "\n" not in text.replace("\r\n", "")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == table.COLUMNS
    assert rows[0]["evidence"] == f"'{NASTY}" and rows[1]["evidence"] == "'-1"
    assert (rows[0]["severity"], rows[0]["verdict"], rows[0]["account"]) == ("critical", "fail", "111122223333")


@pytest.mark.parametrize("sign", "=+-@\t\r")
def test_no_cell_begins_like_a_formula(sign: str) -> None:
    text = table.render(about(found("S3.2", Verdict.FAIL, bucket=f"{sign}b", evidence=f"{sign}1+1")))
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.startswith(sign)]


def test_junit() -> None:
    root = ET.fromstring(junit.render(ALL))  # noqa: S314 - our own
    assert root.attrib == {
        "name": "stowage.s3.audit_info", "tests": "7", "failures": "3", "errors": "1", "skipped": "2"
    }  # fmt: skip
    said = {case.get("classname"): [child.tag for child in case] for case in root.iter("testcase")}
    assert said == {
        "stowage.s3.S3.1": ["failure"],
        "stowage.s3.S3.2": ["failure"],
        "stowage.s3.S3.5": [],
        "stowage.s3.S3.8": ["skipped"],
        "stowage.s3.S3.13": ["failure"],
        "stowage.s3.S3.14": ["error"],
        "stowage.s3.S3.20": ["skipped"],
    }
    assert "A site" in next(root.iter("skipped")).attrib["message"]


def test_junit_of_what_xml_cannot_say() -> None:
    root = ET.fromstring(junit.render(about(found("S3.2", Verdict.FAIL, evidence=NASTY))))  # noqa: S314 - our own
    assert (
        next(root.iter("failure"))
        .attrib["message"]
        .startswith("=cmd|' /C calc'!A0 \ufffd\ufffd <&\"'> é \ufffd\U0001f600")
    )


# SARIF's objects, by the properties that hold them.
OBJECTS = {
    "runs": sarif_om.Run,
    "tool": sarif_om.Tool,
    "driver": sarif_om.ToolComponent,
    "rules": sarif_om.ReportingDescriptor,
    "shortDescription": sarif_om.MultiformatMessageString,
    "fullDescription": sarif_om.MultiformatMessageString,
    "help": sarif_om.MultiformatMessageString,
    "defaultConfiguration": sarif_om.ReportingConfiguration,
    "invocations": sarif_om.Invocation,
    "results": sarif_om.Result,
    "message": sarif_om.Message,
    "locations": sarif_om.Location,
    "physicalLocation": sarif_om.PhysicalLocation,
    "artifactLocation": sarif_om.ArtifactLocation,
    "logicalLocations": sarif_om.LogicalLocation,
    "suppressions": sarif_om.Suppression,
}
BAGS = ("properties", "partialFingerprints")  # of what anybody likes


def conforms(value: dict[str, Any], kind: type) -> None:
    """An object has the properties that the schema knows, and those that it wants."""
    known = {each.metadata["schema_property_name"]: each for each in attr.fields(kind)}
    assert set(value) <= set(known)
    assert {name for name, each in known.items() if each.default is attr.NOTHING} <= set(value)
    for name, inner in value.items():
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict) and name not in BAGS:
                conforms(each, OBJECTS[name])


def test_sarif() -> None:
    """By an object model that was made of SARIF 2.1.0's schema, and by what that says besides."""
    log = json.loads(sarif.render(ALL))
    conforms(log, sarif_om.SarifLog)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])
    kinds = {}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] in ("notApplicable", "pass", "fail", "review", "open", "informational")
        # The schema's own words: another kind than "fail" has the level "none".
        assert (result["level"] == "none") == (result["kind"] != "fail")
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].partition(":")[0] in ("s3", "aws")
        kinds[result["ruleId"]] = result["kind"]
    assert kinds["S3.14"] == "open" and kinds["S3.20"] == "notApplicable"
    (suppressed,) = [result for result in run["results"] if "suppressions" in result]
    assert suppressed["suppressions"] == [{"kind": "external", "justification": "A site"}]


def test_asff() -> None:
    """botocore's model of Security Hub takes it, and its documented bounds hold."""
    long = about(*ALL.findings, found("S3.3", Verdict.FAIL, evidence="x" * 5000))
    findings = json.loads(asff.render(long))
    model = botocore.session.Session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    problems = botocore.validate.ParamValidator().validate({"Findings": findings}, shape)
    assert not problems.has_errors(), problems.generate_report()
    kinds = model.shape_for("ComplianceStatus").enum, model.shape_for("SeverityLabel").enum
    for each in findings:
        assert each["Compliance"]["Status"] in kinds[0] and each["Severity"]["Label"] in kinds[1]
        assert len(each["Description"]) <= 1024 and len(each["Title"]) <= 256
        assert len(each["Remediation"]["Recommendation"]["Text"]) <= 512
    assert len({each["Id"] for each in findings}) == len(findings)
    by_control = {each["GeneratorId"].rpartition("/")[2]: each for each in findings}
    assert by_control["S3.8"]["Workflow"] == {"Status": "SUPPRESSED"} and by_control["S3.8"]["Note"]["Text"] == "A site"
    assert by_control["S3.14"]["Compliance"]["Status"] == "WARNING"
    assert by_control["S3.1"]["Resources"][0]["Type"] == "AwsAccount"
    assert by_control["S3.1"]["Compliance"]["RelatedRequirements"][0] == "CIS v1.4/2.1.5"


def test_asff_without_an_account() -> None:
    with pytest.raises(StowageError, match="sts:GetCallerIdentity"):
        asff.render(about(account=""))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "audit.csv"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        report.write(str(path), "\ud800")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
    report.write(str(path), "né\r\n")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ["né\r\n".encode()]
    with pytest.raises(StowageError, match="output: "):
        report.write(str(tmp_path / "no" / "audit.csv"), "")
