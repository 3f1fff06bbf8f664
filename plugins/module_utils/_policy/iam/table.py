# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All templates of the policies of roles, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.audit import AUDIT
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.batch import BATCH
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.boundary import BOUNDARY
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.cost import COST
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.remediate import REMEDIATE
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.storage_class import STORAGE_CLASS
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.sync import SYNC
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template

IAM_TEMPLATES: dict[str, Template] = {
    each.name: each for each in (SYNC, STORAGE_CLASS, COST, AUDIT, REMEDIATE, BATCH, BOUNDARY)
}
