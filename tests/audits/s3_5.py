# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from audits.case import FAIL, OWNER, PASS, Case, policy, statement

ARN = "arn:aws:s3:::b"
BOTH = [ARN, f"{ARN}/*"]
READERS = statement(Sid="Readers", Principal={"AWS": OWNER})


def deny(value: Any = "false", **parts: Any) -> dict[str, Any]:
    whole = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": BOTH,
        "Condition": {"Bool": {"aws:SecureTransport": value}},
    }
    return statement(**{**whole, **parts})


TLS = {"aws:SecureTransport": "false"}

CASES = (
    Case("no policy", FAIL, says=("the bucket and its objects",)),
    Case("as AWS writes it", PASS, policy(READERS, deny(Sid="Tls")), says=("refuses",)),
    Case("a truth value", PASS, policy(deny(False))),
    Case("a list", PASS, policy(deny(["false"]))),
    Case("a list of truth values", PASS, policy(deny([False]))),
    Case("the other value", FAIL, policy(deny("true"))),
    Case("in other letters", PASS, policy(deny(Condition={"bool": {"AWS:securetransport": "False"}}))),
    Case("also where nobody tells", PASS, policy(deny(Condition={"BoolIfExists": TLS}))),
    Case("an operator of sets", FAIL, policy(deny(Condition={"ForAllValues:Bool": TLS}))),
    Case("as a text", FAIL, policy(deny(Condition={"StringEquals": TLS}))),
    Case(
        "a second condition", FAIL, policy(deny(Condition={"Bool": TLS, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    ),
    Case("the version of TLS alone", FAIL, policy(deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}))),
    Case("everybody, as a dict", PASS, policy(deny(Principal={"AWS": "*"}))),
    Case("everybody, as a list", PASS, policy(deny(Principal={"AWS": [OWNER, "*"]}))),
    Case("one account", FAIL, policy(deny(Principal={"AWS": OWNER}))),
    Case("everybody but one", FAIL, policy(deny(Principal=None, NotPrincipal={"AWS": OWNER}))),
    Case("all actions of all services", PASS, policy(deny(Action="*"))),
    Case("in capitals, in a list", PASS, policy(deny(Action=["S3:GetObject", "S3:*"]))),
    Case("one action", FAIL, policy(deny(Action="s3:PutObject"))),
    Case("all actions but one", FAIL, policy(deny(Action=None, NotAction="s3:GetObject"))),
    Case("all actions but another service's", PASS, policy(deny(Action=None, NotAction="ec2:*"))),
    Case("objects alone", FAIL, policy(deny(Resource=f"{ARN}/*")), says=("to the bucket.",)),
    Case("the bucket alone", FAIL, policy(deny(Resource=ARN)), says=("to its objects.",)),
    Case("some objects", FAIL, policy(deny(Resource=[ARN, f"{ARN}/a*"]))),
    Case("everything", PASS, policy(deny(Resource="*"))),
    Case("a wide pattern", PASS, policy(deny(Resource="arn:aws:s3:::*"))),
    Case("another partition", PASS, policy(deny(Resource=["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]))),
    Case("all but something else", PASS, policy(deny(Resource=None, NotResource="arn:aws:s3:::other/*"))),
    Case("all but some of it", FAIL, policy(deny(Resource=None, NotResource=f"{ARN}/public/*"))),
    Case("two halves", PASS, policy(deny(Sid="A", Resource=ARN), deny(Sid="B", Resource=f"{ARN}/*"))),
    Case("an Allow", FAIL, policy(deny(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}}))),
)
