# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Logs that were rotated and compressed are seldom read; those that are written still are not touched.

`STANDARD_IA` bills 30 days and 128 KiB at least: for small or short-lived logs leave them, and let the lifecycle
template `logs` move them later.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, into, suffixes, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [into(values["storage_class"], *suffixes("log.gz log.bz2 log.xz log.zst log.[0-9]*"))]


LOGS = Template(
    "logs",
    __doc__,
    _rules,
    parameters=(target("storage_class", "STANDARD_IA", "The class of rotated logs."),),
    common=COMMON,
)
