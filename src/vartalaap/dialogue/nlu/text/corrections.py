"""Which of several values of one kind a speaker means in the end: "8 nahi, 8:30", "6 log, 4 nahi", "not four, six"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .lexicon import listed
from .tags import Tag
from .tokens import Speech, Token

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_INSTEAD = listed("instead")
_TOLD = listed("told")
_WAS = listed("was")
_SAID = listed("said")
_EXCEPT = listed("except")
_PASSED_OVER: tuple[Tag, ...] = (
    "baje",
    "of",
    "people",
    "for",
    "is",
    "i",
    "table",
    "day",
    "date",
    "night",
    "evening",
    "adults",
)


@dataclass(frozen=True, slots=True)
class Span(Generic[T_co]):
    """A value read from the tokens `start` up to but not including `end`."""

    start: int
    end: int
    value: T_co

    @property
    def tokens(self) -> range:
        """The places of its tokens."""
        return range(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Settled(Generic[T]):
    """The span that counts, and whether it was marked as a correction; None when every value was taken back."""

    span: Span[T] | None
    corrected: bool


def was_told(speech: Speech) -> bool:
    """ "8 likha tha", "I said 8": does the speaker quote what was said before?"""
    tokens = speech.tokens
    return any((t.text in _TOLD and speech.at(i + 1).text in _WAS) or t.text in _SAID for i, t in enumerate(tokens))


def settle(speech: Speech, spans: Sequence[Span[T]], aside: Collection[int] = ()) -> Settled[T]:
    """The last value that was not taken back, if anything marks a correction; otherwise the first.

    `aside` are the places in `spans` of those that tell of something else: they count only if nothing else is left.
    """
    if not spans:
        return Settled(None, False)
    taken_back = {k for k in range(len(spans)) if _taken_back(speech, spans, k)}
    kept = [s for k, s in enumerate(spans) if k not in taken_back]
    meant = [s for k, s in enumerate(spans) if k not in taken_back and k not in aside]
    corrected = bool(taken_back) or any(
        speech.at(i).has("no", "sorry", "actually", "change") and not _no_correction(speech, i)
        for i in range(spans[-1].start)
    )
    kept = meant or kept
    if not kept:
        return Settled(None, corrected)
    if corrected or (len(kept) > 1 and _moved(speech, kept[0], kept[-1])):
        return Settled(kept[-1], True)
    return Settled(kept[0], False)


def _taken_back(speech: Speech, spans: Sequence[Span[T]], k: int) -> bool:
    span = spans[k]
    last = k == len(spans) - 1
    if _refused_before(speech, span.start, last=last):
        return True
    # "8 nahi", "8 baje nahi", "8 ki jagah": but not "8 baje milegi ya nahi"
    marks = 0
    for i in range(span.end, min(len(speech.tokens), span.end + 4)):
        token = speech.at(i)
        if token.text in _EXCEPT or (not last and _is_quoted(speech, i)):
            return True
        if token.text in _INSTEAD:  # "8 ki jagah 9"; a single value with "jagah" asks for a place
            return len(spans) > 1
        if _refuses(token, last=last, marks=marks):
            # "6 log, nahi 4" takes 6 back as well as "6 log nahi, 4" does; a last "nahi" needs something to refuse
            return not last or len(spans) > 1 or marks == 0
        if token.kind == "mark":
            marks += 1
        elif not token.has(*_PASSED_OVER):
            return False
    return False


def _is_quoted(speech: Speech, i: int) -> bool:
    """ "8 baje likha tha, 9 kar do"."""
    return speech.at(i).text in _TOLD and any(speech.at(j).text in _WAS for j in (i, i + 1))


def _refuses(token: Token, *, last: bool, marks: int) -> bool:
    if token.has("no", "not") and not token.word.english:
        return True
    return token.has("no") and not last and marks == 0


def _refused_before(speech: Speech, start: int, *, last: bool) -> bool:
    """ "not 8", "instead of 8", "except Sunday"; "I said four, make it six"."""
    for back in (1, 2, 3):
        before = speech.at(start - back)
        if (before.has("not") and before.word.english) or before.text in ("instead", "except"):
            return True
        if before.text in _SAID:
            return not last
        if before.text not in ("at", "for", "of", "on", "the") and not before.has("for"):
            return False
    return False


def _no_correction(speech: Speech, i: int) -> bool:
    """Is the "nahi" at `i` part of "koi baat nahi", "no problem", or the "change" of a request to change a booking?"""
    return speech.at(i).has("no") and (speech.at(i + 1).has("problem") or speech.at(i - 1).has("problem", "connect"))


def _moved(speech: Speech, first: Span[T], last: Span[T]) -> bool:
    """ "4 se 6 kar do": from one value to another."""
    between = range(first.end, last.start)
    return any(speech.at(i).has("from") for i in between) and any(
        speech.at(i).has("do_it", "do") and not speech.at(i).number for i in range(last.end, last.end + 3)
    )
