"""Two processes behind one proxy: a call stays with the one that answered it, and one that dies comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.emulators.plivo import AUTH_TOKEN, EmulatedCall
from tests.support.routing import routed
from vartalaap.simulator.demo import DEMO_CLOCK

pytestmark = [pytest.mark.slow, pytest.mark.realtime]
START_S = 90
CALLS = 6


@dataclass
class Pair:
    """The two, and their parent."""

    url: str
    ports: tuple[int, int]
    parent: subprocess.Popen[bytes]

    @property
    def processes(self) -> set[int]:
        children = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text()
        return {int(child) for child in children.split()}

    async def healthy(self, http: httpx.AsyncClient) -> bool:
        """Both of them, asked past the proxy."""
        try:
            return all([(await http.get(f"http://127.0.0.1:{port}/health")).is_success for port in self.ports])
        except httpx.TransportError:
            return False


@asynccontextmanager
async def two_processes(folder: Path) -> AsyncIterator[Pair]:
    """Until the block ends."""
    first = _two_free_ports()
    ports = (first, first + 1)
    async with routed(ports) as proxy, DeepgramEmulator().serving() as deepgram:
        settings = {
            "PUBLIC_URL": proxy.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'test.db'}",
            "DATA_DIR": str(folder),
            "CLOCK_START": DEMO_CLOCK,
            "PLIVO_AUTH_TOKEN": AUTH_TOKEN,
            "STT": "deepgram",
            "DEEPGRAM_BASE_URL": deepgram.url,
            "DEEPGRAM_API_KEY": KEY,
        }
        command = [sys.executable, "-m", "vartalaap", "serve", "--processes", "2", "--port", str(first)]
        parent = subprocess.Popen(command, env={**os.environ, **settings})  # noqa: ASYNC220 - begins at once
        pair = Pair(proxy.url, ports, parent)
        try:
            yield pair
        finally:
            children = pair.processes
            parent.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(parent.wait, 40) == 0
            assert not any(map(_runs, children)), "a process was left behind"


def _runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _two_free_ports() -> int:
    """The first of two neighbours."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue
    raise AssertionError("no two ports are free")


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(START_S):
        while not await holds():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


async def hears_the_greeting(call: EmulatedCall, stream: ClientConnection) -> None:
    """Only the process that made the stream's token says anything. Then the stream breaks off."""
    await call.listen(stream, until="checkpoint")


async def test_a_call_stays_with_its_process_and_a_dead_one_comes_back(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as pair, httpx.AsyncClient(timeout=10, trust_env=False) as http:
        await until(lambda: pair.healthy(http))
        calls = [EmulatedCall(pair.url, talks=deque([hears_the_greeting])) for _ in range(CALLS)]
        told = await asyncio.gather(*(call.run() for call in calls))
        assert {tuple(step[0] for step in did) for did in told} == {("Stream", "Speak", "Hangup")}
        streams = [call.stream_url.removeprefix("ws" + pair.url.removeprefix("http")) for call in calls]
        assert {stream[:4] for stream in streams} == {"/p1/", "/p2/"}

        before = sorted(pair.processes)
        unlucky = 0

        async def survives_its_process(call: EmulatedCall, stream: ClientConnection) -> None:
            nonlocal unlucky
            await call.listen(stream, until="checkpoint")
            unlucky = before["/p2/" in call.stream_url]
            os.kill(unlucky, signal.SIGKILL)
            with contextlib.suppress(ConnectionClosed):
                await call.listen(stream)

        did = await EmulatedCall(pair.url, talks=deque([survives_its_process])).run()
        assert [step[0] for step in did] == ["Stream", "Speak", "Hangup"]

        async def another_runs() -> bool:
            return len(pair.processes) == len(before) and unlucky not in pair.processes

        await until(another_runs)
        await until(lambda: pair.healthy(http))
        assert pair.processes & set(before) == set(before) - {unlucky}
