# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All templates of trust policies, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.accounts import ACCOUNTS
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.batch_operations import BATCH_OPERATIONS
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.web_identity import WEB_IDENTITY

TRUST_TEMPLATES: dict[str, Template] = {each.name: each for each in (ACCOUNTS, BATCH_OPERATIONS, WEB_IDENTITY)}
