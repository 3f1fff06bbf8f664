# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What rules that say the class of what is written are made of: parameters, and globs. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import AGE, FOLDER, SIZE, TARGET
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

COMMON = (
    Parameter("prefix", FOLDER, "Only keys below it.", default=""),
    Parameter(
        "min_size",
        SIZE,
        "Only objects of this size and more leave `STANDARD`. For `stowage.s3.storage_class`; a sync does not take it.",
    ),
    Parameter(
        "min_age_days",
        AGE,
        "Only objects of this age and more leave `STANDARD`. For `stowage.s3.storage_class`; a sync does not take it.",
    ),
)


def target(name: str, default: str, text: str) -> Parameter:
    """A parameter that is a storage class."""
    return Parameter(name, TARGET, text, default=default)


def into(storage_class: str, *globs: str) -> Rule:
    """What these globs take is written in a class."""
    return {"match": [*globs], "storage_class": storage_class}


def suffixes(words: str) -> list[str]:
    """Globs of suffixes."""
    return [f"*.{each}" for each in words.split()]


def both(words: str) -> list[str]:
    """The same in lower and upper case, as cameras and Windows write them."""
    return [glob for each in words.split() for glob in (f"*.{each}", f"*.{each.upper()}")]
