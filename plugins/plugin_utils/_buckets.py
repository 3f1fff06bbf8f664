# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The buckets of an account, and the hosts that they become."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

with contextlib.suppress(ImportError):  # the user is told, before anything here is called
    import botocore.exceptions
    import botocore.parsers

from ansible_collections.stowage.s3.plugins.module_utils._access import access_of, boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api, Unsupported, of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.tags import TAGS_OF_BUCKET
from ansible_collections.stowage.s3.plugins.module_utils._bucket.info import head, named
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.reconcile import AT_ONCE
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, NotFound
from ansible_collections.stowage.s3.plugins.module_utils._threads import side_by_side
from ansible_collections.stowage.s3.plugins.plugin_utils._inventory import Found, Host, Source
from ansible_collections.stowage.s3.plugins.plugin_utils._naming import group_name, host_names

_TOLD = 5  # buckets that a warning names


@dataclass(frozen=True)
class Bucket:
    """A bucket. tags: None if they were not asked for, or not told. lacks: what could not be read, and why."""

    name: str
    created: str = ""
    region: str = ""
    tags: Mapping[str, str] | None = None
    there: bool = True
    lacks: tuple[tuple[str, str], ...] = ()


def find(params: dict[str, Any]) -> Found:
    """The hosts that the options of the plugin `buckets` describe. Raises StowageError."""
    source, names = Source(params), params["name"]
    client, owner = boto_client(source, "s3", at_once=AT_ONCE), params["expected_bucket_owner"]
    # Only a request that asks for something is answered with the regions.
    asked = [Bucket(**each) for each in named(Api(client, "", {}, {}), *names, MaxBuckets=1000)]
    apis = {each.name: of_bucket(client, each.name, owner) for each in asked}
    located = side_by_side([partial(_located, apis[each.name], each) for each in asked], AT_ONCE)
    regions = params["regions"]
    fitting = [each for each in located if each.there and (not regions or each.region in regions)]
    if params["tags"]:
        fitting = side_by_side([partial(_tagged, apis[each.name], each) for each in fitting], AT_ONCE)
    lost = [each for each in located if each.there and regions and not each.region]
    account = params["expected_account"] or _account(source)
    return Found(
        hosts([each for each in fitting if each.there], access_of(source).partition, account),
        [
            *(f"There is no bucket {each.name!r}: correct or remove it." for each in located if not each.there),
            *_lacks([*fitting, *lost]),
            *(f"Left out, as 'regions' is given: {each.name}." for each in lost),
        ],
    )


def hosts(buckets: Sequence[Bucket], partition: str, account: str) -> list[Host]:
    """A host for each bucket."""
    names = host_names({each.name: each.name for each in buckets})
    found = []
    for bucket in sorted(buckets, key=lambda each: each.name):
        told = {
            "bucket_name": bucket.name,
            "bucket_arn": f"arn:{partition}:s3:::{bucket.name}",
            "bucket_region": bucket.region,
            "bucket_created": bucket.created,
            "aws_account_id": account,
        }
        variables: dict[str, Any] = {name: value for name, value in told.items() if value}
        if bucket.tags is not None:
            variables["bucket_tags"] = dict(bucket.tags)
        groups = [[group_name("region", bucket.region)]] if bucket.region else []
        found.append(Host(names[bucket.name], variables, groups))
    return found


def _located(api: Api, bucket: Bucket) -> Bucket:
    """With its region, which the listing of some servers tells."""
    if bucket.region:
        return bucket
    looked = head(api)
    if looked is None:
        return replace(bucket, there=False)
    known, unread = looked
    if unread:
        return replace(bucket, lacks=(("region", "the credentials need s3:ListBucket"),))
    return replace(bucket, region=known["region"])


def _tagged(api: Api, bucket: Bucket) -> Bucket:
    try:
        return replace(bucket, tags=view(TAGS_OF_BUCKET, TAGS_OF_BUCKET.read(api))["tags"])
    except Denied:
        why = f"the credentials need {', '.join(TAGS_OF_BUCKET.permissions.read)}"
    except Unsupported as error:
        why = f"this endpoint does not know them ({error.code})"
    except NotFound:
        return replace(bucket, there=False)
    return replace(bucket, lacks=(*bucket.lacks, ("tags", why)))


def _lacks(buckets: Sequence[Bucket]) -> list[str]:
    """A sentence for each thing that could not be read of some."""
    told = []
    for lack in dict.fromkeys(lack for bucket in buckets for lack in bucket.lacks):
        names = [bucket.name for bucket in buckets if lack in bucket.lacks]
        shown = ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
        what, why = lack
        told.append(f"Not known: {what} of {shown}; {why}. Their variables and groups of it are missing.")
    return told


def _account(source: Source) -> str:
    """The account of the credentials; empty where nobody tells, as few other S3 servers have an STS."""
    try:
        return str(boto_client(source, "sts").get_caller_identity()["Account"])
    except (
        botocore.exceptions.BotoCoreError,
        botocore.exceptions.ClientError,
        botocore.parsers.ResponseParserError,
        KeyError,
    ):
        return ""
