"""Whose pages may open a socket: our own, under the names that this server has. What a request says of itself proves
nothing: any name can be pointed at this machine, and a page of that name then agrees with its `Host`."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


def is_own_page(connection: HTTPConnection, public_url: str, host: str) -> bool:
    """Was the page that asks (`Origin`) served by us?

    Either at `PUBLIC_URL`; or under a name of this machine, the configured `host`, or the address at which the request
    arrived. The port of these may be a tunnel's, but must be the one that the request came to.
    """
    origin = _split(connection.headers.get("origin", ""))
    if origin is None:
        return False
    public = _split(public_url)
    if public and _place(origin) == _place(public):
        return True
    came_to = _split(f"{origin.scheme}://{connection.headers.get('host', '')}")
    own = LOCAL_NAMES | {host.lower(), (connection.scope.get("server") or ("",))[0]}
    return came_to is not None and _place(origin) == _place(came_to) and origin.hostname in own


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in _PORTS and parts.hostname and _place(parts) else None
    except ValueError:  # brackets without an address, a port that is no number
        return None


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host in small letters, port."""
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
