# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Step

COURSES = (
    Course(
        "the owner as at first, who asks, the owner",
        (
            Step({"request_payment": "bucket_owner"}, changed=False),
            Step({"request_payment": "requester"}, warns=("x-amz-request-payer",)),
            Step({"request_payment": "bucket_owner"}),
        ),
        (RECORDER,),
    ),
    Course(
        "of a website",
        (
            Step({"website": {"index_document": "index.html"}}),
            Step({"request_payment": "requester"}, warns=("website",)),
        ),
        (RECORDER,),
    ),
)
REFUSALS = ()
