"""`vartalaap serve` and what prepares it."""

from __future__ import annotations

import gc
import resource
import socket
import time
from types import FrameType

import click
import uvicorn
from fastapi import FastAPI
from loguru import logger

from ..api.http_protocol import BoundedProtocol
from ..api.websocket.protocol import PatientProtocol
from ..bootstrap import Parts
from ..bootstrap.listening import bound, cannot_listen
from ..config import Settings, load_settings
from ..core.drain import Drain
from ..logging_config import configure_logging
from ..main import LAST_RECORDS_SECONDS, announce, create_app
from ..services import weights
from .processes import end_with_parent, serve_several

MOST_FILES = 16_384
"""Open at once, sockets included, as far as this machine lets us: what is usual, 1024, is soon used up by strangers."""


@click.command()
@click.option("--host", help="Address to listen on.  [HOST, else 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [PORT, else 8000]")
@click.option("--processes", type=click.IntRange(1, 64), default=1, help="So many, on this port and those after it.")
@click.option("--lifeline", type=int, hidden=True, help="A pipe that closes with the parent of several.")
def serve(host: str | None, port: int | None, processes: int, lifeline: int | None) -> None:
    """Serve telephone calls, the browser phone, the owner's console and the API, until it is stopped.

    Without any setting it serves the demonstration business at http://127.0.0.1:8000; the line "ready" says where
    the console is and where its password lies.

    \b
    Example: BUSINESS_CONFIG=config/yours.yaml vartalaap serve --port 8080
    """
    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    configure_logging(settings.log_level)
    if lifeline is not None:
        end_with_parent(lifeline, settings.drain_seconds)
    if processes == 1:
        sockets = bound(settings.host, settings.port)  # before anything is begun
        make_server(settings).run(sockets)
    else:
        serve_several(settings, processes)


SAME_SIGNAL_S = 1.0
"""What comes so soon after a signal is the same one: a terminal, or systemd, tells this process and its parent, which
tells it again."""


class Server(uvicorn.Server):
    """Uvicorn's, for a process that does nothing else, and that ends when its calls have ended."""

    def __init__(self, config: uvicorn.Config, drain_seconds: float = 0.0) -> None:
        """Calls have `drain_seconds` to come to their own end."""
        super().__init__(config)
        self._drain_seconds = drain_seconds
        self._drain: Drain | None = None
        self._signals = 0
        self._signalled_at = -SAME_SIGNAL_S

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but what cannot be opened is raised, not logged as the application's traceback."""
        with self.capture_signals():
            async with self._app.router.lifespan_context(self._app):
                await self._serve(sockets)

    @property
    def _app(self) -> FastAPI:
        assert isinstance(self.config.app, FastAPI)
        return self.config.app

    @property
    def _parts(self) -> Parts:
        parts: Parts = self._app.state.parts
        return parts

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Raises `CannotListen` if another took the port that was only bound until now."""
        try:
            await super().startup(sockets)
        except OSError as error:
            raise cannot_listen(self.config.host, self.config.port, error) from None
        announce(self._parts)
        gc.collect()
        gc.freeze()  # what serves every call is never garbage: looking for it stops all calls for a tenth of a second

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal is Uvicorn's; the others count, and never force an end without records."""
        self.count_signal()
        if not self.should_exit:
            super().handle_exit(sig, frame)

    def count_signal(self) -> None:
        """One more, unless it is the last one again."""
        now = time.monotonic()
        if now - self._signalled_at >= SAME_SIGNAL_S:
            self._signals += 1
        self._signalled_at = now

    async def on_tick(self, counter: int) -> bool:
        """Is it time to close? Not before the calls are gone: closing begins with the sockets."""
        if not await super().on_tick(counter):
            return False
        self._drain = self._drain or Drain(self._parts.calls, self._drain_seconds, logger.info)
        return self._drain.is_over(self._signals)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Calls that are still here are ended first, as calls: a line whose socket is closed waits for another one."""
        await self._parts.calls.close(LAST_RECORDS_SECONDS)
        await super().shutdown(sockets)


def make_server(settings: Settings) -> Server:
    """The application as it is served."""
    _allow_files()
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        backlog=256,  # no more at one go than there are files left when half of 1024 are with those that say nothing
        http=BoundedProtocol,
        ws=PatientProtocol,
        ws_max_size=128 * 1024,  # the carrier's own limit is half of it: what is larger is refused by us, politely
        ws_ping_interval=None,  # whether the carrier answers pings is not documented; dead lines are noticed by silence
        ws_per_message_deflate=False,  # base64 of mu-law hardly shrinks, and costs a core
        timeout_graceful_shutdown=15,  # for requests: the calls are gone by then
        lifespan="off",  # it is ours
    )
    return Server(config, settings.drain_seconds)


def _allow_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


@click.command()
def models() -> None:
    """Prepare the speech models that came as packages (`make setup` does it)."""
    settings = load_settings()
    weights.prepare(settings.models_dir, click.echo)
