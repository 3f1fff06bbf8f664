# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Everything goes, versions and unfinished uploads too.

S3 deletes by itself what would take many requests to list and delete, at no cost, within some days. A bucket that was
emptied in this way can be deleted. Give it alone: other rules are of no use beside it.

Danger: it deletes everything below `prefix`, and the whole bucket with `''`. Nothing brings it back.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import PREFIX_NEEDED, ended, rule
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [rule("empty", prefix=values["prefix"], abort_incomplete_multipart_days=1, **ended(1, 1))]


EMPTY = Template("empty", __doc__, _rules, parameters=(PREFIX_NEEDED,))
