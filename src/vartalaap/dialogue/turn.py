"""One utterance on its way to a reply."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ..core.booking.caller_desk import Desk
from ..core.business import Business
from ..core.context import CallContext
from ..core.phone import PhoneNumber
from .acts import Act, PhraseKey
from .nlu.understanding import ENOUGH, OF_THE_HOUSE, SURE, IntentName, Slot, Understanding
from .state import State

_BUSINESS_INTENTS: tuple[IntentName, ...] = (
    "book", "change", "cancel", "price", "menu", "vegetarian", "recommend", "hours", "address", "delivery",
    "large_party", "person", "complaint", "payment", "question", "what_data", "parking", "facility", "offers",
    "order_status", "food_safety", "lost_property", "job", "seller", "late", "own_booking",
)  # fmt: skip


class Turn:
    """What was understood, the state it meets, and the acts that policy answers with."""

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
        self.number_problem: PhraseKey | None = None
        """The phrase that asks for what is missing of a telephone number."""
        self.taken_by = ""
        """The name of the handler that took it."""

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
        if heard.has("book") or (heard.party_size and heard.when and heard.when.time):
            return False
        if self.state.offer.refusal and heard.shows("told_closed"):
            return False  # "oh, you are closed. Tuesday then"
        return heard.has("hours", at_least=ENOUGH if self.state.mode == "talking" else SURE)

    def leave_the_day_of_a_question(self) -> None:
        """ "Is there live music on Saturday?" names a day, and wishes for no table."""
        if self.heard.has(*OF_THE_HOUSE) and not self.heard.has("book") and not self.heard.party_size:
            self.heard = replace(self.heard, when=None)

    @property
    def brings_content(self) -> bool:
        """Is there anything in it beyond courtesies and a yes or no?"""
        heard = self.heard
        return bool(heard.when or heard.party_size or heard.phone or heard.dishes or heard.has(*_BUSINESS_INTENTS))

    @property
    def agrees(self) -> bool:
        """A yes; beside a question that was answered, an "achha" or an "ok" only leads it in."""
        return self.heard.answer == "yes" and (not self.answered or self.heard.shows("agrees_plainly"))

    def read_back_was_heard(self) -> bool:
        """Did the caller hear the read-back to its end, in one piece?"""
        text = self.state.confirmation.text
        return any(text in turn.text for turn in self.context.turns if turn.speaker == "bot")

    def say(self, key: PhraseKey, **values: object) -> None:
        """Add an act to the reply."""
        self.acts.append(Act(key, values))

    def ask(self, slot: Slot | None, key: PhraseKey, **values: object) -> None:
        """Add the reply's question; it becomes what the next answer is an answer to."""
        self.say(key, **values)
        self.state.progress.ask(slot)

    def ask_more(self) -> None:
        self.ask("anything_else", "ask_more")
