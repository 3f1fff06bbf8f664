# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of aspects is whole: its files, its documentation, its tests, and S3's own list of what a bucket has."""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, nothing
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Wanted, decide, differs
from ansible_collections.stowage.s3.plugins.module_utils._bucket.run import BUCKET_SPEC, spec
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Field, Values, flatten
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.modules import bucket
from botocore import xform_name
from generated import data, known, steady, values
from hypothesis import example, given
from hypothesis import strategies as st
from recorder import Recorder, recording

ROOT = pathlib.Path(__file__).resolve().parents[5]
FILES = sorted(
    path.stem
    for path in (ROOT / "plugins" / "module_utils" / "_bucket" / "aspects").glob("*.py")
    if path.stem != "__init__"
)
MODEL = botocore.session.Session().get_service_model("s3")
OPERATIONS = {xform_name(name): name for name in MODEL.operation_names}
aspects = pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.name)

# Operations of a bucket that no aspect calls, and why.
LEFT_OUT = {
    "CreateBucket": "the module's own",
    "DeleteBucket": "the module's own",
    "DeleteObjects": "of objects: the module empties with it",
    "GetBucketLocation": "HeadBucket tells the region, and takes no permission of its own",
    "GetBucketPolicyStatus": "a judgement of S3 on policies and ACLs, no configuration",
    "CreateSession": "of directory buckets, which have none of these configurations",
    "GetBucketLifecycle": "deprecated for GetBucketLifecycleConfiguration",
    "PutBucketLifecycle": "deprecated for PutBucketLifecycleConfiguration",
    "GetBucketNotification": "deprecated for GetBucketNotificationConfiguration",
    "PutBucketNotification": "deprecated for PutBucketNotificationConfiguration",
    "GetBucketAnalyticsConfiguration": "ListBucketAnalyticsConfigurations tells all",
    "GetBucketIntelligentTieringConfiguration": "ListBucketIntelligentTieringConfigurations tells all",
    "GetBucketInventoryConfiguration": "ListBucketInventoryConfigurations tells all",
    "GetBucketMetricsConfiguration": "ListBucketMetricsConfigurations tells all",
    "CreateBucketMetadataTableConfiguration": "the first generation; AWS advises against it",
    "DeleteBucketMetadataTableConfiguration": "DeleteBucketMetadataConfiguration deletes both generations",
    "GetBucketMetadataTableConfiguration": "GetBucketMetadataConfiguration tells both generations",
}
# Members of a request that say nothing of the bucket.
OF_REQUESTS = {"Bucket", "ChecksumAlgorithm", "ContentMD5", "ExpectedBucketOwner", "RequestPayer"}
# Members that no option says, and why.
UNSPOKEN = {
    "ReplicationConfiguration.Rules.Prefix": "the older form's; kept and written where S3 has it so",
    "LifecycleConfiguration.Rules.Prefix": "the older form's; read, and written as a filter, which means the same",
    "AccessControlPolicy.Grants.Grantee.DisplayName": "what S3 adds to its answers",
    "AccessControlPolicy.Owner.DisplayName": "what S3 adds to its answers",
    "BucketLoggingStatus.LoggingEnabled.TargetGrants.Grantee.DisplayName": "what S3 adds to its answers",
    "GrantFullControl": "AccessControlPolicy says the same",
    "GrantRead": "AccessControlPolicy says the same",
    "GrantReadACP": "AccessControlPolicy says the same",
    "GrantWrite": "AccessControlPolicy says the same",
    "GrantWriteACP": "AccessControlPolicy says the same",
    "ConfirmRemoveSelfBucketAccess": "without it S3 refuses a policy that shuts out who writes it, which nobody wants",
    "BucketLoggingStatus.LoggingEnabled.TargetObjectKeyFormat.SimplePrefix": "what S3 means where no format is given",
}


# What has to be there for some values: a bucket's owner always is.
PRESENT = {
    "acl": {"Owner": {"ID": "1"}, "Canned": "private"},
    "lifecycle": {"Rules": [{"ID": "there", "Status": "Enabled", "Expiration": {"Days": 1}}]},
}
# Words of the model that no option has, and why.
NOT_CHOSEN = {
    "aws:backup": "of what AWS Backup keeps, which is in no bucket",
    "aws:fsx": "of access points of FSx, which are no buckets",
}


# Files


def test_every_file_stands_in_the_table() -> None:
    assert sorted(aspect.name for aspect in ASPECTS) == FILES
    for aspect in ASPECTS:
        module = f"ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.{aspect.name}"
        assert aspect in vars(importlib.import_module(module)).values()


@aspects
def test_every_aspect_is_tested(aspect: Aspect) -> None:
    assert data(aspect).COURSES
    assert isinstance(data(aspect).REFUSALS, tuple)


# Documentation


@functools.cache
def documented(path: pathlib.Path) -> dict[str, dict[str, Any]]:
    """The YAML documents of a file of Ansible's documentation, by the names of their constants."""
    texts = {
        node.targets[0].id: node.value.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return {name: yaml.safe_load(text) for name, text in texts.items() if isinstance(text, str)}


@functools.cache
def fragments(module: str) -> dict[str, Any]:
    """The options that a module has from our own fragments."""
    options: dict[str, Any] = {}
    text = documented(ROOT / "plugins" / "modules" / f"{module}.py")["DOCUMENTATION"]
    for name in text["extends_documentation_fragment"]:
        owner, _dot, rest = name.removeprefix("stowage.s3.").partition(".")
        if name.startswith("stowage.s3."):
            fragment = documented(ROOT / "plugins" / "doc_fragments" / f"{owner}.py")
            options.update(fragment[rest.upper() or "DOCUMENTATION"].get("options", {}))
    return options


def plain(options: dict[str, Any], inner: str) -> dict[str, Any]:
    """What a documentation and an argument spec have both to say."""
    same = ("type", "elements", "choices", "default", "required")
    return {
        name: {
            **{word: option[word] for word in same if option.get(word) not in (None, False)},
            inner: plain(option.get(inner) or {}, inner),
        }
        for name, option in options.items()
    }


@aspects
def test_every_option_is_documented_as_it_is(aspect: Aspect) -> None:
    assert (ROOT / "plugins" / "doc_fragments" / f"{aspect.name}.py").exists()
    said = fragments("bucket")
    asked = {name: option for name, option in spec([aspect]).items() if name not in ("name", "expected_bucket_owner")}
    shown = plain({name: said[name] for name in asked}, "suboptions")
    assert shown == _renamed(plain(asked, "options"))
    assert set(asked) <= set(BUCKET_SPEC)


def _renamed(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {**{w: v for w, v in option.items() if w != "options"}, "suboptions": _renamed(option["options"])}
        for name, option in options.items()
    }


# S3's own list


def test_every_operation_of_a_bucket_is_covered_or_left_out_for_a_reason() -> None:
    called = {OPERATIONS[method] for aspect in ASPECTS for method in aspect.methods}
    there = {
        name
        for name in MODEL.operation_names
        if re.match("Put|Get|Delete|Create|Update", name)
        and re.match(r"/\{Bucket\}(\?|$)", MODEL.operation_model(name).http["requestUri"])
    }
    assert sorted(there - called - set(LEFT_OUT)) == []
    assert sorted(called & set(LEFT_OUT)) == []
    assert sorted(set(LEFT_OUT) - there) == []


def members(shape: Any, above: str = "") -> Iterator[str]:
    """The paths of a shape's leaves; a list is passed through."""
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "structure" and shape.members:
        for name, inner in shape.members.items():
            yield from members(inner, f"{above}.{name}" if above else name)
    else:
        yield above


def reached(value: Any, above: str = "") -> Iterator[str]:
    """The paths of a request's leaves."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from reached(inner, f"{above}.{name}" if above else name)
    elif isinstance(value, list):
        for item in value:
            yield from reached(item, above)
    else:
        yield above


class Written:
    """What an aspect writes: the keywords of its `put`."""

    def __init__(self, aspect: Aspect) -> None:
        self.put = aspect.put
        self.requests: list[dict[str, Any]] = []

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A call."""
        if method == self.put:
            self.requests.append(arguments)
        return {}


def requests(aspect: Aspect, said: Values) -> list[dict[str, Any]]:
    """The keywords with which values are written that are not there yet, whatever the rules say."""
    written = Written(aspect)
    ruleless = dataclasses.replace(aspect, refuse=nothing, warn=nothing, irreversible=nothing)
    present = {aspect.name: PRESENT.get(aspect.name, {})}
    plan = decide([ruleless], Wanted(said), present, bucket="b", aws=False, created=False)
    for change in plan.changes:
        aspect.write(written, {}, change.new, {})
    return written.requests


@aspects
def test_every_member_of_a_request_can_be_said(aspect: Aspect) -> None:
    whole = set(members(MODEL.operation_model(OPERATIONS[aspect.put]).input_shape)) - OF_REQUESTS
    said = {each.aws for each in aspect.asides}
    for values_of_course in known(aspect):
        said |= {path for request in requests(aspect, values_of_course) for path in reached(request)}

    @given(values(aspect))
    @steady(40)
    def gather(drawn: Values) -> None:
        said.update(path for request in requests(aspect, drawn) for path in reached(request))

    gather()
    assert sorted(whole - said - set(UNSPOKEN)) == []
    assert sorted(said & set(UNSPOKEN)) == []


@aspects
def test_choices_are_those_of_the_model(aspect: Aspect) -> None:
    shape = MODEL.operation_model(OPERATIONS[aspect.put]).input_shape
    enumerations = [{word.lower() for word in each} for each in _enumerations(shape)]
    for field in _all(aspect.options):
        choices = {choice.lower() for choice in _in_words_of_aws(field)}
        missed = [each - choices for each in enumerations if choices & each]
        # Some words stand in the documentation alone: CORS's methods.
        assert not missed or any(each <= set(NOT_CHOSEN) for each in missed), (field.name, missed)


def _enumerations(shape: Any) -> Iterator[list[str]]:
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "structure":
        for inner in shape.members.values():
            yield from _enumerations(inner)
    elif shape.type_name == "string" and shape.enum:
        yield shape.enum


def _in_words_of_aws(field: Field) -> list[str]:
    choices = [choice for choice in field.choices if choice]
    if field.kind.type == "list":  # then the kind is of all of them
        return [*field.kind.expand(choices)]
    return [field.kind.expand(choice) for choice in choices]


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _all(each.of)


# Written and read


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    """A recording server."""
    with recording(modern=False) as recorder:
        yield recorder


@pytest.fixture(scope="module")
def client(recorder: Recorder) -> Any:
    """A client of it."""
    return recorder.server.client("s3")


@aspects
def test_what_is_written_is_read(aspect: Aspect, recorder: Recorder, client: Any) -> None:
    """botocore takes every request that no rule refuses, and what was written is what is there."""
    written = 0

    @example(known(aspect))
    @given(st.lists(values(aspect), min_size=1, max_size=3))
    @steady(8)
    def write(tasks: list[Values]) -> None:
        nonlocal written
        recorder.make("b")
        api = of_bucket(client, "b", None)
        empty = {each.name: each.empty for each in aspect.options if not each.choices or each.empty in each.choices}
        for task in [*tasks, empty]:
            present = aspect.read(api)
            try:
                plan = decide([aspect], Wanted(task), {aspect.name: present}, bucket="b", aws=False, created=False)
            except StowageError:
                continue  # refused
            for change in plan.changes:
                aspect.write(api, change.old, change.new, {})
                assert not differs(aspect, change.after, flatten(aspect.options, aspect.read(api)))
                written += 1
            assert "b" in recorder.buckets

    write()
    assert written


def test_every_aspect_has_an_example() -> None:
    """In the module's documentation, where the tests of examples run it."""
    said = {name for task in yaml.safe_load(bucket.EXAMPLES) for name in task.get("stowage.s3.bucket", {})}
    assert [aspect.name for aspect in ASPECTS if not said.intersection(each.name for each in aspect.options)] == []
