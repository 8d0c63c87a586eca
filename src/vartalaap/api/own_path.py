"""The path that leads to one of several processes: taken off every request, and known where URLs are signed."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ..config import Settings

_KEY = "vartalaap.own_path"
_OWN = re.compile(r"/p\d+(?=/)")


class OwnPath:
    """`/p2/ws/audio` is `/ws/audio` of the second process.

    Another one's path is taken off as well: while a process is away the proxy sends its calls to the others, who
    apologise to the callers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and (own := _OWN.match(scope["path"])):
            rest = scope["path"][own.end() :]
            scope = {**scope, "path": rest, "raw_path": rest.encode(), _KEY: own[0]}
        await self._app(scope, receive, send)


def own_path(scope: Scope) -> str:
    """What was taken off."""
    return str(scope.get(_KEY, ""))


async def signed_parts(request: Request, settings: Settings) -> tuple[str, dict[str, list[str]]]:
    """What a carrier signs: the URL as the public sees it, with its query; each field's values in their order."""
    form = await request.form()
    fields = {key: [value for value in form.getlist(key) if isinstance(value, str)] for key in form}
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{settings.reachable_url}{own_path(request.scope)}{request.url.path}{query}", fields
