"""Who looks at the console: nobody without a login, and no change without the page's own token (R83)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response

from ..bootstrap import Parts, Running
from ..core.booking.book import Actor
from ..db.repositories.admin_sessions import AdminSessions
from ..errors import Forbidden
from ..security import sessions

LOGIN = "/admin/login"
TODAY = "/admin/today"


class LoginNeeded(Exception):
    """Nobody is logged in, or no longer; `url` leads to the login and back."""

    def __init__(self, request: Request) -> None:
        super().__init__("nobody is logged in")
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = f"?next={quote(wanted)}" if request.method == "GET" and wanted != TODAY else ""
        self.url = f"{LOGIN}{back}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The administrator, in a session."""

    session_id: str
    actor: Actor

    @property
    def form_token(self) -> str:
        """What each form of the pages sends back."""
        return sessions.form_token(self.session_id)


def admin_sessions(parts: Running) -> AdminSessions:
    return AdminSessions(parts.office.database, parts.clock)


Sessions = Annotated[AdminSessions, Depends(admin_sessions)]


async def require_visitor(request: Request, parts: Running, open_sessions: Sessions) -> Visitor:
    """The logged-in administrator. Raises `LoginNeeded`; `Forbidden` for a change that no page of the session sent."""
    session_id = request.cookies.get(cookie_name(request), "")
    if not session_id or not await open_sessions.is_open(session_id, parts.admin.credential):
        raise LoginNeeded(request)
    if request.method not in ("GET", "HEAD"):
        form = await request.form()
        if not sessions.same(str(form.get("token", "")), sessions.form_token(session_id)):
            raise Forbidden("the form does not belong to this session")
    return Visitor(session_id, actor_of(request, parts))


LoggedIn = Annotated[Visitor, Depends(require_visitor)]


def actor_of(request: Request, parts: Parts) -> Actor:
    """The administrator, for the audit log."""
    return Actor(f"admin:{parts.admin.username}", address_of(request))


def address_of(request: Request) -> str | None:
    return request.client.host if request.client else None


def is_https(request: Request) -> bool:
    """Do browsers reach us over TLS?"""
    url: str = request.app.state.settings.public_url
    return url.startswith("https://")


def cookie_name(request: Request) -> str:
    return sessions.cookie_name(request.app.state.settings.public_url)


def set_session_cookie(request: Request, response: Response, session_id: str) -> None:
    """For this browser window's life; the server ends it earlier."""
    response.set_cookie(
        cookie_name(request), session_id, path="/", secure=is_https(request), httponly=True, samesite="lax"
    )


def delete_session_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="lax")
