"""Several server processes with their parent, behind a proxy, with an emulated recogniser."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.emulators.plivo import AUTH_TOKEN
from vartalaap.simulator.demo import DEMO_CLOCK

from .serving import Listening

START_S = 90
END_S = 40
Proxy = Callable[[Sequence[int]], AbstractAsyncContextManager[Listening]]


@dataclass
class Several:
    """The processes and their parent."""

    url: str
    """The proxy's."""
    ports: Sequence[int]
    parent: subprocess.Popen[bytes]
    environment: dict[str, str]

    @property
    def processes(self) -> dict[int, int]:
        """The processes' ids, by number."""
        try:
            children = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text()
        except FileNotFoundError:
            return {}
        return {number: int(child) for child in children.split() for number in _number(int(child))}

    async def healthy(self) -> bool:
        """Each of them, asked past the proxy."""
        async with httpx.AsyncClient(timeout=2, trust_env=False) as http:
            try:
                return all([(await http.get(f"http://127.0.0.1:{port}/health")).is_success for port in self.ports])
            except httpx.TransportError:
                return False

    async def replaced(self, number: int, old: int) -> None:
        """Until another process is this number, and all are healthy."""
        await until(lambda: _is(self.processes.get(number) not in (None, old)))
        await until(self.healthy)


@asynccontextmanager
async def several(folder: Path, count: int, proxy: Proxy, **more: str) -> AsyncIterator[Several]:
    """All of them healthy. Until the block ends; then none may be left, if their parent still runs."""
    ports = neighbours(count)
    async with proxy(ports) as before, DeepgramEmulator().serving() as deepgram:
        environment = {
            **os.environ,
            "PUBLIC_URL": before.url,
            "DATA_DIR": str(folder),
            "CLOCK_START": DEMO_CLOCK,
            "PLIVO_AUTH_TOKEN": AUTH_TOKEN,
            "STT": "deepgram",
            "DEEPGRAM_BASE_URL": deepgram.url,
            "DEEPGRAM_API_KEY": KEY,
            **more,
        }
        command = [sys.executable, "-m", "vartalaap", "serve", "--processes", str(count), "--port", str(ports[0])]
        parent = subprocess.Popen(command, env=environment)  # noqa: ASYNC220 - begins at once
        them = Several(before.url, ports, parent, environment)
        try:
            await until(them.healthy)
            yield them
        finally:
            children = them.processes
            was_running = parent.poll() is None
            parent.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(parent.wait, END_S)
            if was_running:
                assert status == 0
                assert not any(map(runs, children.values())), "a process was left behind"


def runs(process: int) -> bool:
    """Also one that is stopped; not one that has ended and is not waited for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(START_S):
        while not await holds():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


def neighbours(count: int) -> list[int]:
    """So many free ports in a row."""
    for _ in range(200):
        with socket.create_server(("127.0.0.1", 0)) as one:
            first: int = one.getsockname()[1]
        if all(_is_free(port) for port in range(first, first + count)):
            return [*range(first, first + count)]
    raise AssertionError(f"no {count} ports are free")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def _number(process: int) -> Iterator[int]:
    """Which of several this one is; nothing if it has just ended, or has not begun."""
    try:
        environment = Path(f"/proc/{process}/environ").read_text().split("\0")
    except OSError:
        return
    yield from (int(one.removeprefix("PROCESS=")) for one in environment if one.startswith("PROCESS="))


async def _is(value: bool) -> bool:
    return value
