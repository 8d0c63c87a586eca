"""No speech, no words, and speech in noise is still understood: the real recogniser, whatever the processor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.book import TEST_NOW, test_business
from tests.support.noises import STEADY, Samples, at_peak, burst, in_noise, mulaw_of, noise, samples_of
from vartalaap.core.audio import SAMPLE_RATE, SILENCE
from vartalaap.core.context import Expecting
from vartalaap.dialogue.nlu import Understanding, understand
from vartalaap.services.stt.whisper import WhisperRecognizer

pytestmark = [pytest.mark.slow, pytest.mark.recogniser]

EXPECTING: tuple[Expecting, ...] = ("anything", "name", "phone")
Recording = Callable[[int], bytes]
WHEN, YES = 2, 5
"""Of the demonstration caller's sentences: the hour for four people, and the yes."""


async def texts(recogniser: WhisperRecognizer, sound: Samples, expecting: Expecting = "anything") -> list[str]:
    return [reading.text for reading in await recogniser.recognise(mulaw_of(sound), expecting)]


async def understood(recogniser: WhisperRecognizer, sound: Samples) -> Understanding:
    first, *others = await texts(recogniser, sound)
    return understand(first, now=TEST_NOW, business=test_business(), alternatives=tuple(others))


@pytest.mark.parametrize("expecting", EXPECTING)
@pytest.mark.parametrize("kind", STEADY)
async def test_hiss_and_hum_have_no_words(recogniser: WhisperRecognizer, kind: str, expecting: Expecting) -> None:
    for loudness in (50, 400, 3000):
        for seconds in (0.8, 2.0):
            assert await texts(recogniser, noise(kind, seconds, loudness), expecting) == []


@pytest.mark.parametrize("expecting", EXPECTING)
async def test_neither_silence_nor_a_hiss_that_comes_and_goes_has_words(
    recogniser: WhisperRecognizer, expecting: Expecting
) -> None:
    assert await recogniser.recognise(SILENCE * 2 * SAMPLE_RATE, expecting) == []
    for kind in ("white", "pink"):
        assert await texts(recogniser, burst(noise(kind, 2.0, 400)), expecting) == []


@pytest.mark.parametrize("kind", STEADY)
@pytest.mark.parametrize("decibels", [-6, -20, -32])
async def test_a_caller_in_noise_is_understood_however_softly_she_speaks(
    recogniser: WhisperRecognizer, recording: Recording, decibels: float, kind: str
) -> None:
    when = at_peak(samples_of(recording(WHEN)), decibels)
    assert (await understood(recogniser, burst(when))).party_size == 4
    assert (await understood(recogniser, in_noise(when, kind, 15))).party_size
    yes = at_peak(samples_of(recording(YES)), decibels)
    assert (await understood(recogniser, in_noise(yes, kind, 15))).answer == "yes"
