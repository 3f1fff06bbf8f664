# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whose prices a bucket has. Apart from what reckons, as the data plane comes with it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import not_aws
from ansible_collections.stowage.s3.plugins.module_utils._cost.price_table import BASE
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket


def region_of(bucket: Bucket) -> str:
    """Whose prices are used; other servers have no prices, and so those of AWS's first region."""
    return (bucket.region if bucket.aws else "") or BASE


def elsewhere(bucket: Bucket) -> list[str]:
    """What to know of the prices where the endpoint is not AWS's."""
    return [] if bucket.aws else [not_aws(region_of(bucket))]
