"""Edge's WebSocket on loopback, which can be told to fail. It answers with a hum in MP3, a piece at a time."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus

import av
import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

RATE = 24000
SECONDS = 1.0
PIECE = 720


@dataclass
class Faults:
    """What the next connections meet."""

    status: int = 200
    delay: float = 0.0
    empty: bool = False
    garbage: bool = False
    drop_after: int | None = None
    """Pieces of audio."""
    stall_after: int | None = None


@dataclass
class EdgeEmulator:
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """The SSML of each request."""
    faults: Faults = field(default_factory=Faults)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[EdgeEmulator]:
        async with serve(self._serve, "127.0.0.1", 0, process_request=self._admit) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}/edge/v1?TrustedClientToken=x"
            yield self

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if self.faults.status == HTTPStatus.OK:
            return None
        return connection.respond(HTTPStatus(self.faults.status), "emulated")

    async def _serve(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                assert isinstance(message, str)
                if "Path:ssml" in message:
                    self.asked.append(message.partition("\r\n\r\n")[2])
                    await self._speak(socket)

    async def _speak(self, socket: ServerConnection) -> None:
        if self.faults.delay:
            await asyncio.wait([asyncio.ensure_future(socket.wait_closed())], timeout=self.faults.delay)
        await socket.send(_text("turn.start", "{}"))
        audio = b"\0" * 9000 if self.faults.garbage else hum()
        pieces = [] if self.faults.empty else [audio[at : at + PIECE] for at in range(0, len(audio), PIECE)]
        for number, piece in enumerate(pieces):
            if number == self.faults.drop_after:
                socket.transport.abort()
                return
            if number == self.faults.stall_after:
                await socket.wait_closed()
                return
            await socket.send(_binary(piece))
        await socket.send(_text("turn.end", "{}"))


def _text(path: str, body: str) -> str:
    return f"X-RequestId:0\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n{body}"


def _binary(mp3: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nX-StreamId:0\r\nPath:audio\r\n"
    return len(head).to_bytes(2, "big") + head + mp3


@cache
def hum() -> bytes:
    """A second of 440 Hz: 24 kHz, 48 kbit/s, mono."""
    out = io.BytesIO()
    tone = (9000 * np.sin(2 * np.pi * 440 * np.arange(int(RATE * SECONDS)) / RATE)).astype("<i2")
    with av.open(out, "w", format="mp3") as file:
        stream = file.add_stream("mp3", rate=RATE, layout="mono")
        stream.bit_rate = 48000
        frame = av.AudioFrame.from_ndarray(tone[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=RATE, frame_size=576)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return out.getvalue()
