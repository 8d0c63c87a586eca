"""What is understood of one utterance. Everything is optional: nothing is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from ...core.business import MenuItem
from ...core.language import Language

Slot = Literal["date", "time", "party_size", "name", "phone", "confirm", "anything_else", "which_booking", "call_back"]
"""What the last question asked for; it decides how a bare "eight", "Suresh" or "haan" is read."""

YesNo = Literal["yes", "no", "unclear"]

IntentName = Literal[
    "book", "change", "cancel",
    "price", "menu", "vegetarian", "recommend",
    "hours", "address", "delivery", "large_party", "person", "complaint", "payment", "question",
    "greeting", "thanks", "bye",
    "wait", "repeat", "louder", "filler",
    "dont_record", "what_data", "stop_messages",
    "wrong_number", "abuse", "injection",
    "speak_hindi", "speak_english",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    label: Language
    confidence: float
    """0 to 1; under 0.7 nobody should change language because of it (R69)."""


@dataclass(frozen=True, slots=True)
class Intent:
    name: IntentName
    confidence: float


@dataclass(frozen=True, slots=True)
class When:
    """A date, a time, or both; what was not said is None, never a guess."""

    date: date | None = None
    time: time | None = None
    time_inferred: bool = False
    """True when the half of the day was not said and the opening hours decided ("saat baje")."""
    date_ambiguous: bool = False
    """True when two dates are possible ("agle shanivaar"): read the date back."""
    conflict: bool = False
    """True when a weekday and a date were said that disagree: ask."""


@dataclass(frozen=True, slots=True)
class PhoneHeard:
    digits: str = field(repr=False)
    """The digits so far, with those of earlier turns; ten when complete."""
    complete: bool
    own_number: bool = False
    """True for "isi number pe": the number that the caller is calling from."""


@dataclass(frozen=True, slots=True)
class Dishes:
    """Menu items that a phrase may mean: one is clear, several are ambiguous, none is unknown."""

    said: str = field(repr=False)
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    text: str = field(repr=False)
    language: LanguageGuess
    intents: tuple[Intent, ...] = ()
    answer: YesNo = "unclear"
    when: When | None = None
    party_size: int | None = None
    phone: PhoneHeard | None = None
    name: str | None = field(default=None, repr=False)
    dishes: tuple[Dishes, ...] = ()
    corrects: frozenset[Slot] = frozenset()
    """Slots whose new value was marked as a correction ("nahi nahi, 6 log")."""
    choice: int | None = None
    """A place in a list that was read out ("pehla wala" 1, "the last one" -1)."""
    party_change: int = 0
    """More people than were told before ("two more"), or fewer if negative."""
    number: int | None = None
    """Of an utterance that gives nothing else, a number without anything that it counts ("make it six")."""

    def has(self, *names: IntentName, at_least: float = 0.5) -> bool:
        """Is one of these intents there with that confidence?"""
        return any(i.name in names and i.confidence >= at_least for i in self.intents)

    @property
    def substantive(self) -> bool:
        """Does it carry more than fillers (R68, R74)?"""
        return bool(
            self.when or self.party_size or self.phone or self.name or self.dishes or self.answer != "unclear"
            or any(i.name != "filler" for i in self.intents)
        )  # fmt: skip
