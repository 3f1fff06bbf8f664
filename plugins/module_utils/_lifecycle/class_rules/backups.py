# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Dumps and archives of backups are cold, and the latest ones stay at hand.

`GLACIER_IR` is read at once, so a restore need not wait, and bills 90 days at least: for backups that are kept for
less, give `STANDARD_IA`. What is in `latest/` is written anew each time and stays in `STANDARD`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, into, suffixes, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [
        into("STANDARD", "latest/"),
        into(
            values["storage_class"],
            *suffixes("bak dump dmp sql.gz sql.xz sql.zst tar tar.gz tgz tar.xz tar.zst vbk vib"),
        ),
    ]


BACKUPS = Template(
    "backups",
    __doc__,
    _rules,
    parameters=(target("storage_class", "GLACIER_IR", "The class of backups."),),
    common=COMMON,
)
