"""The console as an application of its own, within the main one: its errors are pages, not JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from loguru import logger
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from ..errors import VartalaapError
from .pages import error_page
from .routes import audit, bookings, calls, follow_ups, language, login, privacy
from .visitor import LoginNeeded

PATH = "/admin"
_HERE = Path(__file__).parent


def mount_console(app: FastAPI) -> None:
    """Serve the console at `/admin`, with the application's own state."""
    console = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    console.state = app.state
    console.add_exception_handler(LoginNeeded, _to_login)
    console.add_exception_handler(VartalaapError, _our_error)
    console.add_exception_handler(RequestValidationError, _page(422))
    console.add_exception_handler(HTTPException, _http_error)
    console.add_exception_handler(Exception, _any_error)
    for part in (login, language, bookings, calls, follow_ups, audit, privacy):
        console.include_router(part.router)
    console.mount("/static", _Cached(StaticFiles(directory=_HERE / "static")))
    app.add_route(PATH, _to_today, include_in_schema=False)
    app.mount(PATH, console)


async def _to_today(_: Request) -> Response:
    return RedirectResponse(f"{PATH}/today", status_code=303)


async def _to_login(_: Request, error: Exception) -> Response:
    assert isinstance(error, LoginNeeded)
    return RedirectResponse(error.url, status_code=303)


def _page(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def show(request: Request, _: Exception) -> Response:
        return error_page(request, status)

    return show


async def _our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VartalaapError)
    if error.status >= 500:
        logger.opt(exception=error).error("request failed", path=request.url.path)
    return error_page(request, error.status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_page(request, error.status_code)


async def _any_error(request: Request, error: Exception) -> Response:
    """The HTTP edge of the console: a bug becomes a page that says nothing of its insides."""
    logger.opt(exception=error).error("request failed", path=request.url.path)
    return error_page(request, 500)


class _Cached:
    """Style and script are named with their digest: what has this URL stays as it is."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self._files(scope, receive, send_with_header)
