"""The audio of a telephone call: a WebSocket from Plivo, seen by the session as a `Line`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from loguru import logger

from vartalaap.core.events import CallEnded, CallStarted, LineCommand, LineEvent
from vartalaap.errors import Forbidden, ProtocolError, VartalaapError
from vartalaap.security.signatures import SIGNATURE, is_signed
from vartalaap.services.telephony.plivo_stream import REFUSED, UNSUPPORTED, PlivoStream
from vartalaap.services.telephony.ports import PhoneSettings, phone_parts

START_SECONDS = 10.0
SEND_SECONDS = 5.0
SILENT_LINE_SECONDS = 30.0
"""Plivo sends a frame every 20 ms; after so long without one the connection is dead."""
INTERNAL_ERROR = 1011
CLOSE_REASON_BYTES = 123

router = APIRouter()


@router.websocket("/ws/audio")
async def audio_stream(socket: WebSocket, token: str = "") -> None:
    """Serve one call: the token admits it, `start` must name the token's call, the session does the rest."""
    parts = phone_parts(socket)
    try:
        _check_handshake(socket, parts.settings)
        pending = parts.pending_calls.redeem(token, parts.clock.now())
    except Forbidden as refusal:
        logger.warning("audio stream refused: {}", refusal.message)
        await socket.close()  # before it was accepted: the handshake is answered with 403
        return
    await socket.accept()
    line = PlivoLine(socket, pending.call_id)
    try:
        if await line.wait_for_start():
            session = await parts.open_session(
                line, call_id=pending.call_id, caller=pending.caller, called=pending.called
            )
            await session.run()
        await line.close()
    except VartalaapError as error:
        logger.warning("call {}: {}", pending.call_id, error.message)
        await line.close(error.close_code if isinstance(error, ProtocolError) else INTERNAL_ERROR, error.message)
    finally:
        await line.close(INTERNAL_ERROR, "the call failed")  # only the first close counts


def _check_handshake(socket: WebSocket, settings: PhoneSettings) -> None:
    """A handshake that carries a signature must carry a right one.

    The documents disagree on the scheme that is signed, and on whether it always is: hence every scheme, and
    a handshake without a signature stands on its token alone.
    """
    if settings.plivo_auth_token is None or SIGNATURE not in socket.headers:
        return
    token = settings.plivo_auth_token.get_secret_value()
    host = settings.reachable_url.partition("://")[2]
    hosts = [host, socket.url.netloc] if settings.environment == "development" else [host]
    target = f"{socket.url.path}?{socket.url.query}"
    urls = [f"{scheme}://{name}{target}" for name in hosts for scheme in ("http", "https", "wss", "ws")]
    if not any(is_signed("GET", url, socket.headers, token) for url in urls):
        raise Forbidden("the handshake's signature is wrong")


class PlivoLine:
    """`core.ports.Line` over an accepted socket."""

    def __init__(
        self,
        socket: WebSocket,
        call_id: str,
        *,
        send_seconds: float = SEND_SECONDS,
        silent_seconds: float = SILENT_LINE_SECONDS,
    ) -> None:
        self._socket = socket
        self._call_id = call_id
        self._codec = PlivoStream(call_id)
        self._send_seconds = send_seconds
        self._silent_seconds = silent_seconds
        self._started: CallStarted | None = None
        self._closed = False
        self._patience: asyncio.Timeout | None = None  # of the read that is going on

    async def wait_for_start(self, seconds: float = START_SECONDS) -> CallStarted | None:
        """The stream's first event; None if the peer went away. `ProtocolError` if it does not come in time."""
        try:
            async with asyncio.timeout(seconds):
                while self._started is None:
                    event = await self._next()
                    if isinstance(event, CallEnded):
                        return None
                    if isinstance(event, CallStarted):
                        self._started = event
        except TimeoutError:
            raise ProtocolError("no start came", close_code=REFUSED) from None
        return self._started

    async def events(self) -> AsyncIterator[LineEvent]:
        """`CallStarted` first, `CallEnded` last, whatever happens; a protocol error closes the socket."""
        if self._started:
            yield self._started
        while True:
            try:
                event = await self._next()
            except ProtocolError as error:
                logger.warning("call {}: {}", self._call_id, error.message)
                await self.close(error.close_code, error.message)
                event = CallEnded("protocol error")
            if event:
                yield event
            if isinstance(event, CallEnded):
                return

    async def send(self, command: LineCommand) -> None:
        """Send what Plivo understands; on a line that is gone, do nothing."""
        text = self._codec.encode(command)
        if text is None or self._closed:
            return
        try:
            async with asyncio.timeout(self._send_seconds):
                await self._socket.send_text(text)
        except TimeoutError:
            logger.warning("call {}: the carrier takes no more audio", self._call_id)
            self._give_up()
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: it was closed between our look and the write
            self._closed = True

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Hang up; only the first call counts."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(self._send_seconds):
                await self._socket.close(code, reason.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore"))
        except TimeoutError:
            self._give_up()
        except (WebSocketDisconnect, RuntimeError):
            logger.debug("call {}: the socket was closed already", self._call_id)

    def _give_up(self) -> None:
        """The peer is dead: end the read that waits for it."""
        self._closed = True
        if self._patience and not self._patience.expired():
            self._patience.reschedule(0)

    async def _next(self) -> LineEvent | None:
        try:
            async with asyncio.timeout(0 if self._closed else self._silent_seconds) as self._patience:
                message = await self._socket.receive()
        except TimeoutError:
            return CallEnded("the line is dead")
        finally:
            self._patience = None
        if message["type"] == "websocket.disconnect":
            return CallEnded("the stream was closed")
        text = message.get("text")
        if text is None:
            raise ProtocolError("binary frames are not understood", close_code=UNSUPPORTED)
        return self._codec.decode(text)
