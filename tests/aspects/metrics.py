# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Step

COURSES = (
    Course(
        "two, one, none",
        (
            Step({"metrics": [{"id": "all"}, {"id": "other"}]}),
            Step({"metrics": [{"id": "all"}]}),
            Step({"metrics": []}),
        ),
        (RECORDER,),
    ),
)
REFUSALS = ()
