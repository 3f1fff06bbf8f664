# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All aspects, in the order in which they are written; what is removed goes the other way round.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.abac import ABAC
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.accelerate import ACCELERATE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.acl import ACL
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.analytics import ANALYTICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.cors import CORS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.encryption import ENCRYPTION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.intelligent_tiering import INTELLIGENT_TIERING
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.inventory import INVENTORY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.logging import LOGGING
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.metadata_tables import METADATA_TABLES
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.metrics import METRICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.notifications import NOTIFICATIONS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.object_lock import OBJECT_LOCK
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.ownership import OWNERSHIP
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.policy import POLICY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import PUBLIC_ACCESS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.replication import REPLICATION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.request_payment import REQUEST_PAYMENT
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.tags import TAGS_OF_BUCKET
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.versioning import VERSIONING
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.website import WEBSITE

ASPECTS: tuple[Aspect, ...] = (
    OWNERSHIP,
    TAGS_OF_BUCKET,
    ENCRYPTION,
    VERSIONING,
    OBJECT_LOCK,
    PUBLIC_ACCESS,
    ACL,
    POLICY,
    LIFECYCLE,
    CORS,
    LOGGING,
    WEBSITE,
    ACCELERATE,
    REQUEST_PAYMENT,
    ABAC,
    INTELLIGENT_TIERING,
    ANALYTICS,
    INVENTORY,
    METRICS,
    NOTIFICATIONS,
    REPLICATION,
    METADATA_TABLES,
)
