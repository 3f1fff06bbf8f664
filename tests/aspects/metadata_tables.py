# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import RECORDER, Course, Refusal, Step

KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
SECRET = {"sse_algorithm": "aws:kms", "kms_key_arn": KEY}
MONTH, EVER = {"record_expiration_days": 30}, {"record_expiration_days": 0}
ON = {"enabled": True}
ANNOTATION = {**ON, "role": "arn:aws:iam::111122223333:role/annotations"}


def some(**tables: dict[str, Any]) -> dict[str, Any]:
    """The option, with these tables."""
    return {"metadata_tables": tables}


COURSES = (
    Course(
        "a table after the other, none",
        (
            Step(some(journal=MONTH)),
            Step(some(inventory=ON), after=some(journal=MONTH, inventory=ON)),
            Step(some(journal=EVER), after=some(journal=EVER, inventory=ON)),
            Step(some(annotation=ANNOTATION), after=some(journal=EVER, inventory=ON, annotation=ANNOTATION)),
            Step(some(inventory={"enabled": False}), after=some(journal=EVER, annotation=ANNOTATION)),
            Step(some(annotation={}), after=some(journal=EVER)),
            Step(some(), final=True),
            Step(some(), changed=False),
        ),
        (RECORDER,),
    ),
    # S3 does not tell how a table is encrypted, so that is not compared.
    Course(
        "encrypted",
        (
            Step(some(journal={**EVER, **SECRET}, inventory={**ON, **SECRET}), after=some(journal=EVER, inventory=ON)),
            Step(
                some(journal={**EVER, "sse_algorithm": "AES256"}),
                after=some(journal=EVER, inventory=ON),
                changed=False,
            ),
            Step(some(annotation={**ON, **SECRET}), after=some(journal=EVER, inventory=ON, annotation=ON)),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal("no journal", some(inventory=ON), ("metadata_tables.journal", "record_expiration_days")),
    Refusal("too soon", some(journal={"record_expiration_days": 6}), ("journal.record_expiration_days", "6", "7")),
    Refusal(
        "a key alone", some(journal={**EVER, "kms_key_arn": KEY}), ("metadata_tables.journal.kms_key_arn", "aws:kms")
    ),
    Refusal(
        "KMS without a key",
        some(journal=EVER, inventory={**ON, "sse_algorithm": "aws:kms"}),
        ("metadata_tables.inventory.sse_algorithm", "key"),
    ),
    Refusal(
        "neither on nor off",
        some(journal=EVER, annotation={"role": ANNOTATION["role"]}),
        ("metadata_tables.annotation.enabled",),
    ),
)
