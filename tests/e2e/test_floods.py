"""Strangers who take all that they can get, against a server in a process of its own: others hardly notice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import statistics
import sys
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from bench.turns_caller import stream_url
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from vartalaap.simulator.demo import running_server

pytestmark = [pytest.mark.slow, pytest.mark.realtime]
AIM_S = 0.1
"""`/health` at the median, while a flood goes on."""
FLOOD_S = 6.0
TRIES = 3
SILENT = 1500
MOST_FILES = 1024
"""The server's, fewer than there are silent connections."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    settings = {"DATA_DIR": str(tmp_path), "MAX_CALLS": "4", "LOG_LEVEL": "ERROR", "MOST_FILES": str(MOST_FILES)}
    with running_server(tmp_path / "test.db", settings, module="tests.support.phone_server") as url:
        yield url


@pytest.fixture
def files() -> Iterator[None]:
    """As many as the test itself needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < 2 * SILENT:
        pytest.skip("this machine does not let a process open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * SILENT, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@dataclass
class Waited:
    """Seconds for an answer of `/health`."""

    times: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.times)


async def ask(url: str, seconds: float) -> Waited:
    """`/health`, again and again."""
    loop, times = asyncio.get_running_loop(), []
    until = loop.time() + seconds
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        while loop.time() < until:
            began = loop.time()
            (await http.get(f"{url}/health")).raise_for_status()
            times.append(loop.time() - began)
            await asyncio.sleep(0.03)
    return Waited(times)


@asynccontextmanager
async def a_call(url: str, seconds: float) -> AsyncIterator[Callable[[], Awaitable[dict[str, Any]]]]:
    """A caller on the telephone meanwhile, in a process of its own; what it found is told when it has hung up."""
    caller = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.turns_caller", url, "1", str(seconds), stdout=asyncio.subprocess.PIPE
    )

    async def found() -> dict[str, Any]:
        out, _ = await asyncio.wait_for(caller.communicate(), 60)
        return dict(json.loads(out))

    try:
        await until(url, "vartalaap_live_calls 1.0")
        yield found
    finally:
        if caller.returncode is None:
            caller.kill()


async def until(url: str, line: str) -> None:
    """Until the metrics say so."""
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as http:
        while line not in (await http.get(f"{url}/metrics")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def metric(url: str, name: str) -> float:
    async with httpx.AsyncClient(trust_env=False) as http:
        lines = (await http.get(f"{url}/metrics")).text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def must_hardly_notice(before: Waited, meanwhile: Waited, found: dict[str, Any]) -> None:
    """A machine that is busy with something else may be slower than the aim, but not for the flood."""
    assert meanwhile.median < max(AIM_S, 20 * before.median)
    assert found["gaps"] == 0
    assert found["unanswered"] == 0
    assert found["responses"]


async def push(connection: ClientConnection, wire: bytes) -> None:
    """As fast as it is taken, past the library, which is slower than what it tests."""
    with contextlib.suppress(OSError, ConnectionClosed):
        while not connection.transport.is_closing():
            connection.transport.write(wire)
            await connection.drain()
            await asyncio.sleep(0)


async def flooded(url: str, flood: Callable[[], Awaitable[None]]) -> None:
    """The flood, with a call and somebody who asks for `/health`; again after a gap, which may be the machine's."""
    for _ in range(TRIES):
        async with a_call(url, FLOOD_S + 4) as hung_up:
            before = await ask(url, 2)
            flooding = asyncio.ensure_future(flood())
            meanwhile = await ask(url, FLOOD_S)
            flooding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flooding
            found = await hung_up()
        late_ms = found["late_p99"] * 1000
        sys.stdout.write(
            f"/health {before.median * 1000:.1f} ms, in the flood {meanwhile.median * 1000:.1f} ms, at most "
            f"{max(meanwhile.times) * 1000:.0f} ms; the call: {found['gaps']} gaps, frames late by {late_ms:.0f} ms\n"
        )
        if not found["gaps"]:
            break
        await until(url, "vartalaap_live_calls 0.0")
    must_hardly_notice(before, meanwhile, found)


async def test_thirty_browsers_find_four_lines_and_shout_in_vain(url: str) -> None:
    told: list[str] = []
    host = urlsplit(url).netloc
    shout = Frame(Opcode.BINARY, bytes(4096)).serialize(mask=True)

    async def browser() -> None:
        async with connect(f"ws://{host}/ws/phone", origin=f"http://{host}", proxy=None) as socket:  # type: ignore[arg-type]
            hearing = asyncio.create_task(hear(socket))
            await push(socket, shout * 8)
            await hearing

    async def hear(socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                message = json.loads(frame) if isinstance(frame, str) else {}
                told.extend([message["reason"]] if message.get("type") == "ended" else [])

    async def thirty() -> None:
        await asyncio.gather(*(browser() for _ in range(30)))

    await flooded(url, thirty)
    assert await metric(url, 'vartalaap_floods_total{channel="browser"}') >= 3
    assert await metric(url, 'vartalaap_calls_total{channel="browser",outcome="dropped"') >= 3
    assert told.count("busy") >= 20
    assert set(told) == {"busy", "protocol"}


@pytest.mark.parametrize(("size", "pieces"), [(45_000, 1), (9000, 4), (160, 200)])
async def test_a_carrier_s_stream_brings_no_more_than_speech(url: str, size: int, pieces: int) -> None:
    media = json.dumps({"event": "media", "media": {"track": "inbound", "payload": b64encode(bytes(size)).decode()}})
    wire = Frame(Opcode.TEXT, media.encode()).serialize(mask=True) * pieces

    async def call(http: httpx.AsyncClient) -> None:
        call_id = str(uuid.uuid4())
        async with connect(await stream_url(http, url, call_id), compression=None, proxy=None) as stream:
            format_ = {"encoding": "audio/x-mulaw", "sampleRate": 8000}
            await stream.send(json.dumps({"event": "start", "start": {"callId": call_id, "mediaFormat": format_}}))
            await push(stream, wire)

    async def again_and_again() -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            while True:
                with contextlib.suppress(ConnectionClosed, SystemExit):  # SystemExit: every line is busy
                    await call(http)
                await asyncio.sleep(0.05)

    await flooded(url, again_and_again)
    assert await metric(url, 'vartalaap_calls_total{channel="phone",outcome="dropped"') >= 1


async def test_silent_connections_keep_no_caller_out_and_end_soon(url: str, files: None) -> None:
    where = urlsplit(url)
    assert where.hostname
    assert where.port
    address = (where.hostname, where.port)
    silent: list[socket.socket] = []

    async def open_all() -> None:
        loop = asyncio.get_running_loop()
        for number in range(SILENT):
            one = socket.socket()
            one.setblocking(False)
            silent.append(one)
            await loop.sock_connect(one, address)
            if number % 3:
                await loop.sock_sendall(one, b"GET /ws/audio HTTP/1.1\r\nHost: h\r\n"[: number % 40 + 1])

    async def answered() -> None:
        await open_all()
        async with httpx.AsyncClient(trust_env=False) as http:
            for number in range(3):
                assert (await stream_url(http, url, f"call-{number}")).startswith("ws://")
        await asyncio.sleep(3600)

    try:
        await flooded(url, answered)
        assert await asyncio.wait_for(all_closed(silent), 12) == SILENT
    finally:
        for one in silent:
            one.close()


async def all_closed(silent: list[socket.socket]) -> int:
    """How many the server has closed, having waited for each."""
    loop = asyncio.get_running_loop()

    async def closed(one: socket.socket) -> int:
        with contextlib.suppress(ConnectionResetError):
            while await loop.sock_recv(one, 1024):
                pass
        return 1

    return sum(await asyncio.gather(*map(closed, silent)))
