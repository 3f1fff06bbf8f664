# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, both

CASES = (
    Case({}, {"STANDARD": both("csv json md5 sha256 txt xml"), "DEEP_ARCHIVE": ["a", "b/a.tar", "b/c/.hidden"]}),
    Case(
        {"storage_class": "GLACIER", "prefix": "tapes/"},
        {"STANDARD": ["tapes/b/a.csv"], "GLACIER": ["tapes/a", "tapes/b/a"], "": ["a", "a.csv", "tapes"]},
    ),
)
