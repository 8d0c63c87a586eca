"""Understanding Indian booking speech: Hindi, English and Hinglish in Devanagari, Latin or Urdu letters.

A pure library: no I/O, no state. `understand` reads one utterance; the other functions are its parts.
"""

from __future__ import annotations

from .types import Dishes, Intent, IntentName, LanguageGuess, PhoneHeard, Slot, Understanding, When, YesNo
from .understand import understand

__all__ = [
    "Dishes",
    "Intent",
    "IntentName",
    "LanguageGuess",
    "PhoneHeard",
    "Slot",
    "Understanding",
    "When",
    "YesNo",
    "understand",
]
