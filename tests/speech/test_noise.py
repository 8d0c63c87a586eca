"""No speech, no words: the real recogniser on silence and noise, and on callers in noise, whatever the processor."""

from __future__ import annotations

import numpy as np
import pytest

from tests.speech.conftest import Recording
from tests.support.noises import STEADY, at_peak, burst, in_noise, mulaw_of, noise, samples_of
from vartalaap.core.audio import SAMPLE_RATE, SILENCE
from vartalaap.core.context import Expecting
from vartalaap.services.stt.digits import digits_in
from vartalaap.services.stt.hallucinations import NO_SPEECH
from vartalaap.services.stt.whisper import WhisperRecognizer

pytestmark = pytest.mark.slow

EXPECTING: tuple[Expecting, ...] = ("anything", "name", "phone")


async def texts(recogniser: WhisperRecognizer, mulaw: bytes, expecting: Expecting) -> list[str]:
    return [reading.text for reading in await recogniser.recognise(mulaw, expecting)]


@pytest.mark.parametrize("expecting", EXPECTING)
@pytest.mark.parametrize("kind", STEADY)
async def test_hiss_and_hum_have_no_words(recogniser: WhisperRecognizer, kind: str, expecting: Expecting) -> None:
    for loudness in (50, 400, 3000):
        for seconds in (0.8, 2.0):
            assert await texts(recogniser, mulaw_of(noise(kind, seconds, loudness)), expecting) == []


@pytest.mark.parametrize("expecting", EXPECTING)
async def test_neither_silence_nor_a_hiss_that_comes_and_goes_has_words(
    recogniser: WhisperRecognizer, expecting: Expecting
) -> None:
    assert await texts(recogniser, SILENCE * 2 * SAMPLE_RATE, expecting) == []
    for kind in ("white", "pink"):
        assert await texts(recogniser, mulaw_of(burst(noise(kind, 2.0, 400))), expecting) == []
