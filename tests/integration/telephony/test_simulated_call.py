"""The simulated caller against a server that greets and answers with tones, over HTTP and a real socket."""

from __future__ import annotations

import math
import wave
from array import array
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI, Response
from pydantic import SecretStr
from rich.console import Console

from tests.support.call import ScriptedLine, ScriptedRecogniser, Stage
from tests.support.serving import served
from vartalaap.core.audio import FRAME_BYTES, SILENCE, encode
from vartalaap.core.events import AudioIn, CallStarted, Checkpoint, CheckpointPlayed, ClearAudio, PlayAudio
from vartalaap.core.ports import Line
from vartalaap.core.session import CallSession
from vartalaap.errors import ProtocolError, ProviderError
from vartalaap.simulator.caller import place_call
from vartalaap.simulator.recorded_caller import SHORT_SECONDS
from vartalaap.simulator.recordings import find_recordings
from vartalaap.simulator.report import print_report

from .phone_app import AUTH_TOKEN, FakeParts, RecordingSession, make_app

PAUSE_FRAMES = 10


def tone(seconds: float) -> array[int]:
    return array("h", [int(9000 * math.sin(n / 3)) for n in range(int(8000 * seconds))])


BEEP = encode(tone(SHORT_SECONDS + 0.1).tobytes())


async def answer_each_utterance(session: RecordingSession) -> None:
    """Greets; then beeps 200 ms after each end of speech, and hangs up when asked by `session.line` alone."""
    quiet = PAUSE_FRAMES + 1
    async for event in session.line.events():
        session.events.append(event)
        if isinstance(event, CallStarted):
            await session.line.send(PlayAudio(BEEP))
            await session.line.send(Checkpoint("greeting"))
        elif isinstance(event, AudioIn):
            quiet = quiet + 1 if event.mulaw == SILENCE * FRAME_BYTES else 0
            if quiet == PAUSE_FRAMES:
                await session.line.send(PlayAudio(BEEP))
                await session.line.send(Checkpoint("dropped"))
                await session.line.send(ClearAudio())
                await session.line.send(PlayAudio(BEEP))
                await session.line.send(Checkpoint("answer"))


async def hang_up_after_the_greeting(session: RecordingSession) -> None:
    await session.line.send(PlayAudio(BEEP))
    await session.line.send(Checkpoint("greeting"))
    async for event in session.line.events():
        session.events.append(event)
        if isinstance(event, CheckpointPlayed):
            await session.line.close()


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    for number in (1, 2):
        with wave.open(str(tmp_path / f"demo-{number}.wav"), "wb") as wav:
            wav.setparams((1, 2, 8000, 0, "NONE", ""))
            wav.writeframes(tone(0.3).tobytes() + bytes(2 * 800))
    return find_recordings(tmp_path / "demo")


def app_with_report(parts: FakeParts) -> FastAPI:
    app = make_app(parts)

    @app.get("/calls/{call_id}/report")
    async def report(call_id: str) -> dict[str, object]:
        turns = [{"speaker": "bot", "text": "namaste"}]
        for number in (1, 2):
            turns += [{"speaker": "caller", "text": f"h{number}"}, {"speaker": "bot", "text": f"s{number}"}]
        assert call_id == parts.sessions[0].call_id
        return {"outcome": "booked", "bookings": [{"date": "2026-11-26", "time": "20:00"}], "turns": turns}

    return app


async def no_report() -> dict[str, object]:
    return {}


async def test_a_signed_call_is_answered_talked_and_reported(recordings: list[Path]) -> None:
    parts = FakeParts(script=answer_each_utterance)
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    lines: list[str] = []
    async with served(app_with_report(parts)) as app:
        report = await place_call(
            app.url,
            recordings,
            from_number="+919812345678",
            to_number="+911140001234",
            auth_token=AUTH_TOKEN,
            on_line=lines.append,
        )
        await app.idle()

    [session] = parts.sessions
    assert session.caller
    assert session.caller.e164 == "+919812345678"
    assert session.called
    assert session.called.e164 == "+911140001234"
    assert parts.calls.hung_up == [session.call_id]
    played = [event.name for event in session.events if isinstance(event, CheckpointPlayed)]
    assert played == ["greeting", "answer", "answer"], "checkpoints behind a clearAudio never come"

    assert [turn.caller for turn in report.turns] == ["demo-1.wav", "demo-2.wav"]
    assert all(turn.response_ms and 180 <= turn.response_ms <= 1000 for turn in report.turns)
    assert report.as_json()["outcome"] == "booked"
    assert [(turn.heard, turn.said) for turn in report.turns] == [("h1", "s1"), ("h2", "s2")]
    assert "caller: demo-1.wav" in lines

    page = StringIO()
    print_report(report, Console(file=page, width=120))
    assert "2 of 2" in page.getvalue()
    assert "outcome: booked" in page.getvalue()


async def test_a_real_session_and_the_caller_measure_the_same_response_time(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "real-1.wav"), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(array("h", [-32124] * 4000).tobytes() + bytes(2 * 800))
    stage = Stage(recogniser=ScriptedRecogniser(["four people"]))

    def open_on(line: Line, call_id: str) -> CallSession:
        stage.line = cast(ScriptedLine, line)
        session = stage.session()
        session.context.call_id = call_id
        return session

    application = make_app(FakeParts(opens=open_on))
    application.add_api_route("/calls/{call_id}/report", no_report)
    async with served(application) as app:
        report = await place_call(
            app.url, find_recordings(tmp_path / "real"), from_number="919812345678", to_number="911140001234"
        )
        await app.idle()
    [record] = stage.log.records
    greeting, caller, answer = record.context.turns
    assert (greeting.text, caller.text, answer.text) == ("welcome.", "four people", "you said four people.")
    assert not any(turn.interrupted for turn in record.context.turns)
    assert answer.times
    assert report.turns[0].response_ms == pytest.approx(answer.times.response_ms, abs=100)
    assert stage.failures == []


async def test_the_callers_frames_come_in_real_time(recordings: list[Path]) -> None:
    parts = FakeParts(script=answer_each_utterance)
    async with served(app_with_report(parts)) as app:
        await place_call(app.url, recordings[:1], from_number="919812345678", to_number="911140001234")
    frames = [event.mulaw for event in parts.sessions[0].events if isinstance(event, AudioIn)]
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    spoken = [frame for frame in frames if frame != SILENCE * FRAME_BYTES]
    assert len(spoken) == 15, "300 ms of voice"
    # greeting 1.7 s, pause 0.8 s, recording 0.4 s, answer at 0.2 s for 1.7 s, pause 0.8 s
    assert 250 <= len(frames) <= 360


async def test_a_bot_that_hangs_up_ends_the_simulated_call(recordings: list[Path]) -> None:
    parts = FakeParts(script=hang_up_after_the_greeting)
    lines: list[str] = []
    async with served(app_with_report(parts)) as app:
        report = await place_call(
            app.url, recordings, from_number="919812345678", to_number="911140001234", on_line=lines.append
        )
    assert report.outcome == "booked"
    assert report.turns == []
    assert "the bot hung up" in lines


async def test_a_server_that_refuses_or_is_not_there_is_named(recordings: list[Path]) -> None:
    parts = FakeParts()
    parts.settings.plivo_auth_token = SecretStr(AUTH_TOKEN)
    async with served(make_app(parts)) as app:
        with pytest.raises(ProviderError, match="403"):
            await place_call(app.url, recordings, from_number="919812345678", to_number="911140001234")
    with pytest.raises(ProviderError, match="no server"):
        await place_call(app.url, recordings, from_number="919812345678", to_number="911140001234")


@pytest.mark.parametrize("body", ["<Response><Hangup/></Response>", "<Response>", "hello"])
async def test_an_answer_without_a_stream_is_refused(recordings: list[Path], body: str) -> None:
    app = FastAPI()

    @app.post("/plivo/answer")
    async def answer() -> Response:
        return Response(body, media_type="application/xml")

    async with served(app) as running:
        with pytest.raises(ProtocolError):
            await place_call(running.url, recordings, from_number="919812345678", to_number="911140001234")
