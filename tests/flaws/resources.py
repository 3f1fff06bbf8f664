# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import ARN, BUCKET, OBJECTS, Case, bucket, identity

CHINA = f"arn:aws-cn:s3:::{BUCKET}"
CASES = (
    Case("resource_form", bucket(Resource=f"{BUCKET}/*"), "Statement[0].Resource", bucket(), parliament="INVALID_ARN"),
    Case(
        "resource_form",
        identity(Resource=[OBJECTS, BUCKET]),
        "Statement[0].Resource[1]",
        identity(),
        "identity",
        parliament="INVALID_ARN",
    ),
    Case(
        "other_bucket",
        bucket(Resource="arn:aws:s3:::other/*"),
        "Statement[0].Resource",
        bucket(Resource=f"{ARN[:-2]}*/*"),
    ),
    Case(
        "unknown_partition",
        bucket(Resource=f"arn:amazon:s3:::{BUCKET}/*"),
        "Statement[0].Resource",
        bucket(),
        parliament="INVALID_ARN",
    ),
    Case(
        "mixed_partitions",
        bucket(Resource=[OBJECTS, f"{CHINA}/*"]),
        "Statement[0].Resource[1]",
        bucket(Principal={"AWS": "arn:aws-cn:iam::444455556666:root"}, Resource=f"{CHINA}/*"),
    ),
    Case("resource_mismatch", bucket(Resource=ARN), "Statement[0].Action", bucket(), parliament="RESOURCE_MISMATCH"),
    Case(
        "resource_mismatch",
        bucket(Action=["s3:GetObject", "s3:ListBucket"]),
        "Statement[0].Action[1]",
        bucket(Action=["s3:GetObject", "s3:ListBucket"], Resource=[ARN, OBJECTS]),
        parliament="RESOURCE_MISMATCH",
    ),
    Case(
        "resource_mismatch",
        bucket(Action=["s3:GetObject", "s3:ListAllMyBuckets"]),
        "Statement[0].Action[1]",
        bucket(Action="s3:*"),
        parliament="RESOURCE_MISMATCH",
    ),
    Case(
        "resource_mismatch",
        identity(Action="s3:ListBucket"),
        "Statement[0].Action",
        identity(Action="s3:ListBucket", Resource=f"arn:aws:s3:::{BUCKET[:-2]}*"),
        "identity",
        parliament="RESOURCE_MISMATCH",
    ),
    Case("unused_resource", bucket(Resource=[ARN, OBJECTS]), "Statement[0].Resource[0]", bucket()),
)
# Why parliament says nothing.
SILENT = {
    "other_bucket": "it does not know whose policy it is",
    "mixed_partitions": "it looks at each ARN by itself",
    "unused_resource": "it looks from the action to the resources, and not back",
}
