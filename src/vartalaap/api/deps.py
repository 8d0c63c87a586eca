"""What routes ask for: the running parts, and who is asking."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer
from loguru import logger
from starlette.requests import HTTPConnection

from ..bootstrap import Parts, Running
from ..core.booking.book import Actor
from ..db.repositories.admin_sessions import AdminSessions
from ..errors import TooManyRequests, Unauthorized
from ..security import sessions
from .own_hosts import LOCAL_NAMES

bearer = HTTPBearer(auto_error=False, description="One of API_KEYS")
basic = HTTPBasic(auto_error=False, description="ADMIN_USERNAME and its password")


async def require_login(
    request: Request,
    parts: Running,
    key: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    login: Annotated[HTTPBasicCredentials | None, Depends(basic)],
) -> Actor:
    """The holder of an API key, or the administrator. Raises `Unauthorized`.

    In development with neither configured, a program on this machine needs none.
    """
    ip = request.client.host if request.client else None
    if key and (fingerprint := parts.api_keys.fingerprint(key.credentials)):
        return Actor(f"api:{fingerprint}", ip)
    if login and parts.admin and await _accepts(parts, login, ip):
        return Actor(f"admin:{login.username}", ip)
    if not (key or login) and parts.open_to_this_machine and _is_local(request):
        _warn_of_open_api()
        return Actor("development", ip)
    raise Unauthorized("An API key (Authorization: Bearer) or the administrator's login is needed.")


async def _accepts(parts: Parts, login: HTTPBasicCredentials, ip: str | None) -> bool:
    """Is this the administrator? While locked out, whoever asks is told as of any wrong login, and until when."""
    try:
        accepted = await parts.admin.accepts(login.username, login.password, ip)
    except TooManyRequests as error:
        raise Unauthorized(error.message, details=error.details) from None
    if not accepted:
        sessions = AdminSessions(parts.office.database, parts.clock)
        await sessions.refused(ip, locked=parts.admin.locked_s(login.username, ip) > 0)
    return accepted


async def may_use_phone(connection: HTTPConnection, parts: Parts) -> bool:
    """May this browser make trial calls? In production whoever is logged in to the console, else anybody."""
    if parts.settings.environment == "development":
        return True
    session_id = connection.cookies.get(sessions.cookie_name(parts.settings.public_url), "")
    open_sessions = AdminSessions(parts.office.database, parts.clock)
    return bool(session_id) and await open_sessions.is_open(session_id, parts.admin.credential)


def _is_local(request: Request) -> bool:
    """From this machine, and addressed to it: a foreign page whose name was pointed at us is not."""
    host = request.url.hostname or ""
    return host in LOCAL_NAMES and request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _warn_of_open_api() -> None:
    logger.warning("API_KEYS is not set: the API is open to programs on this machine (development only)")


LoggedIn = Annotated[Actor, Depends(require_login)]
