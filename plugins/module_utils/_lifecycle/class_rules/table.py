# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All templates of rules for the class of what is written, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.archives import ARCHIVES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.backups import BACKUPS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.data_lake import DATA_LAKE
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.disk_images import DISK_IMAGES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.documents import DOCUMENTS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.logs import LOGS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.media import MEDIA
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.static_site import STATIC_SITE
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Template

CLASS_RULES: dict[str, Template] = {
    each.name: each
    for each in (
        MEDIA,
        DOCUMENTS,
        BACKUPS,
        LOGS,
        ARCHIVES,
        DISK_IMAGES,
        DATA_LAKE,
        STATIC_SITE,
    )
}
