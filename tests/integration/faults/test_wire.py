"""The wire fails as it is told to, or the campaigns that use it prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.emulators.faulty import FAULTS, Fault, FaultyWire

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" + b"x" * 100


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while (await reader.read(1000)).endswith(b"\r\n\r\n"):
        writer.write(ANSWER)
    writer.close()


@asynccontextmanager
async def _line(*, kept_open: int = 0) -> AsyncIterator[tuple[FaultyWire, httpx.AsyncClient]]:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    limits = httpx.Limits(max_keepalive_connections=kept_open)
    port = server.sockets[0].getsockname()[1]
    async with (
        FaultyWire(port).up() as wire,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{wire.port}", timeout=0.3, limits=limits, trust_env=False
        ) as http,
    ):
        yield wire, http
    server.close()


def _client(port: int, limits: httpx.Limits) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=0.3, limits=limits, trust_env=False)


async def test_a_wire_that_was_told_nothing_only_carries() -> None:
    async with _line() as (_, http):
        assert (await http.get("/")).text == "x" * 100


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("refused", httpx.ConnectError),
        ("slow connect", httpx.ConnectTimeout),
        ("late", httpx.ReadTimeout),
        ("drop", httpx.RemoteProtocolError),
        ("garbage", httpx.RemoteProtocolError),
        ("401", 401),
        ("429", 429),
        ("500", 500),
        ("silence", httpx.ReadTimeout),
    ],
)
async def test_each_fault_is_seen_for_what_it_is_and_can_be_mended(fault: Fault, seen: type[Exception] | int) -> None:
    async with _line() as (wire, http):
        await wire.fail(fault)
        if isinstance(seen, int):
            answer = await http.get("/")
            assert answer.status_code == seen
            assert ("retry-after" in answer.headers) == (fault == "429")
        else:
            with pytest.raises(seen):
                await http.get("/")
        await wire.heal()
        assert (await http.get("/")).text == "x" * 100


@pytest.mark.parametrize("fault", ["refused", "slow connect", "401"])
async def test_what_is_open_is_cut(fault: Fault) -> None:
    async with _line(kept_open=1) as (wire, http):
        await http.get("/")
        await wire.fail(fault)
        with pytest.raises(httpx.TransportError):
            await http.get("/")


def test_every_fault_is_tested() -> None:
    marks = test_each_fault_is_seen_for_what_it_is_and_can_be_mended.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(FAULTS)
