"""The audio socket on a real port: who gets in, what is refused and how, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random

import orjson
import pytest
from loguru import logger
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed

from tests.support.serving import Served
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
from vartalaap.errors import ProtocolError, ProviderError
from vartalaap.security.signatures import NONCE, SIGNATURE, sign
from vartalaap.services.telephony import line
from vartalaap.services.telephony.line import CarrierLine

from .phone_app import AUTH_TOKEN, FakeParts, RecordingSession
from .streams import FRAME, closing, dial, media, refused, serving, start, text


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


@pytest.mark.parametrize("frame", [bytes(160), bytes(9000), bytes(45_000)], ids=["20 ms", "1 s", "5 s"])
async def test_a_flood_of_audio_ends_the_call_with_its_reason(app: Served, parts: FakeParts, frame: bytes) -> None:
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        with contextlib.suppress(ConnectionClosed):
            for _ in range(5000):
                await socket.send(media(frame))
        code, reason = await closing(socket)
    await app.idle()
    assert (code, reason) in [(1008, "more comes than anybody can say"), (1009, "the message is larger than 16 KB")]
    events = parts.sessions[0].events
    heard = sum(len(event.mulaw) for event in events if isinstance(event, AudioIn))
    assert heard <= 160_000, "the burst, and what a second of sending adds to it"
    assert isinstance(events[-1], CallEnded)
    assert parts.inflow.floods["phone"] == (code == 1008)


async def test_who_says_nothing_after_opening_a_stream_gives_the_place_back(
    app: Served, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line.CarrierLine.wait_for_start, "__defaults__", (0.02,))
    async with dial(app, parts.token()) as socket:
        assert await closing(socket) == (1008, "no start came")
    await app.idle()
    assert parts.calls.given_up == ["call-1"]


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


def malformed_frames(count: int) -> list[tuple[list[str | bytes], int | None]]:
    """(frames to send, close code that says what is wrong; None where the call goes on), seeded."""
    chance = random.Random(20261125)
    whole = media()
    kinds: list[tuple[list[str | bytes], int | None]] = [
        ([media()], 1008),
        ([text(event="playedStream", name="n")], 1008),
        ([text(event="clearedAudio")], 1008),
        ([start("call-2")], 1008),
        ([start(), start("call-2")], 1008),
        ([start(encoding="audio/x-l16")], 1003),
        ([start(), start(encoding="audio/x-l16")], 1003),
        ([b"\x00\x01"], 1003),
        (["nul"], 1007),
        (["[]"], 1007),
        ([""], 1007),
        ([text(event=None)], 1007),
        ([text(event="start")], 1007),
        ([start(), text(event="media", media={"payload": "A" * 70_000})], 1009),
        ([start(), FRAME], None),
        ([start(), text(event="media")], None),
        ([start(), text(event="media", media={"payload": 7})], None),
        ([start(), text(event="media", media={"payload": "####"})], None),
        ([start(), text(event=None)], None),
        ([start(), "[]"], None),
        ([start(), "nul"], None),
        ([start(), text(event="dtmf", dtmf={"digit": "Z"})], None),
    ]
    frames = []
    for _ in range(count):
        cut = whole[: chance.randrange(len(whole))]
        noise = "".join(chr(chance.randrange(32, 0x3000)) for _ in range(chance.randrange(40)))
        torn = chance.choice([cut, "{" + noise, cut + noise + "}"])
        early: tuple[list[str | bytes], int | None] = ([torn], 1007)
        late: tuple[list[str | bytes], int | None] = ([start(), torn], None)
        frames.append(chance.choice([*kinds, *[early] * 5, *[late] * 15]))
    return frames


async def test_of_a_thousand_bad_frames_each_is_refused_clearly_or_left_out_and_leaves_nothing_behind(
    app: Served, parts: FakeParts
) -> None:
    tasks_before = len(asyncio.all_tasks())
    for number, (frames, expected) in enumerate(malformed_frames(1000)):
        async with dial(app, parts.token()) as socket:
            for frame in frames if expected else [*frames, media(), text(event="stop")]:
                await socket.send(frame)
            code, reason = await closing(socket)
        assert code == (expected or 1000), f"frames {number}: {frames!r:.200} were closed with {code}"
        assert bool(reason) == bool(expected)
        if expected is None:
            await parts.sessions[-1].ended.wait()
            assert parts.sessions[-1].events[:-1] == [CallStarted("call-1", "s-1"), AudioIn(FRAME)], frames
    await app.idle()
    assert all(isinstance(session.events[-1], CallEnded) for session in parts.sessions)
    assert all(session.ended.is_set() for session in parts.sessions)
    assert parts.open_lines.malformed.total() > 300
    assert len(asyncio.all_tasks()) <= tasks_before


async def test_a_frame_that_cannot_be_read_is_logged_once_a_call_and_not_what_was_in_it(
    app: Served, parts: FakeParts
) -> None:
    lines: list[str] = []
    handle = logger.add(lines.append, level="DEBUG")
    async with dial(app, parts.token()) as socket:
        await socket.send(start())
        for _ in range(5):
            await socket.send('{"event": "dtmf", "dtmf": {"digit": "9876543210"}}')
        await socket.send(text(event="stop"))
        await closing(socket)
    await app.idle()
    logger.remove(handle)
    assert len([line for line in lines if "left out" in line]) == 1
    assert all("9876543210" not in line for line in lines)
