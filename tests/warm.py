# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Python for the modules of playbooks in tests that has loaded boto3 already, which is half of what a task costs.

Ansible gets a program that hands its standard streams, environment and directory to a server, which forks: the module
runs in a process of its own, as always, from the archive that Ansible sent. Whatever is not a pipelined module goes to
Python itself.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types

# With -S and -I Python starts in a hundredth of a second, so the client may need nothing but these.
CLIENT = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1:]:
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
link = socket.socket(socket.AF_UNIX)
link.connect({place!r})
told = json.dumps([dict(os.environ), os.getcwd()]).encode()
socket.send_fds(link, [len(told).to_bytes(4, "big")], [0, 1, 2])
link.sendall(told)
os._exit(int.from_bytes(link.recv(1) or b"\\x01", "big"))
"""


@functools.cache
def interpreter() -> str:
    """The path of the program; its server ends with this process."""
    folder = tempfile.mkdtemp(prefix="stowage-warm-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place, program = f"{folder}/socket", pathlib.Path(folder, "python")
    server = subprocess.Popen(
        [sys.executable, __file__, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert server.stdin and server.stdout
    atexit.register(server.wait)
    atexit.register(server.stdin.close)  # before that, as the last comes first
    assert server.stdout.readline() == b"ready\n"
    program.write_text(CLIENT.format(python=sys.executable, place=place))
    program.chmod(0o700)
    return str(program)


def serve(place: str) -> None:
    """Fork for each client, until standard input ends."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            asked = select.select([listener, 0], [], [])[0]
            if 0 in asked:
                return
            link, _address = listener.accept()
            if not os.fork():
                listener.close()
                os._exit(_serve_one(link))
            link.close()


def _load() -> None:
    """What takes long, and is the same for every task: boto3, and what botocore knows of S3."""
    import boto3.session
    import botocore.client
    import botocore.session
    from botocore.loaders import create_loader

    loader = create_loader()
    for name in ("service-2", "endpoint-rule-set-1"):
        loader.load_service_model("s3", name)
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        loader.load_data(name)
    botocore.session.create_loader = lambda *_paths: loader
    assert boto3.session and botocore.client


def _serve_one(link: socket.socket) -> int:
    size, streams, _flags, _address = socket.recv_fds(link, 4, 3)
    told = b""
    while len(told) < int.from_bytes(size, "big"):
        told += link.recv(1 << 16)
    environment, folder = json.loads(told)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = _run()
    link.send(bytes([code]))
    return code


def _run() -> int:
    """What stands in standard input, as Python itself runs it."""
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    sys.argv, sys.path[0] = [""], ""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    code: object = 0
    try:
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), main.__dict__)  # noqa: S102
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(bool(code))


if __name__ == "__main__":
    serve(sys.argv[1])
