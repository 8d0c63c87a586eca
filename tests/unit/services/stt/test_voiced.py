"""Which sounds may be a voice: every steady noise at every loudness is none, with a margin, and every voice is."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.support.noises import STEADY, Samples, at_peak, burst, in_noise, mulaw_of, noise, samples_of
from vartalaap.core.audio import SILENCE
from vartalaap.services.stt.voiced import STEADIEST_DB, loud_levels, voiced_seconds
from vartalaap.services.tts.espeak import EspeakSpeech
from vartalaap.simulator.demo import DEMO_RECORDINGS
from vartalaap.simulator.recordings import find_recordings, load_recordings

MARGIN_DB = 0.2
LOUDNESS = (100, 400, 1600, 5000)


async def synthesise() -> dict[str, Samples]:
    voice = EspeakSpeech()
    said = {"yes": "en", "four": "en", "A table for four tomorrow at eight": "en", "हाँ": "hi", "नौ आठ सात छह पाँच": "hi"}
    made = {text: b"".join([chunk async for chunk in voice.synthesize(text, said[text])]) for text in said}  # type: ignore[arg-type]
    await voice.aclose()
    return {text: samples_of(mulaw) for text, mulaw in made.items()}


@pytest.fixture(scope="module")
def voices() -> dict[str, Samples]:
    """Short words and sentences, of a synthetic and a natural voice."""
    natural = load_recordings(find_recordings(DEMO_RECORDINGS))
    recorded = {one.text: samples_of(b"".join(one.frames)) for one in natural}
    return {text: trimmed(sound) for text, sound in (asyncio.run(synthesise()) | recorded).items()}


def trimmed(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > 0.05 * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


def spread(sound: Samples) -> float:
    """What is compared with the limit."""
    return float(loud_levels(samples_of(mulaw_of(sound)) / 32_768).std())


@pytest.mark.parametrize("mulaw", [b"", SILENCE, SILENCE * 16_000, SILENCE * 15_999, b"\x7f" * 300])
def test_silence_is_no_voice(mulaw: bytes) -> None:
    assert voiced_seconds(mulaw) == 0


@pytest.mark.parametrize("loudness", LOUDNESS)
@pytest.mark.parametrize("kind", STEADY)
def test_a_steady_noise_is_no_voice_however_loud(kind: str, loudness: float) -> None:
    for seconds in (0.7, 2.0, 6.0):
        for seed in range(3):
            sound = noise(kind, seconds, loudness, seed)
            assert spread(sound) < STEADIEST_DB - MARGIN_DB
            assert voiced_seconds(mulaw_of(sound)) == 0


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_a_hiss_that_comes_and_goes_is_no_voice(kind: str) -> None:
    for seconds in (1.5, 2.0, 6.0):
        assert voiced_seconds(mulaw_of(burst(noise(kind, seconds, 400)))) == 0


@pytest.mark.parametrize("decibels", [-6, -20, -32])
def test_a_voice_is_one_however_soft_and_in_noise(voices: dict[str, Samples], decibels: float) -> None:
    for voice in voices.values():
        spoken = at_peak(voice, decibels)
        assert spread(burst(spoken)) > STEADIEST_DB + 10 * MARGIN_DB
        for kind in STEADY:
            assert spread(in_noise(spoken, kind, 15)) > STEADIEST_DB + 5 * MARGIN_DB
            assert voiced_seconds(mulaw_of(in_noise(spoken, kind, 5))) > 0


def test_the_voice_s_length_is_about_known(voices: dict[str, Samples]) -> None:
    for voice in voices.values():
        found = voiced_seconds(mulaw_of(burst(at_peak(voice, -12))))
        assert 0.4 * len(voice) / 8000 <= found <= len(voice) / 8000 + 0.06
