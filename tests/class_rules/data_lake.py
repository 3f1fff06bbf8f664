# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, named

CASES = (
    Case(
        {},
        {
            "STANDARD": [
                "t/_delta_log/00.checkpoint.parquet",
                "t/metadata/a.avro",
                "t/.hoodie/a",
                "t/_SUCCESS",
                "t/_metadata",
                "t/_common_metadata",
            ],
            "INTELLIGENT_TIERING": named("parquet orc avro"),
            "": ["t/a.csv", "parquet"],
        },
    ),
    Case({"storage_class": "GLACIER_IR"}, {"GLACIER_IR": ["t/a.parquet"]}),
)
