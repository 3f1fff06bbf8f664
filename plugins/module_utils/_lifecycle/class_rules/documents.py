# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documents of offices follow their use.

They are read in their first weeks and then hardly ever, and nobody knows which: `INTELLIGENT_TIERING` finds out, and
has no price for reading.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, both, into, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [into(values["storage_class"], *both("pdf doc docx xls xlsx ppt pptx odt ods odp eml msg"))]


DOCUMENTS = Template(
    "documents",
    __doc__,
    _rules,
    parameters=(target("storage_class", "INTELLIGENT_TIERING", "The class of documents."),),
    common=COMMON,
)
