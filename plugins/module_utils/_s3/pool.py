# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Connections: made, over TLS and through proxies, and kept alive for the next request."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import DESCRIPTORS
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import WRITE, Pause
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Proxy, Wire, WireError, reason_of

_LOOKED_UP = 30.0  # seconds for which a host's addresses are taken for known
_Address = tuple[int, int, int, str, Any]


class Pool:
    """Idle connections by place, newest first; a new one where none is idle."""

    def __init__(
        self,
        *,
        idle: int = 64,
        connect_timeout: float = 60.0,
        read_timeout: float = 60.0,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        proxy: Callable[[bool, str, int], Proxy | None] | None = None,
    ) -> None:
        self._idle: dict[tuple[bool, str, int], deque[Wire]] = {}
        self._keep = idle
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        self._proxy = proxy
        self._known: dict[tuple[str, int], tuple[float, list[_Address]]] = {}
        self._closed = False

    async def take(self, secure: bool, host: str, port: int, *, fresh: bool = False) -> Wire:
        """A connection, kept alive or (if `fresh`, always) new. Raises WireError."""
        key = (secure, host, port)
        idle = self._idle.get(key)
        while idle and not fresh:
            try:
                wire = idle.pop()
            except IndexError:  # another thread was faster
                break
            if time.monotonic() - wire.since < 0.5 or wire.quiet():
                wire.reused = True
                return wire
            wire.close()
        return await self._connect(key)

    def give(self, wire: Wire) -> None:
        """Take back a connection whose answer was read whole."""
        idle = self._idle.setdefault(wire.key, deque())
        if self._closed or len(idle) >= self._keep:
            wire.close()
            return
        wire.since = time.monotonic()
        idle.append(wire)

    def close(self) -> None:
        """Close what is idle, and what will be given back."""
        self._closed = True
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    async def _connect(self, key: tuple[bool, str, int]) -> Wire:
        secure, host, port = key
        proxy = self._proxy(secure, host, port) if self._proxy else None
        place = (proxy.host, proxy.port) if proxy else (host, port)
        try:
            sock = await self._dial(place)
        except (OSError, UnicodeError) as error:
            advice = f"Check the proxy {place[0]}:{place[1]} (HTTP_PROXY, HTTPS_PROXY, NO_PROXY)" if proxy else ""
            if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
                advice = DESCRIPTORS
            raise WireError(reason_of(error), advice=advice) from error
        wire = Wire(sock, key, None if secure else proxy, self._read_timeout)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure and proxy:
                await _tunnel(wire, host, port, proxy)
            if secure:
                if self._context is None:
                    self._context = self._tls()
                await wire.handshake(
                    self._context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
                )
        except ssl.SSLCertVerificationError as error:
            wire.close()
            raise WireError(
                f"the server's certificate was refused: {error.verify_message}",
                hopeless=True,
                advice="Name the authority's certificate in 'aws_ca_bundle' ('validate_certs: false' turns checks off)",
            ) from error
        except OSError as error:
            wire.close()
            raise WireError(reason_of(error)) from error
        except BaseException:
            wire.close()
            raise
        return wire

    async def _dial(self, place: tuple[str, int]) -> socket.socket:
        """A connection to the first of the place's addresses that answers; the next one begins with another address.

        Raises OSError of the last one.
        """
        addresses = self._addresses(place)
        last: OSError | None = None
        for family, kind, protocol, _name, address in addresses:
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    raise
                last = last or error  # this kind of address is none for this machine: another's failure tells more
                continue
            try:
                sock.setblocking(False)
                number = sock.connect_ex(address)
                if number in (errno.EINPROGRESS, errno.EWOULDBLOCK):
                    came = await Pause(sock.fileno(), WRITE, self._connect_timeout)
                    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if came else errno.ETIMEDOUT
                if not number:
                    return sock
                last = OSError(number, os.strerror(number))
            except BaseException:
                sock.close()
                raise
            sock.close()
        self._known.pop(place, None)
        raise last or OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))

    def _addresses(self, place: tuple[str, int]) -> list[_Address]:
        """The place's addresses, looked up anew after a while. S3 gives several: they take turns."""
        now = time.monotonic()
        until, addresses = self._known.get(place, (0.0, []))
        if now >= until:
            addresses = list(socket.getaddrinfo(*place, type=socket.SOCK_STREAM))
            until = now + _LOOKED_UP
        # Only those of the kind that the system prefers: the other may be a way to nowhere.
        alike = [one for one in addresses if one[0] == addresses[0][0]]
        addresses = [*alike[1:], alike[0], *(one for one in addresses if one[0] != addresses[0][0])]
        self._known[place] = until, addresses
        return addresses


async def _tunnel(wire: Wire, host: str, port: int, proxy: Proxy) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    authorization = f"proxy-authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    wire.begin("CONNECT")
    await wire.send(f"CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n{authorization}\r\n".encode("latin-1"))
    answer = await wire.answer()
    if answer.status != 200:
        raise WireError(
            f"the proxy {proxy.host}:{proxy.port} answered {answer.status} to CONNECT",
            hopeless=answer.status in (401, 403, 405, 407),
            advice="Check the proxy's rules and credentials (HTTPS_PROXY, NO_PROXY)",
        )
