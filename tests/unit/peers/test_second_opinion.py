# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Prowler said becomes verdicts of our controls, and what differs is found."""

from __future__ import annotations

import pathlib

from mess import KINDS
from peers import prowler
from peers.prowler import Row
from second_opinion import ACCOUNT, CHECKS, DIFFERENCES, FAIL, NOTHING, PASS, differences, listed, ours, theirs

NUMBER = "111122223333"
NAMES = {"web-bare": "bare", "web-cors": "cors"}


def test_the_worst_check_of_a_control_counts() -> None:
    for order in (1, -1):
        rows = [Row("s3_bucket_public_access", "web-bare", FAIL), Row("s3_bucket_public_list_acl", "web-bare", PASS)]
        assert theirs(rows[::order], NUMBER, NAMES) == {("S3.2", "bare"): FAIL}


def test_what_is_said_of_the_account_is_said_of_all_but_where_the_account_is_asked() -> None:
    rows = [Row("s3_bucket_public_access", NUMBER, PASS), Row("s3_account_level_public_access_blocks", NUMBER, PASS)]
    expected = {("S3.2", "bare"): PASS, ("S3.2", "cors"): PASS, ("S3.1", ACCOUNT): PASS}
    assert theirs(rows, NUMBER, NAMES) == expected


def test_what_is_not_compared_is_left_out() -> None:
    assert theirs([Row("s3_bucket_default_encryption", "web-bare", FAIL)], NUMBER, NAMES) == {}
    assert ours([{"control": "S3.10", "bucket": "web-bare", "verdict": "fail"}], NAMES) == {}


def test_differences_are_found_both_ways() -> None:
    found = [
        {"control": "S3.9", "bucket": "web-bare", "verdict": "not_applicable"},
        {"control": "S3.5", "bucket": "web-bare", "verdict": "pass"},
        {"control": "S3.1", "bucket": "", "verdict": "fail"},
    ]
    said = {("S3.9", "bare"): FAIL, ("S3.5", "bare"): PASS, ("S3.14", "cors"): FAIL}
    assert differences(ours(found, NAMES), said) == {
        ("S3.9", "bare", NOTHING, FAIL),
        ("S3.1", ACCOUNT, FAIL, NOTHING),
        ("S3.14", "cors", NOTHING, FAIL),
    }


def test_every_difference_shows_somewhere_and_has_a_reason() -> None:
    compared = {check.control for check in CHECKS.values() if not check.unjudged}
    for each in DIFFERENCES:
        assert each.control in compared and each.ours != each.theirs and each.why.endswith(".")
        assert (each.before | each.after) and each.before | each.after <= KINDS.keys()
    assert len(listed("before")) == sum(len(each.before) for each in DIFFERENCES)


def test_findings_are_read_as_prowler_writes_them(tmp_path: pathlib.Path) -> None:
    text = 'CHECK_ID;STATUS;STATUS_EXTENDED;RESOURCE_NAME\ns3_bucket_kms_encryption;FAIL;"a; b";web-bare\n'
    (tmp_path / "findings.csv").write_text(text)
    assert prowler.read(tmp_path) == [Row("s3_bucket_kms_encryption", "web-bare", FAIL)]
    assert prowler.version().startswith("5.46.")
