"""The browser as a telephone: `/ws/phone`, for development and for the owner's own trial.

To the server: binary frames of 8 kHz mu-law; JSON `text`, `digit`, `played`, `hangup`. To the page: binary frames
of 8 kHz mu-law; JSON `caption`, `checkpoint`, `clear`, `booking`, `ended`. Checkpoints and `clear` mean what they
mean to a carrier: a checkpoint is acknowledged when all before it was played, and one that was cleared never is.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Response, WebSocket, WebSocketDisconnect, status
from loguru import logger
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from starlette.types import Message

from ...bootstrap import Parts, Running
from ...core.events import (
    AudioIn,
    BookingMade,
    CallEnded,
    CallStarted,
    Caption,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    LineCommand,
    LineEvent,
    PlayAudio,
    TextTyped,
)
from ...errors import ProtocolError, VartalaapError
from ...services.telephony.inflow import Inflow
from ..deps import may_use_phone
from ..own_hosts import is_own_page

MAX_FRAME = 4096
"""Bytes of a binary frame, characters of a text frame."""

SEND_SECONDS = 5.0

WORDS_COUNT_AS = 800
"""Bytes of audio that a text frame counts as at least: nobody types ten messages a second."""

Ended = Literal["finished", "protocol", "unavailable", "busy"]
"""Why the server ends a call: it is over, the page sent nonsense or too much, no call can be served at present, or
every line is taken."""

router = APIRouter()


class _FromPage(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Text(_FromPage):
    type: Literal["text"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class _Digit(_FromPage):
    type: Literal["digit"]
    digit: Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]$")]


class _Played(_FromPage):
    type: Literal["played"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Hangup(_FromPage):
    type: Literal["hangup"]


_MESSAGE: TypeAdapter[_Text | _Digit | _Played | _Hangup] = TypeAdapter(
    Annotated[_Text | _Digit | _Played | _Hangup, Field(discriminator="type")]
)


def decode(frame: str | bytes) -> LineEvent:
    """One frame of the page as an event. Raises `ProtocolError`, whose message holds nothing of the frame."""
    if not 0 < len(frame) <= MAX_FRAME:
        raise ProtocolError("A frame is empty or too large")
    if isinstance(frame, bytes):
        return AudioIn(frame)
    try:
        message = _MESSAGE.validate_json(frame)
    except ValidationError:
        raise ProtocolError("A message is malformed") from None
    match message:
        case _Text(text=text):
            return TextTyped(text)
        case _Digit(digit=digit):
            return DigitPressed(digit)
        case _Played(name=name):
            return CheckpointPlayed(name)
        case _Hangup():
            return CallEnded("hangup")


def encode(command: LineCommand) -> dict[str, object] | bytes:
    """A command as the page receives it: bytes as a binary frame, a mapping as JSON."""
    match command:
        case PlayAudio(mulaw):
            return mulaw
        case Checkpoint(name):
            return {"type": "checkpoint", "name": name}
        case ClearAudio():
            return {"type": "clear"}
        case Caption(speaker, text, language, latency_ms):
            return {
                "type": "caption",
                "speaker": speaker,
                "text": text,
                "language": language,
                "latency_ms": latency_ms,
            }
        case BookingMade(reference, date, time, party_size, name):
            return {
                "type": "booking",
                "reference": reference,
                "date": date,
                "time": time,
                "party_size": party_size,
                "name": name,
            }


class BrowserLine:
    """A `Line` over an accepted WebSocket."""

    def __init__(
        self, websocket: WebSocket, call_id: str, inflow: Inflow | None = None, *, send_seconds: float = SEND_SECONDS
    ) -> None:
        self._websocket = websocket
        self._call_id = call_id
        self._inflow = inflow or Inflow("browser")
        self._now = asyncio.get_running_loop().time
        self._send_seconds = send_seconds
        self._open = True
        self._reading: asyncio.Timeout | None = None

    async def events(self) -> AsyncIterator[LineEvent]:
        """`CallStarted`, what the page sends, at last one `CallEnded`. A malformed frame or a flood ends the call."""
        yield CallStarted(self._call_id, self._call_id)
        while True:
            event = await self._next()
            if event:
                yield event
            if isinstance(event, CallEnded):
                return

    async def _next(self) -> LineEvent | None:
        """None if what came is left out, for more comes than anybody can say."""
        try:
            async with asyncio.timeout(None if self._open else 0) as self._reading:
                message = await self._websocket.receive()
        except TimeoutError:
            return CallEnded("closed")
        finally:
            self._reading = None
        if message["type"] == "websocket.disconnect":
            self._leave()
            return CallEnded("line gone")
        try:
            frame = _payload(message)
            size = len(frame) if isinstance(frame, bytes) else max(len(frame), WORDS_COUNT_AS)
            if not self._inflow.admits(size, self._now()):
                return None
            if self._inflow.hurries:
                await asyncio.sleep(0)
            return decode(frame)
        except ProtocolError as error:
            logger.warning("browser call {}: {}", self._call_id, error.message)
            await self.close("protocol")
            return CallEnded("protocol")

    async def send(self, command: LineCommand) -> None:
        """Send; nothing happens if the page is gone, of which `events` tells."""
        if self._open:
            await self._write(encode(command))

    async def close(self, reason: Ended = "finished") -> None:
        """Tell the page why, and close. Only the first call does anything."""
        if not self._open:
            return
        self._open = False
        code = status.WS_1008_POLICY_VIOLATION if reason == "protocol" else status.WS_1000_NORMAL_CLOSURE
        await self._write({"type": "ended", "reason": reason}, closing=(code, reason))
        self._leave()

    async def _write(self, frame: dict[str, object] | bytes, closing: tuple[int, str] | None = None) -> None:
        """A page that is gone, or takes nothing for too long, has left the call."""
        try:
            async with asyncio.timeout(self._send_seconds):
                if isinstance(frame, bytes):
                    await self._websocket.send_bytes(frame)
                else:
                    await self._websocket.send_json(frame)
                if closing:
                    await self._websocket.close(*closing)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):  # RuntimeError: closed while we were writing
            logger.debug("browser call {}: the page is gone", self._call_id)
            self._leave()

    def _leave(self) -> None:
        """Nothing more is sent, and the read that waits for the page ends."""
        self._open = False
        if self._reading and not self._reading.expired():
            self._reading.reschedule(0)


def _payload(message: Message) -> str | bytes:
    """The text or the bytes of a received frame; servers leave out the other or set it to None."""
    payload: str | bytes | None = message.get("bytes")
    return payload if payload is not None else str(message.get("text") or "")


@router.websocket("/ws/phone")
async def browser_phone(websocket: WebSocket, parts: Running) -> None:
    """Serve one call; 404 where the browser phone is off, 403 to another site's page, 401 to who has to log in."""
    if refusal := await _refusal(websocket, parts):
        await websocket.send_denial_response(Response(status_code=refusal))
        return
    await websocket.accept()
    call_id = str(uuid.uuid4())
    line = BrowserLine(websocket, call_id, Inflow("browser", parts.inflow))
    if not parts.calls.has_place_for(call_id):
        logger.warning("browser call {} finds every line busy", call_id)
        await line.close("busy")
        return
    try:
        session = await parts.open_session(line, call_id=call_id, caller=None, channel="browser")
    except VartalaapError as error:
        logger.warning("browser call {}: not served: {}", call_id, error.message)
        parts.calls.give_up(call_id)
        await line.close("unavailable")
        return
    try:
        await session.run()
    finally:
        await line.close()


async def _refusal(websocket: WebSocket, parts: Parts) -> int | None:
    """The HTTP status that answers a handshake which is not to be accepted."""
    settings = parts.settings
    if not settings.browser_phone:
        return status.HTTP_404_NOT_FOUND
    if not is_own_page(websocket, settings.public_url, settings.host):
        return status.HTTP_403_FORBIDDEN
    try:
        return None if await may_use_phone(websocket, parts) else status.HTTP_401_UNAUTHORIZED
    except VartalaapError as error:  # the database is away
        return error.status
