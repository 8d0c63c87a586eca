"""What a streaming recogniser has said of the present utterance, put together by positions in the caller's audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...core.events import Transcript
from ...core.language import Language

LOST_CONFIDENCE = 0.0
LEAST_CONFIDENCE = 0.01


@dataclass(frozen=True, slots=True)
class TimedWord:
    """Seconds of audio; `language` as the provider names it."""

    text: str = field(repr=False)
    start: float
    end: float
    language: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A span of audio and what was recognised in it. Times are seconds of audio."""

    start: float
    end: float
    text: str = field(default="", repr=False)
    words: tuple[TimedWord, ...] = field(default=(), repr=False)
    confidence: float = 1.0
    settled: bool = False
    """It will not change, and its audio need not be kept."""
    answers: bool = False
    """All the audio that was sent before has been recognised: this is the answer to who waits for that."""
    ends_turn: bool = False
    untimed_turn: int | None = None
    """The turn of words that came without times, all since its beginning; see `FirstHeard`."""

    def moved(self, seconds: float) -> Heard:
        """The same with times that count from another beginning."""
        words = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in self.words)
        return replace(self, start=self.start + seconds, end=self.end + seconds, words=words)

    def since(self, seconds: float) -> Heard:
        """Without the words whose middle is not after this position."""
        kept = tuple(word for word in self.words if word.start + word.end > 2 * seconds)
        if len(kept) == len(self.words):
            return self
        return replace(self, words=kept, text=" ".join(word.text for word in kept))


class FirstHeard:
    """Gives the words of a recogniser that names no times the end of the audio in which each was first heard.

    A turn may have begun long after the audio that its messages speak of: spread over all of it, its first words would
    lie before the utterance that they belong to.
    """

    def __init__(self) -> None:
        self._turn = -1
        self._times: list[float] = []

    def placed(self, heard: Heard) -> Heard:
        """The same with these times, if it has none of its own."""
        if heard.untimed_turn is None:
            return heard
        if heard.untimed_turn != self._turn:
            self._turn, self._times = heard.untimed_turn, []
        count = len(heard.words)
        self._times = [*self._times[:count], *[heard.end] * (count - len(self._times))]
        words = zip(heard.words, self._times, strict=True)
        return replace(heard, words=tuple(replace(word, start=at, end=at) for word, at in words))


def spread(text: str, start: float, end: float, language: str = "") -> tuple[TimedWord, ...]:
    """Words of unknown times, evenly over the span."""
    parts = text.split()
    step = (end - start) / max(len(parts), 1)
    return tuple(
        TimedWord(part, start + number * step, start + (number + 1) * step, language)
        for number, part in enumerate(parts)
    )


def lost(text: str = "") -> Transcript:
    """The final of a recogniser that failed: what it knows, if anything; who has another recogniser asks that."""
    return Transcript(text, is_final=True, confidence=LOST_CONFIDENCE)


def is_lost(final: Transcript) -> bool:
    return final.confidence <= LOST_CONFIDENCE


class SpokenWords:
    """The words since the utterance began: spans that are settled, and the latest guess at what follows them."""

    def __init__(self) -> None:
        self._since = 0.0
        self._given_to = 0.0
        self._settled: list[Heard] = []
        self._guess: Heard | None = None

    def begin(self, at: float) -> None:
        """A new utterance begins here; what was given as final before is not given again."""
        self._since = max(at, self._given_to)
        self._settled = [heard for heard in self._settled if heard.since(self._since).words]

    def take(self, heard: Heard) -> None:
        """A settled span stands; a guess takes the place of the one before it."""
        self._guess = None if heard.settled else heard
        if heard.settled and heard.words:
            self._settled.append(heard)

    def forget_guess(self) -> None:
        """Its audio is going to be recognised again."""
        self._guess = None

    def known(self, *, is_final: bool, ends_turn: bool = False) -> Transcript:
        """Everything since the utterance began."""
        spans = [heard.since(self._since) for heard in (*self._settled, *([self._guess] if self._guess else []))]
        spans = [span for span in spans if span.words]
        if not spans:
            return Transcript("", is_final, ends_turn=ends_turn)
        end = spans[-1].words[-1].end
        if is_final:
            self._given_to = max(self._given_to, end)
        count = sum(len(span.words) for span in spans)
        confidence = sum(span.confidence * len(span.words) for span in spans) / count
        return Transcript(
            " ".join(span.text for span in spans),
            is_final,
            language=_language([word for span in spans for word in span.words]),
            confidence=max(confidence, LEAST_CONFIDENCE),
            end_ms=round(end * 1000) if spans[-1].untimed_turn is None else 0,
            ends_turn=ends_turn,
        )


def _language(words: Sequence[TimedWord]) -> Language | None:
    found = {word.language.partition("-")[0] for word in words} & {"hi", "en"}
    if found == {"hi", "en"}:
        return "hinglish"
    return "hi" if "hi" in found else "en" if "en" in found else None
