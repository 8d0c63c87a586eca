"""Understanding Indian booking speech: Hindi, English and Hinglish in Devanagari, Latin or Urdu letters.

A pure library: no I/O, no state. `understand` reads one utterance; the other functions are its parts.
"""

from __future__ import annotations

from .intents import is_attack
from .interpreter import understand, warm_up
from .jsonl import LineKind, understand_lines
from .language import guess_language
from .readers.dishes import find_dishes
from .readers.names import read_name
from .readers.numbers import read_money, read_number
from .readers.yes_no import answer_yes_no
from .sentences import sounds_like_said
from .signals import is_backchannel
from .understanding import (
    Dishes,
    Expectation,
    Intent,
    IntentName,
    LanguageGuess,
    PhoneHeard,
    Slot,
    Understanding,
    When,
    YesNo,
)
from .values import read_party, read_phone, read_when

__all__ = [
    "Dishes",
    "Expectation",
    "Intent",
    "IntentName",
    "LanguageGuess",
    "LineKind",
    "PhoneHeard",
    "Slot",
    "Understanding",
    "When",
    "YesNo",
    "answer_yes_no",
    "find_dishes",
    "guess_language",
    "is_attack",
    "is_backchannel",
    "read_money",
    "read_name",
    "read_number",
    "read_party",
    "read_phone",
    "read_when",
    "sounds_like_said",
    "understand",
    "understand_lines",
    "warm_up",
]
