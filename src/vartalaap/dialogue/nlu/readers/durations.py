"""How long: "dedh ghante", "half an hour", "a couple of hours"."""

from __future__ import annotations

from fractions import Fraction

from ..text.tokens import Speech
from .numbers import quantity_at


def amount_at(speech: Speech, i: int) -> tuple[Fraction | None, int]:
    """The amount of some unit that begins at token `i`, and where the unit must stand; None and `i` without one."""
    i += speech.at(i).text == "a" and speech.at(i + 1).word.fraction in ("aadha", "quarter")
    found = _part(speech, i) or _article(speech, i) or _quantity(speech, i)
    return found or (None, i)


def _part(speech: Speech, i: int) -> tuple[Fraction, int] | None:
    """ "half an", "a quarter of an", "three quarters of an", "sava", "paun"."""
    fraction = speech.at(i).word.fraction
    if fraction == "aadha":
        return Fraction(1, 2), i + 1 + (speech.at(i + 1).text in ("an", "a"))
    many = speech.at(i).number if speech.at(i + 1).word.fraction == "quarter" else None
    end = i + 1 + bool(many)
    if (many or fraction == "quarter") and speech.at(end).text == "of":
        return Fraction(many or 1, 4), end + 1 + (speech.at(end + 1).text in ("an", "a"))
    if fraction in ("pauna", "paune", "sava") and speech.at(i + 1).has("hour"):
        return Fraction(5 if fraction == "sava" else 3, 4), i + 1
    return None


def _article(speech: Speech, i: int) -> tuple[Fraction, int] | None:
    """ "an", "a couple of", "a few"."""
    if speech.at(i).text not in ("an", "a"):
        return None
    if speech.at(i + 1).text in ("few", "couple"):
        return Fraction(2), i + 2 + (speech.at(i + 2).text == "of")
    return Fraction(1), i + 1


def _quantity(speech: Speech, i: int) -> tuple[Fraction, int] | None:
    """ "two", "dedh", "two and a half"."""
    q = quantity_at(speech, i)
    if q is None:
        return None
    half = q.end + 1 + (speech.at(q.end + 1).text == "a")
    if speech.at(q.end).has("and") and speech.at(half).word.fraction == "aadha":
        return q.value + Fraction(1, 2), half + 1
    return q.value, q.end
