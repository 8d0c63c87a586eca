"""The simulated caller's rules, without a socket and without waiting: time is a number."""

from __future__ import annotations

import json
import wave
from array import array
from pathlib import Path

import pytest

from vartalaap.core.audio import FRAME_BYTES, SILENCE
from vartalaap.errors import BadRequest, NotFound
from vartalaap.simulator.carrier_player import CarrierPlayer
from vartalaap.simulator.recorded_caller import LISTEN_ON_SECONDS, PATIENCE_SECONDS, PAUSE_SECONDS, RecordedCaller
from vartalaap.simulator.recordings import Recording, find_recordings, load_recordings
from vartalaap.simulator.report import ServersReport, make_report

VOICE = b"\x00" * FRAME_BYTES
QUIET = SILENCE * FRAME_BYTES
FRAME_SECONDS = 0.02


def recording(text: str = "one", voiced: int = 3, trailing: int = 2) -> Recording:
    return Recording(text, (VOICE,) * voiced + (QUIET,) * trailing, voiced - 1)


class Call:
    """Runs a conversation frame by frame."""

    def __init__(self, *recordings: Recording) -> None:
        self.conversation = RecordedCaller(recordings, 0.0)
        self.now = 0.0

    def until(self, seconds: float) -> list[bytes]:
        frames = []
        while self.now < seconds - 1e-9:
            frames.append(self.conversation.next_frame(self.now))
            self.now += FRAME_SECONDS
        return frames

    def bot_says(self, seconds: float) -> None:
        self.conversation.hear(b"\x10" * int(8000 * seconds), self.now)


def test_a_checkpoint_is_reported_when_its_audio_has_really_been_played() -> None:
    playback = CarrierPlayer()
    playback.play(b"\x10" * 4000, now=1.0)
    playback.checkpoint("first")
    playback.play(b"\x10" * 4000, now=1.1)
    playback.checkpoint("second")
    assert playback.played(1.49) == []
    assert playback.played(1.5) == ["first"]
    assert playback.played(2.0) == ["second"]
    assert playback.played(9.0) == []


def test_clearing_drops_audio_and_the_checkpoints_behind_it() -> None:
    playback = CarrierPlayer()
    playback.play(b"\x10" * 8000, now=0.0)
    playback.checkpoint("never")
    playback.clear(now=0.25)
    assert playback.ends_at == 0.25
    assert playback.played(5.0) == []


def test_silence_cannot_be_heard() -> None:
    playback = CarrierPlayer()
    assert not playback.play(b"\xff\x7f\xfe" * 50, now=0.0)
    assert playback.play(b"\xff" * 159 + b"\x80", now=0.0)


def test_the_caller_hears_the_greeting_out_before_speaking() -> None:
    call = Call(recording())
    call.until(0.1)
    call.bot_says(2.0)
    assert set(call.until(2.1 + PAUSE_SECONDS - 0.02)) == {QUIET}
    assert VOICE in call.until(2.1 + PAUSE_SECONDS + 0.1)


def test_after_one_moment_the_caller_listens_on_for_the_answer() -> None:
    call = Call(recording("one"), recording("two"))
    call.bot_says(2.0)
    call.until(3.2)
    call.bot_says(1.0)
    assert set(call.until(4.2 + LISTEN_ON_SECONDS - 0.1)) == {QUIET}
    call.bot_says(1.0)
    assert set(call.until(5.1 + LISTEN_ON_SECONDS + PAUSE_SECONDS - 0.1)) == {QUIET}
    assert VOICE in call.until(5.1 + LISTEN_ON_SECONDS + PAUSE_SECONDS + 0.1)


def test_the_response_time_runs_from_the_last_voiced_frame_to_the_first_sound() -> None:
    call = Call(recording(voiced=10, trailing=20))
    call.bot_says(2.0)
    call.until(2.0 + PAUSE_SECONDS + 0.02 * 10)
    turn = call.conversation.turns[0]
    assert turn.voice_ended_at is not None
    call.until(turn.voice_ended_at + 0.5)
    call.conversation.hear(QUIET, call.now)
    call.until(turn.voice_ended_at + 0.6)
    call.bot_says(0.2)
    call.bot_says(0.2)
    assert turn.response_ms == pytest.approx(600, abs=21)


def test_sound_over_the_callers_own_voice_is_no_answer() -> None:
    call = Call(recording(voiced=20))
    call.bot_says(2.0)
    call.until(2.0 + PAUSE_SECONDS + 0.1)
    call.bot_says(0.1)
    assert call.conversation.turns[0].response_ms is None


def test_a_bot_that_never_answers_is_not_waited_for_forever() -> None:
    call = Call(recording("one"), recording("two"))
    call.until(PATIENCE_SECONDS + 0.2)
    assert [turn.text for turn in call.conversation.turns] == ["one"]
    call.until(2 * PATIENCE_SECONDS + 0.4)
    assert [turn.text for turn in call.conversation.turns] == ["one", "two"]
    call.until(3 * PATIENCE_SECONDS + 0.6)
    assert call.conversation.done
    assert [turn.response_ms for turn in call.conversation.turns] == [None, None]


def write_wav(path: Path, samples: list[int], rate: int = 8000) -> None:
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, rate, 0, "NONE", ""))
        wav.writeframes(array("h", samples).tobytes())


def test_recordings_are_found_in_order_and_know_where_the_voice_ends(tmp_path: Path) -> None:
    for number in range(1, 12):
        write_wav(tmp_path / f"call-{number}.wav", [9000] * 320 + [10] * 300)
    (tmp_path / "utterances.json").write_text(json.dumps([{"file": "call-1.wav", "text": "नमस्ते"}]), "utf-8")
    paths = find_recordings(tmp_path / "call")
    assert [path.name for path in paths] == [f"call-{number}.wav" for number in range(1, 12)]
    loaded = load_recordings(paths)
    assert [voice.text for voice in loaded[:2]] == ["नमस्ते", "call-2.wav"]
    assert len(loaded[0].frames) == 4
    assert loaded[0].last_voiced == 1
    assert {len(frame) for frame in loaded[0].frames} == {FRAME_BYTES}


def test_missing_recordings_and_other_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no recording call-1"):
        find_recordings(tmp_path / "call")
    write_wav(tmp_path / "wide-1.wav", [1] * 100, rate=16000)
    with pytest.raises(BadRequest, match="8 kHz"):
        load_recordings([tmp_path / "wide-1.wav"])


def log_turn(speaker: str, text: str, at_ms: int | None = None) -> dict[str, object]:
    return {"speaker": speaker, "text": text, "at_ms": at_ms}


def spoken_call() -> Call:
    call = Call(recording("one"), recording("two"))
    call.bot_says(2.0)
    call.until(3.5)
    call.bot_says(2.0)
    call.until(7.0)
    return call


def test_the_call_log_is_joined_to_the_recordings_by_time() -> None:
    call = spoken_call()
    first, second = (round(turn.began_at * 1000) for turn in call.conversation.turns)
    turns = [
        log_turn("bot", "hello", 0),
        log_turn("caller", "wa", first + 50),
        log_turn("caller", "wan", first + 90),
        log_turn("bot", "yes?", second - 500),
        log_turn("caller", "too", second + 50),
    ]
    log = ServersReport.model_validate({"outcome": "booked", "bookings": [{"date": "2026-11-26"}], "turns": turns})
    report = make_report(call.conversation.turns, 0.0, log)
    assert report.greeting == "hello"
    assert [(turn.caller, turn.heard, turn.said) for turn in report.turns] == [
        ("one", "wa wan", "yes?"),
        ("two", "too", ""),
    ]
    assert list(report.as_json()) == ["outcome", "bookings", "turns"]
    assert report.as_json()["outcome"] == "booked"


def test_a_call_log_without_times_is_read_in_order() -> None:
    turns = [
        log_turn("bot", "hello"),
        log_turn("caller", "wan"),
        log_turn("bot", "yes?"),
        log_turn("caller", "too"),
        log_turn("caller", "more"),
    ]
    report = make_report(spoken_call().conversation.turns, 0.0, ServersReport.model_validate({"turns": turns}))
    assert [(turn.heard, turn.said) for turn in report.turns] == [("wan", "yes?"), ("too more", "")]


def test_without_a_call_log_the_measured_times_remain() -> None:
    report = make_report(spoken_call().conversation.turns, 0.0, ServersReport())
    assert report.outcome is None
    assert [(turn.heard, turn.said) for turn in report.turns] == [("", ""), ("", "")]
    assert report.turns[0].response_ms is not None
