# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All templates of lifecycles, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.abort_uploads import ABORT_UPLOADS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.archive_tiers import ARCHIVE_TIERS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.backups import BACKUPS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.compliance import COMPLIANCE
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.data_lake import DATA_LAKE
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.empty import EMPTY
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.intelligent_tiering import (
    INTELLIGENT_TIERING,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.logs import LOGS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.old_versions import OLD_VERSIONS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.temporary import TEMPORARY
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.ttl_tags import TTL_TAGS

TEMPLATES: dict[str, Template] = {
    each.name: each
    for each in (
        ABORT_UPLOADS,
        OLD_VERSIONS,
        TEMPORARY,
        TTL_TAGS,
        LOGS,
        ARCHIVE_TIERS,
        INTELLIGENT_TIERING,
        BACKUPS,
        DATA_LAKE,
        COMPLIANCE,
        EMPTY,
    )
}
