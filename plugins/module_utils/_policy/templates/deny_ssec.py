# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""No upload brings an encryption key of its own (SSE-C).

With SSE-C the client sends the key with each request, and S3 forgets it. Whoever lost it, or got hold of your
credentials and did not tell it to you, has made the object unreadable: that is how buckets are held to ransom. AWS
blocks it on new buckets since 2026; `encryption.blocked_types` of `stowage.s3.bucket` does, too.

Danger: clients that use SSE-C get 403. What is there already stays readable for who has its key.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values


def _statements(place: Place, _values: Values) -> list[Statement]:
    with_key = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
    return [deny("StowageSseC", "s3:PutObject", place.objects(), with_key)]


DENY_SSEC = Template("deny_ssec", __doc__, _statements)
