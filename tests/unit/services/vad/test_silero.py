"""When speech is said to begin and to pause, window by window of 32 ms, and with the real model."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.audio import FRAME_BYTES, SILENCE, bytes_of
from vartalaap.core.events import SpeechEvent, SpeechGoesOn, SpeechPaused, SpeechStarted
from vartalaap.core.language import Language
from vartalaap.services import weights
from vartalaap.services.tts.espeak import EspeakSpeech
from vartalaap.services.vad.echo import Echo
from vartalaap.services.vad.silero import WINDOW, SileroStream, SileroVad, SpeechGate

WINDOW_MS = WINDOW // 8


def heard(*probabilities: float) -> list[SpeechEvent]:
    """What the gate reports of these windows: speech after 120 ms of it, a pause after 250 ms of silence."""
    events: list[SpeechEvent] = []
    gate = SpeechGate(events.append, start_ms=120, over_bot_ms=240, pause_ms=250, echo=Echo())
    for probability in probabilities:
        gate.hear(probability)
    return without_going_on(events)


def without_going_on(events: list[SpeechEvent]) -> list[SpeechEvent]:
    return [event for event in events if not isinstance(event, SpeechGoesOn)]


def test_speech_goes_on_with_every_voiced_window_after_its_start_and_in_no_silence() -> None:
    events: list[SpeechEvent] = []
    gate = SpeechGate(events.append, start_ms=120, over_bot_ms=240, pause_ms=250, echo=Echo())
    for probability in (*[0.9] * 6, 0.1, 0.9, *[0.0] * 8):
        gate.hear(probability)
    goes_on = [event.at_ms // WINDOW_MS for event in events if isinstance(event, SpeechGoesOn)]
    assert goes_on == [5, 6, 8]


def test_speech_is_reported_at_its_first_voiced_sample() -> None:
    assert heard(0, 0, 0.9, 0.9, 0.9) == []
    assert heard(0, 0, 0.9, 0.9, 0.9, 0.9) == [SpeechStarted(2 * WINDOW_MS)]


def test_a_click_is_not_speech() -> None:
    assert heard(*[0, 0.9, 0.9, 0, 0] * 20) == []


def test_one_unvoiced_window_does_not_break_the_beginning_of_a_word() -> None:
    assert heard(0.9, 0.1, 0.9, 0.9) == [SpeechStarted(0)]


def test_a_pause_is_reported_where_the_voice_was_last_heard() -> None:
    events = heard(*[0.9] * 5, *[0.0] * 7)
    assert events == [SpeechStarted(0)]
    assert heard(*[0.9] * 5, *[0.0] * 8) == [*events, SpeechPaused(5 * WINDOW_MS)]


def test_speech_that_fades_goes_on() -> None:
    assert heard(*[0.9] * 5, *[0.4] * 50) == [SpeechStarted(0)]
    assert heard(*[0.4] * 50) == []


@given(st.lists(st.sampled_from([0.0, 0.4, 0.9]), max_size=200))
def test_starts_and_pauses_alternate_and_never_lie_in_the_future_or_go_back(probabilities: list[float]) -> None:
    events = heard(*probabilities)
    kinds = [type(event) for event in events]
    assert all(len(list(run)) == 1 for _, run in groupby(kinds))
    assert kinds[:1] in ([], [SpeechStarted])
    positions = [event.at_ms for event in events if isinstance(event, SpeechStarted | SpeechPaused)]
    assert positions == sorted(positions)
    assert all(position <= len(probabilities) * WINDOW_MS for position in positions)


def feed(ears: SileroStream, audio: bytes) -> None:
    for at in range(0, len(audio), FRAME_BYTES):
        ears.feed(audio[at : at + FRAME_BYTES])


@pytest.fixture
async def sentence() -> bytes:
    """Four people want a table, between two silences."""
    voice = EspeakSpeech()
    spoken = b"".join([chunk async for chunk in voice.synthesize("A table for four", "en")])
    await voice.aclose()
    return SILENCE * bytes_of(500) + spoken + SILENCE * bytes_of(500)


@pytest.mark.parametrize(("text", "language"), [("नमस्ते, चार लोगों के लिए टेबल चाहिए", "hi"), ("A table for four", "en")])
async def test_the_model_hears_a_sentence_between_two_silences(text: str, language: Language) -> None:
    voice = EspeakSpeech()
    sentence = b"".join([chunk async for chunk in voice.synthesize(text, language)])
    await voice.aclose()
    silence = SILENCE * bytes_of(1000)
    events: list[SpeechEvent] = []
    vad = SileroVad(weights.silero_file())
    feed(vad.open(events.append), silence + sentence + silence)
    vad.judge()
    started, *_, paused = without_going_on(events)
    assert isinstance(started, SpeechStarted)
    assert isinstance(paused, SpeechPaused)
    assert 900 <= started.at_ms <= 1300
    assert len(sentence) / 8 + 500 <= paused.at_ms <= len(sentence) / 8 + 1100


async def test_silence_is_silence_to_the_model_however_it_is_cut() -> None:
    events: list[SpeechEvent] = []
    vad = SileroVad(weights.silero_file())
    ears = vad.open(events.append)
    for size in (1, 159, 160, 161, 4000, 8000):
        ears.feed(SILENCE * size)
        vad.judge()
    assert events == []


async def test_calls_are_judged_together_as_if_each_were_alone(sentence: bytes) -> None:
    vad = SileroVad(weights.silero_file())
    alone: list[SpeechEvent] = []
    ears = vad.open(alone.append)
    feed(ears, sentence)
    vad.judge()
    ears.close()
    together: list[list[SpeechEvent]] = [[] for _ in range(20)]
    streams = [vad.open(events.append) for events in together]
    for at in range(0, len(sentence), FRAME_BYTES):
        for number, stream in enumerate(streams):
            stream.feed(sentence[at : at + FRAME_BYTES] if number % 2 else SILENCE * FRAME_BYTES)
        vad.judge()
    assert len(without_going_on(alone)) == 2
    assert together == [alone if number % 2 else [] for number in range(20)]


async def test_a_call_that_is_over_reports_nothing_and_gives_its_place_to_a_fresh_one(sentence: bytes) -> None:
    vad = SileroVad(weights.silero_file())
    first: list[SpeechEvent] = []
    ears = vad.open(first.append)
    feed(ears, sentence)
    ears.close()
    ears.close()
    vad.judge()
    assert first == []
    second: list[SpeechEvent] = []
    feed(vad.open(second.append), sentence)
    vad.judge()
    assert [type(event) for event in without_going_on(second)] == [SpeechStarted, SpeechPaused]


async def test_a_report_that_fails_does_not_silence_other_calls(sentence: bytes) -> None:
    def fail(event: SpeechEvent) -> None:
        raise RuntimeError("bug")

    vad = SileroVad(weights.silero_file())
    events: list[SpeechEvent] = []
    broken, whole = vad.open(fail), vad.open(events.append)
    for at in range(0, len(sentence), FRAME_BYTES):
        broken.feed(sentence[at : at + FRAME_BYTES])
        whole.feed(sentence[at : at + FRAME_BYTES])
        with suppress(RuntimeError):
            vad.judge()
    assert len(without_going_on(events)) == 2


async def test_windows_are_judged_soon_without_being_asked_for(sentence: bytes) -> None:
    reported = asyncio.Event()
    vad = SileroVad(weights.silero_file())
    streams = [vad.open(lambda event: reported.set()) for _ in range(5)]
    for stream in streams:
        feed(stream, sentence)
    async with asyncio.timeout(5):
        await reported.wait()
