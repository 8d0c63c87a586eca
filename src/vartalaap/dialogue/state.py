"""The dialogue state: what is remembered of a call. Each part is changed by its own methods only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ..core.booking.rules import Booking, Guest, Refusal, TableRequest
from ..core.context import CallContext, Outcome, Result
from ..core.phone import PhoneNumber
from .acts import Act
from .nlu.understanding import BookingSlot, IntentName, Request, Slot, Wish

Mode = Literal["talking", "booking", "changing", "cancelling"]
Reason = Literal[
    "", "complaint", "event", "large_party", "person", "question", "misunderstood", "trouble",
    "booking_of_another_number", "send_menu", "send_location", "food_safety", "lost_property", "job", "order_status",
]  # fmt: skip
"""Why a person is to call or to send something."""
SENT: frozenset[Reason] = frozenset({"send_menu", "send_location"})
"""What a message answers, not a call."""
Event = Literal[
    "tried_to_book", "refused", "handed_over", "sent", "not_found", "answered", "gave_up", "moved",
]  # fmt: skip
"""What has happened in the call, for its outcome. `sent`: a person will send something by WhatsApp."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Exactly what was read back; nothing else may be saved on a yes (R38, R39)."""

    request: TableRequest
    guest: Guest


@dataclass
class Slots:
    """What is known of the booking in hand, and of the guest."""

    date: dt.date | None = None
    time: dt.time | None = None
    party_size: int | None = None
    area: str | None = None
    """The part of the house that is wished for, by its id."""
    name: str | None = None
    phone: PhoneNumber | None = None
    digits: str = ""
    """Of a telephone number that is still being said."""
    requests: frozenset[Request] = frozenset()
    waiting: tuple[Wish, ...] = ()
    """Further tables that were asked for: each has its turn when the one before is booked."""

    def fill(self, slot: BookingSlot, value: object) -> None:
        """Put a value in, or None to have it asked for anew."""
        setattr(self, slot, value)

    def prefer(self, area: str | None) -> None:
        self.area = area

    def take(self, start: dt.datetime) -> None:
        """Day and time at once."""
        self.date, self.time = start.date(), start.time()

    def keep_digits(self, digits: str) -> None:
        """The beginning of a number; none when it is whole, or when another is begun."""
        self.digits = digits

    def add_requests(self, requests: Iterable[Request]) -> None:
        self.requests |= frozenset(requests)

    def forget_requests(self) -> None:
        """They are written down elsewhere."""
        self.requests = frozenset()

    def let_wait(self, wishes: Iterable[Wish]) -> None:
        self.waiting += tuple(wishes)

    def take_next(self) -> None:
        """The next table that was asked for is the one in hand."""
        wish, *rest = self.waiting
        self.waiting = tuple(rest)
        if wish.when:
            self.date, self.time = wish.when.date, wish.when.time
        self.party_size = wish.party_size

    def forget_table(self) -> None:
        """The guest stays the same person."""
        self.date = self.time = self.party_size = self.area = None


@dataclass
class Offer:
    """What is offered in place of a wish that cannot be granted."""

    refusal: Refusal | None = None
    """Why it cannot."""
    declined: bool = False
    """The caller wanted nothing of it."""

    def make(self, refusal: Refusal) -> None:
        self.refusal, self.declined = refusal, False

    def decline(self) -> None:
        self.declined = True

    def close(self) -> None:
        self.refusal = None


@dataclass
class Confirmation:
    """What was read back and waits for a yes."""

    read_back: ReadBack | None = None
    text: str = ""
    """The sentence that read it back; what was never heard cannot be agreed to."""
    asked_plainly: bool = False
    """The open question is only "yes or no?": what was read back is known."""
    unclear_number: int | None = None
    """Said at the read-back; the caller was asked whether it is the people or the hour."""

    def open(self, read_back: ReadBack) -> None:
        self.read_back, self.asked_plainly = read_back, False

    def ask_plainly(self) -> None:
        self.asked_plainly = True

    def close(self) -> None:
        """A yes to what comes now is no yes to what was read back."""
        self.read_back, self.asked_plainly = None, False

    def spoken(self, text: str) -> None:
        self.text = text

    def puzzle_over(self, number: int) -> None:
        self.unclear_number = number

    def pop_unclear_number(self) -> int | None:
        number, self.unclear_number = self.unclear_number, None
        return number


@dataclass
class Target:
    """The booking that exists and is to be changed or cancelled."""

    mine: tuple[Booking, ...] = ()
    """The caller's own bookings to choose from."""
    chosen: Booking | None = None

    def among(self, mine: tuple[Booking, ...]) -> None:
        self.mine = mine

    def choose(self, booking: Booking | None) -> None:
        self.chosen = booking

    def forget(self) -> None:
        self.mine, self.chosen = (), None


@dataclass
class NumberQuestion:
    """How asking for a telephone number has gone."""

    misses: int = 0
    """Times that no number came of it."""
    own_offers: int = 0
    """Times that the number which is calling was offered."""
    another_wanted: bool = False
    """To that the caller said no."""
    refused: bool = False
    """The caller would not give one, and was told that it is needed."""

    @property
    def own_offered(self) -> bool:
        return self.own_offers > 0

    def missed(self, times: int = 1) -> None:
        self.misses += times

    def offer_own(self) -> None:
        self.own_offers += 1

    def want_another(self) -> None:
        self.another_wanted = True

    def refuse(self) -> None:
        self.refused = True


@dataclass
class Handover:
    """An offer that a person calls, is connected, or sends something; and what was promised."""

    reason: Reason = ""
    """The offer is open while this is set."""
    connect_offered: bool = False
    """The open offer is to be connected at once."""
    rather_later: bool = False
    """To that the caller prefers to be called back."""
    party_size: int | None = None
    """The party that a person is to arrange for."""
    asked_again: bool = False
    """What was said to the offer was not clearly a yes."""
    promised: bool = False
    """A person will call."""
    promised_to: PhoneNumber | None = None
    promised_for: Reason = ""

    @property
    def is_open(self) -> bool:
        return bool(self.reason)

    @property
    def of_sending(self) -> bool:
        """Is it about something to be sent, not about a call?"""
        return self.reason in SENT

    def open(self, reason: Reason, party_size: int | None = None) -> None:
        self.reason = reason
        self.rather_later &= reason != "person"
        self.party_size = party_size or self.party_size
        self.asked_again = False

    def open_to_send(self, reason: Reason) -> None:
        self.reason = reason

    def ask_again(self) -> None:
        self.asked_again = True

    def reopen(self) -> None:
        """The promise is made anew, to another number."""
        self.reason = self.promised_for

    def offer_to_connect(self, *, near: bool) -> None:
        self.connect_offered = near

    def prefer_later(self) -> None:
        self.rather_later, self.connect_offered = True, False

    def promise(self, number: PhoneNumber) -> None:
        self.promised, self.promised_to, self.promised_for = True, number, self.reason

    def close(self) -> None:
        self.reason, self.connect_offered = "", False


@dataclass
class Topic:
    """What was talked about beside the booking, as far as the next utterance may rest on it."""

    unclear_dish: str = ""
    """The words for a dish of which there are many; we asked which."""
    day_asked_about: dt.date | None = None
    """The one day whose hours the caller wanted to know: a table that is asked for next is meant for it."""
    told_hours: bool = False
    """The last utterance asked for opening hours."""

    def ask_which_dish(self, words: str) -> None:
        self.unclear_dish = words

    def dish_is_clear(self) -> None:
        self.unclear_dish = ""

    def ask_about_day(self, day: dt.date | None) -> None:
        self.day_asked_about = day

    def pop_day(self) -> dt.date | None:
        day, self.day_asked_about = self.day_asked_about, None
        return day

    def tell_hours(self, *, told: bool) -> None:
        self.told_hours = told


@dataclass
class Progress:
    """Where the conversation stands."""

    asked: Slot | None = None
    """What the last reply asked for."""
    misses: int = 0
    """Replies in a row that got us nowhere."""
    waited: bool = False
    """The caller asked us to wait, in the utterance before."""
    told_free: TableRequest | None = None
    """The table that was said to be free."""
    just_booked: bool = False
    supposed: IntentName | None = None
    """The intent that the caller was asked about ("do you want to cancel?")."""
    said: tuple[Act, ...] = ()
    """The last reply, for "what did you say?"."""

    def ask(self, slot: Slot | None) -> None:
        self.asked = slot

    def suppose(self, intent: IntentName) -> None:
        self.supposed = intent

    def pop_supposed(self) -> IntentName | None:
        intent, self.supposed = self.supposed, None
        return intent

    def miss(self) -> None:
        self.misses += 1

    def get_on(self) -> None:
        self.misses = 0

    def wait(self, *, waiting: bool) -> None:
        self.waited = waiting

    def tell_free(self, request: TableRequest | None) -> None:
        self.told_free = request

    def book(self, *, booked: bool) -> None:
        self.just_booked = booked

    def say(self, acts: Iterable[Act]) -> None:
        self.said = tuple(acts)


class Events:
    """What has happened in the call; nothing that happened is undone but a handing over that was declined."""

    def __init__(self) -> None:
        self._happened: set[Event] = set()

    def __contains__(self, event: Event) -> bool:
        return event in self._happened

    def note(self, event: Event, *, happened: object = True) -> None:
        """It has happened; where `happened` is false, nothing changes."""
        if happened:
            self._happened.add(event)

    def settle(self, event: Event, *, happened: bool) -> None:
        """Whether it has happened after all."""
        (self._happened.add if happened else self._happened.discard)(event)


@dataclass
class State:
    """All of it."""

    mode: Mode = "talking"
    slots: Slots = field(default_factory=Slots)
    offer: Offer = field(default_factory=Offer)
    confirmation: Confirmation = field(default_factory=Confirmation)
    target: Target = field(default_factory=Target)
    number: NumberQuestion = field(default_factory=NumberQuestion)
    handover: Handover = field(default_factory=Handover)
    topic: Topic = field(default_factory=Topic)
    progress: Progress = field(default_factory=Progress)
    events: Events = field(default_factory=Events)

    @property
    def asked(self) -> Slot | None:
        """What the last reply asked for."""
        return self.progress.asked

    @property
    def wished_date(self) -> dt.date | None:
        """The slot, or what stays as it was of a booking that is being changed."""
        chosen = self.target.chosen
        return self.slots.date or (chosen.date if chosen else None)

    @property
    def wished_time(self) -> dt.time | None:
        chosen = self.target.chosen
        return self.slots.time if self.slots.time is not None or chosen is None else chosen.time

    @property
    def wished_party_size(self) -> int | None:
        chosen = self.target.chosen
        return self.slots.party_size or (chosen.party_size if chosen else None)

    @property
    def wished_area(self) -> str | None:
        chosen = self.target.chosen
        return self.slots.area or (chosen.area if chosen else None)

    @property
    def request(self) -> TableRequest | None:
        """The table as wished, once it is wholly known."""
        day, start, party_size = self.wished_date, self.wished_time, self.wished_party_size
        if day is None or start is None or party_size is None:
            return None
        return TableRequest(day, start, party_size, self.wished_area)

    @property
    def as_it_stands(self) -> ReadBack | None:
        """What would be read back now; None while something is missing."""
        request, slots, chosen = self.request, self.slots, self.target.chosen
        if request is None:
            return None
        if self.mode == "changing" and chosen:
            return ReadBack(request, chosen.guest)
        if slots.name is None or slots.phone is None:
            return None
        return ReadBack(request, Guest(slots.name, slots.phone))

    @property
    def awaits_confirmation(self) -> bool:
        """Was exactly what stands now read back, and is that the open question?"""
        read_back = self.confirmation.read_back
        return self.asked == "confirm" and read_back is not None and read_back == self.as_it_stands

    def turn_to(self, mode: Mode) -> None:
        self.mode = mode

    def forget_table(self) -> None:
        """The booking in hand is done with."""
        self.mode = "talking"
        self.slots.forget_table()
        self.offer.close()
        self.confirmation.close()
        self.target.forget()


def result_of(state: State, context: CallContext) -> Result:
    """How the call has ended, if it ends at this moment."""
    events = state.events
    endings: tuple[tuple[object, Result], ...] = (
        (context.made and "moved" in events, "rescheduled"),
        (context.made, "booked"),
        (context.cancelled, "cancelled"),
        ("handed_over" in events, "handoff"),
        ("sent" in events, "whatsapp"),
        ("refused" in events, "refused"),
        ("not_found" in events, "no_booking_found"),
        ("tried_to_book" in events, "no_booking"),
    )
    return next((result for happened, result in endings if happened), "info_only")


_ACHIEVEMENTS: tuple[Event, ...] = ("answered", "refused", "not_found", "sent")


def outcome_of(state: State, context: CallContext) -> Outcome | None:
    """The outcome for the call log; None while nothing has been achieved."""
    events = state.events
    if context.privacy_opt_out:
        return "privacy_opt_out"
    if context.made or context.cancelled:
        return "resolved"
    if "handed_over" in events or "gave_up" in events:
        return "fallback"
    return "resolved" if context.closing or any(event in events for event in _ACHIEVEMENTS) else None
