# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, both

CASES = (
    Case(
        {},
        {"INTELLIGENT_TIERING": both("pdf doc docx xls xlsx ppt pptx odt ods odp eml msg"), "": ["a.txt", "pdf"]},
    ),
    Case({"storage_class": "STANDARD_IA"}, {"STANDARD_IA": ["a/b.pdf"]}),
)
