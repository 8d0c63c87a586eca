"""Whisper at Groq, over HTTP: the whole utterance at each pause. Any server that speaks OpenAI's dialect will do.

Left to itself, Whisper takes short Hindi for all sorts of languages. So it is told a language unless the speech is
long and may be anything: the one it last heard in this call, Hindi at first.
"""

from __future__ import annotations

import asyncio
import io
import math
import wave
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from loguru import logger
from pydantic import BaseModel, ValidationError

from ...core.audio import SAMPLE_RATE, bytes_of, decode
from ...core.context import Expecting
from ...core.events import Transcript
from ...core.ports import Emit
from ...errors import ProviderError
from ..gate import Gate
from ..model_client import Choice, ModelClient
from .hallucinations import Signs, spoken
from .recognised_words import LEAST_CONFIDENCE, lost
from .voiced import voiced_seconds

MODELS = ("whisper-large-v3-turbo", "whisper-large-v3")
LONGEST_SECONDS = 24
PRE_ROLL_MS = 500
LONG_SECONDS = 2.0
"""Speech long enough for the model to tell its language."""
_MOST_PROMPT = 300
_LANGUAGES = {"hindi": "hi", "urdu": "hi", "english": "en", "hi": "hi", "ur": "hi", "en": "en"}
_REFUSALS = (401, 403, 404)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds."""

    connect: float = 0.7
    whole: float = 2.0
    """From the pause to the transcript, over all keys and models that are tried."""


class _Segment(BaseModel):
    text: str = ""
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    compression_ratio: float = 1.0

    def spoken(self, voiced: float) -> str:
        """What somebody may have said of it, in a sound with so many seconds of voice."""
        return spoken(self.text, Signs(voiced, self.avg_logprob, self.no_speech_prob, self.compression_ratio))


class _Answer(BaseModel):
    text: str
    language: str = ""
    segments: list[_Segment] | None = None

    @property
    def parts(self) -> list[_Segment]:
        """A server that does not cut the text into segments gives no signs."""
        return self.segments or [_Segment(text=self.text)]


class GroqRecognizer:
    """`core.ports.SpeechToText` over HTTP; close it with `aclose`."""

    def __init__(
        self, base_url: str, keys: Sequence[str], models: Sequence[str] = MODELS, deadlines: Deadlines | None = None
    ) -> None:
        """`base_url` ends with `/v1`, or is a host that serves `/openai/v1` as Groq's does; the best model first."""
        self._deadlines = deadlines or Deadlines()
        self._client = ModelClient(base_url, keys, models, connect=self._deadlines.connect, whole=self._deadlines.whole)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> GroqStream:
        """Raises `ProviderError` if the server cannot be reached, or no key may be used at this moment."""
        if not any(self._client.choices()):
            raise ProviderError("no key for recognition may be used at this moment")
        await self._client.warm(self._deadlines.connect)
        return GroqStream(self, emit, ", ".join(hints)[:_MOST_PROMPT])

    async def recognise(self, mulaw: bytes, language: str | None, prompt: str) -> Transcript:
        """The final transcript of this audio, by the first model and key that gives one. Raises `ProviderError`.

        A sound that cannot be a voice is not sent: out of silence and hiss the model makes words.
        """
        voiced = voiced_seconds(mulaw)
        if not voiced:
            return Transcript("", is_final=True)
        fields = {"response_format": "verbose_json", "temperature": "0", "prompt": prompt, "language": language}
        wav, last = _wav(mulaw), ProviderError("no key for recognition may be used at this moment")
        try:
            async with asyncio.timeout(self._deadlines.whole):
                for choice in self._client.choices():
                    try:
                        answer = await self._ask(choice, wav, {name: text for name, text in fields.items() if text})
                        return _transcript(answer, voiced)
                    except ProviderError as error:
                        logger.info("a recogniser failed", model=choice.model, error=error.message)
                        last = error
        except TimeoutError:
            last = ProviderError("the recogniser is late")
        raise last

    async def _ask(self, choice: Choice, wav: bytes, fields: dict[str, str]) -> _Answer:
        try:
            response = await self._client.http.post(
                f"{self._client.url}/audio/transcriptions",
                headers=choice.headers,
                data={**fields, "model": choice.model},
                files={"file": ("speech.wav", wav, "audio/wav")},
            )
        except httpx.HTTPError:
            choice.gate.failed()
            raise ProviderError("the recogniser's server is gone") from None
        choice.gate.told(response.headers)
        if response.status_code != httpx.codes.OK:
            raise _refusal(response, choice.gate)
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError:
            choice.gate.failed()
            raise ProviderError("the recogniser's answer is malformed") from None
        choice.gate.succeeded()
        self._client.answered()
        return answer


class GroqStream:
    """One call's recognition: keeps the audio of the present utterance, sends it at each pause."""

    def __init__(self, recogniser: GroqRecognizer, emit: Emit, prompt: str) -> None:
        self._recogniser = recogniser
        self._emit = emit
        self._prompt = prompt
        self._audio = bytearray()
        self._language = "hi"
        self._owed = 0
        self._asked: asyncio.Task[None] | None = None

    def feed(self, mulaw: bytes) -> None:
        self._audio += mulaw
        del self._audio[: -LONGEST_SECONDS * SAMPLE_RATE]

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        """A request of an earlier pause is given up for this one, whose transcript is given for both."""
        self._stop()
        self._owed += 1
        self._asked = asyncio.create_task(self._answer(bytes(self._audio), expecting))

    def begin_utterance(self) -> None:
        self._stop()
        self._owed = 0
        del self._audio[: -bytes_of(PRE_ROLL_MS)]

    async def aclose(self) -> None:
        asked = self._asked
        self.begin_utterance()
        if asked:
            await asyncio.wait([asked])

    def _stop(self) -> None:
        if self._asked:
            self._asked.cancel()

    async def _answer(self, mulaw: bytes, expecting: Expecting) -> None:
        anything = expecting == "anything"
        untold = anything and len(mulaw) >= LONG_SECONDS * SAMPLE_RATE
        try:
            prompt = self._prompt if anything else ""
            final = await self._recogniser.recognise(mulaw, None if untold else self._language, prompt)
        except ProviderError:
            final = lost()
        if untold and final.language:
            self._language = final.language
        owed, self._owed = self._owed, 0
        for _ in range(owed):
            self._emit(final)


def _transcript(answer: _Answer, voiced: float) -> Transcript:
    heard = [(segment, text) for segment in answer.parts if (text := segment.spoken(voiced))]
    score = sum(segment.avg_logprob for segment, _ in heard) / len(heard) if heard else 0.0
    language = _LANGUAGES.get(answer.language.casefold())
    return Transcript(
        " ".join(text for _, text in heard),
        is_final=True,
        language="hi" if language == "hi" else "en" if language == "en" else None,
        confidence=max(math.exp(min(score, 0.0)), LEAST_CONFIDENCE),
    )


def _refusal(response: httpx.Response, gate: Gate) -> ProviderError:
    """What a status other than 200 means, for us and for the gate. A 400 or 413 is about the audio."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        gate.limited(response.headers, response.text)
        return ProviderError("the recogniser's limit is reached")
    if status in _REFUSALS:
        gate.refused()
    elif status >= httpx.codes.INTERNAL_SERVER_ERROR:
        gate.failed()
    return ProviderError(f"the recogniser's server answered {status}")


def _wav(mulaw: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(decode(mulaw))
    return buffer.getvalue()
