# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, named

CASES = (
    Case(
        {},
        {
            "STANDARD_IA": named("log.gz log.bz2 log.xz log.zst log.1 log.20261126"),
            "": ["a.log", "log.gz", "a.log.old"],
        },
    ),
    Case({"storage_class": "GLACIER_IR"}, {"GLACIER_IR": ["a/b.log.1"]}),
)
