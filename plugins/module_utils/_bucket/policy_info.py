# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Validating documents: those that are given, or those of a bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

with contextlib.suppress(ImportError):  # the module has told the user, before anything here is called
    import botocore.session
    import botocore.validate

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket import lifecycle_checks
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.policy import POLICY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import read
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._module import Failed
from ansible_collections.stowage.s3.plugins.module_utils._policy import check, others, validate
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, from_json, parsed, text
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import Finding, Severity

NEVER = "never"
POLICY_INFO_SPEC: dict[str, dict[str, Any]] = {
    "policy": {"type": "raw"},
    "type": {"type": "str", "choices": list(check.TYPES)},
    "name": {"type": "str", "aliases": ["bucket"]},
    "parliament": {"type": "bool", "default": True},
    "access_analyzer": {"type": "bool", "default": False},
    "fail_on": {"type": "str", "choices": [NEVER, "error", "warning"], "default": NEVER},
    "expected_bucket_owner": {"type": "str"},
}
_FAILING = {NEVER: (), "error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING)}
_OF_BUCKETS = {check.BUCKET: POLICY, check.LIFECYCLE: LIFECYCLE}


OURS = "stowage"


@dataclass(frozen=True)
class Judgement:
    """What was found in a document of a type, and who looked at it."""

    type: str
    findings: tuple[Finding, ...]
    judges: tuple[str, ...] = (OURS,)


def policy_info(module: Any) -> dict[str, Any]:
    """`stowage.s3.policy_info`. Raises StowageError: bad options, a document cannot be read, Access Analyzer fails."""
    params, apis = module.params, list[Api]()
    given = params["policy"] is not None
    if not given and (not params["name"] or params["type"] not in (None, *_OF_BUCKETS)):
        raise StowageError(
            "policy: it is not given. Give a document, or the name of a bucket, of which policy and lifecycle are read."
        )
    documents = {params["type"] or check.BUCKET: _document(params["policy"])} if given else _live(module, apis)
    judgements = [_judge(module, kind, document, apis) for kind, document in documents.items()]
    result = _told(judgements, sum(api.calls for api in apis))
    failing = [each for one in judgements for each in one.findings if each.severity in _FAILING[params["fail_on"]]]
    if failing:
        first = " ".join(f"{each.path}: {each.problem} {each.remedy}".strip(": ") for each in failing[:3])
        raise Failed(f"Findings that fail the task (fail_on: {params['fail_on']}): {len(failing)}. {first}", result)
    return result


def _document(given: Any) -> Any:
    """What was given, as JSON has it. Raises StowageError."""
    try:
        return from_json(given if isinstance(given, str) else json.dumps(given))
    except ValueError as error:
        raise StowageError(f"policy: {error}") from error


def _live(module: Any, apis: list[Api]) -> dict[str, Any]:
    """The documents of a bucket by their types, as far as it has any."""
    params = module.params
    api = of_bucket(boto_client(module, "s3"), params["name"], params["expected_bucket_owner"])
    apis.append(api)
    wanted = {kind: aspect for kind, aspect in _OF_BUCKETS.items() if params["type"] in (None, kind)}
    found = read(api, wanted.values())
    there = {kind: view(aspect, found[aspect.name]) for kind, aspect in wanted.items() if found[aspect.name]}
    return {kind: values["policy"] if kind == check.BUCKET else values for kind, values in there.items()}


def _judge(module: Any, kind: str, document: Any, apis: list[Api]) -> Judgement:
    if kind == check.LIFECYCLE:
        return Judgement(kind, tuple(lifecycle_checks.findings(document, misfits)))
    params = module.params
    try:
        policy = parsed(document)
    except ValueError as error:
        raise StowageError(f"policy: {error}") from error
    found, judges = validate.findings(policy, kind, params["name"] or ""), [OURS]
    # It knows no policies of trust, and takes what is no policy badly.
    if params["parliament"] and kind != check.TRUST and not any(each.severity is Severity.ERROR for each in found):
        theirs = others.by_parliament(policy)
        if theirs is not None:
            found, judges = [*found, *theirs], [*judges, others.PARLIAMENT]
    if params["access_analyzer"]:
        found, judges = [*found, *_analyzed(module, kind, policy, apis)], [*judges, others.ANALYZER]
    return Judgement(kind, tuple(found), tuple(judges))


def _analyzed(module: Any, kind: str, policy: Policy, apis: list[Api]) -> Iterator[Finding]:
    """What IAM Access Analyzer finds. Raises StowageError."""
    permissions = {"validate_policy": ("access-analyzer:ValidatePolicy",)}
    api = Api(boto_client(module, "accessanalyzer"), module.params["name"] or "", {}, permissions)
    apis.append(api)
    following: dict[str, str] = {}
    while True:
        try:
            answer = api.call("validate_policy", policyDocument=text(policy), **others.QUESTIONS[kind], **following)
        except StowageError as error:
            raise StowageError(f"access_analyzer: {error} Without it, leave access_analyzer out.") from error
        yield from others.by_analyzer(answer)
        if not answer.get("nextToken"):
            return
        following = {"nextToken": answer["nextToken"]}


def misfits(document: Document) -> list[str]:
    """What AWS's model of the API says against a lifecycle in AWS's form."""
    model = botocore.session.get_session().get_service_model("s3")
    shape = model.operation_model("PutBucketLifecycleConfiguration").input_shape
    minimum = {name: value for name, value in document.items() if name != "Rules"}
    told = {"Bucket": "b", "LifecycleConfiguration": {"Rules": document["Rules"]}, **minimum}
    report = botocore.validate.ParamValidator().validate(told, shape)
    return [f"{line}." for line in report.generate_report().splitlines()]


def _told(judgements: list[Judgement], calls: int) -> dict[str, Any]:
    found = [(one.type, each) for one in judgements for each in one.findings]
    count = Counter(each.severity for _kind, each in found)
    return {
        "changed": False,
        "valid": not count[Severity.ERROR],
        "findings": [{"type": kind, **each.shown} for kind, each in found],
        "summary": {each.value: count[each] for each in Severity},
        "judged": [one.type for one in judgements],
        "judges": list(dict.fromkeys(judge for one in judgements for judge in one.judges)),
        "calls": calls,
    }
