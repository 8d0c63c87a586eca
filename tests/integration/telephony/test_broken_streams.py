"""A stream that breaks off in mid-call: who may come back, to what, and what becomes of the call otherwise."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from websockets.asyncio.client import ClientConnection

from tests.support.serving import Served
from vartalaap.core.events import (
    AudioIn,
    CallEnded,
    CallStarted,
    Checkpoint,
    ClearAudio,
    LineEvent,
    PlayAudio,
)
from vartalaap.core.live_calls import AfterStream, Step
from vartalaap.services.telephony import line as line_module
from vartalaap.services.telephony.line import CarrierLine

from .phone_app import FakeParts, RecordingSession
from .streams import FRAME, closing, dial, media, refused, serving, start, text


def live(parts: FakeParts) -> asyncio.Event:
    """Set when a session hears its line."""
    heard = asyncio.Event()

    async def listen(session: RecordingSession) -> None:
        async for event in session.line.events():
            session.events.append(event)
            heard.set()

    parts.script = listen
    return heard


async def break_off(socket: ClientConnection) -> None:
    """Without a close frame, as a network does."""
    socket.transport.abort()
    await socket.wait_closed()


async def test_a_stream_that_broke_off_comes_back_to_the_same_session(app: Served, parts: FakeParts) -> None:
    heard, token = live(parts), parts.token()
    first = await dial(app, token)
    await first.send(start())
    await asyncio.wait_for(heard.wait(), 5)
    assert await refused(app, token), "while the stream is whole, its token is used up"
    await break_off(first)
    parts.clock.ahead += 3600
    [session] = parts.sessions
    playing = asyncio.create_task(session.line.send(PlayAudio(FRAME)))
    await session.line.send(ClearAudio())
    async with dial(app, token) as second:
        await second.send(start(stream_id="s-2"))
        assert orjson.loads(await second.recv())["event"] == "playAudio", "speech has waited for the stream"
        await playing
        await session.line.send(Checkpoint("c1"))
        assert orjson.loads(await second.recv()) == {"event": "checkpoint", "streamId": "s-2", "name": "c1"}
        await second.send(media())
        await second.send(text(event="stop"))
        assert (await closing(second))[0] == 1000
    await app.idle()
    assert len(parts.sessions) == 1
    started, resumed, audio, ended = session.events
    assert (started, resumed) == (CallStarted("call-1", "s-1"), CallStarted("call-1", "s-2"))
    assert audio == AudioIn(FRAME)
    assert isinstance(ended, CallEnded)
    assert await refused(app, token), "after the call the token is good for nothing"


async def test_the_second_stream_of_another_call_is_not_let_into_this_one(app: Served, parts: FakeParts) -> None:
    heard, token = live(parts), parts.token()
    first = await dial(app, token)
    await first.send(start())
    await asyncio.wait_for(heard.wait(), 5)
    await break_off(first)
    await asyncio.sleep(0.05)
    async with dial(app, token) as second:
        await second.send(start("call-2"))
        assert await closing(second) == (1008, "start names another call")
    await app.idle()


async def test_a_stream_that_fell_silent_gives_way_to_another(
    app: Served, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "QUIET_SECONDS", 0.1)
    token = parts.token()
    async with dial(app, token) as first:
        await first.send(start())
        await asyncio.sleep(0.2)
        async with dial(app, token) as second:
            await second.send(start(stream_id="s-2"))
            assert (await closing(first))[0] == 1000
            await second.send(media())
            await second.send(text(event="stop"))
            assert (await closing(second))[0] == 1000
    await app.idle()
    [session] = parts.sessions
    assert AudioIn(FRAME) in session.events


async def test_a_connection_that_failed_before_its_start_may_be_tried_again(app: Served, parts: FakeParts) -> None:
    token = parts.token()
    await break_off(await dial(app, token))
    await app.idle()
    async with dial(app, token) as second:
        await second.send(start())
        await second.send(text(event="stop"))
        assert (await closing(second))[0] == 1000
    await app.idle()
    assert len(parts.sessions) == 1


async def test_a_stream_that_does_not_come_back_ends_the_call() -> None:
    events: list[LineEvent] = []

    async def collect(line: CarrierLine) -> None:
        await line.wait_for_start()
        events.extend([event async for event in line.events()])
        assert line.broke_off

    async with serving(collect, reopen_seconds=0.05) as app:
        socket = await dial(app, "")
        await socket.send(start())
        await asyncio.sleep(0.02)
        await break_off(socket)
        await app.idle()
    assert events == [CallStarted("call-1", "s-1"), CallEnded("the stream broke off")]


@pytest.mark.parametrize(("step", "ended"), [("hang_up", ["call-1"]), ("apologise", []), ("connect", [])])
async def test_only_after_our_goodbye_a_broken_stream_s_call_is_ended_by_the_carrier(
    app: Served, parts: FakeParts, step: Step, ended: list[str]
) -> None:
    heard = live(parts)
    parts.calls.after["call-1"] = AfterStream(step, parts.business, "hi")
    socket = await dial(app, parts.token())
    await socket.send(start())
    await asyncio.wait_for(heard.wait(), 5)
    await break_off(socket)
    await asyncio.sleep(0.05)
    await parts.sessions[0].line.close()
    await app.idle()
    assert parts.carrier
    assert parts.carrier.hung_up == ended
