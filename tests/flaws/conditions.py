# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import ARN, Case, bucket, identity, when

TEAM = "${aws:PrincipalTag/team}"
DENY = {"Effect": "Deny", "Principal": "*"}


def on(operator, key, *values, **parts):
    """A bucket's policy with a condition."""
    return bucket(Condition=when(operator, key, *values), **parts)


def at(operator, key):
    """Where its condition is."""
    return f"Statement[0].Condition.{operator}.{key}"


def guarded(operator, key, value):
    """A condition that asks for its key, too."""
    return {operator: {key: value}, "Null": {key: "false"}}


TLS, VPCE, IP, TAGS = "aws:SecureTransport", "aws:SourceVpce", "aws:SourceIp", "s3:RequestObjectTagKeys"
LONG_KEY = "s3:x-amz-server-side-encryption"
CASES = (
    Case(
        "unknown_operator",
        on("StringEqual", VPCE, "vpce-1"),
        "Statement[0].Condition.StringEqual",
        on("stringequals", VPCE, "vpce-1"),
        parliament="UNKNOWN_OPERATOR",
    ),
    Case(
        "unknown_operator",
        on("ForEachValue:StringEquals", VPCE, "vpce-1"),
        "Statement[0].Condition.ForEachValue:StringEquals",
        on("ForAnyValue:StringLikeIfExists", VPCE, "vpce-1"),
        parliament="UNKNOWN_OPERATOR",
    ),
    Case(
        "unknown_operator",
        on("NullIfExists", VPCE, "true"),
        "Statement[0].Condition.NullIfExists",
        on("Null", VPCE, True),
    ),
    Case(
        "condition_value",
        on("Bool", TLS, "no"),
        at("Bool", TLS),
        on("Bool", TLS, False),
        parliament="MISMATCHED_TYPE_OPERATION_TO_NULL",
    ),
    Case(
        "condition_value",
        on("Null", VPCE, "yes"),
        at("Null", VPCE),
        on("Null", VPCE, "true"),
        parliament="MISMATCHED_TYPE_OPERATION_TO_NULL",
    ),
    Case(
        "condition_value",
        on("NumericLessThan", "s3:TlsVersion", "old"),
        at("NumericLessThan", "s3:TlsVersion"),
        on("NumericLessThan", "s3:TlsVersion", 1.2),
        parliament="MISMATCHED_TYPE",
    ),
    Case(
        "condition_value",
        on("DateLessThan", "aws:CurrentTime", "tomorrow"),
        at("DateLessThan", "aws:CurrentTime"),
        on("DateLessThan", "aws:CurrentTime", "2027-01-31T00:00:00Z"),
        parliament="MISMATCHED_TYPE",
    ),
    Case(
        "condition_value",
        on("IpAddress", IP, "203.0.113.0/33"),
        at("IpAddress", IP),
        on("IpAddress", IP, "203.0.113.0/24", "2001:db8::/32"),
    ),
    Case(
        "condition_value",
        on("ArnEquals", "aws:SourceArn", "example-bucket"),
        at("ArnEquals", "aws:SourceArn"),
        on("ArnLike", "aws:SourceArn", ARN),
        parliament="MISMATCHED_TYPE",
    ),
    Case("no_values", on("StringEquals", VPCE), at("StringEquals", VPCE), on("StringEquals", VPCE, "vpce-1")),
    Case(
        "operator_type",
        on("StringEquals", IP, "203.0.113.7"),
        at("StringEquals", IP),
        on("IpAddress", IP, "203.0.113.7"),
    ),
    Case(
        "unknown_key",
        on("StringEquals", "aws:SourceVpcEndpoint", "vpce-1"),
        at("StringEquals", "aws:SourceVpcEndpoint"),
        on("StringEquals", "AWS:sourcevpce", "vpce-1"),
        parliament="UNKNOWN_CONDITION_FOR_ACTION",
    ),
    Case(
        "unknown_key",
        on("StringEquals", "s3:x-amz-encryption", "AES256"),
        at("StringEquals", "s3:x-amz-encryption"),
        on("StringEquals", "aws:PrincipalTag/team", "web"),
        parliament="UNKNOWN_CONDITION_FOR_ACTION",
    ),
    Case(
        "set_operator",
        on("StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/*"),
        at("StringLike", "aws:PrincipalOrgPaths"),
        on("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/*"),
    ),
    Case(
        "key_not_sent",
        on("StringEquals", "s3:prefix", "a/"),
        at("StringEquals", "s3:prefix"),
        on("StringEquals", "s3:prefix", "a/", Action="s3:ListBucket", Resource=ARN),
        parliament="UNKNOWN_CONDITION_FOR_ACTION",
    ),
    Case("any_address", on("IpAddress", IP, "0.0.0.0/0"), at("IpAddress", IP), on("IpAddress", IP, "203.0.113.0/24")),
    Case(
        "private_address",
        on("IpAddress", IP, "10.0.0.0/8"),
        at("IpAddress", IP),
        on("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
    ),
    Case(
        "negated_allow",
        on("StringNotEquals", VPCE, "vpce-1"),
        at("StringNotEquals", VPCE),
        bucket(Condition=guarded("StringNotEquals", VPCE, "vpce-1")),
    ),
    Case(
        "negated_deny",
        on("StringNotEquals", LONG_KEY, "aws:kms", Action="s3:PutObject", **DENY),
        at("StringNotEquals", LONG_KEY),
        bucket(Action="s3:PutObject", Condition=guarded("StringNotEquals", LONG_KEY, "aws:kms"), **DENY),
    ),
    Case(
        "for_all_values",
        on("ForAllValues:StringEquals", TAGS, "team", Action="s3:PutObject"),
        at("ForAllValues:StringEquals", TAGS),
        bucket(Action="s3:PutObject", Condition=guarded("ForAllValues:StringEquals", TAGS, "team")),
    ),
    Case(
        "if_exists",
        on("StringEqualsIfExists", VPCE, "vpce-1"),
        at("StringEqualsIfExists", VPCE),
        on("StringEquals", VPCE, "vpce-1"),
    ),
    Case(
        "literal_variable",
        {**identity(Resource=f"{ARN}/{TEAM}/*"), "Version": "2008-10-17"},
        "Statement[0].Resource",
        identity(Resource=f"{ARN}/{TEAM}/*"),
        "identity",
        parliament="OLD_VERSION",
    ),
    Case(
        "literal_variable",
        {**on("StringEquals", "s3:ExistingObjectTag/team", TEAM), "Version": ""},
        at("StringEquals", "s3:ExistingObjectTag/team"),
        on("StringEquals", "s3:ExistingObjectTag/team", TEAM),
        parliament="INVALID_VERSION",
    ),
)
# Why parliament says nothing.
SILENT = {
    "unknown_operator": "it takes NullIfExists for Null",
    "condition_value": "it fails at some lists and does not look at truth values and masks",
    "no_values": "it fails at empty lists",
    "set_operator": "it does not ask how many values there are",
    "operator_type": "text that is an address is good enough for it",
    "any_address": "it checks that it is an address",
    "private_address": "it checks that it is an address",
    "negated_allow": "it does not ask what happens where a key does not come",
    "negated_deny": "it does not ask what happens where a key does not come",
    "for_all_values": "it does not ask what happens where a key does not come",
    "if_exists": "it does not ask what happens where a key does not come",
}
