"""Offline recognition by Whisper (CTranslate2, int8): the whole utterance at each pause, in several readings.

Whisper base cannot write Hindi in Devanagari, but told that it hears Urdu it writes down quite faithfully what was
said, in Urdu letters; the understanding matches by sound. English is written as English. Which of the two leads is
decided by the model's own language probabilities; the other is kept as an alternative where it may help.

Numbers are the weak point: repeated digits are merged when Whisper writes figures ("98866"), and a row of digits
invites loops. Where a telephone number is expected, the same sound is read in several ways: with figures, without
them (so that it has to write the words it heard), and with hardly any words but digits allowed.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

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
from ...core.phone import is_mobile
from ...core.ports import Emit
from .digits import digits_in
from .hallucinations import Signs, spoken
from .voiced import voiced_seconds

WINDOW_SECONDS = 8
"""Whisper pads to 30 s by itself; 8 s are several times faster, no worse. Longer speech gets twice or thrice that."""
LONGEST_SECONDS = 24
PRE_ROLL_MS = 500
"""Audio kept from before speech was noticed."""
TAIL_SECONDS = 0.4
MODEL_RATE = 16_000
FEWEST_TOKENS = 16
TOKENS_PER_SECOND = 9
"""Nobody speaks more: a reading that has not ended by then is a loop."""
SURE = 0.75
"""With so much of the language probability, one reading suffices."""
SURE_OF_NUMBER = 0.9
LOWEST_SCORE = -2.5
LOWEST_SCORE_OF_SENTENCE = -1.6
"""Mean log probability under which a reading is noise; a sentence must be likelier than a single word."""
SENTENCE_WORDS = 4
MOST_READINGS = 7
FEWEST_DIGITS = 4
"""Fewer digits are left in words, for they may not be a number."""

ENGLISH_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine oh double triple Zero One Two Three Four Five Six Seven Eight "
    "Nine Oh Double Triple , . my My number is it's yes Yes and"
)
URDU_NUMBER_WORDS = "ایک دو تین چار پانچ چھے چھ سات ساتھ آٹھ نو صفر زیرو شونیہ شنیا ڈبل ٹرپل میرا نمبر ہے جی ،"

Code = Literal["en", "ur"]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decoding:
    """One way to read the audio; `score` is the mean log probability of its tokens."""

    text: str = field(repr=False)
    score: float
    language: Language


@dataclass(frozen=True, slots=True)
class _Pass:
    """One run of the decoder: told which language, without which tokens, with how many readings."""

    code: Code
    forbidden: tuple[int, ...] = ()
    best: int = 1


class WhisperRecognizer:
    """The model, loaded once; `core.ports.SpeechToText`. Recognition runs in threads of its own."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        """`folder` holds a CTranslate2 Whisper model. One thread a worker: for short audio two are slower."""
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        words = self._model.hf_tokenizer
        codes: tuple[Code, ...] = ("en", "ur")
        self._tokenizers = {
            code: Tokenizer(words, multilingual=True, task="transcribe", language=code) for code in codes
        }
        self._prompts = {code: [*t.sot_sequence, t.no_timestamps] for code, t in self._tokenizers.items()}
        figures = tuple(token for token in self._ordinary_tokens if re.search(r"\d", words.decode([token])))
        self._plain: dict[Code, list[_Pass]] = {code: [_Pass(code)] for code in codes}
        self._for_numbers: dict[Code, list[_Pass]] = {
            "en": [_Pass("en"), _Pass("en", figures, 3), _Pass("en", self._all_but(ENGLISH_NUMBER_WORDS), 3)],
            "ur": [_Pass("ur"), _Pass("ur", self._all_but(URDU_NUMBER_WORDS), 3)],
        }

    @property
    def _ordinary_tokens(self) -> range:
        return range(self._tokenizers["en"].eot)

    def _all_but(self, words: str) -> tuple[int, ...]:
        """Every token that none of these words needs, at the beginning of a text or inside it."""
        spellings = [spelling for word in words.split() for spelling in (word, f" {word}")]
        encode = self._model.hf_tokenizer.encode
        needed = {token for spelling in spellings for token in encode(spelling, add_special_tokens=False).ids}
        return tuple(token for token in self._ordinary_tokens if token not in needed)

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> WhisperStream:
        """`hints` are not used: a prompt makes this model invent its words."""
        return WhisperStream(self.recognise, emit)

    async def warm(self) -> None:
        """Recognise a moment of silence, so that the first caller does not wait for it."""
        await self.recognise(b"\xff" * SAMPLE_RATE, "anything")

    async def recognise(
        self, mulaw: bytes, expecting: Expecting, *, still_wanted: Callable[[], bool] = lambda: True
    ) -> list[Decoding]:
        """The readings of an utterance, best first; none if there are no words in it.

        `still_wanted` is asked, in another thread, before each step; after a False the readings so far are returned.
        """
        work = partial(self._recognise, mulaw, expecting, still_wanted)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _recognise(self, mulaw: bytes, expecting: Expecting, still_wanted: Callable[[], bool]) -> list[Decoding]:
        voiced = voiced_seconds(mulaw)
        if not voiced or not still_wanted():
            return []
        audio = _at_model_rate(mulaw)
        seconds = len(audio) / MODEL_RATE
        encoded = self._model.model.encode(ctranslate2.StorageView.from_array(self._features(audio)))
        likely = {code.strip("<|>"): share for code, share in self._model.model.detect_language(encoded)[0]}
        english, hindi = likely.get("en", 0.0), likely.get("hi", 0.0) + likely.get("ur", 0.0)
        codes: tuple[Code, Code] = ("en", "ur") if english > hindi else ("ur", "en")
        sure = max(english, hindi)
        decode_all = (self._decode(encoded, step, seconds, voiced) for step in self._passes(codes, sure, expecting))
        results = _while_wanted(decode_all, still_wanted)
        if expecting == "phone":
            return _as_numbers(results)
        readings = [reading for result in results for reading in result]
        if sure < SURE:  # the model does not know the language: the likelier text decides
            readings.sort(key=lambda reading: -reading.score)
        distinct: dict[str, Decoding] = {}
        for reading in readings:
            distinct.setdefault(reading.text.casefold(), reading)
        return list(distinct.values())

    def _passes(self, codes: tuple[Code, Code], sure: float, expecting: Expecting) -> Iterator[_Pass]:
        """The likelier language first; the other one only where it may be right, or where a name is spelt."""
        passes = self._for_numbers if expecting == "phone" else self._plain
        enough = {"phone": SURE_OF_NUMBER, "name": 1.0}.get(expecting, SURE)
        yield from passes[codes[0]]
        if sure < enough:
            yield from passes[codes[1]]

    def _features(self, audio: Samples) -> Samples:
        """Of as many windows as the audio needs, filled up with silence: nothing at all after it invites loops."""
        window = WINDOW_SECONDS * MODEL_RATE
        padded = np.pad(audio, (0, -len(audio) % window))
        return np.ascontiguousarray(self._model.feature_extractor(padded, padding=0)[None], dtype=np.float32)

    def _decode(self, encoded: ctranslate2.StorageView, step: _Pass, seconds: float, voiced: float) -> list[Decoding]:
        """The readings of one pass, without those that are noise or never end; where words are forbidden, numbers."""
        prompt = self._prompts[step.code]
        most = FEWEST_TOKENS + int(TOKENS_PER_SECOND * seconds)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=step.best + 1 if step.best > 1 else 1,
            num_hypotheses=step.best,
            max_length=len(prompt) + most,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=[-1, *step.forbidden],
        )[0]
        language: Language = "en" if step.code == "en" else "hi"
        readings = []
        for tokens, score in zip(result.sequences_ids, result.scores, strict=True):
            text = self._tokenizers[step.code].decode(tokens)
            text = spoken(text, Signs(voiced, score, result.no_speech_prob)) if len(tokens) < most else ""
            if text and _is_likely(text, score) and (not step.forbidden or _is_number(text)):
                readings.append(Decoding(text, score, language))
        return readings


class Recognise(Protocol):
    """`WhisperRecognizer.recognise`."""

    async def __call__(
        self, mulaw: bytes, expecting: Expecting, *, still_wanted: Callable[[], bool]
    ) -> list[Decoding]: ...


class WhisperStream:
    """One call's recognition: keeps the audio of the present utterance, gives it to the model at each pause."""

    def __init__(self, recognise: Recognise, emit: Emit) -> None:
        self._recognise = recognise
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
        self._latest += 1
        for task in self._asked:
            task.cancel()
        del self._audio[: -bytes_of(PRE_ROLL_MS)]

    async def aclose(self) -> None:
        self.begin_utterance()
        self._audio.clear()
        if self._asked:
            await asyncio.wait(self._asked)

    async def _transcribe(self, number: int, mulaw: bytes, expecting: Expecting) -> None:
        """Emit one final transcript; a poor one if the caller went on and a longer piece waits behind this one."""
        async with self._in_turn:
            readings = await self._recognise(mulaw, expecting, still_wanted=lambda: number == self._latest)
        first, *others = readings or [Decoding("", 0.0, "en")]
        alternatives = tuple(reading.text for reading in others)
        confidence = float(np.exp(first.score))
        self._emit(Transcript(first.text, True, alternatives, first.language, confidence))


def _at_model_rate(mulaw: bytes) -> Samples:
    """The audio at the model's rate, with a little silence behind it, at most as long as the model can take."""
    audio = np.frombuffer(decode(mulaw), dtype="<i2").astype(np.float32) / np.float32(32768)
    audio = audio[-int((LONGEST_SECONDS - TAIL_SECONDS) * SAMPLE_RATE) :]
    padded = np.concatenate([audio, np.zeros(int(TAIL_SECONDS * SAMPLE_RATE), np.float32)])
    resampled: Samples = soxr.resample(padded, SAMPLE_RATE, MODEL_RATE)
    return resampled


def _while_wanted(results: Iterator[list[Decoding]], still_wanted: Callable[[], bool]) -> Iterator[list[Decoding]]:
    while still_wanted() and (result := next(results, None)) is not None:
        yield result


def _as_numbers(results: Iterable[list[Decoding]]) -> list[Decoding]:
    """Distinct readings: whole numbers first, most agreed on first, then the best of each pass, then the others.

    Passes are run only until two of them read the same whole number. Whole numbers and Urdu letters become figures.
    """
    agreed: Counter[str] = Counter()
    found: dict[str, tuple[int, Decoding]] = {}
    for result in results:
        whole = set()
        for rank, reading in enumerate(result):
            digits = digits_in(reading.text)
            if is_mobile(digits):
                whole.add(digits)
            enough = len(digits) >= FEWEST_DIGITS
            in_figures = digits in whole or (enough and reading.language == "hi")
            key = digits if enough else reading.text.casefold()
            found.setdefault(key, (rank, replace(reading, text=digits) if in_figures else reading))
        agreed.update(whole)
        if any(agreed[digits] > 1 for digits in whole):
            break
    order = sorted(found, key=lambda key: (-agreed[key], found[key][0]))
    return [found[key][1] for key in order[:MOST_READINGS]]


def _is_number(text: str) -> bool:
    """Out of noise one digit is made, again and again."""
    digits = digits_in(text)
    return len(digits) >= FEWEST_DIGITS and len(set(digits)) > 1


def _is_likely(text: str, score: float) -> bool:
    return score >= (LOWEST_SCORE_OF_SENTENCE if len(text.split()) >= SENTENCE_WORDS else LOWEST_SCORE)
