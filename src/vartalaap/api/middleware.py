"""What every HTTP answer and request goes through: headers that bind browsers, limits on size and on number.

Pure ASGI: sockets and streams pass untouched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import Settings
from ..errors import TooManyRequests
from ..security.limits import TokenBuckets, network_of
from .own_path import OwnPath

WEBHOOKS = ("/plivo/", "/twilio/", "/whatsapp")
"""Signed requests of carriers, who share addresses: a count by address would refuse callers, and one for all of
them would let anybody use it up. What bounds them: their size, the signature, and one token a call."""
UNCOUNTED = (*WEBHOOKS, "/health", "/metrics")
WEBHOOK_BYTES = 256 * 1024
MOST_VALUES = 10_000
"""In a body: each that is wrong is an error of its own, and to list them all takes longer than calls can wait."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """Headers outermost, so that what the limits refuse has them too."""
    if settings.api_requests_per_minute:
        app.add_middleware(RateLimit, buckets=TokenBuckets(settings.api_requests_per_minute))
    app.add_middleware(BodyLimit, most=settings.max_body_bytes, most_of_webhooks=WEBHOOK_BYTES)
    app.add_middleware(SecurityHeaders, headers=security_headers(settings))
    if settings.process:
        app.add_middleware(OwnPath)


def security_headers(settings: Settings) -> dict[str, str]:
    """Those of an answer that says nothing else: not shown in a frame, not stored, nothing loaded."""
    return _HEADERS | (_HTTPS_ONLY if settings.public_url.startswith("https://") else {})


class SecurityHeaders:
    """Adds each header that the answer does not set itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """413 for a body above the limit, at once where its length is declared, else when it has come so far."""

    def __init__(self, app: ASGIApp, most: int, most_of_webhooks: int) -> None:
        self._app = app
        self._most = most
        self._most_of_webhooks = min(most, most_of_webhooks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_of_webhooks if scope["path"].startswith(WEBHOOKS) else self._most
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            await _problem(413, "HTTPException", _TOO_LARGE, retryable=False)(scope, receive, send)
            return
        come = commas = 0

        async def receive_counted() -> Message:
            nonlocal come, commas
            message = await receive()
            come += len(message.get("body", b""))
            if come > most:
                raise HTTPException(413, _TOO_LARGE)
            commas += message.get("body", b"").count(b",")  # between any two values of a list or an object
            if commas > MOST_VALUES:
                raise HTTPException(422, f"The request has more than {MOST_VALUES} values.")
            return message

        await self._app(scope, receive_counted, send)


class RateLimit:
    """429 with `Retry-After` for an address, and for a key or login, that asks too often."""

    def __init__(self, app: ASGIApp, buckets: TokenBuckets) -> None:
        self._app = app
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(UNCOUNTED):
            wait = max(self._buckets.take(name) for name in _names(scope))
            if wait:
                error = TooManyRequests.after(wait, "Too many requests.")
                answer = _problem(429, "TooManyRequests", error.message, retryable=True, details=error.details)
                answer.headers["Retry-After"] = str(error.details["retry_after_s"])
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


_TOO_LARGE = "The request is too large."


def _names(scope: Scope) -> list[str]:
    """Whom a request counts for: the sender's network, and the credentials if it has any, known or not."""
    names = [network_of(scope["client"][0] if scope.get("client") else None)]
    if credentials := Headers(scope=scope).get("authorization"):
        names.append(hashlib.sha256(credentials.encode("latin-1", "replace")).hexdigest())
    return names


def _problem(
    status: int, kind: str, message: str, *, retryable: bool, details: Mapping[str, object] | None = None
) -> Response:
    """An error in the API's shape."""
    body = {"type": kind, "message": message, "retryable": retryable, **(details or {})}
    return Response(orjson.dumps({"error": body}), status_code=status, media_type="application/json")
