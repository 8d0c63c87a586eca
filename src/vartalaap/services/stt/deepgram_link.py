"""One connection to Deepgram: audio and messages out in order, messages in."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from http import HTTPStatus

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from ...core.audio import SAMPLE_RATE
from ...errors import ProviderError, ProviderRefused
from .deepgram_wire import Dialect
from .recognised_words import FirstHeard, Heard

LONGEST_PIECE = SAMPLE_RATE // 4
"""Bytes in one frame."""
CATCH_UP = 8.0
"""Audio that was kept while there was no connection is sent so many times faster than it was spoken."""
CLOSE_SECONDS = 0.3
_PING_SECONDS = 5.0
_MOST_MESSAGE_BYTES = 2**19
_CLOSE_STREAM = '{"type":"CloseStream"}'
_REASON = re.compile(r"\b(net|data)-?(\d{4})\b", re.IGNORECASE)
_REFUSALS = {
    HTTPStatus.BAD_REQUEST: "Deepgram does not take our parameters (400)",
    HTTPStatus.UNAUTHORIZED: "Deepgram does not know the key (401)",
    HTTPStatus.PAYMENT_REQUIRED: "Deepgram's account has no credit (402)",
    HTTPStatus.FORBIDDEN: "Deepgram's key may not use this model (403)",
    HTTPStatus.NOT_FOUND: "Deepgram's address is wrong (404)",
}


async def open_link(url: str, key: str, dialect: Dialect, seconds: float) -> Link:
    """Connect within so many seconds. Raises `ProviderRefused` for what somebody has to change, or `ProviderError`."""
    try:
        socket = await connect(
            url,
            additional_headers={"Authorization": f"Token {key}"} if key else None,
            compression=None,
            open_timeout=seconds,
            close_timeout=CLOSE_SECONDS,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            max_size=_MOST_MESSAGE_BYTES,
        )
    except InvalidStatus as refused:
        raise _refusal(refused.response.status_code) from None
    except TimeoutError:
        raise ProviderError("Deepgram does not answer in time") from None
    except (OSError, WebSocketException, EOFError):
        raise ProviderError("Deepgram cannot be reached") from None
    return Link(socket, dialect)


class Link:
    """An open connection. `send` never blocks; `run` carries both ways until the connection is gone."""

    def __init__(self, socket: ClientConnection, dialect: Dialect) -> None:
        self._socket = socket
        self._dialect = dialect
        self._outgoing: deque[str | bytes] = deque()
        self._wake = asyncio.Event()
        self._first_heard = FirstHeard()
        self._filled = 0
        """Bytes of silence that were sent though the caller's line gave none."""

    def send(self, piece: str | bytes) -> None:
        """Audio, in any length, or a message that belongs after it."""
        if piece:
            self._outgoing.append(piece)
            self._wake.set()

    async def run(self, take: Callable[[Heard], None]) -> None:
        """Raises `ProviderError` when the connection is gone."""
        sending = asyncio.create_task(self._send())
        try:
            async for message in self._socket:
                if heard := self._dialect.read(message):
                    heard = self._first_heard.placed(heard)
                    take(heard.moved(-self._filled / SAMPLE_RATE) if self._filled else heard)
        except ConnectionClosed as closed:
            raise ProviderError(_why(closed)) from None
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            await self._socket.close()
        raise ProviderError("Deepgram closed the connection")

    async def aclose(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.send(_CLOSE_STREAM)
                await self._socket.close()
        except (ConnectionClosed, TimeoutError):
            self._socket.transport.abort()

    async def _send(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._dialect.idle_seconds):
                    while not self._outgoing:
                        self._wake.clear()
                        await self._wake.wait()
                    piece = self._next()
            except TimeoutError:
                piece = self._dialect.idle()
                self._filled += len(piece) if isinstance(piece, bytes) else 0
            try:
                await self._socket.send(piece)
            except ConnectionClosed:
                return  # `run` sees it too, and says why
            if len(piece) == LONGEST_PIECE and self._outgoing:
                await asyncio.sleep(LONGEST_PIECE / SAMPLE_RATE / CATCH_UP)

    def _next(self) -> str | bytes:
        """A message, or all audio up to the next one, as far as a frame may hold."""
        first = self._outgoing.popleft()
        if isinstance(first, str):
            return first
        audio = bytearray(first)
        while len(audio) < LONGEST_PIECE and self._outgoing and isinstance(more := self._outgoing[0], bytes):
            audio += more
            self._outgoing.popleft()
        if len(audio) > LONGEST_PIECE:
            self._outgoing.appendleft(bytes(audio[LONGEST_PIECE:]))
        return bytes(audio[:LONGEST_PIECE])


def _refusal(status: int) -> ProviderError:
    if status in _REFUSALS:
        return ProviderRefused(_REFUSALS[HTTPStatus(status)])
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderError("Deepgram's limit of connections is reached (429)")
    return ProviderError(f"Deepgram answered {status}")


def _why(closed: ConnectionClosed) -> str:
    frame = closed.rcvd
    if frame is None:
        return "Deepgram's connection broke off"
    named = _REASON.search(frame.reason)
    return f"Deepgram closed the connection ({frame.code}{f' {named[1].upper()}-{named[2]}' if named else ''})"
