"""The audio socket on a real port: who gets in, what is refused and how, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from fastapi import FastAPI, WebSocket
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from vartalaap.core.events import (
    AudioCleared,
    AudioIn,
    CallEnded,
    CallStarted,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    LineEvent,
    PlayAudio,
)
from vartalaap.core.live_calls import AfterStream, Step
from vartalaap.errors import ProtocolError, ProviderError
from vartalaap.security.signatures import NONCE, SIGNATURE, sign
from vartalaap.services.telephony import line as line_module
from vartalaap.services.telephony.line import CarrierLine
from vartalaap.services.telephony.plivo_stream import PlivoStream

from .phone_app import AUTH_TOKEN, FakeParts, RecordingSession, Served, make_app, served

FRAME = bytes(range(160))
MULAW = {"encoding": "audio/x-mulaw", "sampleRate": 8000}


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


@pytest.fixture
async def app(parts: FakeParts) -> AsyncIterator[Served]:
    async with served(make_app(parts)) as running:
        yield running


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


async def test_a_call_flows_both_ways_and_ends_with_the_socket(app: Served, parts: FakeParts) -> None:
    async def talk(session: RecordingSession) -> None:
        await session.line.send(PlayAudio(FRAME))
        await session.line.send(Checkpoint("c1"))
        await session.line.send(ClearAudio())
        async for event in session.line.events():
            session.events.append(event)

    parts.script = talk
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        received = [orjson.loads(await socket.recv()) for _ in range(3)]
        assert [message["event"] for message in received] == ["playAudio", "checkpoint", "clearAudio"]
        assert base64.b64decode(received[0]["media"]["payload"]) == FRAME
        assert received[1] == {"event": "checkpoint", "streamId": "s-1", "name": "c1"}
        await socket.send(media())
        await socket.send(text(event="unknown"))
        await socket.send(text(event="playedStream", name="c1"))
        await socket.send(text(event="clearedAudio"))
    await app.idle()
    [session] = parts.sessions
    *before, ended = session.events
    assert before == [CallStarted("call-1", "s-1"), AudioIn(FRAME), CheckpointPlayed("c1"), AudioCleared()]
    assert isinstance(ended, CallEnded)


async def test_stop_ends_the_call_and_the_server_closes_normally(app: Served, parts: FakeParts) -> None:
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        await socket.send(text(event="stop", streamId="s-1"))
        assert await closing(socket) == (1000, "")
    await app.idle()
    assert isinstance(parts.sessions[0].events[-1], CallEnded)


async def test_hanging_up_from_our_side_closes_normally_and_ends_the_events(app: Served, parts: FakeParts) -> None:
    async def hang_up(session: RecordingSession) -> None:
        await session.line.close()
        await session.line.close()
        await session.line.send(PlayAudio(FRAME))
        async for event in session.line.events():
            session.events.append(event)

    parts.script = hang_up
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        assert await closing(socket) == (1000, "")
    await app.idle()
    assert isinstance(parts.sessions[0].events[-1], CallEnded)


async def test_the_token_opens_one_socket_once(app: Served, parts: FakeParts) -> None:
    token = parts.token()
    async with dial(app, token) as socket:
        assert await refused(app, token)
        await socket.send(start())
    assert await refused(app, token)


async def test_unknown_missing_and_expired_tokens_are_refused_before_the_handshake(
    app: Served, parts: FakeParts
) -> None:
    assert await refused(app, "guess")
    assert await refused(app, "")
    token = parts.token()
    parts.clock.ahead += 60
    assert await refused(app, token)
    assert parts.sessions == []


async def test_a_token_of_one_call_does_not_serve_another(app: Served, parts: FakeParts) -> None:
    async with dial(app, parts.token("call-1")) as socket:
        await socket.send(start("call-2"))
        assert await closing(socket) == (1008, "start names another call")
    assert parts.sessions == []


@pytest.mark.parametrize("scheme", ["http", "https", "wss", "ws"])
async def test_a_signed_handshake_is_accepted_in_every_form_of_the_public_url(
    app: Served, parts: FakeParts, scheme: str
) -> None:
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    parts.settings.environment = "production"
    token = parts.token()
    signature = sign("GET", f"{scheme}://bot.example.in/ws/audio?token={token}", "42", AUTH_TOKEN)
    async with dial(app, token, **{SIGNATURE: signature, NONCE: "42"}) as socket:
        await socket.send(start())
        await socket.send(text(event="stop"))
        assert (await closing(socket))[0] == 1000


async def test_a_wrong_handshake_signature_is_refused_and_does_not_use_the_token_up(
    app: Served, parts: FakeParts
) -> None:
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    token = parts.token()
    assert await refused(app, token, **{SIGNATURE: "AAAA", NONCE: "42"})
    assert not await refused(app, token), "without a signature the token alone decides"


@asynccontextmanager
async def serving(use: Callable[[CarrierLine], Awaitable[None]], **limits: float) -> AsyncIterator[Served]:
    """The line alone, with time limits short enough to be reached in a test."""
    app = FastAPI()

    @app.websocket("/ws/audio")
    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        line = CarrierLine(socket, "call-1", PlivoStream("call-1"), **limits)
        await use(line)
        await line.close()

    async with served(app) as running:
        yield running


async def test_a_socket_that_never_starts_is_refused() -> None:
    refusals: list[ProtocolError] = []

    async def wait(line: CarrierLine) -> None:
        with pytest.raises(ProtocolError) as refusal:
            await line.wait_for_start(0.02)
        refusals.append(refusal.value)

    async with serving(wait) as app, dial(app, "") as socket:
        await socket.send(text(event="unknown"))
        assert (await closing(socket))[0] == 1000
    assert [(refusal.message, refusal.close_code) for refusal in refusals] == [("no start came", 1008)]


async def test_a_socket_that_falls_silent_ends_the_call() -> None:
    events: list[LineEvent] = []

    async def collect(line: CarrierLine) -> None:
        await line.wait_for_start()
        events.extend([event async for event in line.events()])

    async with serving(collect, silent_seconds=0.05) as app, dial(app, "") as socket:
        await socket.send(start())
        assert (await closing(socket))[0] == 1000
    assert events == [CallStarted("call-1", "s-1"), CallEnded("the line is dead")]


async def test_a_peer_that_reads_nothing_ends_the_call() -> None:
    ended: asyncio.Future[LineEvent] = asyncio.get_running_loop().create_future()

    async def flood(line: CarrierLine) -> None:
        await line.wait_for_start()
        playing = asyncio.create_task(play(line))
        *_, last = [event async for event in line.events()]
        await playing
        ended.set_result(last)

    async def play(line: CarrierLine) -> None:
        for _ in range(4000):
            await line.send(PlayAudio(bytes(8000)))

    async with serving(flood, send_seconds=0.05) as app:
        socket = await dial(app, "")
        await socket.send(start())
        socket.transport.pause_reading()
        assert await asyncio.wait_for(ended, 5) == CallEnded("the line is dead")
        socket.transport.abort()


async def test_a_session_that_cannot_be_opened_or_fails_closes_with_1011(app: Served, parts: FakeParts) -> None:
    async def fail(session: RecordingSession) -> None:
        raise ProviderError("the database is away")

    async def crash(session: RecordingSession) -> None:
        raise ZeroDivisionError

    for script, reason in ((fail, "the database is away"), (crash, "the call failed")):
        parts.script = script
        async with dial(app, parts.token()) as socket:
            await socket.send(start())
            assert await closing(socket) == (1011, reason)
        await app.idle()


# Another stream of the same call ---------------------------------------------------------------------------
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


def malformed_frames(count: int) -> list[tuple[list[str | bytes], set[int]]]:
    """(frames to send, close codes that say what is wrong), seeded."""
    chance = random.Random(20261125)
    whole = media()
    kinds: list[tuple[list[str | bytes], set[int]]] = [
        ([media()], {1008}),
        ([text(event="playedStream", name="n")], {1008}),
        ([text(event="clearedAudio")], {1008}),
        ([start("call-2")], {1008}),
        ([start(), start("call-2")], {1008}),
        ([start(encoding="audio/x-l16")], {1003}),
        ([b"\x00\x01"], {1003}),
        ([start(), FRAME], {1003}),
        ([start(), text(event="media")], {1007}),
        ([start(), text(event="media", media={"payload": 7})], {1007}),
        ([start(), text(event="media", media={"payload": "####"})], {1007}),
        ([start(), text(event=None)], {1007}),
        ([start(), "[]"], {1007}),
        ([start(), "nul"], {1007}),
        ([start(), text(event="dtmf", dtmf={"digit": "Z"})], {1007}),
        ([start(), text(event="media", media={"payload": "A" * 70_000})], {1009}),
    ]
    frames = []
    for _ in range(count):
        if chance.random() < 0.5:
            frames.append(chance.choice(kinds))
        else:
            cut = whole[: chance.randrange(len(whole))]
            noise = "".join(chr(chance.randrange(32, 0x3000)) for _ in range(chance.randrange(40)))
            frames.append(([start(), chance.choice([cut, "{" + noise, cut + noise + "}"])], {1007}))
    return frames


async def test_a_thousand_bad_frames_are_each_refused_clearly_and_leave_nothing_behind(
    app: Served, parts: FakeParts
) -> None:
    tasks_before = len(asyncio.all_tasks())
    for number, (frames, codes) in enumerate(malformed_frames(1000)):
        async with dial(app, parts.token()) as socket:
            for frame in frames:
                await socket.send(frame)
            code, reason = await closing(socket)
        assert code in codes, f"frames {number}: {frames!r:.200} were closed with {code}"
        assert reason
    await app.idle()
    assert all(isinstance(session.events[-1], CallEnded) for session in parts.sessions)
    assert all(session.ended.is_set() for session in parts.sessions)
    assert len(parts.sessions) > 300
    assert len(asyncio.all_tasks()) <= tasks_before
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        await socket.send(text(event="stop"))
        assert (await closing(socket))[0] == 1000, "and it still serves a good call"
