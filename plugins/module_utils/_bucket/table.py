# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All aspects, in the order in which they are written; what is removed goes the other way round.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.analytics import ANALYTICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.cors import CORS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.encryption import ENCRYPTION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.intelligent_tiering import INTELLIGENT_TIERING
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.inventory import INVENTORY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.metrics import METRICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.ownership import OWNERSHIP
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import PUBLIC_ACCESS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.tags import TAGS_OF_BUCKET
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.versioning import VERSIONING

ASPECTS: tuple[Aspect, ...] = (
    OWNERSHIP,
    TAGS_OF_BUCKET,
    ENCRYPTION,
    VERSIONING,
    PUBLIC_ACCESS,
    LIFECYCLE,
    CORS,
    INTELLIGENT_TIERING,
    ANALYTICS,
    INVENTORY,
    METRICS,
)
