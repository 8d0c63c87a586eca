"""What the rules of figures are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ....core import spoken_numbers
from ....core.language import Language

LONGEST_AMOUNT = 12
"""Digits; a longer number is said digit by digit."""

_MARKS = r"\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
"""Signs within Devanagari words, which are no letters to `re`."""
BEGIN = rf"(?<![^\W_])(?<![{_MARKS}])"
END = rf"(?![^\W_]|[{_MARKS}])"
"""Of a word."""
DASH = r"[-–—]"
_GROUPED = r"\d{1,3}(?:,\d{2,3}){0,4},\d{3}"
NUMBER = rf"(?:{_GROUPED}(?![\d]|,\d)|\d{{1,12}}(?!\d))(?:\.\d{{1,4}}(?!\d))?(?!\.\d)"
"""220, 1,25,000 or 1.5. All patterns are bounded, so that a long text takes time in proportion to its length."""

Kind = Literal["money", "time", "date", "phone", "measure"]
Reader = Callable[[re.Match[str], Language], str | None]
"""What was found, in words of the language around it; None leaves it to the next rule."""


@dataclass(frozen=True, slots=True)
class FigureRule:
    """How one form of figures is written, and how it is read."""

    pattern: re.Pattern[str]
    read: Reader
    kind: Kind | None = None
    """A dash between two of a kind is "to", a stroke is "or"."""
    is_name: bool = False
    """Part of a name, as in "Chicken 65 है": said in the language of the word before it."""


def rule(pattern: str, read: Reader, kind: Kind | None = None, *, is_name: bool = False) -> FigureRule:
    return FigureRule(re.compile(pattern, re.IGNORECASE), read, kind, is_name)


def before(found: re.Match[str]) -> str:
    """The last letters before it."""
    return found.string[max(0, found.start() - 24) : found.start()]


def after(found: re.Match[str]) -> str:
    """The first letters after it."""
    return found.string[found.end() : found.end() + 24]


def in_language(language: Language, english: str, hindi: str) -> str:
    return english if language == "en" else hindi


def counted(written: str, language: Language, *, of: bool = False) -> str | None:
    """A number that counts something; `of` says that what it counts is said next. None if it is too long."""
    whole, _, places = written.replace(",", "").partition(".")
    if len(whole) > LONGEST_AMOUNT:
        return None
    return (
        spoken_numbers.decimal(int(whole), places, language, of=of)
        if places
        else spoken_numbers.amount(int(whole), language)
    )


def value(written: str) -> float:
    return float(written.replace(",", ""))
