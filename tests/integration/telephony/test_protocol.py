"""The WebSocket protocol reads on while the application keeps up, and understands what Uvicorn's own understands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode

from vartalaap.api.websocket.protocol import MOST_WAITING, PatientProtocol


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.pauses = 0
        self.written = bytearray()
        self.closed = False

    def pause_reading(self) -> None:
        self.pauses += 1

    def resume_reading(self) -> None:
        self.pauses -= 1

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def protocol() -> PatientProtocol:
    made = PatientProtocol.__new__(PatientProtocol)
    made.queue = asyncio.Queue()
    made.read_paused = made.close_sent = False
    made.curr_msg_data_type = "text"
    made.transport = Transport()
    return made


async def test_reading_stops_only_when_many_messages_wait_and_goes_on_when_all_are_taken(
    protocol: PatientProtocol,
) -> None:
    transport = protocol.transport
    assert isinstance(transport, Transport)
    for number in range(MOST_WAITING + 2):
        protocol.frames = [b"%d" % number]
        protocol.send_receive_event_to_app()
        assert transport.pauses == (number >= MOST_WAITING)
    taken = [await protocol.receive() for _ in range(MOST_WAITING + 2)]
    assert [message["text"] for message in taken if message["type"] == "websocket.receive"] == [
        str(number) for number in range(MOST_WAITING + 2)
    ]
    assert transport.pauses == 0


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
MOST = 70_000
lengths = st.sampled_from((0, 1, 125, 126, 127, 128, 350, 65_535, 65_536, MOST, MOST + 1))


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Frames of a client, mostly texts, some of them wrong, cut anywhere."""
    whole = b""
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from((*[Opcode.TEXT] * 6, Opcode.BINARY, Opcode.CONT, Opcode.PING, Opcode.CLOSE)))
        of_control = kind in (Opcode.PING, Opcode.CLOSE)
        length = draw(st.integers(0, 9) if of_control else lengths)
        content = draw(st.sampled_from((b"a", b"\xff", "ॐ".encode()))) * length
        fin, masked = of_control or draw(st.integers(0, 4)) > 0, draw(st.integers(0, 9)) > 0
        frame = Frame(kind, content[:length], fin=fin).serialize(mask=masked)
        whole += frame[: len(frame) - draw(st.sampled_from((0,) * 9 + (1,)))]
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    return [whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


async def understood(kind: type[WebSocketsSansIOProtocol], chunks: Sequence[bytes]) -> tuple[list[Any], bytes, bool]:
    """What the application is told, what the client is answered, and whether the connection is closed."""
    told: list[Any] = []
    hears = asyncio.Event()

    async def app(_: object, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        hears.set()
        while not told or told[-1]["type"] != "websocket.disconnect":
            told.append(await receive())

    transport = Transport()
    made = kind(Config(app, ws_max_size=MOST, ws_per_message_deflate=False, log_config=None), ServerState(), {})
    made.connection_made(transport)
    made.data_received(HANDSHAKE)
    await hears.wait()
    del transport.written[:]
    for chunk in chunks:
        if chunk and not transport.closed:
            made.data_received(chunk)
            await asyncio.sleep(0)
    written, closed = bytes(transport.written), transport.closed
    made.connection_lost(None)
    await asyncio.gather(*made.tasks)
    return told, written, closed


@given(streams())
def test_whatever_comes_is_understood_as_by_uvicorn_s_own_protocol(chunks: list[bytes]) -> None:
    told, written, closed = asyncio.run(understood(PatientProtocol, chunks))
    try:
        uvicorn_s = asyncio.run(understood(WebSocketsSansIOProtocol, chunks))
    except InvalidState:  # its own fault: a text that is none, then a close
        assert closed
    else:
        if (told, written, closed) != uvicorn_s:  # which looks at no message that comes in one piece with a wrong frame
            *before, last = uvicorn_s[0]
            assert told[: len(before)] == before
            assert closed
            assert {last["code"], told[-1]["code"]} <= {1002, 1007, 1009}


def test_a_text_that_is_none_before_a_close_ends_the_connection() -> None:
    bad, close = Frame(Opcode.TEXT, b"\xff"), Frame(Opcode.CLOSE, b"\x03\xe8")
    chunk = bad.serialize(mask=True) + close.serialize(mask=True)
    told, _, closed = asyncio.run(understood(PatientProtocol, [chunk]))
    assert closed
    assert [message["type"] for message in told] == ["websocket.disconnect"]
