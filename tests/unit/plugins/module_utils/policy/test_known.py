# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is known of actions and keys is what its source says, and is asked as AWS compares."""

from __future__ import annotations

import pytest
from actions_list import FILE, made
from ansible_collections.stowage.s3.plugins.module_utils._policy import known


def test_the_file_is_what_the_script_makes() -> None:
    assert FILE.read_text() == made(), "python tests/actions_list.py writes it"


def test_actions() -> None:
    assert known.names("s3")["getobject"] == "GetObject"
    assert known.knows("kms") and not known.knows("ec2")
    assert {each.name for each in known.of_s3("s3:getobjecttag*")} == {"GetObjectTagging"}
    assert len(known.of_s3("*")) == len(known.of_s3("s3:*")) == len(known.names("s3"))
    about = {each.name: each.about for each in known.of_s3("*")}
    assert (about["GetObject"], about["PutBucketPolicy"], about["ListBucket"], about["ListAllMyBuckets"]) == (
        "op",
        "b",
        "ba",
        "",
    )


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("aws:securetransport", "bool"),
        ("aws:sourceip", "ip"),
        ("aws:principaltag/team", "string"),
        ("s3:existingobjecttag/a/b", "string"),
        ("s3:tlsversion", "numeric"),
        ("kms:encryptioncontext:aws:s3:arn", "string"),
        ("aws:sourcearn", "arn"),
        ("aws:currenttime", "date"),
        ("aws:nothing", ""),
        ("token.actions.githubusercontent.com:sub", ""),
    ],
)
def test_types_of_keys(key: str, kind: str) -> None:
    assert known.type_of(key) == kind
    assert known.judged_key(key) == (not key.startswith("token"))


def test_keys_that_come() -> None:
    (listing,), (reading,) = known.of_s3("s3:listbucket"), known.of_s3("s3:getobject")
    assert known.comes_with("s3:prefix", listing) and not known.comes_with("s3:prefix", reading)
    assert known.comes_with("s3:existingobjecttag/a", reading)
    assert all(known.comes_with("s3:tlsversion", each) for each in (listing, reading))
