# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

MFA = {"mfa_delete": True, "mfa": "arn:aws:iam::111122223333:mfa/root 123456"}

COURSES = (
    Course(
        "on and off",
        (
            Step({"versioning": "enabled"}, final=True),
            Step({"versioning": "suspended"}),
            Step({"versioning": "enabled"}),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
    Course(
        "MFA delete",
        (
            Step({"versioning": "enabled"}, final=True),
            Step(MFA),
            Step({"versioning": "enabled"}, changed=False),  # and MFA delete stays
            Step({**MFA, "mfa_delete": False}),
        ),
        (RECORDER,),
    ),
)
REFUSALS = (Refusal("MFA delete alone", {"mfa_delete": True}, ("mfa_delete", "versioning")),)
