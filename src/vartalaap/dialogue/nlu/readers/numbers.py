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
    if not token.counts:
        return None
    if token.text in _GIVE and speech.at(i - 1).has("leave_it"):
        return None  # "rehne do"
    if token.text in _ONE and speech.at(i + 1).text in _ONCE:
        return None  # "ek kaam kijiye", "ek baat aur"
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
        unit = i + 2 if speech.at(i + 1).has("is") else i + 1  # "chhah baje" is heard as "chhaa hai baje"
        told = token.word.homophone is not None and speech.at(unit).has("baje", "am", "pm")
        return Quantity(i, unit, Fraction(token.word.homophone or 0)) if told else None
    if speech.run(end, "and") and speech.at(end + 1).word.fraction == "aadha" and end == i + 1:
        return Quantity(i, end + 2, value + Fraction(1, 2), fraction="aadha")
    return Quantity(i, end, Fraction(value), weak=end == i + 1 and token.weak)


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
    first = speech.at(i)
    if first.kind == "digits" and not first.has("ord"):
        number = first.number or 0
        scale, end = _scale(speech, i + 1)
        if scale == 1:
            return number, end
    total = current = 0
    start, last_tens = i, False
    while True:
        token = speech.at(i)
        if token.has("scale"):
            scale = token.word.number or 1
            if scale == 100 and current < 100:
                current = max(current, 1) * 100
            elif scale > 100 and (total == 0 or scale < total):
                total, current = total + max(current, 1) * scale, 0
            else:
                break
            last_tens = False
        elif (number_ := _below_hundred(token)) is not None and (token.kind == "word" or i == start or current + total):
            joined = last_tens and 0 < number_ < 10 and token.word.english
            if (current % 100 and not joined) or (
                i > start and not joined and not speech.at(i - 1).has("scale", "and")
            ):
                break
            current += number_
            last_tens = token.word.english and number_ in range(20, 100, 10)
        elif (
            token.has("and") and speech.at(i - 1).has("scale") and i > start and _below_hundred(speech.at(i + 1))
        ) or (token.text == "-" and last_tens and _below_hundred(speech.at(i + 1))):
            pass
        else:
            break
        i += 1
    return (total + current, i) if i > start else (None, i)
