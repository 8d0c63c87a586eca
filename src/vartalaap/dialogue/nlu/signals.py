"""What an utterance shows besides intents and values: one table from each signal to the words that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from .readers.requests import requests_in
from .readers.times import DAYPARTS
from .readers.yes_no import agrees_after_refusal
from .text.lexicon import word_set
from .text.normalise import normalise
from .text.tables import table
from .text.tags import Tag
from .text.tokens import Speech, listen
from .understanding import BookingSlot, Signal

Test = Callable[[Speech], bool]

_COURTESIES: tuple[Tag, ...] = (
    "thanks", "bye", "sorry", "yes", "no", "ok", "right", "good", "hon", "filler", "is", "hello",
)  # fmt: skip
_BACKCHANNELS: tuple[Tag, ...] = ("yes", "ok", "right", "good", "hon", "filler", "is")
_MOST_BACKCHANNEL_WORDS = 4
_SHIFTS: tuple[Tag, ...] = ("before", "after", "next")
_DAYS: tuple[Tag, ...] = (
    "today", "tonight", "tomorrow", "dayafter", "threedays", "wd", "mo", "date", "weekend", "week", "month", *_SHIFTS,
)  # fmt: skip
_TIMES: tuple[Tag, ...] = ("baje", "hour", "minute", "am", "pm", *_SHIFTS)
_LOOSE_TIMES: tuple[Tag, ...] = ("morning", "noon", "evening", "night", "lunch", "dinner", "breakfast", "timing")
_PEOPLE: tuple[Tag, ...] = (
    "people", "adults", "kids", "alone", "both", "three_all", "four_all", "five_all", "partner", "relative", "friends",
    "family", "dozen",
)  # fmt: skip
_SLOT_WORDS: tuple[tuple[Tag, BookingSlot], ...] = (
    ("name", "name"), ("number", "phone"), ("people", "party_size"), ("timing", "time"), ("when", "date"),
    ("day", "date"), ("date", "date"),
)  # fmt: skip
_SHORT = 5
"""Words; in a longer sentence "earlier" and "later" mean something else."""


def signals_in(speech: Speech) -> frozenset[Signal]:
    """Every signal that the utterance shows by itself; those of a name are told where the name is read."""
    return frozenset(signal for signal, shows in _TESTS.items() if shows(speech))


def slot_named_in(speech: Speech) -> BookingSlot | None:
    """The slot that an utterance speaks of without a value ("the time is wrong")."""
    return next((slot for tag, slot in _SLOT_WORDS if speech.any(tag)), None)


def choices(speech: Speech) -> Iterator[int]:
    """ "pehla wala", "the second one": positions in a list that was read out, 1 first, -1 the last."""
    for i, token in enumerate(speech.tokens):
        if token.word.ordinal and token.word.ordinal <= 5 and not speech.at(i + 1).has("mo", "date", "day", "timing"):
            yield token.word.ordinal
        elif token.text in word_set("signals", "last of a list"):
            yield -1


def is_short(speech: Speech) -> bool:
    """Is it so short that its words stand for themselves?"""
    return len(speech.words) <= _SHORT


def is_backchannel(text: str) -> bool:
    """Is it only "hmm", "haan", "achha" (R77)?"""
    tokens = [token for token in listen(text).tokens if token.kind != "mark"]
    return 0 < len(tokens) <= _MOST_BACKCHANNEL_WORDS and all(token.has(*_BACKCHANNELS) for token in tokens)


def _any(*tags: Tag) -> Test:
    return lambda speech: speech.any(*tags)


def _words(*sections: str) -> Test:
    return lambda speech: any(not word_set("signals", section).isdisjoint(speech.said) for section in sections)


def _phrases(section: str) -> Test:
    """One of the phrases of that section, as whole words."""
    return lambda speech: any(f" {phrase} " in f" {' '.join(speech.words)} " for phrase in _lines(section))


@cache
def _lines(section: str) -> tuple[str, ...]:
    return tuple(normalise(line) for line in table("signals")[section])


def _asks(speech: Speech) -> bool:
    return speech.text.rstrip().endswith("?") or speech.any("what", "when", "where")


def _only_courtesies(speech: Speech) -> bool:
    return all(token.has(*_COURTESIES) for token in speech.tokens if token.kind != "mark")


def _has_number(speech: Speech) -> bool:
    return any(token.number is not None and not token.has("scale") and not token.weak for token in speech.tokens)


def _tells(*tags: Tag) -> Test:
    """A number, or a word with one of these tags."""
    return lambda speech: _has_number(speech) or speech.any(*tags)


def _celebration(speech: Speech) -> bool:
    return speech.any("party_event", "large_party") or _words("party room")(speech)


def _private_celebration(speech: Speech) -> bool:
    """A birthday at a table, and no party to be arranged."""
    occasion = not requests_in(speech).isdisjoint(("birthday", "anniversary"))
    return occasion and not speech.any("large_party") and not _words("party room")(speech)


def _call_later(speech: Speech) -> bool:
    rung_back = speech.any("call") and not speech.any("connect", "person")
    return rung_back or speech.any("after") or _words("back")(speech)


_own_booking, _has_booking = _phrases("own booking"), _phrases("has booking")

_TESTS: Mapping[Signal, Test] = {
    "asks": _asks,
    "available": _any("available"),
    "only_courtesies": _only_courtesies,
    "leave_it": _any("leave_it"),
    "wants": _any("want"),
    "refusing": _any("cancel", "no", "not", "leave_it", "enough", "wrong"),
    "agrees_plainly": _any("yes", "right", "do_it", "done"),
    "agrees_after_refusal": agrees_after_refusal,
    "names_booking": _any("book"),
    "names_table": _any("table"),
    "own_booking": _own_booking,
    "has_booking": _has_booking,
    "asks_when": _any("when", "timing"),
    "another": _words("another"),
    "one_more": _words("another", "more"),
    "celebration": _celebration,
    "private_celebration": _private_celebration,
    "told_closed": lambda speech: speech.any("close") and not speech.any("open", "what", "when"),
    "now": _any("now"),
    "part_of_day": _any(*DAYPARTS),
    "call": _any("call"),
    "call_later": _call_later,
    "connect": lambda speech: speech.any("connect") or _words("connect")(speech),
    "message": _any("message"),
    "counts_people": _any("people", "seat", "table"),
    "counts_hours": _any("timing", "baje"),
    "tells_day": _tells(*_DAYS),
    "hints_day": _tells(*_DAYS, "day"),
    "tells_time": _tells(*_TIMES),
    "hints_time": _tells(*_TIMES, *_LOOSE_TIMES),
    "tells_people": _tells(*_PEOPLE),
    "hints_people": _tells(*_PEOPLE, "i", "we"),
}
