# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import OBJECTS, Case, bucket, identity, trust

LONG = [f"arn:aws:s3:::example-bucket/{number:05}/*" for number in range(400)]
NAMED = {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECTS}


def both(**parts):
    """Two statements."""
    return {"Version": "2012-10-17", "Statement": [NAMED, {**NAMED, **parts}]}


CASES = (
    Case("statements", {"Version": "2012-10-17", "Statement": []}, "Statement", bucket()),
    Case("statements", {"Version": "2012-10-17", "Statement": ["s3:GetObject"]}, "Statement[0]", bucket()),
    Case(
        "unknown_element",
        bucket(Conditions={}),
        "Statement[0].Conditions",
        bucket(Condition={}),
        parliament="MALFORMED",
    ),
    Case("unknown_element", {**bucket(), "Comment": "x"}, "Comment", {**bucket(), "Id": "x"}, parliament="MALFORMED"),
    Case("misplaced_element", identity(Principal="*"), "Statement[0].Principal", identity(), "identity"),
    Case("misplaced_element", trust(Resource="*"), "Statement[0].Resource", trust(), "trust"),
    Case("missing_element", bucket(Principal=None), "Statement[0].Principal", bucket()),
    Case("missing_element", bucket(Action=[]), "Statement[0].Action", bucket()),
    Case("missing_element", bucket(NotAction="s3:PutObject"), "Statement[0].Action", bucket(), parliament="MALFORMED"),
    Case("element_type", bucket(Action={"s3": "GetObject"}), "Statement[0].Action", bucket(), parliament="EXCEPTION"),
    Case(
        "element_type",
        bucket(Principal="444455556666"),
        "Statement[0].Principal",
        bucket(),
        parliament="UNKNOWN_PRINCIPAL",
    ),
    Case("element_type", bucket(Principal={"AWS": []}), "Statement[0].Principal.AWS", bucket()),
    Case("element_type", bucket(Condition={"Bool": "true"}), "Statement[0].Condition.Bool", bucket()),
    Case(
        "element_type",
        bucket(Condition={"StringEquals": {"aws:SourceAccount": {"a": "b"}}}),
        "Statement[0].Condition.StringEquals.aws:SourceAccount",
        bucket(),
    ),
    Case("unknown_version", {**bucket(), "Version": "2020-01-01"}, "Version", bucket(), parliament="INVALID_VERSION"),
    Case("old_version", {"Statement": bucket()["Statement"]}, "Version", bucket(), parliament="NO_VERSION"),
    Case("old_version", {**bucket(), "Version": "2008-10-17"}, "Version", bucket(), parliament="OLD_VERSION"),
    Case("unknown_effect", bucket(Effect="allow"), "Statement[0].Effect", bucket(), parliament="MALFORMED"),
    Case("repeated_sid", both(), "Statement[1].Sid", both(Sid="B"), parliament="DUPLICATE_SID"),
    Case(
        "sid_characters",
        identity(Sid="read it"),
        "Statement[0].Sid",
        identity(Sid="ReadIt"),
        "identity",
        parliament="INVALID_SID",
    ),
    Case("size", bucket(Resource=[*LONG, *LONG]), "", bucket(Resource=LONG)),
    Case("size", identity(Resource=LONG), "", identity(Resource=LONG[:100]), "identity"),
    Case("length", identity(Resource=LONG[:200]), "", identity(Resource=LONG[:100]), "identity"),
    Case("length", trust(Sid="A" * 2000), "", trust(), "trust"),
)
# Why parliament says nothing.
SILENT = {
    "statements": "it looks at the statements that there are",
    "misplaced_element": "it knows policies of resources, too, and is not told which one this is",
    "missing_element": "it does not know that this is a bucket's policy, nor look into empty lists",
    "element_type": "it fails at values that are of another type, or takes them for what they are not",
    "size": "it does not count",
    "length": "it does not count",
}
