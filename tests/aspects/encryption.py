# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
OTHER = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002"

COURSES = (
    Course(
        "KMS, another key, none",
        (
            Step({"encryption": {"algorithm": "aws:kms", "key_id": KEY, "bucket_key": True}}),
            # The bucket key stays as it is.
            Step(
                {"encryption": {"key_id": OTHER}},
                after={"encryption": {"algorithm": "aws:kms", "key_id": OTHER, "bucket_key": True}},
            ),
            Step(
                {"encryption": {"algorithm": "AES256", "key_id": "", "bucket_key": False}},
                after={"encryption": {"algorithm": "AES256"}},
            ),
            Step({"encryption": {}}, after={"encryption": {"algorithm": "AES256"}}, changed=False),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
    Course(
        "two layers, and what is blocked",
        (
            Step({"encryption": {"algorithm": "aws:kms:dsse", "key_id": KEY, "blocked_types": ["SSE-C"]}}),
            Step(
                {"encryption": {"key_id": OTHER}},
                after={"encryption": {"algorithm": "aws:kms:dsse", "key_id": OTHER, "blocked_types": ["SSE-C"]}},
            ),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal(
        "a key without KMS", {"encryption": {"algorithm": "AES256", "key_id": KEY}}, ("encryption.key_id", "aws:kms")
    ),
    Refusal(
        "a bucket key without KMS",
        {"encryption": {"algorithm": "AES256", "bucket_key": True}},
        ("encryption.bucket_key", "aws:kms"),
    ),
)
