# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What every module does once: its arguments, and the one place where an error becomes a failed task.

Each module imports this before all else of the collection, as `_imports` then makes the rest faster.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._imports import compile_once

compile_once()

CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "assume_role_arn": {"type": "str"},
    "assume_role_external_id": {"type": "str"},
    "assume_role_session_tags": {"type": "dict"},
    "expected_account": {"type": "str"},
}
# amazon.aws's own, which cannot be had without boto3 being loaded: a test compares the two.
AWS_SPEC: dict[str, dict[str, Any]] = {
    "access_key": {
        "aliases": ["aws_access_key_id", "aws_access_key"],
        "fallback": (env_fallback, ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]),
        "no_log": False,
    },
    "secret_key": {
        "aliases": ["aws_secret_access_key", "aws_secret_key"],
        "fallback": (env_fallback, ["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]),
        "no_log": True,
    },
    "session_token": {
        "aliases": ["aws_session_token"],
        "fallback": (env_fallback, ["AWS_SESSION_TOKEN"]),
        "no_log": True,
    },
    "profile": {"aliases": ["aws_profile"], "fallback": (env_fallback, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])},
    "endpoint_url": {"aliases": ["aws_endpoint_url"], "fallback": (env_fallback, ["AWS_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "aws_ca_bundle": {"type": "path", "fallback": (env_fallback, ["AWS_CA_BUNDLE"])},
    "aws_config": {"type": "dict"},
    "debug_botocore_endpoint_logs": {
        "type": "bool",
        "default": False,
        "fallback": (env_fallback, ["ANSIBLE_DEBUG_BOTOCORE_LOGS"]),
    },
    "region": {"aliases": ["aws_region"], "fallback": (env_fallback, ["AWS_REGION", "AWS_DEFAULT_REGION"])},
}
# What amazon.aws looks for, and what that needs in turn.
_SDK, _NEEDED = ("boto3", "botocore"), ("dateutil", "jmespath", "packaging", "s3transfer", "urllib3")
# No version of amazon.aws asks for more; a test compares it with the one that is installed.
NEW_ENOUGH = (1, 40, 0)


class Failed(StowageError):
    """A failure that has a result to show: what was planned or done all the same."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result


def run(options: dict[str, Any], work: Callable[[Any], dict[str, Any]]) -> None:
    """Make the module, do its work, give its result. Ends the process."""
    module = _module({**CONNECTION_SPEC, **options})
    try:
        result = work(module)
    except Failed as error:
        module.fail_json(msg=str(error), **error.result)
    except StowageError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


def _module(options: dict[str, Any]) -> Any:
    """An AnsibleAWSModule, or what behaves like one.

    Loading that class loads boto3, which takes a third of a short run. All that it would do here is to look for boto3.
    So it comes, and says what it has to say, where something about boto3 is not as usual, or its log is wanted.
    """
    module = AnsibleModule(argument_spec={**AWS_SPEC, **options}, supports_check_mode=True)
    if sdk_is_usual() and not module.params["debug_botocore_endpoint_logs"]:
        return module
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

    return AnsibleAWSModule(argument_spec=options, supports_check_mode=True)


def sdk_is_usual() -> bool:
    """Whether boto3 and botocore are there with all that they need, and new enough for any amazon.aws."""
    return all(find_spec(name) is not None for name in _NEEDED) and all(version(name) >= NEW_ENOUGH for name in _SDK)


def version(package: str) -> tuple[int, ...]:
    """The version of an installed package, from its source; empty if there is none, or it is not three numbers."""
    found = find_spec(package)
    try:
        with open(found.origin if found and found.origin else "", encoding="utf-8") as source:
            said = re.search(r"^__version__ = ['\"](\d+)\.(\d+)\.(\d+)['\"]$", source.read(), flags=re.MULTILINE)
    except (OSError, ValueError):
        return ()
    return tuple(map(int, said.groups())) if said else ()
