"""The address that a server listens on: taken before anything is begun, so that trouble with it is one line."""

from __future__ import annotations

import errno
import socket
from typing import Any

from ..errors import CannotListen

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""A name may stand for addresses that this machine does not have: `localhost` for one of IPv6."""


def bound(host: str, port: int) -> list[socket.socket]:
    """Sockets that are bound to the host's addresses, and do not listen yet. Raises `CannotListen`."""
    sockets: list[socket.socket] = []
    not_here: OSError | None = None
    try:
        for found in socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            try:
                sockets.append(_bound(*found))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                not_here = error
        if not sockets and not_here:
            raise not_here
    except OSError as error:
        for one in sockets:
            one.close()
        raise cannot_listen(host, port, error) from None
    return sockets


def _bound(family: int, kind: int, protocol: int, _: str, address: Any) -> socket.socket:
    one = socket.socket(family, kind, protocol)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is left of old connections does not matter
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
    except OSError:
        one.close()
        raise
    return one


def cannot_listen(host: str, port: int, error: OSError) -> CannotListen:
    """What to do about an address that cannot be had."""
    if isinstance(error, socket.gaierror):
        return CannotListen(f"HOST: {host} is the name of no address")
    if error.errno in _NOT_HERE:
        return CannotListen(f"HOST: {host} is no address of this machine")
    trouble = {
        errno.EADDRINUSE: f"is in use: end what listens there (`ss -ltnp sport = :{port}` tells), or set another PORT",
        errno.EACCES: "is not for this user: set a PORT from 1024 on, and put a proxy before it",
    }.get(error.errno or 0, f"cannot be listened on: {error.strerror}")
    return CannotListen(f"PORT: {port} of {host or 'this machine'} {trouble}")


def reached_at(host: str) -> str:
    """Where this machine itself reaches a server that listens on this host."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
