# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nobody changes or deletes an object.

A `Deny` beats every permission, those of the bucket's own account included. It is about objects, and about what
deletes them: the bucket, and lifecycle rules.

Danger: uploads, syncs into the bucket, logs that are delivered to it and replication into it get 403. Lifecycle rules
that are there go on deleting, as no policy is asked for them; new ones are kept out. It is no object lock: whoever
may change the policy can take it away.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import EXEMPT, but_for, deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values

_WRITES = [
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersion",
    "s3:DeleteObjectVersionTagging",
    "s3:PutLifecycleConfiguration",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionAcl",
    "s3:PutObjectVersionTagging",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
]


def _statements(place: Place, values: Values) -> list[Statement]:
    return [deny("StowageReadOnly", _WRITES, place.whole, but_for(values["exempt_principals"]))]


READ_ONLY = Template("read_only", __doc__, _statements, parameters=(EXEMPT,))
