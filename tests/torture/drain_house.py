"""A server of one process or of several that is going to be stopped, with its recogniser and its voice emulated."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.piper import PiperEmulator
from tests.emulators.plivo import AUTH_TOKEN
from tests.emulators.recorded import RecordedWords
from tests.support.routing import routed
from tests.support.several import neighbours
from vartalaap.simulator.demo import DEMO_CLOCK, DEMO_RECORDINGS
from vartalaap.simulator.recordings import find_recordings, load_recordings

START_S = 120.0
TALKING_S = 90.0
STOP_S = 40.0
"""After the last call: the carrier has asked, records are written, everything is closed."""
RECORDINGS = load_recordings(find_recordings(DEMO_RECORDINGS))


@dataclass
class House:
    """The server, and those who are calling it."""

    url: str
    ports: Sequence[int]
    process: subprocess.Popen[bytes]
    database: Path
    log: Path
    dice: random.Random
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """The server was told to stop."""
    talking: int = 0
    """Callers who are in the middle of their call, or were."""

    def tell(self) -> None:
        """SIGTERM, to the one process that an owner knows."""
        self.process.send_signal(signal.SIGTERM)
        self.told.set()

    def press_ctrl_c(self) -> None:
        """A terminal tells each process of its group; and a parent tells its children again."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.told.set()

    async def until_talking(self, going: Sequence[asyncio.Task[Any]]) -> None:
        """Until each of these callers is in the middle of a call; one who fails sooner is not waited for."""
        async with asyncio.timeout(TALKING_S):
            while self.talking + sum(one.done() for one in going) < len(going):  # noqa: ASYNC110 - many tasks
                await asyncio.sleep(0.05)

    async def readiness(self) -> list[dict[str, object]]:
        """What each process says of itself; of one that has gone, nothing."""
        said: list[dict[str, object]] = []
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            for port in self.ports:
                with suppress(httpx.TransportError):
                    answer = await http.get(f"http://127.0.0.1:{port}/health/ready")
                    said.append({"status": answer.status_code, **answer.json()})
        return said

    async def until_ready(self) -> None:
        async with asyncio.timeout(START_S):
            while [one["status"] for one in await self.readiness()] != [200] * len(self.ports):
                assert self.process.poll() is None, self.log.read_text(errors="replace")
                await asyncio.sleep(0.2)

    async def until_draining(self) -> None:
        """Until each process that is still there says that it is not ready, and why."""
        async with asyncio.timeout(STOP_S):
            while not all((one["status"], one["reason"]) == (503, "draining") for one in await self.readiness()):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)

    async def until_gone(self, seconds: float = STOP_S) -> int:
        """How the process ended; `TimeoutError` if it does not."""
        try:
            return await asyncio.to_thread(self.process.wait, seconds)
        except subprocess.TimeoutExpired:
            tail = self.log.read_text(errors="replace").splitlines()[-10:]
            raise TimeoutError(f"it still runs {seconds:.0f} s after its last call: {tail}") from None

    def rows(self) -> dict[str, str]:
        """The outcome of each call that left one, by its id."""
        with sqlite3.connect(self.database) as connection:
            return dict(connection.execute("SELECT id, outcome FROM call_logs"))


@asynccontextmanager
async def opened(processes: int, seed: int, **more: str) -> AsyncIterator[House]:
    """The server, ready, as one process or as several behind a proxy; what still runs afterwards is killed."""
    ports = neighbours(processes)
    async with AsyncExitStack() as stack:
        ears = await stack.enter_async_context(DeepgramEmulator(RecordedWords(RECORDINGS)).serving())
        voice = await stack.enter_async_context(PiperEmulator().serving())
        url = f"http://127.0.0.1:{ports[0]}"
        if processes > 1:
            url = (await stack.enter_async_context(routed(ports))).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drain-")))
        settings = {
            "PUBLIC_URL": url, "PLIVO_AUTH_TOKEN": AUTH_TOKEN, "DATA_DIR": str(folder), "CLOCK_START": DEMO_CLOCK,
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'drain.db'}", "BRAIN": "local", "MAX_CALLS": "200",
            "STT": "deepgram", "DEEPGRAM_API_KEY": DEEPGRAM_KEY, "DEEPGRAM_BASE_URL": ears.url,
            "TTS": "piper", "PIPER_URL": voice.url, **more,
        }  # fmt: skip
        command = [sys.executable, "-m", "vartalaap", "serve", "--port", str(ports[0]), "--processes", str(processes)]
        log = stack.enter_context((folder / "server.log").open("wb"))
        process = subprocess.Popen(  # noqa: ASYNC220 - begins at once
            command, env={**os.environ, **settings}, stdout=log, stderr=log, start_new_session=True
        )
        house = House(url, ports, process, folder / "drain.db", folder / "server.log", random.Random(seed))
        try:
            await house.until_ready()
            yield house
        finally:
            await asyncio.to_thread(_kill, process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With its children; nothing happens where none is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
