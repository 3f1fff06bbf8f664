# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, named

CASES = (
    Case(
        {},
        {
            "INTELLIGENT_TIERING": named("zip tar.gz tgz tar.xz iso dmg exe msi deb rpm pdf mp4 webm"),
            "": ["index.html", "a.css", "a.js", "a.png", "zip"],
        },
    ),
    Case({"downloads": "STANDARD_IA"}, {"STANDARD_IA": ["a/b.zip"]}),
)
