"""Our errors as HTTP answers: always JSON, never a stack trace, never personal data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from loguru import logger
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from ..errors import Unauthorized, VartalaapError

MOST_LISTED = 20
"""Wrong fields that an answer names; how many there are in all it says, too."""
MOST_OF_A_NAME = 200


async def our_error(request: Request, error: Exception) -> JSONResponse:
    """`{"error": {"type", "message", "retryable", ...details}}` with the error's own status."""
    assert isinstance(error, VartalaapError)
    if error.status >= 500:
        logger.opt(exception=error).error("request failed", path=request.url.path)
    kind = type(error).__name__
    body = {"type": kind, "message": error.message, "retryable": error.retryable, **error.details}
    return JSONResponse({"error": body}, status_code=error.status, headers=_headers(error))


def _headers(error: VartalaapError) -> dict[str, str]:
    headers = {"WWW-Authenticate": 'Bearer, Basic realm="Vartalaap"'} if isinstance(error, Unauthorized) else {}
    if "retry_after_s" in error.details:
        headers["Retry-After"] = str(error.details["retry_after_s"])
    return headers


async def malformed_request(_: Request, error: Exception) -> JSONResponse:
    """422 that names the first of the wrong fields, and never repeats what was sent: it may be a number or a name."""
    assert isinstance(error, RequestValidationError)
    all_wrong = error.errors()
    fields = [{"field": _shown(wrong["loc"]), "problem": wrong["msg"]} for wrong in all_wrong[:MOST_LISTED]]
    body = {
        "type": "BadRequest",
        "message": "The request is malformed.",
        "retryable": False,
        "fields": fields,
        "fields_in_all": len(all_wrong),
    }
    return JSONResponse({"error": body}, status_code=422)


def _shown(place: Sequence[object]) -> str:
    """Where in the request; a key of the sender's own may be of any length."""
    return ".".join(map(str, place))[:MOST_OF_A_NAME]


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses by itself: an unknown path, a method, a login or a body that cannot be read."""
    assert isinstance(error, HTTPException)
    status = 422 if error.status_code == 400 else error.status_code
    headers = dict(error.headers or {})
    if status == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    body = {"type": "HTTPException", "message": str(error.detail), "retryable": False}
    return JSONResponse({"error": body}, status_code=status, headers=headers)


def _methods(request: Request) -> set[str]:
    """What the path can be asked for; the framework names those of one route only."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    fitting = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in fitting for method in route.methods or ()}


def any_error(headers: Mapping[str, str]) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    """The HTTP edge: a bug becomes a 500 that says nothing of its insides."""

    async def failed(request: Request, error: Exception) -> JSONResponse:
        logger.opt(exception=error).error("request failed", path=request.url.path)
        body = {"type": "InternalError", "message": "Something of ours failed.", "retryable": True}
        return JSONResponse({"error": body}, status_code=500, headers=dict(headers))

    return failed


def add_error_handlers(app: FastAPI, headers: Mapping[str, str] | None = None) -> None:
    """`headers` go to the answer that the framework gives outside of all middleware."""
    app.add_exception_handler(VartalaapError, our_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, malformed_request)
    app.add_exception_handler(Exception, any_error(headers or {}))
