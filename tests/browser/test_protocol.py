"""The socket's protocol without a browser: what is understood, what is refused, who is let in."""

from __future__ import annotations

import asyncio
import contextlib
import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.browser.conftest import TUESDAY_NOON, FakeParts, FakeSettings, Phone, demo_business, serving
from vartalaap.api.own_hosts import is_own_page
from vartalaap.api.websocket.browser_phone import BrowserLine, decode, encode
from vartalaap.core.clock import Clock
from vartalaap.core.events import (
    AudioIn,
    BookingMade,
    CallEnded,
    CallStarted,
    Caption,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    PlayAudio,
    TextTyped,
)
from vartalaap.errors import ProtocolError, ProviderError


def test_each_message_of_the_page_becomes_its_event() -> None:
    assert decode('{"type": "text", "text": "  do log  "}') == TextTyped("do log")
    assert decode('{"type": "digit", "digit": "#"}') == DigitPressed("#")
    assert decode('{"type": "played", "name": "7"}') == CheckpointPlayed("7")
    assert decode('{"type": "hangup"}') == CallEnded("hangup")
    assert decode(b"\xff" * 160) == AudioIn(b"\xff" * 160)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{", "[]", "null", "7", '{"type": "shout"}', '{"text": "no type"}', '{"type": "hangup", "extra": 1}',
        '{"type": "text", "text": "   "}', '{"type": "text", "text": 7}',
        json.dumps({"type": "text", "text": 1001 * "a"}),
        '{"type": "digit", "digit": "12"}', '{"type": "digit", "digit": "E"}', '{"type": "digit", "digit": "5\\n"}',
        '{"type": "played", "name": ""}', json.dumps({"type": "played", "name": "n" * 65}),
        b"", b"\xff" * 4097, " " * 4097,
    ],
)  # fmt: skip
def test_a_malformed_frame_is_refused(frame: str | bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(frame)


def test_a_thousand_devanagari_letters_fit() -> None:
    text = "क" * 1000
    assert decode(json.dumps({"type": "text", "text": text}, ensure_ascii=False)) == TextTyped(text)


@given(st.text(max_size=200) | st.builds(json.dumps, st.dictionaries(st.text(), st.text())))
def test_a_refusal_never_repeats_what_was_sent(frame: str) -> None:
    with pytest.raises(ProtocolError, match=r"^(A frame is empty or too large|A message is malformed)$"):
        decode(frame)


def test_each_command_has_its_form_on_the_wire() -> None:
    assert encode(PlayAudio(b"\x00\xff")) == b"\x00\xff"
    assert encode(Checkpoint("3")) == {"type": "checkpoint", "name": "3"}
    assert encode(ClearAudio()) == {"type": "clear"}
    assert encode(Caption("bot", "जी", "hi", 420)) == {
        "type": "caption", "speaker": "bot", "text": "जी", "language": "hi", "latency_ms": 420,
    }  # fmt: skip
    assert encode(BookingMade("b-1", "2026-08-05", "19:00", 4, "Suresh")) == {
        "type": "booking", "reference": "b-1", "date": "2026-08-05", "time": "19:00", "party_size": 4, "name": "Suresh",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://localhost:9000", "localhost:9000", True),  # a tunnel's port
        ("https://Bot.Example.in", "127.0.0.1:8000", True),  # a proxy that names itself
        ("https://bot.example.in:443", "bot.example.in", True),
        ("http://kitchen.lan:8000", "Kitchen.lan:8000", True),
        ("http://192.168.1.5:8000", "192.168.1.5:8000", True),  # the address that the request came to
        ("http://localhost:9000", "localhost:8000", False),
        ("http://localhost", "localhost:8000", False),
        ("http://bot.example.in", "bot.example.in", False),
        ("https://bot.example.in:8443", "bot.example.in:8443", False),
        ("http://evil.example:8000", "evil.example:8000", False),
        ("https://evil.example", "evil.example", False),
        ("http://192.168.1.6:8000", "192.168.1.6:8000", False),
        ("http://localhost.evil.example:8000", "localhost.evil.example:8000", False),
        ("ftp://localhost:8000", "localhost:8000", False),
        ("http://localhost:x", "localhost:8000", False),
        ("http://[localhost", "localhost:8000", False),
        ("null", "localhost:8000", False),
        ("", "localhost:8000", False),
    ],
)
def test_only_pages_of_our_own_hosts_may_call_whatever_a_request_says_of_itself(
    origin: str, host: str, allowed: bool
) -> None:
    headers = [(b"origin", origin.encode()), (b"host", host.encode())]
    connection = HTTPConnection({"type": "websocket", "headers": headers, "server": ("192.168.1.5", 8000)})
    assert is_own_page(connection, "https://bot.example.in", "kitchen.lan") is allowed


def dial(phone: Phone, origin: str | None = None) -> ClientConnection:
    """A socket as the page opens it."""
    url = phone.url.replace("http", "ws") + "/ws/phone"
    return connect(url, origin=Origin(origin or phone.url), proxy=None)


def test_another_site_is_refused_at_the_handshake(phone: Phone) -> None:
    with pytest.raises(InvalidStatus) as refused:
        dial(phone, origin="https://evil.example")
    assert refused.value.response.status_code == 403


def test_page_and_socket_are_not_there_when_the_phone_is_off() -> None:
    with serving(FakeParts(demo_business(), Clock(TUESDAY_NOON), FakeSettings(browser_phone=False))) as off:
        assert httpx.get(off.url).status_code == 404
        with pytest.raises(InvalidStatus) as refused:
            dial(off)
    assert refused.value.response.status_code == 404


@pytest.mark.parametrize("frame", ['{"type": "shout"}', b"\xff" * 5000])
def test_nonsense_ends_the_call_with_a_reason_and_a_policy_close(phone: Phone, frame: str | bytes) -> None:
    with dial(phone) as socket:
        socket.send(frame)
        assert json.loads(socket.recv(timeout=5)) == {"type": "ended", "reason": "protocol"}
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert phone.parts.next_call().next(CallEnded) == CallEnded("protocol")


def test_a_page_that_vanishes_ends_the_call(phone: Phone) -> None:
    with dial(phone) as socket:
        call = phone.parts.next_call()
        assert isinstance(call.next(CallStarted), CallStarted)
        socket.socket.close()
    call.send(*[PlayAudio(b"\xff" * 160)] * 50)
    assert call.next(CallEnded) == CallEnded("line gone")
    call.send(PlayAudio(b"\xff" * 160))


def test_a_call_that_cannot_be_served_is_ended_with_that_reason() -> None:
    parts = FakeParts(demo_business(), Clock(TUESDAY_NOON), refuses_with=ProviderError("database is gone"))
    with serving(parts) as phone, dial(phone) as socket:
        assert json.loads(socket.recv(timeout=5)) == {"type": "ended", "reason": "unavailable"}
    assert len(parts.calls.given_up) == 1, "its place is free again"


def test_a_call_that_finds_every_line_taken_is_told_so() -> None:
    parts = FakeParts(demo_business(), Clock(TUESDAY_NOON))
    parts.calls.full = True
    with serving(parts) as phone, dial(phone) as socket:
        assert json.loads(socket.recv(timeout=5)) == {"type": "ended", "reason": "busy"}
    assert parts.answered.empty()


def test_a_page_that_sends_faster_than_anybody_speaks_is_left_after_ten_seconds_of_it(phone: Phone) -> None:
    with dial(phone) as socket:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(1000):
                socket.send(b"\xff" * 4000)
        assert json.loads(socket.recv(timeout=5)) == {"type": "ended", "reason": "protocol"}
    call = phone.parts.next_call()
    assert call.next(CallEnded) == CallEnded("protocol")
    assert phone.parts.inflow.floods["browser"] == 1


class StuckSocket:
    """An accepted socket whose page takes nothing and says nothing."""

    def __init__(self) -> None:
        self.scope = {"type": "websocket", "headers": [], "path": "/ws/phone"}
        self.accepted = False

    async def receive(self) -> Message:
        if not self.accepted:
            return {"type": "websocket.connect"}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self.accepted = True
        else:
            await asyncio.Event().wait()


async def test_a_page_that_takes_nothing_is_left() -> None:
    stuck = StuckSocket()
    websocket = WebSocket(stuck.scope, stuck.receive, stuck.send)
    await websocket.accept()
    line = BrowserLine(websocket, "c", send_seconds=0.01)
    events = line.events()
    assert await anext(events) == CallStarted("c", "c")
    ending = asyncio.ensure_future(anext(events))
    await line.send(PlayAudio(b"\xff"))
    assert await ending == CallEnded("closed")
    await line.send(PlayAudio(b"\xff"))
    await line.close()
