# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read of a bucket that is configured as a case says."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Facts, Unread
from ansible_collections.stowage.s3.plugins.module_utils._audit.look import POLICY_STATUS
from ansible_collections.stowage.s3.plugins.module_utils._audit.readings import READINGS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, cleaned, expand
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS

READING_NAMES = {reading.name for reading in READINGS}
DENIED = Unread("denied, it takes s3:X", ("s3:X",))


def data(control: Control) -> ModuleType:
    """The file of a control in `tests/audits/`."""
    return importlib.import_module(f"audits.{control.id.lower().replace('.', '_')}")


def documents(options: Mapping[str, Any]) -> dict[str, Document]:
    """AWS's form of a bucket that is configured so."""
    return {aspect.name: expand(aspect.options, cleaned(aspect.options, options), {}) for aspect in ASPECTS}


def facts(present: Mapping[str, Document], more: Mapping[str, Any]) -> Facts:
    """What is read of it. Nobody could read the account, if nothing else is said."""
    usual = {"partition": "aws", "region": "eu-central-1", "regions": {}, "log_sources": [], POLICY_STATUS: None}
    return Facts(
        "b",
        {
            **{aspect.name: view(aspect, present[aspect.name]) for aspect in ASPECTS},
            **dict.fromkeys(READING_NAMES, DENIED),
            **usual,
            **more,
        },
    )
