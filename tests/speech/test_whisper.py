"""Offline recognition of the demonstration caller (one synthetic voice: no claim about real callers)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.audio import SILENCE
from vartalaap.core.context import Expecting
from vartalaap.core.events import SpeechEvent, Transcript
from vartalaap.dialogue.hear import understand
from vartalaap.dialogue.hear.types import Slot, Understanding
from vartalaap.services.stt.whisper import WhisperRecognizer

pytestmark = pytest.mark.slow
Recording = Callable[[int], bytes]
NOW: datetime = TEST_NOW


async def transcribe(recogniser: WhisperRecognizer, mulaw: bytes, expecting: Expecting = "anything") -> Transcript:
    heard: asyncio.Queue[SpeechEvent] = asyncio.Queue()
    stream = await recogniser.open(heard.put_nowait)
    stream.feed(mulaw)
    stream.finish_utterance(expecting)
    transcript = await heard.get()
    await stream.aclose()
    assert isinstance(transcript, Transcript)
    return transcript


def understood(transcript: Transcript, expecting: Slot | None = None) -> Understanding:
    return understand(
        transcript.text,
        now=NOW,
        business=test_business(),
        expecting=expecting,
        alternatives=transcript.alternatives,
    )


async def test_a_request_is_understood(recogniser: WhisperRecognizer, recording: Recording) -> None:
    assert understood(await transcribe(recogniser, recording(1))).has("book")


async def test_a_day_a_time_and_a_party_are_understood(recogniser: WhisperRecognizer, recording: Recording) -> None:
    heard = understood(await transcribe(recogniser, recording(2)))
    assert heard.when
    assert (str(heard.when.date), str(heard.when.time), heard.party_size) == ("2026-11-27", "18:00:00", 3)


async def test_a_dictated_number_is_understood_digit_by_digit(
    recogniser: WhisperRecognizer, recording: Recording
) -> None:
    heard = understood(await transcribe(recogniser, recording(4), "phone"), "phone")
    assert heard.phone
    assert (heard.phone.digits, heard.phone.complete) == ("9887654321", True)


async def test_a_yes_is_understood(recogniser: WhisperRecognizer, recording: Recording) -> None:
    assert understood(await transcribe(recogniser, recording(5)), "confirm").answer == "yes"


async def test_silence_has_no_words(recogniser: WhisperRecognizer) -> None:
    assert (await transcribe(recogniser, SILENCE * 16_000)).text == ""


async def test_speech_longer_than_the_window_is_read_to_its_end(
    recogniser: WhisperRecognizer, recording: Recording
) -> None:
    both = await transcribe(recogniser, recording(4) + SILENCE * 4000 + recording(2))
    assert understood(both).party_size == 3


async def test_each_request_is_answered_once_in_order_and_none_after_a_new_utterance(
    recogniser: WhisperRecognizer, recording: Recording
) -> None:
    heard: asyncio.Queue[SpeechEvent] = asyncio.Queue()
    stream = await recogniser.open(heard.put_nowait)
    stream.feed(recording(5))
    stream.finish_utterance()
    stream.feed(recording(1))
    stream.finish_utterance()
    overtaken, whole = await heard.get(), await heard.get()
    assert isinstance(overtaken, Transcript)
    assert isinstance(whole, Transcript)
    assert len(overtaken.text) < len(whole.text)
    stream.finish_utterance()
    stream.begin_utterance()
    await stream.aclose()
    assert heard.empty()
