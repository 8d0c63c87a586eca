"""How long from now: "do ghante baad", "in half an hour", "das minute lagenge"."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from ..text.corrections import Span
from ..text.lexicon import listed
from ..text.tokens import Speech
from .clock import Clock
from .durations import amount_at
from .numbers import quantity_at

_OPENING = listed("opening")
_MEIN = listed("mein")
_LASTS = listed("lasts")


def wait(speech: Speech, i: int) -> Span[Clock] | None:
    """ "do ghante baad", "in half an hour", "20 minute mein", "two hours from now"."""
    duration = duration_at(speech, i)
    return _waited(speech, i, *duration) if duration else None


def on_the_way(speech: Speech, i: int) -> Span[Clock] | None:
    """ "aadhe ghante mai aa rahe hain", "das minute lagenge": a wait without "baad" or "mein"."""
    duration = duration_at(speech, i)
    if duration is None or _waited(speech, i, *duration):
        return None
    delta, end = duration
    j = end + (speech.at(end).text in _MEIN)
    comes = any(speech.at(k).has("come") or speech.at(k).text in _LASTS for k in range(j, j + 2))
    return _from_now(i, end, delta) if comes else None


def _waited(speech: Speech, start: int, delta: Fraction, i: int) -> Span[Clock] | None:
    announced = (
        speech.at(start).text in _OPENING and not speech.at(start).counts and speech.at(start).has("within", "after")
    )
    i += speech.at(i).has("of")
    tail = speech.at(i)
    if tail.has("ago") or (tail.has("before") and not announced and quantity_at(speech, i + 1) is None):
        return _from_now(start, i + 1, -delta)
    if tail.has("after", "within"):
        return _from_now(start, i + 1, delta, later=tail.has("after") and not announced)
    if tail.has("from") and speech.at(i + 1).has("now"):
        return _from_now(start, i + 2, delta)
    return _from_now(start, i, delta) if announced else None


def _from_now(start: int, end: int, minutes: Fraction, *, later: bool = False) -> Span[Clock] | None:
    if abs(minutes) > 60 * 24 * 60:
        return None
    return Span(start, end, Clock(0, after=timedelta(minutes=float(minutes)), later=later, fixed=True))


def duration_at(speech: Speech, i: int) -> tuple[Fraction, int] | None:
    """Minutes, and where they end: "do ghante", "two and a half hours", "do din aur teen ghante"."""
    i += speech.at(i).text in _OPENING and speech.at(i).has("within", "after")
    amount, i = amount_at(speech, i)
    unit = speech.at(i)
    days = Fraction(0)
    if amount and unit.has("day") and speech.at(i + 1).has("and"):
        days = amount
        amount, i = amount_at(speech, i + 2)
        unit = speech.at(i)
    if amount is None or not unit.has("hour", "minute"):
        return None
    delta = days * 24 * 60 + amount * (60 if unit.has("hour") else 1)
    i += 1
    half = i + 1 + (speech.at(i + 1).text == "a")
    if speech.at(i).has("and") and speech.at(half).word.fraction == "aadha":
        return delta + 30, half + 1
    if (extra := quantity_at(speech, i + speech.at(i).has("and"))) and speech.at(extra.end).has("minute"):
        return delta + extra.value, extra.end + 1
    return delta, i
