"""How long: "dedh ghante", "half an hour", "a couple of hours"."""

from __future__ import annotations

from fractions import Fraction

from ..text.tokens import Speech
from .numbers import quantity_at


def amount_at(speech: Speech, i: int) -> tuple[Fraction | None, int]:  # noqa: PLR0911 - a grammar: one return per form
    """The amount of some unit that begins at token `i`, and where the unit must stand; None and `i` without one."""
    i += speech.at(i).text == "a" and speech.at(i + 1).word.fraction in ("aadha", "quarter")
    if speech.at(i).word.fraction == "aadha":
        return Fraction(1, 2), i + 1 + (speech.at(i + 1).text in ("an", "a"))
    many = speech.at(i).number if speech.at(i + 1).word.fraction == "quarter" else None
    if (many or speech.at(i).word.fraction == "quarter") and speech.at(i + 1 + bool(many)).text == "of":
        i += 2 + bool(many)
        return Fraction(many or 1, 4), i + (speech.at(i).text in ("an", "a"))
    if speech.at(i).word.fraction in ("pauna", "paune", "sava") and speech.at(i + 1).has("hour"):
        return Fraction(5 if speech.at(i).word.fraction == "sava" else 3, 4), i + 1
    if speech.at(i).text in ("an", "a"):
        if speech.at(i + 1).text in ("few", "couple"):
            return Fraction(2), i + 2 + (speech.at(i + 2).text == "of")
        return Fraction(1), i + 1
    if q := quantity_at(speech, i):
        if speech.at(q.end).has("and") and speech.at(q.end + 1).text in ("a", "half"):
            half = q.end + 1 + (speech.at(q.end + 1).text == "a")
            if speech.at(half).word.fraction == "aadha":
                return q.value + Fraction(1, 2), half + 1
        return q.value, q.end
    return None, i
