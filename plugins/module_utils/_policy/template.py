# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A template: statements of a policy by name and parameters, as data. Each has a file of its own in `templates/`.

The docstring of such a file is what the documentation says of it: a sentence for what it does, then how AWS comes into
it, then, after "Danger:", what it breaks.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import word
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter, wrong
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import values as checked

Statement = dict[str, Any]
Values = Mapping[str, Any]

# Where AWS's regions are, by the beginnings of their names. Elsewhere: the first.
PARTITIONS = {"aws": "", "aws-cn": "cn-", "aws-us-gov": "us-gov-"}
SID = word("name", "[A-Za-z0-9]{1,40}", "up to 40 letters and digits")


@dataclass(frozen=True)
class Place:
    """Where a policy is for: the bucket, if it is one's, and AWS's partition and region."""

    bucket: str = ""
    partition: str = "aws"
    region: str = ""

    @property
    def arn(self) -> str:
        """The bucket itself."""
        return self.other(self.bucket)

    @property
    def whole(self) -> list[str]:
        """The bucket and everything in it."""
        return [self.arn, self.objects()]

    def objects(self, prefix: str = "") -> str:
        """Everything in it, or below a prefix."""
        return f"{self.arn}/{prefix}*"

    @property
    def domain(self) -> str:
        """Where the names of AWS's services end."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def other(self, bucket: str) -> str:
        """Another bucket; an access point is told by its ARN."""
        if bucket.startswith("arn:"):
            return bucket
        return f"arn:{self.partition}:s3:::{bucket}"

    def root(self, account: str) -> str:
        """An account, as principal."""
        return f"arn:{self.partition}:iam::{account}:root"


# What every template may be told.
ID = Parameter(
    "id",
    SID,
    "Added to the names of the statements (`Sid`), so that one policy may have the template more than once.",
    default="",
)


@dataclass(frozen=True)
class Template:
    """What makes statements.

    text: the docstring of its file. one_of: at least one of these parameters is given. statements: of the policy;
    key: of that of the KMS key that encrypts the bucket, where who uses the one has to be let into the other.
    ignored: what it may be told as well, and does not matter here.
    """

    name: str
    text: str
    statements: Callable[[Place, Values], list[Statement]]
    parameters: tuple[Parameter, ...] = ()
    one_of: tuple[str, ...] = ()
    key: Callable[[Place, Values], list[Statement]] | None = None
    ignored: frozenset[str] = frozenset()
    known: Mapping[str, Parameter] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {each.name: each for each in (*self.parameters, ID)})

    def values(self, given: Mapping[Any, Any], partition: str) -> dict[str, Any]:
        """All parameters, checked; null is as good as not given. Raises StowageError."""
        found = checked(self, given, "policy")
        for name, value in found.items():
            for arn in items(value):
                self._local(name, arn, partition)
        return found

    def _local(self, name: str, arn: Any, partition: str) -> None:
        match = re.match("arn:([^:]+):", arn) if isinstance(arn, str) else None
        if match and match[1] != partition:
            raise wrong(
                self,
                "policy",
                name,
                f"{arn} is in {match[1]}, and the policy for what is in {partition}. Give the filter the right region.",
            )
