# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tests of the sync act on: a tree, a bucket, a recording gateway between, a user without powers."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness import decided, run_module
from server import Server

OLD = 1_600_000_000  # seconds since the epoch: a time that no test can meet by chance
APART = """
import json, sys
sys.path.insert(0, sys.argv[1])
from harness import run_module
from server import Server
order = json.load(sys.stdin)
server = Server(**order["server"])
run = lambda check: run_module(order["name"], order["options"], server=server, check=check)
print(json.dumps(list(map(run, order["checks"]))))
"""


class World:
    """A directory and a place in a bucket, and syncs between them. Check mode comes first, and has to tell the truth.

    Prefixes are below `base`, which no other world has.
    """

    def __init__(self, server: Server, bucket: str, tmp_path: pathlib.Path, base: str | None = None) -> None:
        self.server, self.bucket, self.tmp_path = server, bucket, tmp_path
        self.base = f"{uuid.uuid4().hex[:8]}/" if base is None else base
        self.s3 = shared_client(server)
        self.root = tmp_path / "tree"
        self.root.mkdir()
        self.state = tmp_path / "state"

    # Local

    def write(self, files: Mapping[str, str | bytes], root: pathlib.Path | None = None) -> None:
        """Write files, old enough for their times to be trusted."""
        for name, content in files.items():
            path = (root or self.root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            os.utime(path, (OLD, OLD))

    def tree(self, root: pathlib.Path | None = None) -> dict[str, str]:
        """What stands in a directory: files with their text, links as `-> target`, empty directories as `name/`."""
        top = root or self.root
        found: dict[str, str] = {}
        for folder, folders, files in os.walk(top):
            for name in (*folders, *files):
                path = pathlib.Path(folder, name)
                key = path.relative_to(top).as_posix()
                if path.is_symlink():
                    found[key] = f"-> {os.readlink(path)}"
                elif path.is_file():
                    found[key] = path.read_bytes().decode(errors="replace")
                elif path.is_dir() and not os.listdir(path):
                    found[key + "/"] = ""
        return found

    # Remote

    def put(self, objects: Mapping[str, str | bytes], prefix: str = "app/", **extra: Any) -> None:
        """Store objects; keywords go to PutObject."""
        for key, body in objects.items():
            data = body.encode() if isinstance(body, str) else body
            self.s3.put_object(Bucket=self.bucket, Key=self.base + prefix + key, Body=data, **extra)

    def objects(self, prefix: str = "app/") -> dict[str, str]:
        """The bodies of all objects below a prefix, by the key below it."""
        found = {}
        for key in self.names(prefix):
            body = self.s3.get_object(Bucket=self.bucket, Key=self.base + prefix + key)["Body"].read()
            found[key] = body.decode(errors="replace")
        return found

    def names(self, prefix: str = "app/") -> list[str]:
        """The keys below a prefix."""
        top = self.base + prefix
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=top)
        return [entry["Key"][len(top) :] for page in pages for entry in page.get("Contents", [])]

    def head(self, key: str, prefix: str = "app/") -> dict[str, Any]:
        """HeadObject."""
        return with_names_of_s3(self.s3.head_object(Bucket=self.bucket, Key=self.base + prefix + key))

    def uri(self, prefix: str = "app") -> str:
        """The place of a prefix."""
        return f"s3://{self.bucket}/{self.base}{prefix}"

    # Syncs

    @contextlib.contextmanager
    def gateway(self) -> Iterator[Gateway]:
        """A gateway through which the syncs go meanwhile."""
        direct = self.server
        with Gateway(direct) as gateway:
            self.server = gateway.server
            try:
                yield gateway
            finally:
                self.server = direct

    def up(self, *, prefix: str = "app", **options: Any) -> dict[str, Any]:
        """Sync the tree up."""
        return self.sync(str(self.root), self.uri(prefix), **options)

    def down(self, *, prefix: str = "app", **options: Any) -> dict[str, Any]:
        """Sync down into the tree."""
        return self.sync(self.uri(prefix), str(self.root), **options)

    def check(self, source: str, destination: str, **options: Any) -> dict[str, Any]:
        """Check mode alone."""
        return self.run(source, destination, check=True, **options)

    def run(self, source: str, destination: str, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """A run, or check mode, alone."""
        asked = {"source": source, "destination": destination, "state_dir": str(self.state), **options}
        return run_module("sync", asked, server=self.server, check=check, diff=True)

    def sync(self, source: str, destination: str, **options: Any) -> dict[str, Any]:
        """Check mode, which has to change nothing, then a run, which has to do what check mode said."""
        before = self._everything()
        foretold = self.check(source, destination, **options)
        assert self._everything() == before, "check mode changed something"
        result = self.run(source, destination, **options)
        assert decided(foretold) == decided(result)
        assert foretold["diff"] == result["diff"]
        assert [foretold.get("failed"), foretold["failures"]] == [result.get("failed"), result["failures"]], result
        return result

    def refused(self, source: str, destination: str, **options: Any) -> str:
        """The message of a sync that fails before anything is looked at, in check mode and in a run alike."""
        before = self._everything()
        messages = []
        for check in (True, False):
            result = self.run(source, destination, check=check, **options)
            assert result["failed"], result
            assert "actions" not in result, result
            # Each request has an id of its own.
            messages.append(re.sub(r" \[request \S+\]", "", result["msg"]))
        assert self._everything() == before
        assert messages[0] == messages[1]
        return messages[0]

    def _everything(self) -> list[tuple[str, Any]]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.base).get("Contents", [])
        remote = [(entry["Key"], (entry["ETag"], entry["LastModified"])) for entry in listed]
        local = []
        for path in sorted(self.tmp_path.rglob("*")):
            status = path.lstat()
            # What a run wrote in state_dir may be read; making it anew would show in the inode.
            local.append((str(path), (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns)))
        return [*remote, *local]


def with_names_of_s3(head: dict[str, Any]) -> dict[str, Any]:
    """S3 tells the names of metadata in lower case; in HTTP case means nothing, and servers differ."""
    return {**head, "Metadata": {name.lower(): value for name, value in head["Metadata"].items()}}


@functools.cache
def shared_client(server: Server) -> Any:
    """Making a client takes longer than most tests do."""
    return server.client("s3")


def apart(
    server: Server,
    options: Mapping[str, Any],
    prepare: Callable[[], None],
    *,
    name: str = "sync",
    checks: tuple[bool, ...] = (True, False),
) -> list[dict[str, Any]]:
    """Run the module in a process that `prepare` has limited before anything else, in check mode and not."""
    order = json.dumps(
        {
            "server": {**dataclasses.asdict(server), "pid": 0},
            "name": name,
            "options": dict(options),
            "checks": list(checks),
        }
    )
    done = subprocess.run(
        [sys.executable, "-c", APART, str(pathlib.Path(__file__).parent)],
        input=order,
        text=True,
        capture_output=True,
        preexec_fn=prepare,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def without_powers(
    server: Server, options: Mapping[str, Any], *, name: str = "sync", checks: tuple[bool, ...] = (True, False)
) -> list[dict[str, Any]]:
    """Run the module as a user whom permissions bind, in check mode and not: root reads and writes all.

    The user stays the same, so that the interpreter's own files stay readable; what goes is the power to override.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def drop() -> None:
        # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; see capabilities(7).
        for capability in (1, 2):
            if os.geteuid() == 0 and libc.prctl(24, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")

    return apart(server, options, drop, name=name, checks=checks)


@dataclasses.dataclass(frozen=True)
class Request:
    """A request that passed the gateway; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """The object's key."""
        return self.path.partition("/")[2]

    @property
    def trial(self) -> bool:
        """Whether it only tries if the server heeds conditions: no object has such an ETag."""
        return self.headers.get("if-match") == f'"{"0" * 32}"'


@dataclasses.dataclass
class Reply:
    """An answer on its way back; status 0: none, the connection is closed."""

    status: int
    headers: dict[str, str]
    body: bytes


class Gateway:
    """A server before the server: writes down what passes, and may answer itself or change an answer.

    `before(request)` may give a Reply to be sent at once; `after(request, reply)` may change the server's.
    """

    def __init__(self, upstream: Server, certificate: pathlib.Path | None = None) -> None:
        """`certificate`: a PEM file with its key; then the clients' side speaks TLS."""
        self.requests: list[Request] = []
        self.before: Callable[[Request], Reply | None] = lambda _request: None
        self.after: Callable[[Request, Reply], None] = lambda _request, _reply: None
        self._upstream = urllib.parse.urlsplit(upstream.endpoint)
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    self.raw_requestline = self.rfile.readline(65537)
                except (ConnectionError, ssl.SSLError):  # the client was killed, or closed in a hurry
                    self.raw_requestline = b""
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                gateway._pass(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is left to the thread that reads the first request: nobody else waits for it.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if certificate else "http"
        self.server = dataclasses.replace(upstream, endpoint=f"{scheme}://127.0.0.1:{self._server.server_address[1]}")

    def __enter__(self) -> Gateway:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _request(self, handler: BaseHTTPRequestHandler) -> Request:
        """What a request's head says."""
        target = urllib.parse.urlsplit(handler.path)
        return Request(
            handler.command,
            urllib.parse.unquote(target.path).lstrip("/"),
            dict(urllib.parse.parse_qsl(target.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            b"",
        )

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        request = dataclasses.replace(self._request(handler), body=body)
        self.requests.append(request)
        reply = self.before(request)
        if reply is None:
            reply = self._ask(handler, request)
            self.after(request, reply)
        if not reply.status:
            handler.close_connection = True
            return
        handler.send_response_only(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if request.method != "HEAD":
            handler.send_header("content-length", str(len(reply.body)))
        handler.end_headers()
        if request.method != "HEAD":
            handler.wfile.write(reply.body)

    def _ask(self, handler: BaseHTTPRequestHandler, request: Request) -> Reply:
        connection = http.client.HTTPConnection(self._upstream.netloc, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(request.method, handler.path, skip_host=True, skip_accept_encoding=True)
            for name, value in handler.headers.items():
                if name.lower() != "expect":
                    connection.putheader(name, value)
            with contextlib.suppress(BrokenPipeError):  # some answer before they have read all, and stop reading
                connection.endheaders(request.body)
            answer = connection.getresponse()
            body = answer.read()
        dropped = {"transfer-encoding", "connection"} | ({"content-length"} if request.method != "HEAD" else set())
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
        return Reply(answer.status, headers, body)


def error_reply(status: int, code: str, message: str = "No.") -> Reply:
    """An error as S3 words it."""
    return Reply(
        status,
        {"content-type": "application/xml"},
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode(),
    )


def verbs(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The actions of a result as (verb, key, reason)."""
    return [(action["verb"], action["key"], action["reason"]) for action in result["actions"]]


def failures(result: Mapping[str, Any]) -> dict[str, str]:
    """The failures of a result: error text by key."""
    return {failure["key"]: failure["error"] for failure in result["failures"]}
