"""The real recogniser on synthetic callers. The voice is robotic, so that only clear sentences are asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from vartalaap.core.audio import FRAME_BYTES, SAMPLE_RATE, SILENCE, bytes_of
from vartalaap.core.context import Expecting
from vartalaap.core.events import SpeechEvent, Transcript
from vartalaap.core.language import Language
from vartalaap.services import weights
from vartalaap.services.stt.digits import digits_in
from vartalaap.services.stt.whisper import WhisperRecognizer
from vartalaap.services.tts.espeak import EspeakSpeech

pytestmark = [pytest.mark.slow, pytest.mark.recogniser]


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhisperRecognizer]:
    told: list[str] = []
    models = tmp_path_factory.mktemp("models")
    weights.prepare(models, told.append)
    weights.prepare(models, told.append)
    assert len(told) == 3, "the second time there is nothing to join"
    assert {file.name for file in (models / "whisper-base").iterdir()} == {"model.bin", *weights.WHISPER_FILES}
    recogniser = WhisperRecognizer(weights.whisper_folder(models))
    yield recogniser
    recogniser.close()
    (models / "whisper-base" / "model.bin").unlink()


@pytest.fixture
async def voice() -> AsyncIterator[EspeakSpeech]:
    voice = EspeakSpeech()
    yield voice
    await voice.aclose()


async def spoken(voice: EspeakSpeech, text: str, language: Language = "en") -> bytes:
    pause = SILENCE * bytes_of(300)
    return pause + b"".join([chunk async for chunk in voice.synthesize(text, language)]) + pause


async def heard(
    recogniser: WhisperRecognizer, audio: bytes, expecting: Expecting = "anything", pieces: int = 1
) -> list[Transcript]:
    """Feeds the audio as a carrier does, pausing after each of `pieces` equal parts."""
    events: asyncio.Queue[SpeechEvent] = asyncio.Queue()
    stream = await recogniser.open(events.put_nowait)
    for at in range(0, len(audio), FRAME_BYTES):
        stream.feed(audio[at : at + FRAME_BYTES])
        if at // FRAME_BYTES % (len(audio) // FRAME_BYTES // pieces + 1) == 0 and at:
            stream.finish_utterance(expecting)
    stream.finish_utterance(expecting)
    async with asyncio.timeout(60):
        transcripts = [await events.get() for _ in range(pieces)]
    await stream.aclose()
    assert events.empty()
    return [event for event in transcripts if isinstance(event, Transcript)]


async def test_an_english_sentence_is_written_down(recogniser: WhisperRecognizer, voice: EspeakSpeech) -> None:
    audio = await spoken(voice, "I am sorry, we are closed on Monday.")
    (transcript,) = await heard(recogniser, audio)
    assert "monday" in transcript.text.casefold()
    assert transcript.is_final
    assert transcript.language == "en"


async def test_an_utterance_with_hesitations_is_read_as_a_whole(
    recogniser: WhisperRecognizer, voice: EspeakSpeech
) -> None:
    audio = await spoken(voice, "May I have your name, please?")
    transcripts = await heard(recogniser, audio, pieces=3)
    assert len(transcripts) == 3
    assert "name" in transcripts[-1].text


async def test_speech_longer_than_one_window_is_not_cut(recogniser: WhisperRecognizer, voice: EspeakSpeech) -> None:
    sentence = await spoken(voice, "I am sorry, we are closed on Monday.")
    tail = await spoken(voice, "Your table is booked. Thank you very much.")
    (transcript,) = await heard(recogniser, sentence + SILENCE * bytes_of(5000) + tail)
    assert "monday" in transcript.text.casefold()
    assert "thank you" in transcript.text.casefold()


async def test_a_dictated_number_is_among_the_readings(recogniser: WhisperRecognizer, voice: EspeakSpeech) -> None:
    audio = await spoken(voice, "eight six seven two, four three one nine, six two")
    (transcript,) = await heard(recogniser, audio, "phone")
    assert "8672431962" in {digits_in(text) for text in (transcript.text, *transcript.alternatives)}
    assert len(transcript.alternatives) <= 6


async def test_two_calls_are_recognised_side_by_side(recogniser: WhisperRecognizer, voice: EspeakSpeech) -> None:
    audio = await spoken(voice, "I am sorry, we are closed on Monday.")
    alone = await heard(recogniser, audio)
    assert await asyncio.gather(*(heard(recogniser, audio) for _ in range(3))) == [alone] * 3


async def test_recognition_given_up_at_once_costs_nothing_and_gives_nothing(recogniser: WhisperRecognizer) -> None:
    assert await recogniser.recognise(SILENCE * SAMPLE_RATE, "phone", still_wanted=lambda: False) == []


async def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises((RuntimeError, OSError)):
        WhisperRecognizer(tmp_path)
