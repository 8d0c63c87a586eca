"""The vendors' emulators for the benchmark, each in a process of its own: client and server share no event loop."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import GroqEmulator, Says
from tests.emulators.piper import PiperEmulator
from tests.emulators.plivo import PlivoEmulator
from tests.emulators.whatsapp import WhatsAppEmulator

DELAY = 0.02
MOST_CALLS = 2000


class Server(Protocol):
    @property
    def url(self) -> str: ...

    @property
    def took(self) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Emulated:
    """An emulator elsewhere."""

    url: str
    _pipe: Connection

    def noted(self) -> tuple[list[float], list[tuple[float, int]]]:
        """The seconds that it spent on each request, and when audio came and how many bytes there were; once."""
        self._pipe.send("noted")
        took, arrivals = self._pipe.recv()
        return took, arrivals


@asynccontextmanager
async def serving(name: str) -> AsyncIterator[Emulated]:
    """The emulator of `SERVERS` that is so called."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(name, theirs), daemon=True)
    process.start()
    try:
        yield Emulated(await asyncio.to_thread(ours.recv), ours)
    finally:
        process.terminate()
        await asyncio.to_thread(process.join)


def _serve(name: str, pipe: Connection) -> None:
    asyncio.run(_run(name, pipe))


async def _run(name: str, pipe: Connection) -> None:
    arrivals: list[tuple[float, int]] = []
    async with SERVERS[name]() as server:
        pipe.send(server.url)
        async with asyncio.TaskGroup() as tasks:
            if isinstance(server, DeepgramEmulator):
                tasks.create_task(_watch(server, arrivals))
            await asyncio.to_thread(pipe.recv)
            pipe.send((server.took, arrivals))


async def _watch(server: DeepgramEmulator, arrivals: list[tuple[float, int]]) -> None:
    """Notes when audio came, by the clock that all processes of a machine share, and how much there is."""
    while True:
        known = arrivals[-1][1] if arrivals else 0
        with suppress(TimeoutError):
            await server.until(lambda: sum(map(len, server.audio)) > known)  # noqa: B023
            arrivals.append((time.perf_counter(), sum(map(len, server.audio))))


def _deepgram() -> AbstractAsyncContextManager[Server]:
    server = DeepgramEmulator()
    server.faults.delay = DELAY
    return server.serving()


def _groq() -> AbstractAsyncContextManager[Server]:
    server = GroqEmulator(lambda request: Says("Namaste, welcome.", first_delay=DELAY))
    server.ear = lambda upload: Says(upload.words, first_delay=DELAY)
    return server.serving()


def _piper() -> AbstractAsyncContextManager[Server]:
    server = PiperEmulator()
    server.faults.delay = DELAY
    return server.serving()


def _plivo() -> AbstractAsyncContextManager[Server]:
    server = PlivoEmulator()
    server.delay = DELAY
    server.live |= {f"call-{number}": None for number in range(MOST_CALLS)}
    return server.serving()


def _whatsapp() -> AbstractAsyncContextManager[Server]:
    server = WhatsAppEmulator()
    server.delay = DELAY
    return server.serving()


SERVERS: dict[str, Callable[[], AbstractAsyncContextManager[Server]]] = {
    "deepgram": _deepgram,
    "groq": _groq,
    "piper": _piper,
    "plivo": _plivo,
    "whatsapp": _whatsapp,
}
