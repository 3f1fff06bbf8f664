# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From a module's parameters to its result, for all modules that configure a bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket import report
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Plan, Wanted, asked, decide, sets
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import (
    AT_ONCE,
    Unfinished,
    apply,
    involved,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.removal import Contents, contents_of, remove
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, argument_spec
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import COST_SPEC, check_costs
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._module import Failed
from ansible_collections.stowage.s3.plugins.module_utils._plain import DEFAULT_REGION, is_aws
from ansible_collections.stowage.s3.plugins.module_utils._threads import side_by_side

COMMON: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True, "aliases": ["bucket"]},
    "expected_bucket_owner": {"type": "str"},
}


def spec(aspects: Sequence[Aspect]) -> dict[str, dict[str, Any]]:
    """The argument spec of a module that configures these aspects."""
    fields = [each for aspect in aspects for each in (*aspect.options, *aspect.asides)]
    purges = {f"purge_{each.name}": {"type": "bool", "default": True} for each in sets(aspects)}
    costs = {"lifecycle_usage": {"type": "list", "elements": "dict"}, **COST_SPEC} if LIFECYCLE in aspects else {}
    return {**COMMON, **argument_spec(fields), **purges, **costs}


BUCKET_SPEC = {
    **spec(ASPECTS),
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "force": {"type": "bool", "default": False},
    "namespace": {"type": "str", "choices": ["account-regional", "global"]},
}


def bucket(module: Any) -> dict[str, Any]:
    """`stowage.s3.bucket`: a bucket with everything that the task says of it, or none. Raises StowageError."""
    if module.params["state"] == "absent":
        return _absent(module)
    return _present(module, ASPECTS, create=True)


def single(aspects: Sequence[Aspect]) -> Any:
    """The work of a module for some aspects of a bucket that is there."""
    return partial(_present, aspects=aspects, create=False)


def _api(module: Any) -> Api:
    return of_bucket(
        boto_client(module, "s3", at_once=AT_ONCE), module.params["name"], module.params["expected_bucket_owner"]
    )


def _aws(api: Api) -> bool:
    return is_aws(api.client.meta.endpoint_url)


def _head(api: Api) -> dict[str, Any]:
    """Nothing of a bucket that is not there."""
    try:
        return {"region": _region(api)}
    except NotFound:
        return {}


def _region_of(api: Api, name: str) -> str:
    """Of another bucket; it may not be there yet, or not be ours to see."""
    try:
        return _region(api, Bucket=name)
    except StowageError:
        return ""


def _region(api: Api, **other: str) -> str:
    """Empty where the server has none."""
    return str(api.call("head_bucket", **other).get("BucketRegion") or "")


def _present(module: Any, aspects: Sequence[Aspect], create: bool) -> dict[str, Any]:
    wanted, api = asked(aspects, module.params), _api(module)
    read = involved(ASPECTS, wanted)
    others = sorted({name for aspect in read if wanted.speaks_of(aspect) for name in aspect.others(wanted.values)})
    looks: list[Callable[[], Any]] = [partial(_head, api), *(partial(_read, api, aspect) for aspect in read)]
    looks += [partial(_region_of, api, name) for name in others]
    head, *answers = side_by_side(looks, AT_ONCE)
    documents, regions = answers[: len(read)], dict(zip(others, answers[len(read) :], strict=True))
    there = bool(head)
    regions[api.bucket] = head["region"] if there else api.client.meta.region_name
    if not there and not create:
        raise StowageError(f"s3://{api.bucket} does not exist. Create it first, with stowage.s3.bucket.")
    if there:
        _check_region(module, api, head["region"])
        for aspect, found in zip(read, documents, strict=True):
            # What the rules alone look at they do without, where it cannot be had.
            if isinstance(found, StowageError) and wanted.speaks_of(aspect):
                raise StowageError(f"{aspect.name}: {found}") from found
    else:
        documents = [aspect.initial if _aws(api) else {} for aspect in read]
    present = {
        aspect.name: document
        for aspect, document in zip(read, documents, strict=True)
        if not isinstance(document, StowageError)
    }
    owner = module.params["expected_bucket_owner"] or ""
    if LIFECYCLE in aspects:
        check_costs(module.params)
    plan = decide(
        read,
        wanted,
        present,
        bucket=api.bucket,
        aws=_aws(api),
        created=not there,
        owner=owner,
        regions=regions,
        plain=api.client.meta.endpoint_url.startswith("http://"),
        server=api.server,
    )
    for warning in plan.warnings:
        module.warn(str(warning))
    if not module.check_mode:
        if not there:
            _create(module, api, aspects, wanted)
        try:
            apply(api, plan, {aspect.name: _asides(aspect, module.params) for aspect in aspects})
        except Unfinished as error:
            tried = replace(plan, changes=error.tried)
            changed = bool(error.tried) or not there
            raise Failed(str(error), {"changed": changed, **_told(api, tried, created=not there)}) from error
    spoken = [aspect for aspect in aspects if wanted.speaks_of(aspect)]
    told = _told(api, plan, created=not there)
    return {
        "changed": bool(plan.changes) or not there,
        **told,
        **_costs(module, plan, told["diff"], regions[api.bucket], aws=_aws(api)),
        "bucket": {"name": api.bucket, **report.values_after(aspects, wanted, present, plan)},
        "permissions": report.permissions(spoken, creating=create),
    }


def _costs(module: Any, plan: Plan, diff: dict[str, Any], region: str, *, aws: bool) -> dict[str, Any]:
    """The forecast of new lifecycle rules, which the diff shows, too."""
    change = next((each for each in plan.changes if each.aspect is LIFECYCLE and each.after), None)
    if change is None or not (module.check_mode or module._diff):
        return {}
    # Few tasks show it, and on a host all that it needs would be compiled for each of them.
    from ansible_collections.stowage.s3.plugins.module_utils._bucket.costs import of_lifecycle

    found = of_lifecycle(change, module.params, region, date.today(), aws=aws)
    if found is None:
        return {}
    for warning in found.forecast.prices.warnings(date.today()):
        module.warn(warning)
    diff["prepared"] = found.text()
    return {"forecast": found.public()}


def _told(api: Api, plan: Plan, *, created: bool) -> dict[str, Any]:
    back = report.GONE if created else report.rollback(plan)
    return {
        "diff": report.diff(plan, f"s3://{api.bucket}", created=created),
        "calls": api.calls,
        "rollback": {"name": api.bucket, **back} if back else {},
        "irreversible": [str(remark) for remark in plan.irreversible],
    }


def _asides(aspect: Aspect, params: Mapping[str, Any]) -> dict[str, Any]:
    return {each.aws: params[each.name] for each in aspect.asides if params.get(each.name) is not None}


def _read(api: Api, aspect: Aspect) -> Document | StowageError:
    """An error is kept: of a bucket that is not there it says nothing."""
    try:
        return aspect.read(api)
    except StowageError as error:
        return error


def _check_region(module: Any, api: Api, region: str) -> None:
    asked_for = module.params["region"]
    if region and asked_for and region != asked_for:
        raise StowageError(
            f"s3://{api.bucket} is in {region}, and region says {asked_for}; a bucket cannot move. Set region to"
            f" {region}, or choose another name."
        )


def _create(module: Any, api: Api, aspects: Sequence[Aspect], wanted: Wanted) -> None:
    arguments: dict[str, Any] = {}
    for aspect in aspects:
        arguments.update(aspect.creation(wanted.values))
    region = api.client.meta.region_name
    if region != DEFAULT_REGION:  # which is not said: S3 refuses its own name there
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
    if module.params.get("namespace"):
        arguments["BucketNamespace"] = module.params["namespace"]
    api.call("create_bucket", **arguments)
    api.new = True


def _absent(module: Any) -> dict[str, Any]:
    api, force = _api(module), module.params["force"]
    head = _head(api)
    nothing = {"changed": False, "diff": {"before": {}, "after": {}}, "bucket": {}, "rollback": {}, "irreversible": []}
    if not head:
        return {**nothing, "calls": api.calls, "permissions": ["s3:ListBucket"]}
    _check_region(module, api, head["region"])
    found = contents_of(api, count=force)
    if found.any and not force:
        raise StowageError(
            f"s3://{api.bucket} is not empty, and only an empty bucket can be deleted. Set force to delete everything"
            " in it, all versions and unfinished uploads too."
        )
    if not module.check_mode:
        remove(api, found)
    return {
        **nothing,
        "changed": True,
        "diff": {"before": {"state": "present", **found.counts}, "after": {"state": "absent"}},
        **({"deleted": found.counts} if force else {}),
        "calls": api.calls,
        "irreversible": [f"state: s3://{api.bucket} and what was in it cannot be brought back."],
        "permissions": ["s3:DeleteBucket", "s3:ListBucket", *(Contents.PERMISSIONS if force else ())],
    }
