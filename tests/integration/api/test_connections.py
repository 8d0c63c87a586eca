"""Connections that bring nothing, too little or too much, on a real port: each ends, and soon."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response, WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.serving import Served, served
from vartalaap.api import http_protocol
from vartalaap.api.error_handlers import add_error_handlers
from vartalaap.api.http_protocol import MOST_HEAD_BYTES, BoundedProtocol
from vartalaap.api.websocket.protocol import PatientProtocol

SOON = 0.3
"""Seconds that stand for the ten and the thirty that are waited."""
HANDSHAKE = (
    b"Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def application() -> FastAPI:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/")
    async def hello(seconds: float = 0) -> str:
        await asyncio.sleep(seconds)
        return "hello"

    @app.post("/")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/much")
    async def much() -> Response:
        return Response(bytes(20_000_000))

    @app.websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        while (message := await socket.receive())["type"] == "websocket.receive":
            if message.get("text") == "leave":
                await socket.close()
            elif message.get("text"):
                await socket.send_text(message["text"])

    return app


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", SOON)
    monkeypatch.setattr(http_protocol, "ANSWER_SECONDS", SOON)
    how: dict[str, Any] = {"http": BoundedProtocol, "ws": PatientProtocol, "ws_per_message_deflate": False}
    async with served(application(), timeout_keep_alive=1, **how) as running:
        yield running


async def told(server: Served, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says to these bytes until it closes the connection, which it must."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

    async def send() -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    async with asyncio.timeout(20 * SOON + 2):
        answer = await reader.read()
    sending.cancel()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"G", b"408"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n", b"408"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf", b"408"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha", b"408"),
        (b"GET /ws HTTP/1.1\r\n" + HANDSHAKE, b"408"),
    ],
    ids=["nothing", "a letter", "half a head", "half a body", "half a chunk", "half a handshake"],
)
async def test_who_brings_no_whole_request_is_left(server: Served, sent: bytes, answer: bytes) -> None:
    assert (await told(server, sent))[9:12] == answer
    await server.idle()


async def test_a_byte_now_and_then_does_not_keep_a_connection(server: Served) -> None:
    began = asyncio.get_running_loop().time()
    slow = [bytes([byte]) for byte in b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: " + b"a" * 60]
    assert b"408" in await told(server, *slow, pause=SOON / 10)
    assert asyncio.get_running_loop().time() - began < 10 * SOON


async def test_an_empty_line_after_an_answer_does_not_keep_a_connection(server: Served) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    assert b"hello" in await told(server, whole, b"\r\n", pause=SOON / 3)


async def test_whoever_waits_for_us_is_not_left(server: Served) -> None:
    slow = f"GET /?seconds={3 * SOON} HTTP/1.1\r\nHost: h\r\n\r\n\r\n"
    assert b"hello" in await told(server, slow.encode())


async def test_a_connection_serves_one_request_after_another(server: Served) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
    answers = await told(server, whole + whole, *[whole] * 8, pause=SOON / 2)
    assert answers.count(b"200 OK") == 10


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 2 * MOST_HEAD_BYTES,
        b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: a\r\n" * MOST_HEAD_BYTES,
        b"GET /?" + b"a" * MOST_HEAD_BYTES + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /ws HTTP/1.1\r\n" + HANDSHAKE + b"X: a\r\n" * MOST_HEAD_BYTES + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * MOST_HEAD_BYTES,
    ],
    ids=["a long line", "an endless line", "many lines", "a long query", "a handshake", "trailers"],
)
async def test_a_head_above_the_limit_is_refused(server: Served, head: bytes) -> None:
    assert (await told(server, head)).startswith(b"HTTP/1.1 431 ")


async def test_a_body_counts_as_no_head_in_whatever_pieces_it_comes(server: Served) -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
    large = bytes(300_000)
    assert (await told(server, head + b"Content-Length: 300000\r\n\r\n" + large)).endswith(b"\r\n300000")
    chunks = b"".join(b"4\r\nabcd\r\n" for _ in range(20_000)) + b"0\r\n\r\n"
    assert (await told(server, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)).endswith(b"\r\n80000")


async def test_who_takes_no_answer_is_left(server: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(b"GET /much HTTP/1.1\r\nHost: h\r\n\r\n")
    assert await reader.read(1) == b"H"
    async with asyncio.timeout(10 * SOON + 2):
        while server.server.server_state.connections:  # noqa: ASYNC110 - the server's own
            await asyncio.sleep(0.02)
    writer.transport.abort()
    await server.idle()


async def test_the_oldest_that_say_nothing_give_way_to_whoever_comes(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 60)
    monkeypatch.setattr(http_protocol, "_most_owing", lambda: 20)
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(60)]
    assert b"hello" in await told(server, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(5):
        for reader, _ in silent[:40]:
            assert await reader.read() == b""
    for reader, writer in silent[41:]:
        assert not reader.at_eof()
        writer.close()


def test_half_of_the_files_are_kept_for_others() -> None:
    assert http_protocol._most_owing() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2


@pytest.mark.parametrize(
    "line", [b"X: " + b"a" * 9000, b"X: a\r\n" * 200 + b"Y: b", b"X\x0b: a"], ids=["long", "many", "unreadable"]
)
async def test_a_handshake_that_cannot_be_read_is_answered_and_closed(server: Served, line: bytes) -> None:
    answer = await told(server, b"GET /ws HTTP/1.1\r\n" + HANDSHAKE + line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 4")


async def test_a_handshake_with_a_long_query_is_answered_and_closed(server: Served) -> None:
    answer = await told(server, b"GET /ws?token=" + b"a" * 9000 + b" HTTP/1.1\r\n" + HANDSHAKE + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ")


async def test_a_socket_outlives_the_time_for_a_request(server: Served) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/ws", proxy=None) as socket:
        await asyncio.sleep(2 * SOON)
        for text in ("a", "b" * 50_000):
            await socket.send(text)
            assert await socket.recv() == text


@pytest.mark.parametrize("frame", [b"\x89\x80maskmore"[:6], b"\x8a\x80mask", b"\x01\x80mask" + b"\x00\x80mask" * 9000])
async def test_a_flood_of_what_is_no_message_ends_the_socket(server: Served, frame: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /ws HTTP/1.1\r\n" + HANDSHAKE + b"\r\n")
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    writer.write(frame * (100_000 // len(frame) + 1))
    await server.idle()
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(5):
            assert (await reader.read()).count(b"\x8a") <= 500
    writer.close()


async def test_who_goes_on_after_our_goodbye_is_left(server: Served) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/ws", proxy=None) as socket:
        await socket.send("leave")
        socket.protocol.receive_data = lambda data: None  # type: ignore[method-assign]  # deaf to our close

        async def talk() -> None:
            while True:
                await socket.send("a" * 10_000)
                await asyncio.sleep(0.01)

        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(talk(), 5)
