"""Quantities: "pachchees", "saadhe saat sau", "two hundred and fifty", "dhai"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from ..text.corrections import Span, settle
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token, listen

_ADDED = {"saadhe": Fraction(1, 2), "sava": Fraction(1, 4), "paune": Fraction(-1, 4)}
_GIVE = listed("give")
_SHORT = 7
_BESIDE: tuple[Tag, ...] = (
    "no",
    "not",
    "sorry",
    "actually",
    "change",
    "do",
    "do_it",
    "filler",
    "yes",
    "ok",
    "good",
    "enough",
    "hon",
    "wait",
    "my_own",
    "post",
    "of",
    "and",
    "but",
)
_PUT = listed("put of numbers")
_ONE = listed("one of numbers")
_ONCE = listed("once")
_EMPHATIC = listed("emphatic")
_UNITS: tuple[Tag, ...] = (
    "people",
    "adults",
    "kids",
    "friends",
    "relative",
    "seat",
    "table",
    "baje",
    "price",
    "hour",
    "minute",
    "day",
)
_WHOLE = {"dedh": Fraction(3, 2), "dhai": Fraction(5, 2)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number phrase in the tokens `start` up to but not including `end`."""

    start: int
    end: int
    value: Fraction
    weak: bool = False
    """True for a lone word like "do" or "to" that is a number only in company."""
    fraction: str | None = None
    """The word that made a fraction, if one did: "saadhe", "dedh"."""

    @property
    def whole(self) -> int | None:
        """The value, when it is an integer."""
        return int(self.value) if self.value.denominator == 1 else None


@lru_cache(maxsize=512)
def quantity_at(speech: Speech, i: int) -> Quantity | None:
    """The longest number phrase that begins at token `i`, with the "hi" of "das hi log"."""
    found = _number_at(speech, i)
    if found and speech.at(found.end).text in _EMPHATIC and speech.at(found.end + 1).has(*_UNITS):
        return replace(found, end=found.end + 1)
    return found


def _number_at(speech: Speech, i: int) -> Quantity | None:  # noqa: PLR0911 - a grammar: one return per form
    token = speech.at(i)
    if not token.counts or _is_other_word(speech, i):
        return None
    fraction = token.word.fraction
    if fraction in _ADDED:
        return _with_fraction(speech, i, fraction)
    if fraction in _WHOLE:
        scale, end = _scale(speech, i + 1)
        return Quantity(i, end, _WHOLE[fraction] * scale, fraction=fraction)
    if token.kind == "decimal":
        return Quantity(i, i + 1, Fraction(token.text))
    value, end = _cardinal(speech, i)
    if value is None:
        return _misheard_hour(speech, i)
    if speech.run(end, "and") and speech.at(end + 1).word.fraction == "aadha" and end == i + 1:
        return Quantity(i, end + 2, value + Fraction(1, 2), fraction="aadha")
    return Quantity(i, end, Fraction(value), weak=end == i + 1 and token.weak)


def _is_other_word(speech: Speech, i: int) -> bool:
    """ "rehne do", "ek kaam kijiye", "ek baat aur"."""
    text = speech.at(i).text
    given = text in _GIVE and speech.at(i - 1).has("leave_it")
    return given or (text in _ONE and speech.at(i + 1).text in _ONCE)


def _misheard_hour(speech: Speech, i: int) -> Quantity | None:
    """ "chhah baje" that is heard as "chhaa hai baje", "ate pm"."""
    homophone = speech.at(i).word.homophone
    unit = i + 2 if speech.at(i + 1).has("is") else i + 1
    told = homophone is not None and speech.at(unit).has("baje", "am", "pm")
    return Quantity(i, unit, Fraction(homophone or 0)) if told else None


def quantities(speech: Speech) -> Iterator[Quantity]:
    """All number phrases from left to right, weak ones included."""
    i = 0
    while i < len(speech.tokens):
        if found := quantity_at(speech, i):
            yield found
            i = found.end
        else:
            i += 1


def read_number(text: str) -> int | None:
    """The one whole number an utterance gives, corrections applied; None without any.

    A lone "do" counts when nothing surer was said.
    """
    speech = listen(text)
    found = [q for q in quantities(speech) if q.whole is not None]
    sure = [q for q in found if not q.weak] or [q for q in found if speech.at(q.start).text not in ("a", "to", "too")]
    settled = settle(speech, [Span(q.start, q.end, q.whole) for q in sure])
    return settled.span.value if settled.span else None


def lone_number(speech: Speech) -> int | None:
    """The only number of a short utterance, where nothing tells what it counts: "make it six", "nahi, chhe kar do"."""
    found = [q for q in quantities(speech) if not q.weak]
    if len(found) != 1 or len(speech.words) > _SHORT:
        return None
    rest = [t for i, t in enumerate(speech.tokens) if t.kind == "word" and not found[0].start <= i < found[0].end]
    return found[0].whole if all(t.has(*_BESIDE) or t.text in _PUT for t in rest) else None


def read_money(text: str) -> int | None:
    """Whole rupees named with "rupaye", "rs" or the sign; None without."""
    speech = listen(text)
    for q in quantities(speech):
        if q.whole is not None and (speech.at(q.end).has("price") or speech.at(q.start - 1).text in ("₹", "rs", "inr")):
            return q.whole
    return None


def _with_fraction(speech: Speech, i: int, fraction: str) -> Quantity | None:
    whole = _below_hundred(speech.at(i + 1))
    if whole is None:
        whole = speech.at(i + 1).word.homophone
    if whole is not None:
        scale, end = _scale(speech, i + 2)
        return Quantity(i, end, (whole + _ADDED[fraction]) * scale, fraction=fraction)
    scale, end = _scale(speech, i + 1)
    if end > i + 1 and fraction != "saadhe":
        return Quantity(i, end, (1 + _ADDED[fraction]) * scale, fraction=fraction)
    return None


def _scale(speech: Speech, i: int) -> tuple[int, int]:
    token = speech.at(i)
    return (token.word.number or 1, i + 1) if token.has("scale") else (1, i)


def _below_hundred(token: Token) -> int | None:
    if token.kind in ("word", "digits") and token.number is not None and not token.has("scale") and token.number < 100:
        return token.number
    return None


def _cardinal(speech: Speech, i: int) -> tuple[int | None, int]:
    """The whole number that begins at token `i`, and where it ends."""
    first = speech.at(i)
    if first.kind == "digits" and not first.has("ord") and not speech.at(i + 1).has("scale"):
        return first.number or 0, i + 1
    sum_ = _Sum()
    start = i
    while sum_.takes(speech, i, first=i == start):
        i += 1
    return (sum_.total + sum_.current, i) if i > start else (None, i)


class _Sum:
    """A number as its words come: "do hazaar paanch sau", "two hundred and fifty"."""

    def __init__(self) -> None:
        self.total = self.current = 0
        self._after_tens = False
        """Twenty to ninety in English, which a digit may follow."""

    def takes(self, speech: Speech, i: int, *, first: bool) -> bool:
        """Take in token `i`, if it belongs to the number."""
        token = speech.at(i)
        if token.has("scale"):
            return self._scaled(token.word.number or 1)
        if (number := _below_hundred(token)) is not None and (token.kind == "word" or first or self._begun):
            return self._added(speech, i, number, first=first)
        return self._is_link(speech, i, first=first)

    @property
    def _begun(self) -> bool:
        return self.current + self.total > 0

    def _scaled(self, scale: int) -> bool:
        if scale == 100 and self.current < 100:
            self.current = max(self.current, 1) * 100
        elif scale > 100 and (self.total == 0 or scale < self.total):
            self.total, self.current = self.total + max(self.current, 1) * scale, 0
        else:
            return False
        self._after_tens = False
        return True

    def _added(self, speech: Speech, i: int, number: int, *, first: bool) -> bool:
        english = speech.at(i).word.english
        joined = self._after_tens and 0 < number < 10 and english
        if not joined and (self.current % 100 or not (first or speech.at(i - 1).has("scale", "and"))):
            return False
        self.current += number
        self._after_tens = english and number in range(20, 100, 10)
        return True

    def _is_link(self, speech: Speech, i: int, *, first: bool) -> bool:
        """The "and" of "two hundred and fifty", the stroke of "twenty-five"."""
        if first or not _below_hundred(speech.at(i + 1)):
            return False
        if speech.at(i).has("and"):
            return speech.at(i - 1).has("scale")
        return speech.at(i).text == "-" and self._after_tens
