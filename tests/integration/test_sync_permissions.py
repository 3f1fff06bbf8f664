# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a sync job needs, as the policy template `sync` tells it: no less and no more.

Each job runs on moto with IAM enforced, as a user who has just the job's policy, and then without one action after the
other. moto knows neither conditions nor all that AWS asks for. So a gateway before it answers as AWS does to who may
list below a prefix alone, and what AWS needs for each request that passes is judged with the whole policy.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import re
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import botocore.session
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches
from ansible_collections.stowage.s3.plugins.module_utils._sync import job as sync_job
from ansible_collections.stowage.s3.plugins.module_utils._sync import run as sync_run
from enforced import Account, without
from harness import run_module, warned
from judge import Asked, judged
from policies.case import Request as Question
from server import Server, moto
from world import Gateway, Reply, Request, World

MIB = 1 << 20
AFTER_A_CUT = ("AbortMultipartUpload", "ListMultipartUploadParts")
SITE, REPORTS, COPIES, STATE = "example-site", "example-reports", "example-copies", "example-state"


@dataclasses.dataclass(frozen=True)
class Job:
    """A job, by its options, where `{tree}` is the directory.

    prepare: what an administrator does, so that the job has something of everything to do. proven: by the end of the
    statement's name, the actions without which it fails on moto, or warns. idle: those of which it asks nothing in this
    run, as nothing is cut off in it.
    """

    options: dict[str, Any]
    prepare: Callable[[Stage], object]
    proven: dict[str, str] = dataclasses.field(default_factory=dict)
    idle: dict[str, str] = dataclasses.field(default_factory=dict)


class Stage:
    """One job in an account of its own buckets."""

    def __init__(self, account: Account, folder: pathlib.Path, job: Job) -> None:
        self.account, self.job = account, job
        self.world = World(account.admin, SITE, folder, base="")
        self.options = json.loads(json.dumps(job.options).replace("{tree}", str(self.world.root)))
        self.options.setdefault("state_dir", str(self.world.state))
        # Parts of 5 MiB.
        self.options["multipart_threshold"] = "5M"
        for name in (SITE, REPORTS, COPIES, STATE):
            self._empty(name)

    def _empty(self, bucket: str) -> None:
        s3 = self.world.s3
        if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(Bucket=bucket)
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            s3.delete_object(Bucket=bucket, Key=each["Key"])

    def put(self, bucket: str, key: str, body: bytes = b"1", **more: Any) -> None:
        """An object."""
        self.world.s3.put_object(Bucket=bucket, Key=key, Body=body, **more)

    def run(self, server: Server, **more: Any) -> dict[str, Any]:
        """The job."""
        options = {name: value for name, value in {**self.options, **more}.items() if name != "file"}
        return run_module("sync", options, server=server)

    def once(self, **more: Any) -> None:
        """The job, by the administrator."""
        result = self.run(self.account.admin, **more)
        assert not result.get("failed"), result["msg"]

    def policy(self) -> Policy:
        """The job's."""
        return iam_policy([{"sync": self.options}])


# What is there before


def _upload(stage: Stage) -> None:
    """Something new, something large, something to compare, something to delete, and a state of before."""
    stage.put(SITE, "www/first", b"1")
    stage.world.write({"first": "1", "small": "1"})
    stage.once(delete=False)
    stage.world.write({"new": "1", "large": b"1" * (6 * MIB)})
    stage.put(SITE, "www/same", b"12", Metadata={"mtime": "1600000000"})
    stage.world.write({"same": "21"})
    stage.put(SITE, "www/extra")


def _resumed(stage: Stage) -> None:
    """Two uploads by parts that were cut off, and one of the files has changed since."""
    stage.world.write({"large": b"1" * (6 * MIB), "other": b"2" * (6 * MIB)})
    gateway = stage.account.gateway
    gateway.before = lambda request: (
        Reply(0, {}, b"") if request.method == "POST" and "uploadId" in request.query else None
    )
    assert stage.run(stage.account.admin, aws_config={"retries": {"total_max_attempts": 1}})["failed"]
    stage.world.write({"other": b"3" * (6 * MIB)})


def _tagged(stage: Stage) -> None:
    stage.put(SITE, "www/a.html", b"1", Tagging="team=web")
    stage.put(SITE, "www/same.html", b"12")
    stage.world.write({"a.html": "1", "new.html": "2", "same.html": "12"})


def _dropped(stage: Stage) -> None:
    stage.put(SITE, "www/a", b"old")
    stage.put(SITE, "www/extra")
    stage.world.write({"a": "1", "b.html": "22", "large": b"1" * (6 * MIB)})


def _download(stage: Stage) -> None:
    stage.put(REPORTS, "2026/a", b"1")
    stage.once(archived="fail")
    stage.put(REPORTS, "2026/a", b"22")
    stage.put(REPORTS, "2026/large", b"1" * (6 * MIB))
    stage.put(REPORTS, "2026/cold", b"1", StorageClass="GLACIER")
    stage.world.write({"extra": "1", "huge": b"1" * (6 * MIB)})


def _copied(stage: Stage) -> None:
    stage.put(REPORTS, "2026/a", b"11", Tagging="team=web")
    stage.put(SITE, "www/a", b"2", Tagging="team=old")
    stage.put(REPORTS, "2026/same", b"12")
    stage.put(SITE, "www/same", b"21")
    stage.put(REPORTS, "2026/large", b"1" * (11 * MIB), Tagging="team=web")
    stage.put(SITE, "www/extra", b"1")


def _planned(stage: Stage) -> None:
    """A plan, and no state of any run yet."""
    stage.put(REPORTS, "2026/new", b"1")
    stage.put(REPORTS, "2026/a", b"1")
    stage.put(SITE, "www/a", b"22")
    stage.put(SITE, "www/extra")
    told = {**stage.options, "plan_file": stage.options["apply_plan"], "apply_plan": None}
    assert run_module("sync", told, server=stage.account.admin, check=True)["changed"]


def _one_file(stage: Stage) -> None:
    stage.world.write({"report.txt": "1"})


CUT = {"Destination": "AbortMultipartUpload ListMultipartUploadParts"}
JOBS = {
    "upload": Job(
        {"source": "{tree}", "destination": f"s3://{SITE}/www", "delete": True, "state_dir": f"s3://{STATE}/site"},
        _upload,
        {
            "DestinationList": "ListBucket",
            "Destination": "DeleteObject GetObject PutObject",
            "StateList": "ListBucket",
            "StateRuns": "PutObject",
            "StateCache": "GetObject PutObject",
            "StateUploads": "DeleteObject PutObject",
        },
        {**CUT, "StateUploads": "GetObject"},
    ),
    "upload that goes on": Job(
        {"source": "{tree}", "destination": f"s3://{SITE}/www", "state_dir": f"s3://{STATE}/site"},
        _resumed,
        {"StateUploads": "GetObject"},
        {"Destination": "GetObject"},
    ),
    "upload by rules": Job(
        {
            "source": "{tree}",
            "destination": f"s3://{SITE}/www",
            "rules": [{"match": ["*.html"], "cache_control": "no-cache", "tags": {"team": "web"}}],
            "acl": "bucket-owner-full-control",
        },
        _tagged,
        {"Destination": "GetObjectTagging"},
        CUT,
    ),
    "upload of what nobody reads": Job(
        {
            "source": "{tree}",
            "destination": f"s3://{SITE}/www",
            "compare": "size",
            "on_conflict": "overwrite",
            "delete": True,
            "rules": [{"match": ["*.html"], "tags": {"team": "web"}}],
        },
        _dropped,
        {"Destination": "DeleteObject"},
        CUT,
    ),
    "upload of one file": Job(
        {"source": "{tree}/report.txt", "destination": f"s3://{SITE}/in/", "compare": "existence", "file": True},
        _one_file,
        {},
        CUT,
    ),
    "download": Job(
        {
            "source": f"s3://{REPORTS}/2026",
            "destination": "{tree}",
            "delete": True,
            "archived": "restore",
            "backup_to": f"s3://{COPIES}/old",
            "state_dir": f"s3://{STATE}/site",
        },
        _download,
        {
            "SourceList": "ListBucket",
            "Source": "GetObject RestoreObject",
            "BackupList": "ListBucket",
            "Backup": "PutObject",
        },
        {"Backup": CUT["Destination"], "StateUploads": "GetObject"},
    ),
    "copy": Job(
        {
            "source": f"s3://{REPORTS}/2026",
            "destination": f"s3://{SITE}/www",
            "delete": True,
            "backup_to": f"s3://{COPIES}/old",
        },
        _copied,
        {"Source": "GetObject GetObjectTagging", "Destination": "GetObject PutObject", "Backup": "PutObject"},
        {**CUT, "Backup": CUT["Destination"]},
    ),
    # Each object is looked at before it is touched, also where none may be.
    "copy by a plan": Job(
        {
            "source": f"s3://{REPORTS}/2026",
            "destination": f"s3://{SITE}/www",
            "delete": True,
            "state_dir": f"s3://{STATE}/site",
            "apply_plan": "{tree}.plan",
        },
        _planned,
        {},
        {**CUT, "StateUploads": "GetObject PutObject DeleteObject"},
    ),
}
each_job = pytest.mark.parametrize("name", JOBS)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """With objects above 8 MiB copied by parts, as otherwise above 5 GiB."""
    with moto() as server, Gateway(server) as gateway, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync_run, "Job", functools.partial(sync_job.Job, largest_copy=8 * MIB))
        patch.setattr(sync_job, "COPY_PART", 5 * MIB)
        patch.setattr("botocore.session.Session", functools.cache(botocore.session.Session))
        yield Account(server, gateway)


def prepared(account: Account, name: str, folder: pathlib.Path) -> Stage:
    """A job that is about to run."""
    stage = Stage(account, folder, JOBS[name])
    stage.job.prepare(stage)
    account.gateway.before = lambda _request: None
    return stage


def told(result: dict[str, Any]) -> str:
    """All that a result says."""
    return " ".join([result.get("msg", ""), *(each["error"] for each in result.get("failures", ())), *warned(result)])


def actions(policy: Policy) -> list[tuple[str, str]]:
    """The actions of a policy, by statement."""
    return [(sid(each), action) for each in policy["Statement"] for action in items(each["Action"])]


def named(policy: Policy, parts: dict[str, str]) -> set[tuple[str, str]]:
    """Actions of a policy by statement, as `Job` writes them."""
    found = {(f"StowageSync{end}", f"s3:{action}") for end, those in parts.items() for action in those.split()}
    assert found <= set(actions(policy))
    return found


# What AWS asks for, of each request


def needs(request: Request) -> Iterator[Question]:
    """The actions that a request takes, each with its resource and what conditions can compare."""
    bucket = f"arn:aws:s3:::{request.path.partition('/')[0]}"
    if not request.key:
        if "delete" in request.query:
            for key, etag in re.findall(r"<Key>(.*?)</Key>(<ETag>)?", request.body.decode()):
                yield _question("DeleteObject", f"{bucket}/{key}")
                if etag:
                    yield _question("GetObject", f"{bucket}/{key}")
        else:
            yield _question("ListBucket", bucket, **{"s3:prefix": request.query["prefix"]})
        return
    place, headers = f"{bucket}/{request.key}", request.headers
    if "uploadId" in request.query and request.method in ("GET", "DELETE"):
        yield _question("AbortMultipartUpload" if request.method == "DELETE" else "ListMultipartUploadParts", place)
    elif "tagging" in request.query:
        yield _question("GetObjectTagging", place)
    elif "restore" in request.query:
        yield _question("RestoreObject", place)
    elif request.method in ("GET", "HEAD"):
        yield _question("GetObject", place)
    else:
        yield from _writing(place, headers, whole="partNumber" not in request.query)


def _writing(place: str, headers: dict[str, str], *, whole: bool) -> Iterator[Question]:
    acl = {"s3:x-amz-acl": headers["x-amz-acl"]} if "x-amz-acl" in headers else {}
    yield _question("PutObject", place, **acl)
    if acl:
        yield _question("PutObjectAcl", place, **acl)
    if "if-match" in headers:
        yield _question("GetObject", place)
    source = f"arn:aws:s3:::{urllib.parse.unquote(headers.get('x-amz-copy-source', '')).lstrip('/')}"
    copies = "x-amz-copy-source" in headers
    carries = copies and whole and headers.get("x-amz-tagging-directive") != "REPLACE"
    if copies:
        yield _question("GetObject", source)
    if carries:
        yield _question("GetObjectTagging", source)
    if carries or "x-amz-tagging" in headers:
        yield _question("PutObjectTagging", place)


def _question(action: str, resource: str, **context: str) -> Question:
    return Question(resource, True, f"s3:{action}", context=context, resource=resource)


class Ran(NamedTuple):
    """A job that ran with its policy, and what its requests take."""

    policy: Policy
    result: dict[str, Any]
    questions: list[Question]


@pytest.fixture(scope="module")
def ran(account: Account, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """Each job, once."""
    found = {}
    for name in JOBS:
        stage = prepared(account, name, tmp_path_factory.mktemp("job"))
        account.allow(stage.policy())
        with account.as_aws() as requests:
            result = stage.run(account.user)
            # Looking for the bucket says no prefix, and a listing follows.
            passed = [each for each in requests if each.key or each.query]
        found[name] = Ran(stage.policy(), result, [each for request in passed for each in needs(request)])
    return found


@each_job
def test_its_policy_lets_it_pass(name: str, ran: dict[str, Ran]) -> None:
    _policy, result, _questions = ran[name]
    assert not result.get("failed") and result["actions"], told(result)
    assert "s3:" not in told(result)


def test_all_that_it_asks_for_is_allowed(ran: dict[str, Ran]) -> None:
    asked = [(name, Asked(each, one.policy, "role")) for name, one in ran.items() for each in one.questions]
    verdicts = judged([question for _name, question in asked])
    denied = [
        f"{name}: {question.request.action} {question.request.resource} {question.request.context}"
        for (name, question), verdict in zip(asked, verdicts, strict=True)
        if not verdict.allowed
    ]
    assert denied == []


@each_job
def test_it_asks_for_all_that_is_allowed(name: str, ran: dict[str, Ran]) -> None:
    policy, _result, questions = ran[name]
    asked = {
        (sid(statement), question.action)
        for question in questions
        for statement in policy["Statement"]
        if any(matches(each, question.resource) for each in items(statement["Resource"]))
    }
    assert set(actions(policy)) - asked == named(policy, JOBS[name].idle)


PROVEN = [
    (name, end, action) for name, job in JOBS.items() for end, all_ in job.proven.items() for action in all_.split()
]


@pytest.mark.parametrize(("name", "end", "action"), PROVEN, ids=map(" ".join, PROVEN))
def test_without_an_action_it_fails_and_says_which(
    name: str, end: str, action: str, account: Account, tmp_path: pathlib.Path
) -> None:
    stage = prepared(account, name, tmp_path)
    left_out = named(stage.policy(), {end: action})
    account.allow(without(stage.policy(), lambda *each: each in left_out))
    result = stage.run(account.user)
    assert result.get("failed") or end.startswith("State")  # the sync itself can do without
    assert re.search(rf"\bs3:{action}\b", told(result))


@each_job
def test_what_moto_does_not_ask_for(name: str, account: Account, tmp_path: pathlib.Path) -> None:
    """Where a job passes without it, only what AWS needs proves it: see above."""
    stage = prepared(account, name, tmp_path)
    proven = {(end, action) for one, end, action in PROVEN}
    account.allow(
        without(stage.policy(), lambda name, action: (name.removeprefix("StowageSync"), action[3:]) not in proven)
    )
    result = stage.run(account.user)
    assert not result.get("failed"), told(result)
    assert "s3:" not in told(result)
