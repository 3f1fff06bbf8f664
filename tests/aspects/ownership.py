# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Step

COURSES = (
    Course(
        "another owner",
        (
            Step({"ownership": "ObjectWriter"}),
            Step({"ownership": "BucketOwnerPreferred"}),
            Step({"ownership": "BucketOwnerEnforced"}),
        ),
        (RECORDER, MOTO, SEAWEEDFS),
    ),
)
REFUSALS = ()
