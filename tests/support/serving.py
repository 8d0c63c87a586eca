"""Servers on loopback ports, in this event loop: ASGI applications, and connections that are answered byte by byte."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]
"""One request; False when the connection is to be closed."""


@dataclass
class Listening:
    """Where it is, and how many connections came."""

    port: int = 0
    """A free one is taken for 0."""
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Served(Listening):
    """An application, and what serves it."""

    server: uvicorn.Server

    @property
    def audio_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/audio"

    async def idle(self) -> None:
        """Until no request and no socket is being served; a task that stays is a leak."""
        tasks = self.server.server_state.tasks
        if tasks:
            _, left = await asyncio.wait(set(tasks), timeout=5)
            assert not left, "a socket's task was left behind"


@asynccontextmanager
async def served(
    app: ASGIApp,
    at: Listening | None = None,
    make: Callable[[uvicorn.Config], uvicorn.Server] = uvicorn.Server,
    **how: Any,
) -> AsyncIterator[Served]:
    """The application, at the port given or at a free one, by what `make` makes of it; `how` is told to Uvicorn."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio knows it as TCP, and sends without delay
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", at.port if at else 0))
    listener.listen()
    where = Served(listener.getsockname()[1])
    if at:
        at.port = where.port
    config = uvicorn.Config(app, log_level="critical", ws_ping_interval=None, timeout_graceful_shutdown=2, **how)
    where.server = make(config)
    running = asyncio.create_task(where.server.serve(sockets=[listener]))
    try:
        yield where
    finally:
        where.server.should_exit = True
        await running


@asynccontextmanager
async def answered(answer: Answer, at: Listening) -> AsyncIterator[None]:
    """Each connection's requests are answered until the block ends, at the port given or at a free one."""
    handlers: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler
        at.connections += 1
        handlers.add(handler)
        try:
            while await answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            handlers.discard(handler)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", at.port)
    at.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        for handler in tuple(handlers):
            handler.cancel()
        await asyncio.gather(*handlers)
