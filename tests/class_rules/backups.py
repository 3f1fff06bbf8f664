# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, named

CASES = (
    Case(
        {},
        {
            "STANDARD": ["latest/a.dump", "db/latest/a.tar"],
            "GLACIER_IR": named("bak dump dmp sql.gz sql.xz sql.zst tar tar.gz tgz tar.xz tar.zst vbk vib"),
            "": ["a.sql", "latest", "a.gz"],
        },
    ),
    Case({"storage_class": "STANDARD_IA"}, {"STANDARD_IA": ["a/b.dump"]}),
)
