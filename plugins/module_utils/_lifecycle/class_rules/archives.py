# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Everything goes to the coldest class at once, but for what tells what is in there.

For what is written once and hoped never to be read, such as tapes that were copied. A restore from `DEEP_ARCHIVE` takes
up to 48 hours and each object is billed for 180 days and with 40 KB more than it has, so pack small files together.
Lists and sums of the content (`.csv`, `.json`, `.md5`, `.sha256`, `.txt`, `.xml`) stay in `STANDARD`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, both, into, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [
        into("STANDARD", *both("csv json md5 sha256 txt xml")),
        into(values["storage_class"], "*"),
    ]


ARCHIVES = Template(
    "archives",
    __doc__,
    _rules,
    parameters=(target("storage_class", "DEEP_ARCHIVE", "The class of everything else."),),
    common=COMMON,
)
