# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Raw data gets cold, what is made of it follows its use, and what is on its way is deleted.

A data lake has zones. What came in is kept to be read again one day: `GLACIER_IR` after 90 days. What is made of it is
read nobody knows how often: `INTELLIGENT_TIERING` after 30 days, since it is often made anew before. What is between
the two, such as results of queries and pieces of jobs, is deleted after two weeks.

Danger: everything below `staging_prefix` is deleted. Tables that keep their own files (Iceberg, Delta) must not lie
there.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from itertools import permutations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import DAYS, SOME_FOLDER
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import ended, moved, rule, tiers
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    _disjoint([values["raw_prefix"], values["curated_prefix"], values["staging_prefix"]])
    return [
        *_zone("raw", values),
        *_zone("curated", values),
        rule("data-lake-staging", prefix=values["staging_prefix"], **ended(values["staging_days"])),
    ]


def _zone(name: str, values: Values) -> list[Rule]:
    transitions = values[f"{name}_tiers"]
    return [rule(f"data-lake-{name}", prefix=values[f"{name}_prefix"], **moved(transitions))] if transitions else []


def _disjoint(prefixes: list[str]) -> None:
    for one, other in permutations(prefixes, 2):
        if other.startswith(one):
            raise ValueError(f"{other!r} is in {one!r}, and each zone needs a prefix of its own. Choose another.")


DATA_LAKE = Template(
    "data_lake",
    __doc__,
    _rules,
    parameters=(
        Parameter("raw_prefix", SOME_FOLDER, "Where data come in.", default="raw/"),
        tiers({"GLACIER_IR": 90}, "raw_tiers", "Where they go, and after how many days."),
        Parameter("curated_prefix", SOME_FOLDER, "Where what is made of them is.", default="curated/"),
        tiers({"INTELLIGENT_TIERING": 30}, "curated_tiers", "Where that goes, and after how many days."),
        Parameter("staging_prefix", SOME_FOLDER, "Where what is on its way is.", default="staging/"),
        Parameter("staging_days", DAYS, "Days after which that is deleted.", default=14),
    ),
)
