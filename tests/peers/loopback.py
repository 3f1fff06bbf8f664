# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prowler, kept on this machine: `python loopback.py aws ...`, with the Python of its environment.

botocore puts the account's number before the host where S3 Control is asked, and no resolver knows such names of
127.0.0.1. Every other name or address is refused, and at the end told as an error.
"""

from __future__ import annotations

import re
import socket
import sys
from typing import Any

HERE = "127.0.0.1"
refused: set[str] = set()
_resolve = socket.getaddrinfo


def _resolved(host: Any, *rest: Any, **more: Any) -> Any:
    return _resolve(HERE if re.fullmatch(rf"\d{{12}}\.{re.escape(HERE)}", str(host)) else host, *rest, **more)


def _watch(event: str, told: tuple[Any, ...]) -> None:
    """Python tells of each connection and each name before it does anything about it."""
    if event == "socket.getaddrinfo":
        place = told[0]
    elif event == "socket.connect" and told[0].family != socket.AF_UNIX:
        place = told[1][0]
    else:
        return
    if place != HERE:
        refused.add(str(place))
        raise ConnectionRefusedError(f"{place} is not on this machine")


def main() -> None:
    del sys.path[0]  # our own prowler.py is there
    socket.getaddrinfo = _resolved
    sys.addaudithook(_watch)
    from prowler.__main__ import prowler

    try:
        prowler()
    finally:
        if refused:
            raise SystemExit(f"Prowler wanted to go elsewhere: {', '.join(sorted(refused))}")


if __name__ == "__main__":
    main()
