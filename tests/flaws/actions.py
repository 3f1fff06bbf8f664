# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import ARN, OBJECTS, Case, bucket, identity, trust

CASES = (
    Case("action_form", bucket(Action="GetObject"), "Statement[0].Action", bucket(), parliament="EXCEPTION"),
    Case(
        "action_form",
        bucket(Action=["s3:GetObject", "s3:Get Object"]),
        "Statement[0].Action[1]",
        bucket(Action="*"),
        parliament="UNKNOWN_ACTION",
    ),
    Case(
        "foreign_action",
        bucket(Action=["s3:GetObject", "kms:Decrypt"]),
        "Statement[0].Action[1]",
        bucket(),
        parliament="RESOURCE_MISMATCH",
    ),
    Case("foreign_action", trust(Action="s3:GetObject"), "Statement[0].Action", trust(Action="sts:*"), "trust"),
    Case(
        "operation",
        bucket(Action="s3:ListObjectsV2", Resource=ARN),
        "Statement[0].Action",
        bucket(),
        parliament="UNKNOWN_ACTION",
    ),
    Case(
        "operation",
        identity(Action="s3:HeadObject"),
        "Statement[0].Action",
        identity(),
        "identity",
        parliament="UNKNOWN_ACTION",
    ),
    Case(
        "unknown_action",
        bucket(Action="s3:GetObjekt"),
        "Statement[0].Action",
        bucket(Action="S3:getobject"),
        parliament="UNKNOWN_ACTION",
    ),
    Case(
        "unknown_action",
        bucket(Action="s3:Got*"),
        "Statement[0].Action",
        bucket(Action="s3:Get*"),
        parliament="UNKNOWN_ACTION",
    ),
    Case(
        "unknown_action",
        identity(Action=["kms:Decrypt", "kms:Undo"], Resource="*"),
        "Statement[0].Action[1]",
        identity(Action=["kms:Decrypt", "unknown:Undo"], Resource="*"),
        "identity",
        parliament="UNKNOWN_ACTION",
    ),
    Case("allow_all_but", bucket(Action=None, NotAction="s3:PutObject"), "Statement[0].NotAction", bucket()),
    Case(
        "allow_all_but",
        identity(Resource=None, NotResource=ARN),
        "Statement[0].NotResource",
        identity(),
        "identity",
        parliament="RESOURCE_MISMATCH",
    ),
    Case(
        "allow_everything",
        identity(Action="*", Resource="*"),
        "Statement[0].Action",
        identity(Action="*", Resource=OBJECTS),
        "identity",
    ),
)
# Why parliament says nothing.
SILENT = {
    "allow_all_but": "NotAction and NotResource are no faults to it",
    "allow_everything": "that much is no fault to it",
}
