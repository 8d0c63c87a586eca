"""Whole calls between an emulated Plivo and the real endpoints and sessions: what a caller gets as a stream ends."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN, EmulatedCall, PlivoEmulator, Talk
from tests.support.book import MemoryBook, make_desk
from tests.support.call import Stage
from tests.support.serving import served
from vartalaap.cli import serve
from vartalaap.core.business import WEEKDAYS, Business, Handoff, OpenSpan, OperatingHours
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, Utterance
from vartalaap.core.live_calls import AdmittedCall, LiveCalls
from vartalaap.core.ports import Line
from vartalaap.core.session import CallSession
from vartalaap.main import LAST_RECORDS_SECONDS
from vartalaap.services.telephony import line
from vartalaap.services.telephony.line import MOST_MALFORMED
from vartalaap.services.telephony.plivo_rest import PlivoRest

from .phone_app import FakeParts, make_app

OWNER = Business(
    id="demo",
    name="Demo",
    handoff=Handoff(phone_number="+919810000000", ring_seconds=20),
    operating_hours=OperatingHours(**dict.fromkeys(WEEKDAYS, (OpenSpan(start=0, end=1440),))),
)
STREAM, HANGUP = ("Stream",), ("Hangup",)
TO_OWNER = ("Dial", "919810000000", "20")


def answer(context: CallContext, said: Utterance) -> list[str]:
    """Key 1 asks for a person, 2 says goodbye, anything else goes on."""
    if said.text == "1":
        context.transfer, context.closing, context.result = "agreed", True, "handoff"
        return ["ok."]
    if said.text == "2":
        context.closing = True
        return ["bye."]
    return ["so?"]


@dataclass
class House:
    """The application with real sessions, and the emulated carrier."""

    url: str
    parts: FakeParts
    stage: Stage
    calls: LiveCalls
    plivo: PlivoEmulator
    server: serve.Server

    def call(self, *talks: Talk, dials: Sequence[str] = ()) -> EmulatedCall:
        return EmulatedCall(self.url, self.plivo, talks=deque(talks), dials=deque(dials))


class _Server(serve.Server):
    """Announces nothing: the parts are not whole."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await uvicorn.Server.startup(self, sockets)


@asynccontextmanager
async def house(business: Business = OWNER) -> AsyncIterator[House]:
    stage, calls = Stage(), LiveCalls()
    stage.brain.script = answer
    parts = FakeParts(business=business)
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)

    def open_call(line: Line, call_id: str) -> AdmittedCall:
        if back := calls.come_back(call_id, line):
            return back
        context = CallContext(call_id, business, make_desk(MemoryBook(), business), Clock(), language="en")
        return calls.admit(CallSession(context, line, stage.parts()))

    parts.opens = open_call
    parts.calls = calls  # type: ignore[assignment]
    async with (
        PlivoEmulator().serving() as plivo,
        served(make_app(parts), make=lambda config: _Server(config, 60)) as app,
    ):
        parts.settings.reachable_url = app.url
        async with aclosing(PlivoRest(plivo.url, AUTH_ID, AUTH_TOKEN)) as rest:
            parts.carrier = rest  # type: ignore[assignment]
            assert isinstance(app.server, serve.Server)
            yield House(app.url, parts, stage, calls, plivo, app.server)
        await app.idle()


def presses(*keys: str) -> Talk:
    """A caller who presses a key after each of our replies, and listens to the end."""

    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        for key in keys:
            await call.listen(socket, until="checkpoint")
            for one in (key, "#"):
                await socket.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound", "digit": one}}))
        await call.listen(socket)

    return talk


async def listening_call(home: House) -> tuple[EmulatedCall, asyncio.Task[list[tuple[str, ...]]]]:
    """A caller who has heard the greeting and listens on, and the call as it runs."""
    listening = asyncio.Event()

    async def stays(call: EmulatedCall, socket: ClientConnection) -> None:
        await call.listen(socket, until="checkpoint")
        listening.set()
        await call.listen(socket)

    call = home.call(stays)
    running = asyncio.create_task(call.run())
    await listening.wait()
    return call, running


async def breaks_off(call: EmulatedCall, socket: ClientConnection) -> None:
    """The greeting is heard; then the network goes."""
    await call.listen(socket, until="checkpoint")


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("statuses", [("StartStream", "StopStream"), ("started", "stopped"), ("never seen", "failed")])
async def test_behind_our_goodbye_the_caller_hears_nothing(twice: bool, statuses: tuple[str, str]) -> None:
    async with house() as home:
        call = home.call(presses("7", "2"))
        call.twice, call.statuses = twice, statuses
        assert await call.run() == [STREAM, HANGUP]
    [record] = home.stage.log.records
    assert record.context.closing
    assert home.calls.after_stream(call.call_id) is None, "with the hangup the call is forgotten"


async def test_a_person_takes_the_call_over() -> None:
    async with house() as home:
        call = home.call(presses("1"), dials=["completed"])
        assert await call.run() == [STREAM, (*TO_OWNER, "completed"), HANGUP]
        assert not home.calls.is_away(call.call_id)
    [record] = home.stage.log.records
    assert record.context.result == "handoff"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "timeout"])
async def test_nobody_answers_and_the_caller_goes_on_with_us(status: str) -> None:
    async with house() as home:
        call = home.call(presses("1"), presses("2"), dials=[status])
        assert await call.run() == [STREAM, (*TO_OWNER, status), STREAM, HANGUP]
    first, last = home.stage.log.records
    assert first.context is last.context
    assert [turn.text for turn in last.context.turns] == ["welcome.", "1", "ok.", "nobody answered.", "2", "bye."]


async def test_a_stream_that_breaks_for_good_gets_an_apology_and_a_person() -> None:
    async with house() as home:
        did = await home.call(breaks_off, dials=["no-answer"]).run()
    assert [step[0] for step in did] == ["Stream", "Speak", "Dial", "Speak", "Hangup"]
    assert did[1][1:3] == ("Polly.Raveena", "en-IN")
    assert did[2] == (*TO_OWNER, "no-answer")


async def test_a_stream_that_breaks_for_good_with_nobody_there_gets_an_apology() -> None:
    async with house(Business(id="demo", name="Demo")) as home:
        did = await home.call(breaks_off).run()
    assert [step[0] for step in did] == ["Stream", "Speak", "Hangup"]


MALFORMED = [
    ("audio", '{"event":"media","media":{"payload":"//8"}}'),
    ("audio", '{"event":"media","media":{"payload":"//8=\\n"}}'),
    ("field", '{"event":"media","media":{"payload":7}}'),
    ("field", '{"event":"media","media":{}}'),
    ("field", '{"event":"media"}'),
    ("digit", '{"event":"dtmf","dtmf":{"digit":"12"}}'),
    ("field", '{"event":"dtmf","dtmf":{"digit":1}}'),
    ("field", '{"event":"dtmf"}'),
    ("field", '{"event":"playedStream"}'),
    ("field", '{"event":"start"}'),
    ("field", '{"event":null}'),
    ("json", "[]"),
    ("json", "garbage"),
    ("json", ""),
    ("json", "[" * 5000),
    ("json", '{"event":"media","media":{"payload":"\\ud800"}}'),
    ("binary", b"\xff" * 160),
    ("binary", b""),
]


def sends(frame: str | bytes, times: int) -> Talk:
    """A carrier that sends this after the greeting; its caller hears on and presses a key."""

    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        await call.listen(socket, until="checkpoint")
        with suppress(ConnectionClosed):  # in the middle of it, with a code that says why
            for _ in range(times):
                await socket.send(frame)
            for one in ("2", "#"):
                await socket.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound", "digit": one}}))
            await call.listen(socket)

    return talk


@pytest.mark.parametrize(("fault", "frame"), MALFORMED)
async def test_a_frame_that_cannot_be_read_is_left_out_and_the_call_goes_on(fault: str, frame: str | bytes) -> None:
    async with house() as home:
        assert await home.call(sends(frame, 1)).run() == [STREAM, HANGUP], "our own goodbye ends the call"
        assert home.parts.open_lines.malformed == {("plivo", fault): 1}


async def test_forty_nine_such_frames_at_once_are_borne_and_fifty_end_the_call_with_an_apology() -> None:
    async with house() as home:
        assert await home.call(sends("garbage", MOST_MALFORMED - 1)).run() == [STREAM, HANGUP]
        stream, (speak, *_), dial, (tag, *_), end = await home.call(sends("garbage", MOST_MALFORMED)).run()
        assert (stream, speak, dial, tag, end) == (STREAM, "Speak", (*TO_OWNER, "no-answer"), "Speak", HANGUP)
        assert home.parts.open_lines.malformed == {("plivo", "json"): 2 * MOST_MALFORMED - 1}


async def test_such_frames_that_come_slowly_end_no_call_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MALFORMED_SECONDS", 0.0)
    async with house() as home:
        assert await home.call(sends("garbage", 3 * MOST_MALFORMED)).run() == [STREAM, HANGUP]


async def test_a_call_goes_on_in_the_carrier_s_second_connection() -> None:
    async def reconnects(call: EmulatedCall, socket: ClientConnection) -> None:
        await call.listen(socket, until="checkpoint")
        socket.transport.abort()
        await socket.wait_closed()
        again = await call.open_stream(call.stream_url)
        for one in ("2", "#"):
            await again.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound", "digit": one}}))
        await call.listen(again)

    async with house() as home:
        assert await home.call(reconnects).run() == [STREAM, HANGUP]
    [record] = home.stage.log.records
    assert [turn.text for turn in record.context.turns] == ["welcome.", "2", "bye."]


async def test_a_caller_who_hangs_up_ends_the_call_even_if_the_socket_stays() -> None:
    async with house() as home:
        call, running = await listening_call(home)
        home.plivo.end(call.call_id)
        assert await running == [STREAM]
    assert len(home.stage.log.records) == 1


async def test_a_hangup_webhook_may_come_before_the_socket_is_closed() -> None:
    async with house() as home, httpx.AsyncClient(trust_env=False) as http:

        async def is_told_first(call: EmulatedCall, socket: ClientConnection) -> None:
            await call.listen(socket, until="checkpoint")
            for _ in range(2):
                await call.post(http, f"{home.url}/plivo/hangup", {"Event": "Hangup", "CallStatus": "completed"})
            await socket.wait_closed()
            home.plivo.end(call.call_id)

        assert await home.call(is_told_first).run() == [STREAM]
    assert len(home.stage.log.records) == 1


async def test_a_call_that_we_end_over_the_api_is_over_for_both_sides() -> None:
    async with house() as home:
        call, running = await listening_call(home)
        carrier = home.parts.carrier
        assert carrier
        await carrier.hang_up(call.call_id)
        await carrier.hang_up(call.call_id)
        await running
    assert call.ended_by == "API Request"


async def test_the_calls_of_a_process_that_died_are_apologised_for_by_the_next() -> None:
    async with house() as home:

        async def forgets(call: EmulatedCall, socket: ClientConnection) -> None:
            await call.listen(socket, until="checkpoint")
            home.parts.calls = LiveCalls()  # type: ignore[assignment]

        did = await home.call(forgets, dials=["completed"]).run()
        await home.calls.close(1)
    assert [step[0] for step in did] == ["Stream", "Speak", "Dial", "Hangup"]
    assert did[1][1:3] == ("Polly.Aditi", "hi-IN"), "in the business's own language"


# While the server is told to stop --------------------------------------------------------------------------
def _tell(home: House) -> None:
    home.server.count_signal()
    home.server.should_exit = True


async def _is_told_to_stop(home: House) -> None:
    _tell(home)
    async with asyncio.timeout(5):
        while not home.calls.draining:  # noqa: ASYNC110 - the server's own ticks
            await asyncio.sleep(0.01)


async def test_a_caller_is_connected_and_comes_back_while_the_server_waits_to_stop() -> None:
    async with house() as home:

        async def asks_for_a_person(call: EmulatedCall, socket: ClientConnection) -> None:
            await call.listen(socket, until="checkpoint")
            await _is_told_to_stop(home)
            for one in ("1", "#"):
                await socket.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound", "digit": one}}))
            await call.listen(socket)

        call = home.call(asks_for_a_person, presses("2"), dials=["busy"])
        assert await call.run() == [STREAM, (*TO_OWNER, "busy"), STREAM, HANGUP]


async def test_a_stream_that_breaks_while_the_server_waits_to_stop_is_asked_after_and_apologised_for() -> None:
    async with house(Business(id="demo", name="Demo")) as home:

        async def breaks(call: EmulatedCall, socket: ClientConnection) -> None:
            await call.listen(socket, until="checkpoint")
            await _is_told_to_stop(home)

        did = await home.call(breaks).run()
    assert [step[0] for step in did] == ["Stream", "Speak", "Hangup"]


async def test_a_new_call_is_told_that_every_line_is_busy_and_a_person_is_rung_to_the_end() -> None:
    async with house() as home:
        call, running = await listening_call(home)
        await _is_told_to_stop(home)
        did = await home.call(dials=["no-answer"]).run()
        home.plivo.end(call.call_id)
        await running
    assert [step[0] for step in did] == ["Speak", "Dial", "Speak", "Hangup"]
    assert len(home.stage.log.records) == 1


async def test_a_third_signal_ends_calls_at_once_and_keeps_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "SAME_SIGNAL_S", 0.0)
    async with house() as home:
        _, running = await listening_call(home)
        began = time.monotonic()
        for _ in range(3):
            _tell(home)
            await asyncio.sleep(0.3)
        await asyncio.wait([running])
        assert isinstance(running.exception(), httpx.ConnectError), "who asks what comes next finds nobody"
        assert time.monotonic() - began < LAST_RECORDS_SECONDS
    assert len(home.stage.log.records) == 1


async def test_a_signal_that_comes_by_two_ways_is_one_signal() -> None:
    async with house() as home:
        call, running = await listening_call(home)
        for _ in range(3):
            _tell(home)
            await asyncio.sleep(0.3)
        assert not running.done()
        home.plivo.end(call.call_id)
        assert await running == [STREAM]
