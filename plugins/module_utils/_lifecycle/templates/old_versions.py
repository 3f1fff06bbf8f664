# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Versions that were replaced or deleted go after some days, and so do the delete markers that are left alone.

A bucket with versioning keeps every version that a write or a deletion replaces, and bills it as any other. The days
count from the moment when a version was replaced. A deletion puts a delete marker in an object's place; when no
version is left below it, it is of no use and slows down listings.

Danger: what has gone cannot be brought back.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import DAYS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import NEWER, PREFIX, ended, rule
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    ends = ended(None, values["days"], values["newer_versions"])
    return [
        rule("old-versions", prefix=values["prefix"], **{**ends, "expiration": {"expired_object_delete_marker": True}})
    ]


OLD_VERSIONS = Template(
    "old_versions",
    __doc__,
    _rules,
    parameters=(PREFIX, Parameter("days", DAYS, "Days after a version was replaced.", default=30), NEWER),
)
