"""In and out. Each attempt is in the audit log; no page says whether a name exists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from ...bootstrap import Parts, Running
from ...errors import TooManyRequests
from ...security import sessions
from ..pages import go, local_path, page
from ..visitor import (
    LOGIN,
    TODAY,
    LoggedIn,
    Sessions,
    actor_of,
    address_of,
    cookie_name,
    delete_session_cookie,
    is_https,
    set_session_cookie,
)

FORM_COOKIE = "vartalaap-login"
"""Ties the form to the browser that asked for it, before there is a session."""

router = APIRouter()


class LoginForm(BaseModel):
    """What the form sends."""

    username: str = Field("", max_length=200)
    password: str = Field("", max_length=1000)
    token: str = ""
    next: str = ""


@router.get("/login")
async def form(request: Request, parts: Running, next: str = "") -> Response:  # noqa: A002 - the query's name
    """The form."""
    return _form(request, parts, next)


@router.post("/login")
async def login(
    request: Request, given: Annotated[LoginForm, Form()], parts: Running, open_sessions: Sessions
) -> Response:
    """A fresh session for the right password; a session that the browser had is over."""
    if not sessions.same(given.token, request.cookies.get(FORM_COOKIE, "")):
        return _form(request, parts, given.next, problem="login.again", status=403)
    ip = address_of(request)
    try:
        if not await parts.admin.accepts(given.username, given.password, ip):
            await open_sessions.refused(ip, locked=parts.admin.locked_s(given.username, ip) > 0)
            return _form(request, parts, given.next, problem="login.wrong", status=401)
    except TooManyRequests as error:
        answer = _form(request, parts, given.next, problem="login.locked", status=429, **error.details)
        answer.headers["Retry-After"] = str(error.details["retry_after_s"])
        return answer
    actor = actor_of(request, parts)
    if before := request.cookies.get(cookie_name(request)):
        await open_sessions.end(before, actor)
    session_id = sessions.new_id()
    await open_sessions.begin(session_id, parts.admin.credential, actor)
    answer = go(local_path(given.next, TODAY))
    set_session_cookie(request, answer, session_id)
    answer.delete_cookie(FORM_COOKIE, path=LOGIN)
    return answer


@router.post("/logout")
async def logout(request: Request, visitor: LoggedIn, open_sessions: Sessions) -> Response:
    """The session ends on the server, whoever may have copied its cookie."""
    await open_sessions.end(visitor.session_id, visitor.actor)
    answer = go(LOGIN, notice="logged_out")
    delete_session_cookie(request, answer)
    return answer


def _form(
    request: Request, parts: Parts, next_path: str, *, problem: str = "", status: int = 200, **values: object
) -> Response:
    token = request.cookies.get(FORM_COOKIE) or sessions.new_id()
    shown = {
        "token": token,
        "next": local_path(next_path, ""),
        "problem": problem,
        "retry_after_s": 0,
        "possible": bool(parts.admin),
        "password_file": parts.admin_password_file,
        "business": parts.business,
        **values,
    }
    answer = page(request, "login.html", shown, status=status)
    answer.set_cookie(FORM_COOKIE, token, path=LOGIN, secure=is_https(request), httponly=True, samesite="strict")
    return answer
