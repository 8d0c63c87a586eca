"""Understanding Indian booking speech: Hindi, English and Hinglish in Devanagari, Latin or Urdu letters.

A pure library: no I/O, no state. `understand` reads one utterance; the other functions are its parts.
"""

from __future__ import annotations

from .attacks import is_attack
from .language import guess_language
from .lines import LineKind, understand_lines
from .menu import find_dishes
from .names import read_name
from .numbers import read_money, read_number
from .party import read_party
from .phones import read_phone
from .types import Dishes, Intent, IntentName, LanguageGuess, PhoneHeard, Slot, Understanding, When, YesNo
from .understand import understand, warm_up
from .when import read_when
from .yesno import answer_yes_no

__all__ = [
    "Dishes",
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
    "read_money",
    "read_name",
    "read_number",
    "read_party",
    "read_phone",
    "read_when",
    "understand",
    "understand_lines",
    "warm_up",
]
