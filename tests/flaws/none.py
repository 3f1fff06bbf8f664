# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies as AWS's documentation and many people write them: nothing is to be said of them but notices."""

from flaws.case import ARN, OBJECTS, OWN, PARTNER, bucket, identity, trust, when

ALL = {"Principal": "*", "Resource": [ARN, OBJECTS]}
DENY = {"Effect": "Deny", "Action": "s3:*", **ALL}
ROLE, KEYS = f"arn:aws:iam::{OWN}:role/r", f"arn:aws:kms:us-east-1:{OWN}:key/*"
ADDRESSES = {
    "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:DB8:1234:5678::/64"]},
    "NotIpAddress": {"aws:SourceIp": ["192.0.2.188/32", "2001:DB8:1234:5678:ABCD::/80"]},
}
DAYS = {
    "DateGreaterThan": {"aws:CurrentTime": "2026-04-01T00:00:00Z"},
    "NumericLessThan": {"aws:EpochTime": "1900000000"},
}
HOME = {"StringLike": {"s3:prefix": ["home/${aws:username}/*"]}, "StringEquals": {"s3:delimiter": ["/"]}}
DELIVERY = {
    "ArnLike": {"aws:SourceArn": "arn:aws:s3:::example-source"},
    "StringEquals": {"aws:SourceAccount": OWN, "s3:x-amz-acl": "bucket-owner-full-control"},
}
COGNITO = {
    "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:example"},
    "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
}
THROUGH_S3 = {
    "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
    "StringLike": {"kms:EncryptionContext:aws:s3:arn": OBJECTS},
}
BUCKETS = {
    "an origin access identity": bucket(
        Principal={"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"}
    ),
    "a canonical id": bucket(
        Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    ),
    "a distribution": bucket(
        Principal={"Service": "cloudfront.amazonaws.com"},
        Condition=when("StringEquals", "AWS:SourceArn", f"arn:aws:cloudfront::{OWN}:distribution/EDFDVBD6EXAMPLE"),
    ),
    "an inventory": bucket(Principal={"Service": "s3.amazonaws.com"}, Action="s3:PutObject", Condition=DELIVERY),
    "a second factor": bucket(**{**DENY, "Condition": {"Null": {"aws:MultiFactorAuthAge": True}}}),
    "an old factor": bucket(**{**DENY, "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": 3600}}}),
    "addresses but some": bucket(Principal="*", Condition=ADDRESSES),
    "no other addresses": bucket(**DENY, Condition=when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24")),
    "no other endpoint": bucket(**DENY, Condition=when("StringNotEquals", "aws:SourceVpce", "vpce-0abcdef1234567890")),
    "an organisation": bucket(Principal="*", Condition=when("StringEquals", "aws:PrincipalOrgID", "o-aa111bb222")),
    "a replica": bucket(
        Principal={"AWS": ROLE},
        Action=["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateTags"],
    ),
    "a replica's bucket": bucket(
        Principal={"AWS": ROLE}, Action=["s3:List*", "s3:GetBucketVersioning", "s3:PutBucketVersioning"], Resource=ARN
    ),
    "tags of objects": bucket(Condition=when("StringEquals", "s3:ExistingObjectTag/environment", "production")),
    "all access points": bucket(**ALL, Action="*", Condition=when("StringEquals", "s3:DataAccessPointAccount", OWN)),
    "retention": bucket(
        Effect="Deny",
        Action="s3:PutObjectRetention",
        Condition=when("NumericGreaterThan", "s3:object-lock-remaining-retention-days", "10"),
    ),
    "copies": bucket(
        Effect="Deny", Action="s3:PutObject", Condition=when("StringNotLike", "s3:x-amz-copy-source", "a/public/*")
    ),
    "grants": bucket(Action="s3:PutObject", Condition=when("StringEquals", "s3:x-amz-grant-full-control", "id=x")),
    "a short listing": bucket(
        Action="s3:ListBucket", Resource=ARN, Condition=when("NumericLessThanEquals", "s3:max-keys", "10")
    ),
    "patterns": bucket(Principal={"AWS": [OWN]}, Action=["s3:Get*", "s3:List*"], Resource=[ARN, OBJECTS]),
}
IDENTITIES = {
    "the list of buckets": identity(Action=["s3:ListAllMyBuckets", "s3:GetBucketLocation"], Resource="arn:aws:s3:::*"),
    "a home": identity(Action="s3:ListBucket", Resource=ARN, Condition=HOME),
    "a home's objects": identity(Action="s3:*", Resource=[f"{ARN}/home/${{aws:username}}/*"]),
    "for a time": identity(Condition=DAYS),
    "a region": identity(
        Action="s3:CreateBucket", Resource="arn:aws:s3:::*", Condition=when("StringLike", "s3:LocationConstraint", "x")
    ),
    "a role for a service": identity(
        Action="iam:PassRole", Resource=ROLE, Condition=when("StringEquals", "iam:PassedToService", "ec2.amazonaws.com")
    ),
    "a key": identity(Action=["kms:Decrypt", "kms:GenerateDataKey*"], Resource=KEYS, Condition=THROUGH_S3),
    "another service": identity(Action="ec2:Describe*", Resource="*"),
}
TRUSTS = {
    "a service": trust(Principal={"Service": "batchoperations.s3.amazonaws.com"}),
    "SAML": trust(
        Principal={"Federated": f"arn:aws:iam::{OWN}:saml-provider/p"},
        Action=["sts:AssumeRoleWithSAML", "sts:TagSession"],
        Condition=when("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml"),
    ),
    "Cognito": trust(
        Principal={"Federated": "cognito-identity.amazonaws.com"},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition=COGNITO,
    ),
    "a partner": trust(
        Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"},
        Condition={"StringEquals": {"sts:ExternalId": "x"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ),
}
DOCUMENTS = {
    f"{kind}: {name}": (kind, document)
    for kind, named in (("bucket", BUCKETS), ("identity", IDENTITIES), ("trust", TRUSTS))
    for name, document in named.items()
}
