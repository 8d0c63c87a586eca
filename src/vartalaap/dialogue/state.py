"""What the local brain remembers of a call, and the acts it answers with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..core.booking.caller_desk import Desk
from ..core.booking.rules import Booking, Guest, Refusal, TableRequest
from ..core.business import Business
from ..core.context import CallContext, Outcome, Result
from ..core.phone import PhoneNumber
from .nlu.text.tokens import listen
from .nlu.types import IntentName, Slot, Understanding

Mode = Literal["talking", "booking", "changing", "cancelling"]

_BUSINESS_INTENTS: tuple[IntentName, ...] = (
    "book", "change", "cancel", "price", "menu", "vegetarian", "recommend", "hours", "address", "delivery",
    "large_party", "person", "complaint", "payment", "question", "what_data",
)  # fmt: skip


_SURELY_A_QUESTION = 0.7
_SURELY_HOURS = 0.85
"""Words for open and closed were said, not only one for time."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to say: the name of a phrase and what fills its braces, not yet in any language."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Exactly what was read back; nothing else may be saved on a yes (R38, R39)."""

    request: TableRequest
    guest: Guest


@dataclass
class State:
    """The slots of the booking in hand and where the conversation stands."""

    mode: Mode = "talking"
    date: dt.date | None = None
    time: dt.time | None = None
    party_size: int | None = None
    name: str | None = None
    phone: PhoneNumber | None = None
    digits: str = ""
    """Of a telephone number that is still being said."""
    asked: Slot | None = None
    """What the last reply asked for."""
    misses: int = 0
    """Replies in a row that got us nowhere."""
    number_misses: int = 0
    """Times that no number came of asking for one."""
    refusal: Refusal | None = None
    """Why the wish as it stands cannot be granted."""
    offer_declined: bool = False
    """The caller wanted nothing of what was offered instead."""
    own_number_offered: bool = False
    number_refused: bool = False
    """The caller would not give one, and was told that it is needed."""
    told_free: TableRequest | None = None
    """The table that was said to be free."""
    read_back: ReadBack | None = None
    read_back_text: str = ""
    """The sentence that read it back; what was never heard cannot be agreed to."""
    unclear_number: int | None = None
    """Said at the read-back; the caller was asked whether it is the people or the hour."""
    mine: tuple[Booking, ...] = ()
    """The caller's own bookings to choose from."""
    chosen: Booking | None = None
    """The one to change or cancel."""
    call_back_reason: str = ""
    """Why a person was offered; the offer is open while this is set."""
    connect_offered: bool = False
    """The open offer is to be connected at once."""
    rather_later: bool = False
    """To that the caller prefers to be called back."""
    call_back_party: int | None = None
    """The party that a person is to arrange for."""
    just_booked: bool = False
    moved: bool = False
    """A booking of an earlier call was moved."""
    unclear_dish: str = ""
    """The words for a dish of which there are many; we asked which."""
    wishes: set[str] = field(default_factory=set)
    """Special requests for the booking in hand."""
    day_asked_about: dt.date | None = None
    """The one day whose hours the caller wanted to know: a table that is asked for next is meant for it."""
    told_hours: bool = False
    """The last utterance asked for opening hours."""
    tried_to_book: bool = False
    refused: bool = False
    handed_over: bool = False
    promised: bool = False
    """A person will call."""
    promised_to: PhoneNumber | None = None
    promised_for: str = ""
    sent: bool = False
    """A person will send something by WhatsApp."""
    waited: bool = False
    """The caller asked us to wait, in the utterance before."""
    not_found: bool = False
    answered: bool = False
    gave_up: bool = False
    said: tuple[Act, ...] = ()
    """The last reply, for "what did you say?"."""

    @property
    def wished_date(self) -> dt.date | None:
        """The slot, or what stays as it was of a booking that is being changed."""
        return self.date or (self.chosen.date if self.chosen else None)

    @property
    def wished_time(self) -> dt.time | None:
        return self.time if self.time is not None or self.chosen is None else self.chosen.time

    @property
    def wished_party_size(self) -> int | None:
        return self.party_size or (self.chosen.party_size if self.chosen else None)

    @property
    def request(self) -> TableRequest | None:
        """The table as wished, once it is wholly known."""
        day, start, party_size = self.wished_date, self.wished_time, self.wished_party_size
        if day is None or start is None or party_size is None:
            return None
        return TableRequest(day, start, party_size)

    def forget_table(self) -> None:
        """The booking in hand is done with; the guest stays the same person."""
        self.mode = "talking"
        self.date = self.time = self.party_size = self.refusal = self.read_back = self.chosen = None
        self.mine = ()


class Turn:
    """One utterance on its way to a reply."""

    def __init__(self, context: CallContext, state: State, heard: Understanding) -> None:
        self.context = context
        self.state = state
        self.heard = heard
        self.acts: list[Act] = []
        self.progress = False
        """Did the utterance bring the conversation on?"""
        self.answered = False
        """Was a question of the caller's answered in it?"""
        self.amended_phone: PhoneNumber | None = None
        """The number of the booking in hand, with the digits put right that the utterance names."""
        self.number_problem: str | None = None
        """The phrase that asks for what is missing of a telephone number."""

    @property
    def desk(self) -> Desk:
        return self.context.desk

    @property
    def business(self) -> Business:
        return self.context.business

    @property
    def now(self) -> dt.datetime:
        """On the business's clock."""
        return self.context.clock.now().astimezone(self.business.tz)

    @property
    def asks_about_hours(self) -> bool:
        """A day that is named in such a question is no wish for a table; "Sunday at the same time?" in a booking is."""
        heard = self.heard
        if heard.has("book", at_least=0.7) or (heard.party_size and heard.when and heard.when.time):
            return False
        speech = listen(heard.text)
        if self.state.refusal and speech.any("close") and not speech.any("open", "what", "when"):
            return False  # "oh, you are closed. Tuesday then"
        return heard.has("hours", at_least=0.5 if self.state.mode == "talking" else _SURELY_HOURS)

    def leave_the_day_of_a_question(self) -> None:
        """ "Is there live music on Saturday?" names a day, and wishes for no table."""
        if self.heard.has("question", at_least=_SURELY_A_QUESTION) and not self.heard.party_size:
            self.heard = replace(self.heard, when=None)

    @property
    def brings_content(self) -> bool:
        """Is there anything in it beyond courtesies and a yes or no?"""
        heard = self.heard
        return bool(heard.when or heard.party_size or heard.phone or heard.dishes or heard.has(*_BUSINESS_INTENTS))

    @property
    def agrees(self) -> bool:
        """A yes; beside a question that was answered, an "achha" or an "ok" only leads it in."""
        if self.heard.answer != "yes":
            return False
        return not self.answered or listen(self.heard.text).any("yes", "right", "do_it", "done")

    def read_back_was_heard(self) -> bool:
        """Did the caller hear the read-back to its end, in one piece?"""
        text = self.state.read_back_text
        return any(text in turn.text for turn in self.context.turns if turn.speaker == "bot")

    def say(self, key: str, **values: object) -> None:
        """Add an act to the reply."""
        self.acts.append(Act(key, values))

    def ask(self, slot: Slot | None, key: str, **values: object) -> None:
        """Add the reply's question; it becomes what the next answer is an answer to."""
        self.say(key, **values)
        self.state.asked = slot

    def ask_more(self) -> None:
        self.ask("anything_else", "ask_more")


def result_of(state: State, context: CallContext) -> Result:
    """How the call has ended, if it ends at this moment."""
    endings: tuple[tuple[object, Result], ...] = (
        (context.made and state.moved, "rescheduled"),
        (context.made, "booked"),
        (context.cancelled, "cancelled"),
        (state.handed_over, "handoff"),
        (state.sent, "whatsapp"),
        (state.refused, "refused"),
        (state.not_found, "no_booking_found"),
        (state.tried_to_book, "no_booking"),
    )
    return next((result for happened, result in endings if happened), "info_only")


def outcome_of(state: State, context: CallContext) -> Outcome | None:
    """The outcome for the call log; None while nothing has been achieved."""
    if context.privacy_opt_out:
        return "privacy_opt_out"
    if context.made or context.cancelled:
        return "resolved"
    if state.handed_over or state.gave_up:
        return "fallback"
    achieved = context.closing or state.answered or state.refused or state.not_found or state.sent
    return "resolved" if achieved else None
