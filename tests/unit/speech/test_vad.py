"""When speech is said to begin and to pause, window by window of 32 ms, and with the real model."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.audio import FRAME_BYTES, SILENCE, bytes_of
from vartalaap.core.events import SpeechEvent, SpeechPaused, SpeechStarted
from vartalaap.core.language import Language
from vartalaap.services import weights
from vartalaap.services.tts.espeak import EspeakSpeech
from vartalaap.services.vad.silero import WINDOW, SileroVad, SpeechGate

WINDOW_MS = WINDOW // 8


def heard(*probabilities: float) -> list[SpeechEvent]:
    """What the gate reports of these windows: speech after 120 ms of it, a pause after 250 ms of silence."""
    events: list[SpeechEvent] = []
    gate = SpeechGate(events.append, start_ms=120, pause_ms=250)
    for probability in probabilities:
        gate.hear(probability)
    return events


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


@pytest.mark.parametrize(("text", "language"), [("नमस्ते, चार लोगों के लिए टेबल चाहिए", "hi"), ("A table for four", "en")])
async def test_the_model_hears_a_sentence_between_two_silences(text: str, language: Language) -> None:
    voice = EspeakSpeech()
    sentence = b"".join([chunk async for chunk in voice.synthesize(text, language)])
    await voice.aclose()
    silence = SILENCE * bytes_of(1000)
    events: list[SpeechEvent] = []
    ears = SileroVad(weights.silero_file()).open(events.append)
    audio = silence + sentence + silence
    for at in range(0, len(audio), FRAME_BYTES):
        ears.feed(audio[at : at + FRAME_BYTES])
    started, *_, paused = events
    assert isinstance(started, SpeechStarted)
    assert isinstance(paused, SpeechPaused)
    assert 900 <= started.at_ms <= 1300
    assert len(sentence) / 8 + 500 <= paused.at_ms <= len(sentence) / 8 + 1100


def test_silence_is_silence_to_the_model_however_it_is_cut() -> None:
    events: list[SpeechEvent] = []
    ears = SileroVad(weights.silero_file()).open(events.append)
    for size in (1, 159, 160, 161, 4000, 8000):
        ears.feed(SILENCE * size)
    assert events == []
