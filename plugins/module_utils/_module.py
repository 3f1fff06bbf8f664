# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What every module does once: its arguments, and the one place where an error becomes a failed task.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.stowage.s3.plugins.module_utils._connection import CONNECTION_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


class Failed(StowageError):
    """A failure that has a result to show: what was planned or done all the same."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result


def run(options: dict[str, Any], work: Callable[[Any], dict[str, Any]]) -> None:
    """Make the module, do its work, give its result. Ends the process."""
    module = AnsibleAWSModule(argument_spec={**CONNECTION_SPEC, **options}, supports_check_mode=True)
    try:
        result = work(module)
    except Failed as error:
        module.fail_json(msg=str(error), **error.result)
    except StowageError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)
