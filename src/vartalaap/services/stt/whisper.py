"""Offline recognition by Whisper (CTranslate2, int8): the whole utterance at each pause, in several readings.

Whisper base cannot write Hindi in Devanagari, but told that it hears Urdu it writes down quite faithfully what was
said, in Urdu letters; the understanding matches by sound. English is written as English. Which of the two leads is
decided by the model's own language probabilities; the other is kept as an alternative where it may help.

Numbers are the weak point: repeated digits are merged when Whisper writes figures ("98866"). Where a telephone number
is expected, figures are forbidden, so that it has to write the words that it heard.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
import soxr
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from ...core.audio import SAMPLE_RATE, bytes_of, decode
from ...core.context import Expecting
from ...core.events import Transcript
from ...core.language import Language
from ...core.ports import Emit

WINDOW_SECONDS = 8
"""Whisper pads to 30 s by itself; 8 s are three times faster and no worse (longer speech takes more windows)."""
LONGEST_SECONDS = 24
PRE_ROLL_MS = 400
"""Audio kept from before speech was noticed."""
TAIL_SECONDS = 0.4
MODEL_RATE = 16_000
FRAMES_PER_SECOND = 100
MAX_TOKENS = 96
SURE = 0.75
"""With so much of the language probability, one reading suffices."""
NO_SPEECH = 0.8
LOWEST_SCORE = -1.6
"""Mean log probability under which a reading is noise."""
LOOP_BYTES = 60
LOOP_RATIO = 4.0
"""A text of some length that zlib shrinks so far repeats itself; a dictated "9898989898" shrinks less."""
MOST_READINGS = 6

Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the audio; `score` is the mean log probability of its tokens."""

    text: str = field(repr=False)
    score: float
    language: Language


class WhisperRecognizer:
    """The model, loaded once; `core.ports.SpeechToText`. Recognition runs in threads of its own."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        """`folder` holds a CTranslate2 Whisper model. One thread a worker: for short audio two are slower."""
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        words = self._model.hf_tokenizer
        self._tokenizers = {
            code: Tokenizer(words, multilingual=True, task="transcribe", language=code) for code in ("en", "ur")
        }
        self._prompts = {code: [*t.sot_sequence, t.no_timestamps] for code, t in self._tokenizers.items()}
        ordinary = range(self._tokenizers["en"].eot)
        self._figures = [token for token in ordinary if re.search(r"\d", words.decode([token]))]

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> WhisperStream:
        """`hints` are not used: a prompt makes this model invent its words."""
        return WhisperStream(self, emit)

    async def warm(self) -> None:
        """Recognise a moment of silence, so that the first caller does not wait for it."""
        await self.recognise(b"\xff" * SAMPLE_RATE, "anything")

    async def recognise(self, mulaw: bytes, expecting: Expecting) -> list[Reading]:
        """The readings of an utterance, best first; none if there are no words in it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._recognise, mulaw, expecting)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _recognise(self, mulaw: bytes, expecting: Expecting) -> list[Reading]:
        parts = [self._read_window(window, expecting) for window in _windows(mulaw)]
        parts = [readings for readings in parts if readings]
        if len(parts) <= 1:
            return parts[0] if parts else []
        first = [readings[0] for readings in parts]  # longer speech: one reading is enough to go by
        score = sum(reading.score for reading in first) / len(first)
        return [Reading(" ".join(reading.text for reading in first), score, first[0].language)]

    def _read_window(self, audio: npt.NDArray[np.float32], expecting: Expecting) -> list[Reading]:
        encoded = self._model.model.encode(ctranslate2.StorageView.from_array(self._features(audio)))
        likely = {code.strip("<|>"): share for code, share in self._model.model.detect_language(encoded)[0]}
        english, hindi = likely.get("en", 0.0), likely.get("hi", 0.0) + likely.get("ur", 0.0)
        codes = ["en", "ur"] if english > hindi else ["ur", "en"]
        certain = max(english, hindi) >= SURE and expecting == "anything"
        readings = [
            reading
            for code in (codes[:1] if certain else codes)
            for figures in ([True] if expecting != "phone" else [False, True])
            for reading in self._decode(encoded, code, figures=figures, best=3 if expecting == "phone" else 1)
        ]
        plausible = [reading for reading in readings if reading.score >= LOWEST_SCORE]
        if max(english, hindi) < SURE:  # the model does not know the language: the likelier text decides
            plausible.sort(key=lambda reading: -reading.score)
        return _distinct(plausible)

    def _features(self, audio: npt.NDArray[np.float32]) -> Features:
        frames = WINDOW_SECONDS * FRAMES_PER_SECOND
        features = self._model.feature_extractor(audio)[:, :frames]
        padded = np.pad(features, ((0, 0), (0, max(0, frames - features.shape[1]))))
        return np.ascontiguousarray(padded[None], dtype=np.float32)

    def _decode(self, encoded: ctranslate2.StorageView, code: str, *, figures: bool, best: int) -> list[Reading]:
        result = self._model.model.generate(
            encoded,
            [self._prompts[code]],
            beam_size=max(2, best + 1) if best > 1 else 1,
            num_hypotheses=best,
            max_length=MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=[-1] if figures else [-1, *self._figures],
        )[0]
        if result.no_speech_prob > NO_SPEECH:
            return []
        texts = (self._tokenizers[code].decode(tokens).strip() for tokens in result.sequences_ids)
        language: Language = "en" if code == "en" else "hi"
        return [
            Reading(text, score, language)
            for text, score in zip(texts, result.scores, strict=True)
            if any(letter.isalnum() for letter in text) and not _is_loop(text)
        ]


class WhisperStream:
    """One call's recognition: keeps the audio of the present utterance, gives it to the model at each pause."""

    def __init__(self, recogniser: WhisperRecognizer, emit: Emit) -> None:
        self._recogniser = recogniser
        self._emit = emit
        self._audio = bytearray()
        self._asked: set[asyncio.Task[None]] = set()
        self._latest = 0
        self._in_turn = asyncio.Lock()

    def feed(self, mulaw: bytes) -> None:
        self._audio += mulaw
        del self._audio[: -LONGEST_SECONDS * SAMPLE_RATE]

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        self._latest += 1
        task = asyncio.get_running_loop().create_task(self._transcribe(self._latest, bytes(self._audio), expecting))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    def begin_utterance(self) -> None:
        for task in self._asked:
            task.cancel()
        del self._audio[: -bytes_of(PRE_ROLL_MS)]

    async def aclose(self) -> None:
        self.begin_utterance()
        self._audio.clear()
        if self._asked:
            await asyncio.wait(self._asked)

    async def _transcribe(self, number: int, mulaw: bytes, expecting: Expecting) -> None:
        async with self._in_turn:
            overtaken = number < self._latest  # the caller went on: a longer piece waits behind this one
            readings = [] if overtaken else await self._recogniser.recognise(mulaw, expecting)
        first, *others = readings or [Reading("", 0.0, "en")]
        alternatives = tuple(reading.text for reading in others)
        confidence = float(np.exp(first.score))
        self._emit(Transcript(first.text, True, alternatives, first.language, confidence))


def _windows(mulaw: bytes) -> Iterator[npt.NDArray[np.float32]]:
    """The audio at the model's rate in pieces that fit its window, cut where it is quietest."""
    audio = np.frombuffer(decode(mulaw), dtype="<i2").astype(np.float32) / np.float32(32768)
    longest = int((WINDOW_SECONDS - TAIL_SECONDS) * SAMPLE_RATE)
    while len(audio) > longest:
        step = SAMPLE_RATE // 10
        loudness = [float(np.square(audio[at : at + step]).sum()) for at in range(longest // 2, longest - step, step)]
        cut = longest // 2 + int(np.argmin(loudness)) * step + step // 2
        yield _at_model_rate(audio[:cut])
        audio = audio[cut:]
    yield _at_model_rate(audio)


def _at_model_rate(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    padded = np.concatenate([audio, np.zeros(int(TAIL_SECONDS * SAMPLE_RATE), np.float32)])
    resampled: npt.NDArray[np.float32] = soxr.resample(padded, SAMPLE_RATE, MODEL_RATE)
    return resampled


def _distinct(readings: list[Reading]) -> list[Reading]:
    """The first of each wording, at most `MOST_READINGS`."""
    seen: dict[str, Reading] = {}
    for reading in readings:
        seen.setdefault("".join(letter for letter in reading.text.casefold() if letter.isalnum()), reading)
    return list(seen.values())[:MOST_READINGS]


def _is_loop(text: str) -> bool:
    data = text.encode()
    return len(data) >= LOOP_BYTES and len(data) / len(zlib.compress(data)) > LOOP_RATIO
