# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

CASES = (
    Case("nothing said", FAIL, says=("AES256",)),
    Case("keys of S3", FAIL, {"encryption": {"algorithm": "AES256", "blocked_types": ["SSE-C"]}}, says=("AES256",)),
    Case("keys of KMS", PASS, {"encryption": {"algorithm": "aws:kms"}}, says=("aws:kms",)),
    Case("in two layers", PASS, {"encryption": {"algorithm": "aws:kms:dsse", "key_id": "k"}}, says=("aws:kms:dsse",)),
    Case("only blocked types", FAIL, {"encryption": {"blocked_types": ["SSE-C"]}}),
)
