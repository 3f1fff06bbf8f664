# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All controls, in the order of their numbers.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.
S3.4, S3.16, S3.18 and S3.21 are no longer, or never were, controls of Security Hub.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_1 import S3_1
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_2 import S3_2
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_3 import S3_3
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_5 import S3_5
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_6 import S3_6
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_7 import S3_7
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_8 import S3_8
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_9 import S3_9
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_10 import S3_10
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_11 import S3_11
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_12 import S3_12
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_13 import S3_13
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_14 import S3_14
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_15 import S3_15
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_17 import S3_17
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_19 import S3_19
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_20 import S3_20
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_22 import S3_22
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_23 import S3_23
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_24 import S3_24
from ansible_collections.stowage.s3.plugins.module_utils._audit.controls.s3_25 import S3_25

CONTROLS: tuple[Control, ...] = (
    S3_1,
    S3_2,
    S3_3,
    S3_5,
    S3_6,
    S3_7,
    S3_8,
    S3_9,
    S3_10,
    S3_11,
    S3_12,
    S3_13,
    S3_14,
    S3_15,
    S3_17,
    S3_19,
    S3_20,
    S3_22,
    S3_23,
    S3_24,
    S3_25,
)
