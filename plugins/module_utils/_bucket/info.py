# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reading buckets: one, those of a pattern, or all; every aspect of each side by side.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, Unsupported, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import AT_ONCE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, NotFound
from ansible_collections.stowage.s3.plugins.module_utils._threads import side_by_side

INFO_SPEC = {
    "name": {"type": "str", "aliases": ["bucket"], "default": "*"},
    "aspects": {"type": "list", "elements": "str", "choices": [aspect.name for aspect in ASPECTS]},
    "expected_bucket_owner": {"type": "str"},
}
_WILD = frozenset("*?[")
# What is known of a bucket, and why the rest could not be read.
Read = tuple[Values, Values]
_NOTHING: Read = ({}, {})


def bucket_info(module: Any) -> dict[str, Any]:
    """`stowage.s3.bucket_info`. Raises StowageError: buckets cannot be listed, or S3 fails."""
    chosen = module.params["aspects"]
    aspects = [aspect for aspect in ASPECTS if chosen is None or aspect.name in chosen]
    client, owner = boto_client(module, "s3", at_once=AT_ONCE), module.params["expected_bucket_owner"]
    account = Api(client, "", {}, {})
    found = list(named(account, module.params["name"]))
    apis = [of_bucket(client, each["name"], owner) for each in found]
    works: list[Callable[[], Read | None]] = [partial(head, api) for api in apis]
    works += [partial(_value, api, aspect) for api in apis for aspect in aspects]
    answers = side_by_side(works, AT_ONCE)
    heads, values = answers[: len(apis)], [answer or _NOTHING for answer in answers[len(apis) :]]
    buckets = []
    for number, (each, looked) in enumerate(zip(found, heads, strict=True)):
        if looked is None:
            continue  # it is not there, or not any more
        parts = [looked, *values[number * len(aspects) : (number + 1) * len(aspects)]]
        told, unread = ({name: value for part in parts for name, value in part[half].items()} for half in (0, 1))
        buckets.append({**each, **told, **({"unread": unread} if unread else {})})
    return {"changed": False, "buckets": buckets, "calls": account.calls + sum(api.calls for api in apis)}


def is_pattern(name: str) -> bool:
    """Whether a name may stand for several buckets."""
    return bool(_WILD.intersection(name))


def named(api: Api, *names: str, **first: Any) -> Iterator[Values]:
    """Buckets by names, whether they are there or not, and those of the account that fit patterns.

    Only patterns need the listing. `first`: keywords of its first request. Where S3 tells the region with the listing,
    it is told here.
    """
    unlisted = dict.fromkeys(name for name in names if not is_pattern(name))
    following: dict[str, Any] | None = None if len(unlisted) == len(names) else first
    while following is not None:
        answer = api.call("list_buckets", **following)
        for each in answer.get("Buckets", ()):
            if any(fnmatch.fnmatchcase(each["Name"], name) for name in names):
                unlisted.pop(each["Name"], None)
                yield _told(each)
        token = answer.get("ContinuationToken")
        following = {"ContinuationToken": token, "MaxBuckets": 1000} if token else None
    yield from ({"name": name} for name in unlisted)


def _told(bucket: Mapping[str, Any]) -> Values:
    created, region = bucket.get("CreationDate"), bucket.get("BucketRegion")
    return {
        "name": bucket["Name"],
        **({"created": created.isoformat()} if created else {}),
        **({"region": region} if region else {}),
    }


def head(api: Api) -> Read | None:
    """The region; None for a bucket that is not there."""
    try:
        answer = api.call("head_bucket")
    except NotFound:
        return None
    except Denied as error:
        return {}, {"region": {"denied": str(error)}}
    return {"region": answer.get("BucketRegion", "")}, {}


def _value(api: Api, aspect: Aspect) -> Read | None:
    """An aspect's options. What may not be read is said so, and never taken for what is not configured."""
    try:
        return view(aspect, aspect.read(api)), {}
    except Denied:
        why = {"denied": ", ".join(aspect.permissions.read)}
    except Unsupported as error:
        why = {"unsupported": error.code}
    except NotFound:
        return None  # the bucket itself
    return {}, {each.name: why for each in aspect.options}
