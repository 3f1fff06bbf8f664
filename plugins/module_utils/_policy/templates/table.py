# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All templates, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.access_logs import ACCESS_LOGS
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.break_glass import BREAK_GLASS
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.cloudfront_oac import CLOUDFRONT_OAC
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.cloudtrail_logs import CLOUDTRAIL_LOGS
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.config_delivery import CONFIG_DELIVERY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.cross_account_read import CROSS_ACCOUNT_READ
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.cross_account_read_write import (
    CROSS_ACCOUNT_READ_WRITE,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.data_perimeter import DATA_PERIMETER
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.deny_ssec import DENY_SSEC
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.deny_unencrypted import DENY_UNENCRYPTED
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.deny_wrong_kms_key import DENY_WRONG_KMS_KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.elb_logs import ELB_LOGS
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.inventory_delivery import INVENTORY_DELIVERY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.ip_allow import IP_ALLOW
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.mfa_required import MFA_REQUIRED
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.min_tls import MIN_TLS
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.object_lock_guard import OBJECT_LOCK_GUARD
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.org_only import ORG_ONLY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.read_only import READ_ONLY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.tls_only import TLS_ONLY
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.vpce_only import VPCE_ONLY

TEMPLATES: dict[str, Template] = {
    each.name: each
    for each in (
        TLS_ONLY,
        MIN_TLS,
        DENY_UNENCRYPTED,
        DENY_WRONG_KMS_KEY,
        DENY_SSEC,
        VPCE_ONLY,
        IP_ALLOW,
        ORG_ONLY,
        READ_ONLY,
        CROSS_ACCOUNT_READ,
        CROSS_ACCOUNT_READ_WRITE,
        CLOUDFRONT_OAC,
        ELB_LOGS,
        CLOUDTRAIL_LOGS,
        CONFIG_DELIVERY,
        ACCESS_LOGS,
        INVENTORY_DELIVERY,
        MFA_REQUIRED,
        OBJECT_LOCK_GUARD,
        BREAK_GLASS,
        DATA_PERIMETER,
    )
}
