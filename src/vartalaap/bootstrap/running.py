"""The running application, as the web's routes and sockets ask for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from .parts import Parts


def parts_of(connection: HTTPConnection) -> Parts:
    """Of a request or a socket."""
    parts: Parts = connection.app.state.parts
    return parts


Running = Annotated[Parts, Depends(parts_of)]
