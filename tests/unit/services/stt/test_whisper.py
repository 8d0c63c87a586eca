"""What a call's recognition keeps, asks for and reports, with a model that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from vartalaap.core.audio import SILENCE, bytes_of
from vartalaap.core.context import Expecting
from vartalaap.core.events import SpeechEvent, Transcript
from vartalaap.services.stt.whisper import LONGEST_SECONDS, PRE_ROLL_MS, Decoding, WhisperStream


class HeldModel:
    """Recognises when it is let: each request waits for `answer`."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, Expecting]] = []
        self.wanted: list[Callable[[], bool]] = []
        self._answers: asyncio.Queue[list[Decoding]] = asyncio.Queue()

    async def __call__(self, mulaw: bytes, expecting: Expecting, *, still_wanted: Callable[[], bool]) -> list[Decoding]:
        self.asked.append((mulaw, expecting))
        self.wanted.append(still_wanted)
        return await self._answers.get()

    def answer(self, *texts: str) -> None:
        self._answers.put_nowait([Decoding(text, -0.5, "en") for text in texts])


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def open_stream() -> tuple[WhisperStream, HeldModel, list[SpeechEvent]]:
    model, events = HeldModel(), list[SpeechEvent]()
    return WhisperStream(model, events.append), model, events


def texts(events: list[SpeechEvent]) -> list[str]:
    assert all(isinstance(event, Transcript) and event.is_final for event in events)
    return [event.text for event in events if isinstance(event, Transcript)]


async def test_each_pause_gives_one_final_transcript_of_all_that_was_said() -> None:
    stream, model, events = open_stream()
    stream.feed(b"a" * 800)
    stream.finish_utterance("name")
    stream.feed(b"b" * 800)
    stream.finish_utterance("name")
    model.answer("anita", "a neater")
    model.answer("anita rao")
    await settle()
    assert model.asked == [(b"a" * 800, "name"), (b"a" * 800 + b"b" * 800, "name")]
    assert texts(events) == ["anita", "anita rao"]
    first = events[0]
    assert isinstance(first, Transcript)
    assert first.alternatives == ("a neater",)
    assert 0 < first.confidence < 1


async def test_nothing_recognised_is_an_empty_final_transcript() -> None:
    stream, model, events = open_stream()
    stream.finish_utterance()
    model.answer()
    await settle()
    assert texts(events) == [""]


async def test_a_piece_that_the_caller_went_on_from_is_no_longer_wanted() -> None:
    stream, model, _ = open_stream()
    stream.finish_utterance("phone")
    await settle()
    assert model.wanted[0]()
    stream.finish_utterance("phone")
    assert not model.wanted[0]()


async def test_a_new_utterance_drops_what_is_owed_and_keeps_the_last_moment() -> None:
    stream, model, events = open_stream()
    stream.feed(b"a" * bytes_of(5000))
    stream.finish_utterance()
    await settle()
    stream.feed(b"b" * bytes_of(PRE_ROLL_MS))
    stream.begin_utterance()
    assert not model.wanted[0]()
    stream.finish_utterance()
    model.answer("new")
    await settle()
    assert model.asked[1][0] == b"b" * bytes_of(PRE_ROLL_MS)
    assert texts(events) == ["new"]


async def test_endless_silence_is_not_kept() -> None:
    stream, model, _ = open_stream()
    for _ in range(60):
        stream.feed(SILENCE * bytes_of(1000))
    stream.finish_utterance()
    await settle()
    assert len(model.asked[0][0]) == bytes_of(LONGEST_SECONDS * 1000)


async def test_a_closed_stream_reports_nothing() -> None:
    stream, model, events = open_stream()
    stream.feed(b"a" * 800)
    stream.finish_utterance()
    await settle()
    await stream.aclose()
    model.answer("too late")
    await settle()
    assert events == []
