"""The built-in voice: a worker process that may die."""

from __future__ import annotations

import asyncio
import audioop

import pytest

from vartalaap.core.audio import decode, ms_of
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.errors import ProviderError
from vartalaap.services.tts.espeak import EspeakSpeech

TEXTS: dict[Language, str] = {
    "hi": "नमस्ते, मैं आपकी क्या मदद कर सकती हूँ?",
    "en": "Hello, how may I help you?",
    "hinglish": "आपकी table saturday को book हो गई है।",
}


async def say(voice: EspeakSpeech, language: Language) -> bytes:
    return b"".join([chunk async for chunk in voice.synthesize(TEXTS[language], language)])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_sentence_becomes_some_seconds_of_audible_speech(voice: EspeakSpeech, language: Language) -> None:
    mulaw = await say(voice, language)
    assert 1000 < ms_of(len(mulaw)) < 6000
    assert audioop.max(decode(mulaw), 2) > 10_000
    assert audioop.rms(decode(mulaw), 2) > 1000


async def test_sentences_asked_for_together_do_not_mix(voice: EspeakSpeech) -> None:
    languages: tuple[Language, ...] = ("hi", "en", "hinglish", "en")
    alone = [len(await say(voice, language)) for language in languages]
    together = [len(mulaw) for mulaw in await asyncio.gather(*(say(voice, language) for language in languages))]
    assert together == pytest.approx(alone, rel=0.02)
    assert len(set(alone)) >= 3


async def test_a_worker_that_dies_is_replaced(voice: EspeakSpeech) -> None:
    before = len(await say(voice, "en"))
    assert voice._worker
    voice._worker.kill()
    await voice._worker.wait()
    assert len(await say(voice, "en")) == pytest.approx(before, rel=0.02)


async def test_an_abandoned_sentence_does_not_answer_the_next_request(voice: EspeakSpeech) -> None:
    expected = len(await say(voice, "en"))
    abandoned = asyncio.ensure_future(say(voice, "hi"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    abandoned.cancel()
    await asyncio.wait([abandoned])
    assert len(await say(voice, "en")) == pytest.approx(expected, rel=0.02)


async def test_a_voice_that_takes_too_long_is_a_provider_s_failure() -> None:
    voice = EspeakSpeech(seconds=0.0001)
    with pytest.raises(ProviderError):
        await say(voice, "en")
    await voice.aclose()


async def test_closing_leaves_no_process() -> None:
    voice = EspeakSpeech()
    await voice.warm()
    worker = voice._worker
    assert worker
    await voice.aclose()
    assert worker.returncode is not None
