"""A wire that fails: a TCP proxy before any server on loopback, which can be told how to misbehave from then on."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Literal, get_args

Fault = Literal["refused", "slow connect", "late", "drop", "garbage", "401", "429", "500", "silence"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
Refusal = Callable[[bytes], bytes]
"""From the client's first bytes to the server's refusal of them."""

LATE_S = 6.0
DROP_AFTER = 40
PIECE = 65536
_REASONS = {"401": "Unauthorized", "429": "Too Many Requests", "500": "Internal Server Error"}


def http_refusal(status: str) -> Refusal:
    """As an HTTP server says it, to a WebSocket's handshake as well."""
    body = b'{"error": {"message": "emulated", "code": 0}, "err_msg": "emulated"}'
    retry = "retry-after: 20\r\n" if status == "429" else ""
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n{retry}connection: close\r\n"
    return lambda _: f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def postgres_refusal(status: str) -> Refusal:
    """The nearest that PostgreSQL says: a wrong password, too many clients, a start-up that failed."""
    code = {"401": "28P01", "429": "53300", "500": "58000"}[status]
    fields = b"".join(
        kind + text.encode() + b"\0" for kind, text in ((b"S", "FATAL"), (b"C", code), (b"M", "emulated"))
    )
    message = b"E" + (len(fields) + 5).to_bytes(4) + fields + b"\0"
    ssl_request = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
    return lambda asked: b"N" if asked == ssl_request else message


def redis_refusal(status: str) -> Refusal:
    """The nearest that Redis says."""
    line = {"401": "NOAUTH Authentication required.", "429": "ERR max number of clients reached", "500": "ERR emulated"}
    return lambda _: f"-{line[status]}\r\n".encode()


class FaultyWire:
    """`port` leads to the server at `target`, a port or a socket's path, until `fail` is called; `heal` mends it."""

    def __init__(self, target: int | Path, refusal: Callable[[str], Refusal] = http_refusal) -> None:
        self.port = 0
        self.attempts = 0
        """Connections that were tried since the wire failed."""
        self._target = target
        self._refusal = refusal
        self._fault: Fault | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task[None]] = set()
        self._full: list[socket.socket] = []
        self._random = random.Random(7)

    @asynccontextmanager
    async def up(self) -> AsyncIterator[FaultyWire]:
        await self._listen()
        try:
            yield self
        finally:
            await self._shut()
            for task in self._served:
                task.cancel()
            await asyncio.gather(*self._served, return_exceptions=True)

    async def fail(self, fault: Fault) -> None:
        """From now on; what is open is cut, unless the fault is one of an open connection."""
        self._fault, self.attempts = fault, 0
        if fault in ("refused", "slow connect"):
            await self._shut()
        if fault == "slow connect":
            self._fill()
        if fault not in ("late", "drop", "garbage", "silence"):
            self._cut()

    async def heal(self) -> None:
        self._fault = None
        self._cut()
        if self._server is None:
            await self._shut()
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        while self._full:
            self._full.pop().close()

    def _fill(self) -> None:
        """A listener whose queue is full: the kernel leaves further connections hanging."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=0)
        self._full.append(listener)
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", self.port))
            self._full.append(waiting)

    def _cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._served.add(task)
        self._open.add(writer)
        self.attempts += 1
        try:
            with closing(writer):
                await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # a side has gone, or the test is over
        finally:
            self._open.discard(writer)
            self._served.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault in ("401", "429", "500"):
            refuse = self._refusal(self._fault)
            while asked := await reader.read(PIECE):
                writer.write(answer := refuse(asked))
                if answer[:5] == b"HTTP/":
                    await writer.drain()
                    return
            return
        up_reader, up_writer = await self._to_target()
        self._open.add(up_writer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._copy(reader, up_writer))
                both.create_task(self._copy(up_reader, writer, spoiled=True))
        except* OSError:
            pass
        finally:
            self._open.discard(up_writer)
            up_writer.close()

    async def _to_target(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, spoiled: bool = False) -> None:
        """One direction; only what the server says is spoiled."""
        passed = 0
        while piece := await reader.read(PIECE):
            match self._fault if spoiled else None:
                case "late":
                    await asyncio.sleep(LATE_S)
                case "silence":
                    continue
                case "garbage":
                    piece = self._random.randbytes(len(piece)) + b"\r\n\r\n"
                case "drop":
                    piece = piece[: max(DROP_AFTER - passed, 0)]
                    passed += len(piece)
                    if passed >= DROP_AFTER:
                        writer.write(piece)
                        await writer.drain()
                        writer.transport.abort()
                        return
            writer.write(piece)
            await writer.drain()
        writer.close()
