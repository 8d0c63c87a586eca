"""Deepgram's two streaming dialects: Nova on `/v1/listen`, which is asked for results, and Flux on `/v2/listen`,
which says itself when a turn ends. An address to connect to, messages to send, and messages read into `Heard`."""

from __future__ import annotations

import math
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlencode

import orjson
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from ...core.audio import SAMPLE_RATE, SILENCE
from ...errors import ProviderError
from .recognised_words import Heard, TimedWord, spread

NOVA = "nova-3"
MOST_TERMS = 100
MOST_TERM_TOKENS = 450
"""Deepgram takes 500 in all; how it counts is not known, so some are left."""
_BYTES_PER_TOKEN = 3
_ENDPOINTING_MS = 300


class Dialect(Protocol):
    """How one kind of model is spoken to."""

    idle_seconds: float
    """After so long without audio, `idle` is sent."""
    patience_seconds: float
    """How long an answer to `finalize` is waited for, if the model is alive."""
    finalize: str | None

    def url(self, base_url: str, hints: tuple[str, ...]) -> str: ...

    def idle(self) -> str | bytes:
        """Keeps the connection open; bytes are audio, and count in the model's positions."""
        ...

    def read(self, message: str | bytes) -> Heard | None:
        """None if it tells nothing about words. Raises `ProviderError` for an error or what is no message at all."""
        ...


def dialect_of(model: str, languages: tuple[str, ...]) -> Dialect:
    return Flux(model, languages) if model.startswith("flux") else Nova(model, languages)


class Nova:
    """`nova-3` and what comes after it; several languages are recognised as they are mixed."""

    idle_seconds = 4.0
    patience_seconds = 0.5
    finalize: str | None = '{"type":"Finalize"}'

    def __init__(self, model: str, languages: tuple[str, ...]) -> None:
        self._model = model
        self._languages = languages

    def url(self, base_url: str, hints: tuple[str, ...]) -> str:
        several = len(self._languages) > 1
        fields = [
            ("model", self._model),
            ("language", "multi" if several else self._languages[0]),
            *(("language_hint", language) for language in self._languages if several),
            ("encoding", "mulaw"),
            ("sample_rate", str(SAMPLE_RATE)),
            ("channels", "1"),
            ("interim_results", "true"),
            ("endpointing", str(_ENDPOINTING_MS)),
            ("smart_format", "true"),
            ("punctuate", "true"),
            ("mip_opt_out", "true"),
            *(("keyterm", term) for term in bounded_terms(hints)),
        ]
        return f"{_websocket(base_url)}/v1/listen?{urlencode(fields)}"

    def idle(self) -> str:
        return '{"type":"KeepAlive"}'

    def read(self, message: str | bytes) -> Heard | None:
        parsed = _message(message)
        if parsed.get("type") == "Error":
            raise ProviderError("Deepgram reported an error")
        if parsed.get("type") != "Results":
            return None
        results = _parse(_Results, parsed)
        best = results.channel.alternatives[0] if results.channel.alternatives else _Alternative()
        end = results.start + results.duration
        return Heard(
            results.start,
            end,
            best.transcript,
            _words(best.words, best.transcript, best.languages, results.start, end),
            best.confidence,
            settled=results.is_final,
            answers=results.from_finalize,
        )


class Flux:
    """`flux-general-multi`: a transcript of the whole turn so far with each message. Silence keeps it going."""

    idle_seconds = 0.5
    patience_seconds = 0.4
    finalize: str | None = None

    def __init__(self, model: str, languages: tuple[str, ...]) -> None:
        self._model = model
        self._languages = languages

    def url(self, base_url: str, hints: tuple[str, ...]) -> str:
        hinted = self._languages if self._model.endswith("multi") else ()
        fields = [
            ("model", self._model),
            *(("language_hint", language) for language in hinted),
            ("encoding", "mulaw"),
            ("sample_rate", str(SAMPLE_RATE)),
            ("eager_eot_threshold", "0.5"),
            ("mip_opt_out", "true"),
            *(("keyterm", term) for term in bounded_terms(hints)),
        ]
        return f"{_websocket(base_url)}/v2/listen?{urlencode(fields)}"

    def idle(self) -> bytes:
        return SILENCE * round(SAMPLE_RATE * self.idle_seconds)

    def read(self, message: str | bytes) -> Heard | None:
        parsed = _message(message)
        if parsed.get("type") == "Error":
            raise ProviderError("Deepgram reported an error")
        if parsed.get("type") != "TurnInfo":
            return None
        turn = _parse(_TurnInfo, parsed)
        start, end, text = turn.audio_window_start, turn.audio_window_end, turn.transcript
        ended = turn.event == "EndOfTurn"
        confidences = [word.confidence for word in turn.words]
        timed = bool(turn.words) and all(word.is_timed for word in turn.words)
        return Heard(
            start,
            end,
            text,
            _words(turn.words, text, turn.languages, start, end),
            sum(confidences) / len(confidences) if confidences else 1.0,
            settled=ended,
            answers=True,
            ends_turn=ended,
            untimed_turn=None if timed else turn.turn_index,
        )


def bounded_terms(hints: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the first hints as Deepgram takes, each once."""
    terms: list[str] = []
    tokens = 0
    for hint in dict.fromkeys(hint.strip() for hint in hints if hint.strip()):
        tokens += max(len(hint.split()), math.ceil(len(hint.encode()) / _BYTES_PER_TOKEN))
        if tokens > MOST_TERM_TOKENS or len(terms) == MOST_TERMS:
            break
        terms.append(hint)
    return tuple(terms)


def _or_empty(value: object) -> object:
    return [] if value is None else value


_Languages = Annotated[list[str], BeforeValidator(_or_empty)]


_Seconds = Annotated[float, Field(ge=-1.0, le=7 * 24 * 3600.0)]
"""A position in a call's audio, or how long some of it is; sums of these can be counted in samples."""


class _Word(BaseModel):
    word: str
    start: _Seconds | None = None
    end: _Seconds | None = None
    confidence: float = 1.0
    language: str | None = None
    punctuated_word: str | None = None

    @property
    def is_timed(self) -> bool:
        return self.start is not None and self.end is not None


_Words = Annotated[list[_Word], BeforeValidator(_or_empty)]


class _Alternative(BaseModel):
    transcript: str = ""
    confidence: float = 1.0
    languages: _Languages = []
    words: _Words = []


class _Channel(BaseModel):
    alternatives: list[_Alternative] = []


class _Results(BaseModel):
    start: _Seconds
    duration: _Seconds
    is_final: bool = False
    from_finalize: bool = False
    channel: _Channel


class _TurnInfo(BaseModel):
    event: str
    turn_index: int = 0
    audio_window_start: _Seconds
    audio_window_end: _Seconds
    transcript: str = ""
    languages: _Languages = []
    words: _Words = []


def _message(message: str | bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise ProviderError("Deepgram sent what is no message") from None
    if not isinstance(parsed, dict):
        raise ProviderError("Deepgram sent what is no message")
    return parsed


_M = TypeVar("_M", bound=BaseModel)


def _parse(kind: type[_M], parsed: dict[str, Any]) -> _M:
    try:
        return kind.model_validate(parsed)
    except ValidationError:
        raise ProviderError("Deepgram sent a malformed message") from None


def _words(words: list[_Word], text: str, languages: list[str], start: float, end: float) -> tuple[TimedWord, ...]:
    """With their times if every word has them; without words, those of the text."""
    only = languages[0] if len(languages) == 1 else ""
    found = tuple(
        TimedWord(word.punctuated_word or word.word, word.start, word.end, word.language or only)
        for word in words
        if word.start is not None and word.end is not None
    )
    return found if found and len(found) == len(words) else spread(text, start, end, only)


def _websocket(base_url: str) -> str:
    """`https://host` is `wss://host`."""
    scheme, _, rest = base_url.rstrip("/").partition("://")
    secure = {"https": "wss", "http": "ws"}
    return f"{secure.get(scheme, scheme)}://{rest}"
