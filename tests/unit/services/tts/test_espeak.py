"""The built-in voice and its worker process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from vartalaap.core.audio import decode, ms_of
from vartalaap.core.language import Language
from vartalaap.errors import ProviderError
from vartalaap.services.tts.espeak import PAUSE_MS, EspeakSpeech


@pytest.fixture
async def voice() -> AsyncIterator[EspeakSpeech]:
    voice = EspeakSpeech()
    yield voice
    await voice.aclose()


async def say(voice: EspeakSpeech, text: str, language: Language = "en") -> bytes:
    return b"".join([chunk async for chunk in voice.synthesize(text, language)])


CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
linux_only = pytest.mark.skipif(not CHILDREN.exists(), reason="sees its child processes under /proc")


def children() -> set[int]:
    """Processes begun by this one."""
    return {int(pid) for pid in CHILDREN.read_text().split()}


def loudness(mulaw: bytes) -> float:
    samples = np.frombuffer(decode(mulaw), dtype="<i2").astype(float)[: -PAUSE_MS * 8]
    return float(np.sqrt(np.mean(samples**2)) / 32768)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("आपका स्वागत है, कितने लोगों के लिए टेबल चाहिए?", "hi"),
        ("Welcome, for how many people would you like a table?", "en"),
        ("आपकी table चार लोगों के लिए book कर दूँ?", "hinglish"),
    ],
)
async def test_each_language_is_spoken_at_a_human_pace_and_an_even_loudness(
    voice: EspeakSpeech, text: str, language: Language
) -> None:
    mulaw = await say(voice, text, language)
    words_a_minute = len(text.split()) / (ms_of(len(mulaw)) - PAUSE_MS) * 60_000
    assert 100 <= words_a_minute <= 200
    assert 0.09 <= loudness(mulaw) <= 0.13


async def test_a_text_without_sound_is_no_error(voice: EspeakSpeech) -> None:
    assert ms_of(len(await say(voice, "..."))) <= PAUSE_MS + 100


async def test_sentences_asked_for_together_are_each_answered_with_their_own_audio(voice: EspeakSpeech) -> None:
    texts = ["yes", "the table by the window is free at half past seven", "no"]
    alone = [await say(voice, text) for text in texts]
    together = await asyncio.gather(*(say(voice, text) for text in texts))
    assert [len(audio) for audio in together] == pytest.approx([len(audio) for audio in alone], rel=0.02)


@linux_only
async def test_a_worker_that_died_is_replaced(voice: EspeakSpeech) -> None:
    before = children()
    expected = await say(voice, "hello")
    (worker,) = children() - before
    os.kill(worker, 9)
    with suppress(ProviderError):  # whether this request notices the death or finds it out is a race
        await say(voice, "hello")
    assert len(await say(voice, "hello")) == pytest.approx(len(expected), rel=0.02)
    assert worker not in children()


@linux_only
async def test_a_worker_that_is_told_to_stop_with_its_server_speaks_on(voice: EspeakSpeech) -> None:
    before = children()
    expected = await say(voice, "hello")
    (worker,) = children() - before
    os.kill(worker, signal.SIGTERM)
    assert len(await say(voice, "hello")) == pytest.approx(len(expected), rel=0.02)
    assert children() - before == {worker}


async def test_a_request_given_up_does_not_disturb_the_next(voice: EspeakSpeech) -> None:
    short = await say(voice, "no")
    given_up = asyncio.create_task(say(voice, "a long sentence " * 50))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert len(await say(voice, "no")) == pytest.approx(len(short), rel=0.02)


@linux_only
async def test_closing_leaves_no_process_behind() -> None:
    before = children()
    voice = EspeakSpeech()
    await say(voice, "hello")
    assert len(children()) == len(before) + 1
    await voice.aclose()
    await voice.aclose()
    assert children() == before


@linux_only
async def test_a_worker_that_hangs_is_given_up_and_ended() -> None:
    before = children()
    voice = EspeakSpeech(seconds=0.2, worker=(sys.executable, "-c", "import sys; sys.stdin.read()"))
    with pytest.raises(ProviderError, match="does not answer"):
        await say(voice, "hello")
    assert children() == before


async def test_a_worker_that_cannot_be_started_is_the_providers_failure() -> None:
    voice = EspeakSpeech(worker=("/nonexistent/python",))
    with pytest.raises(ProviderError):
        await say(voice, "hello")


async def test_a_missing_library_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError('no such library')")
    start = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); "
    start += "runpy.run_module('vartalaap.services.tts.espeak_worker', run_name='__main__')"
    voice = EspeakSpeech(worker=(sys.executable, "-c", start))
    with pytest.raises(ProviderError, match="is the package espeakng-loader installed"):
        await voice.warm()
    await voice.aclose()
