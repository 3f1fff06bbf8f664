# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What all formats are made of.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Changes, Reach
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding

PAGE = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html"


ALL = Reach("*", frozenset())


@dataclass(frozen=True)
class Since:
    """What changed since an earlier audit. time: of that one, "" where there is none yet."""

    time: str
    changes: Changes


@dataclass(frozen=True)
class About:
    """An audit: its findings, where it was, when, and what it asked. account: "" where it is not known.

    since: None where nobody wants to know what changed.
    """

    findings: Sequence[Finding]
    account: str
    region: str
    partition: str
    now: datetime.datetime
    reach: Reach = ALL
    since: Since | None = None

    @property
    def moment(self) -> str:
        """When it was, as RFC 3339 has it."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def link(control: str) -> str:
    """AWS's page on a control."""
    return f"{PAGE}#{control.lower().replace('.', '-')}"
