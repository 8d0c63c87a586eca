"""A carrier's side of the audio socket, for the tests of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.support.serving import Served, served
from vartalaap.services.telephony.line import CarrierLine
from vartalaap.services.telephony.plivo_stream import PlivoStream

FRAME = bytes(range(160))
MULAW = {"encoding": "audio/x-mulaw", "sampleRate": 8000}


def text(**message: Any) -> str:
    return orjson.dumps(message).decode()


def start(call_id: str = "call-1", encoding: str = "audio/x-mulaw", stream_id: str = "s-1") -> str:
    details = {"callId": call_id, "streamId": stream_id, "mediaFormat": {**MULAW, "encoding": encoding}}
    return text(event="start", sequenceNumber=1, start=details, extra_headers="")


def media(payload: bytes = FRAME) -> str:
    return text(event="media", media={"track": "inbound", "payload": base64.b64encode(payload).decode()})


def dial(app: Served, token: str, **headers: str) -> connect:
    return connect(f"{app.audio_url}?token={token}", compression=None, proxy=None, additional_headers=headers)


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """How the server closed the socket."""
    async with asyncio.timeout(5):
        await socket.wait_closed()
        frame = socket.protocol.close_rcvd
    assert frame is not None, "the connection broke without a close frame"
    return frame.code, frame.reason


async def refused(app: Served, token: str, **headers: str) -> bool:
    try:
        async with dial(app, token, **headers):
            return False
    except InvalidStatus as answer:
        return answer.response.status_code == 403


@asynccontextmanager
async def serving(use: Callable[[CarrierLine], Awaitable[None]], **limits: Any) -> AsyncIterator[Served]:
    """The line alone, with time limits short enough to be reached in a test."""
    app = FastAPI()

    @app.websocket("/ws/audio")
    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        line = CarrierLine(socket, "call-1", PlivoStream("call-1"), None, **limits)
        await use(line)
        await line.close()

    async with served(app) as running:
        yield running
