"""What is understood of one utterance. Everything is optional: nothing is invented.

Rules, a model's tool call and a test produce the same thing; policy sees nothing else of what the caller said.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...core.business import MenuItem
from ...core.language import Language

Slot = Literal[
    "date", "time", "party_size", "name", "phone", "confirm", "anything_else", "which_booking", "call_back", "intent"
]
"""What the last question asked for; it decides how a bare "eight", "Suresh" or "haan" is read."""

BookingSlot = Literal["date", "time", "party_size", "name", "phone"]
"""What a booking is made of."""

_MANY_WORDS = 5
"""So many say something, whether or not it is understood."""

YesNo = Literal["yes", "no", "unclear"]

IntentName = Literal[
    "book", "change", "cancel", "own_booking", "late", "give_up",
    "price", "menu", "vegetarian", "recommend",
    "hours", "address", "delivery", "large_party", "payment", "parking", "facility", "offers", "order_status",
    "question",
    "person", "complaint", "food_safety", "lost_property", "job", "seller",
    "robot", "small_talk", "other_language", "speak_hindi", "speak_english",
    "greeting", "thanks", "bye", "hang_up",
    "wait", "repeat", "louder", "filler",
    "dont_record", "what_data", "stop_messages",
    "wrong_number", "abuse", "attack",
]  # fmt: skip
"""What a caller wants. `own_booking` asks after or confirms a booking that exists; `order_status` is about food ordered
elsewhere; `facility` is what the house has (music, a hall, pets); `question` is anything else that is asked of it."""

LIKELY = 0.3
"""From here on an intent is asked about, and speaks against a yes."""
ENOUGH = 0.5
"""From here on an intent is acted on."""
SURE = 0.85
"""From here on it is acted on against other signs."""

OF_THE_HOUSE: tuple[IntentName, ...] = ("question", "parking", "facility", "offers")
"""Questions that only the owner can answer: by an FAQ, or by a call back."""

Signal = Literal[
    # how it is put
    "asks", "available", "only_courtesies", "leave_it", "wants", "refusing", "agrees_plainly", "agrees_after_refusal",
    # tables and bookings
    "names_booking", "names_table", "own_booking", "has_booking", "asks_when",
    "another", "one_more", "celebration", "private_celebration",
    # hours
    "told_closed", "now", "part_of_day",
    # a call back, a connection, a message
    "call", "call_later", "connect", "message",
    # what a bare number is
    "counts_people", "counts_hours",
    # what a value may rest on that a model reads in the words
    "tells_day", "hints_day", "tells_time", "hints_time", "tells_people", "hints_people",
    # a name
    "name_given", "name_only_in_question",
]  # fmt: skip
"""What an utterance shows besides intents and values; `signals.py` says by which words."""

Request = Literal[
    "allergy", "anniversary", "birthday", "cake", "corner table", "decoration", "flowers", "high chair",
    "outdoor table", "quiet table", "wheelchair access", "window table", "running late",
]  # fmt: skip
"""A special request, as the owner reads it."""


_DOUBTFUL = 0.5
"""Probability below which a value is said back at once."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Where the dialogue stands, as far as it decides how an utterance is read."""

    slot: Slot | None = None
    """What was asked for."""
    digits: str = field(default="", repr=False)
    """Of a telephone number begun in earlier turns."""
    number_read_back: str = field(default="", repr=False)
    """The ten digits that were read back: single ones may be put right."""
    guest: str = field(default="", repr=False)
    """The name that was read back."""
    unclear_dish: str = ""
    """The words for a dish of which there are many; the caller was asked which."""
    date: dt.date | None = None
    """The day that the booking in hand has, for "the day after that"."""
    time: dt.time | None = None
    """Its time, for "an hour later"."""
    question: str = ""
    """The yes-or-no question, if its words matter ("shall I cancel it?")."""


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
class NoSuchDay:
    """A day that its month does not have: the 31st of November."""

    day: int
    month: int
    year: int

    @property
    def last(self) -> dt.date:
        """The last day that the month has."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])


@dataclass(frozen=True, slots=True)
class When:
    """A date, a time, or both; what was not said is None, never a guess."""

    date: dt.date | None = None
    time: dt.time | None = None
    time_inferred: bool = False
    """True when the half of the day was not said and the opening hours decided ("saat baje")."""
    date_ambiguous: bool = False
    """True when two dates are possible ("agle shanivaar"): read the date back."""
    conflict: bool = False
    """True when a weekday and a date were said that disagree: ask."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A second table that the same utterance asks for."""

    when: When | None
    party_size: int | None


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
    order: Literal["earlier", "later"] | None = None
    """The same by its time ("the earlier one")."""
    party_change: int = 0
    """More people than were told before ("two more"), or fewer if negative."""
    number: int | None = None
    """Of an utterance that gives nothing else, a number without anything that it counts ("make it six")."""
    days: tuple[dt.date, ...] = ()
    """Every day that is named, in the order in which they are."""
    slot_named: BookingSlot | None = None
    """The slot that is spoken of without a value ("the time is wrong")."""
    amended_number: str | None = field(default=None, repr=False)
    """The number that was read back, with the digits put right that the utterance names."""
    possible_name: str | None = field(default=None, repr=False)
    """Words that could be a name, of an utterance in which nothing was understood."""
    narrowed_dishes: tuple[Dishes, ...] = ()
    """Of the dish that was unclear, those that are left after this utterance ("the steamed ones")."""
    sure: Mapping[BookingSlot, float] = field(default_factory=dict)
    """Of the values that were read in the contest, the probability (0 to 1) that they are what was meant."""
    rivals: Mapping[BookingSlot, object] = field(default_factory=dict)
    """Of those that were nearly read otherwise: what the other reading would be, None if none of a booking's values."""
    impossible_date: NoSuchDay | None = None
    """The date that was said, if its month has no such day."""
    also: tuple[Wish, ...] = ()
    """Further tables that the same utterance asks for, beyond the one whose values stand above."""
    requests: frozenset[Request] = frozenset()
    """Special requests that are spoken of."""
    requests_told: frozenset[Request] = frozenset()
    """Those of them that are not only asked about; as far as the utterance asks at all."""
    area: str | None = None
    """The part of the house that is spoken of, by its id."""
    faq_answers: tuple[str, ...] = ()
    """The owner's answers to what is asked: one, or two where two things were asked."""
    unexplained: int = 0
    """Words of it that are neither consent nor courtesy nor part of a value: a yes with any commits to nothing."""
    signals: frozenset[Signal] = frozenset()
    words: int = 0
    """How many were said."""
    unknown_words: int = 0
    """How many of them mean nothing to us."""

    def has(self, *names: IntentName, at_least: float = ENOUGH) -> bool:
        """Is one of these intents there with that confidence?"""
        return any(i.name in names and i.confidence >= at_least for i in self.intents)

    def is_doubtful(self, slot: BookingSlot) -> bool:
        """Was its value rather guessed than read?"""
        return slot in self.rivals or self.sure.get(slot, 1.0) < _DOUBTFUL

    def shows(self, *signals: Signal) -> bool:
        """Is one of these signals there?"""
        return not self.signals.isdisjoint(signals)

    @property
    def substantive(self) -> bool:
        """Does it carry more than fillers (R68, R74)?"""
        return bool(
            self.when or self.party_size or self.phone or self.name or self.dishes or self.answer != "unclear"
            or any(i.name != "filler" for i in self.intents) or self.words >= _MANY_WORDS
        )  # fmt: skip
