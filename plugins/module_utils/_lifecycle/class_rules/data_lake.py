# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files of tables follow their use, and what says which files a table has stays at hand.

Each query reads the lists of a table (`_delta_log/` of Delta, `metadata/` of Iceberg, `.hoodie/` of Hudi) and some of
its files. The lists are small and read all the time: `STANDARD`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, into, suffixes, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [
        into("STANDARD", "_delta_log/", "metadata/", ".hoodie/", "_SUCCESS", "_metadata", "_common_metadata"),
        into(values["storage_class"], *suffixes("parquet orc avro")),
    ]


DATA_LAKE = Template(
    "data_lake",
    __doc__,
    _rules,
    parameters=(target("storage_class", "INTELLIGENT_TIERING", "The class of files of tables."),),
    common=COMMON,
)
