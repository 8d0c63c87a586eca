"""The desk of the house itself: an owner or a program that may change any booking, under the same rules as a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from ..errors import RuleBroken
from . import reservations as rules
from .book import Actor, ReservationBook, Seating
from .business import Business
from .clock import Clock
from .phone import PhoneNumber
from .reservations import Booking, BookingStatus, Free, Guest, Refusal, Rule, TableRequest

_NEXT: Mapping[BookingStatus, frozenset[BookingStatus]] = {
    "confirmed": frozenset({"cancelled", "completed", "no_show"}),
    "completed": frozenset({"no_show"}),
    "no_show": frozenset({"completed"}),
    "cancelled": frozenset(),
}
"""What a booking may become; who was noted as absent by mistake was there after all."""
_ACTIONS: Mapping[BookingStatus, str] = {"cancelled": "cancel", "completed": "complete", "no_show": "no_show"}


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a booking; None leaves it as it is."""

    date: date | None = None
    time: time | None = None
    party_size: int | None = None
    name: str | None = None
    phone: PhoneNumber | None = None
    notes: str | None = None
    status: BookingStatus | None = None


class OwnerDesk:
    """Bookings of one business. A broken rule raises `RuleBroken`, which names it and what is free instead."""

    def __init__(self, business: Business, clock: Clock, book: ReservationBook, actor: Actor) -> None:
        self.business = business
        self._clock = clock
        self._book = book
        self._actor = actor

    async def check(self, request: TableRequest) -> Free | Refusal:
        """Is there a table?"""
        seating = Seating.of(self.business, self._clock, request)
        return seating.decide(await self._book.occupied(self.business.id, seating.between))

    async def slots(self, day: date, party_size: int) -> tuple[tuple[datetime, Rule | None], ...]:
        """The day's starting times, aware, each with the rule that refuses it or None."""
        occupied = await self._book.occupied(self.business.id, rules.window_of_day(self.business, day))
        return rules.slots(self.business, self._clock.now(), occupied, day, party_size)

    async def book(self, request: TableRequest, guest: Guest, notes: str, key: str) -> Booking:
        """Book and commit. The same `key` with the same wish returns the same booking."""
        booking = Booking("", self.business.id, request.date, request.time, request.party_size, guest, notes=notes)
        wish = (self._actor.name, key, request.date, request.time, request.party_size, guest.phone.e164)
        seating = Seating.of(self.business, self._clock, request)
        return _or_raise(await self._book.add(booking, seating, "|".join(map(str, wish)), self._actor))

    async def change(self, booking_id: str, change: Change, version: int | None = None) -> Booking:
        """Apply the change as one step. Raises `NotFound`, `Conflict` if `version` is given and not the present one."""
        action = _ACTIONS.get(change.status, "change") if change.status else "change"
        edit = _Edit(self.business, self._clock, change)
        return _or_raise(await self._book.change(booking_id, edit, action, self._actor, version=version))


class _Edit:
    """A change, applied to the booking as the transaction finds it."""

    def __init__(self, business: Business, clock: Clock, change: Change) -> None:
        self._business = business
        self._clock = clock
        self._change = change

    def __call__(self, booking: Booking) -> tuple[Booking, Seating | None]:
        change = self._change
        request = TableRequest(
            change.date or booking.date, change.time or booking.time, change.party_size or booking.party_size
        )
        status = change.status or booking.status
        guest = Guest(change.name or booking.guest.name, change.phone or booking.guest.phone)
        notes = booking.notes if change.notes is None else change.notes
        changed = replace(rules.at(booking, request), guest=guest, notes=notes, status=status)
        other_table = request != TableRequest(booking.date, booking.time, booking.party_size)
        if other_table and (booking.status, status) != ("confirmed", "confirmed"):
            raise RuleBroken("Only a confirmed booking can get another table.", details={"rule": "status"})
        if status != booking.status:
            self._check_status(booking, status)
        return changed, Seating.of(self._business, self._clock, request) if other_table else None

    def _check_status(self, booking: Booking, status: BookingStatus) -> None:
        if status not in _NEXT[booking.status]:
            raise RuleBroken(f"A booking that is {booking.status} cannot become {status}.", details={"rule": "status"})
        request = TableRequest(booking.date, booking.time, booking.party_size)
        if status != "cancelled" and self._clock.now() < rules.start_of(self._business, request):
            raise RuleBroken(f"A booking cannot be {status} before it begins.", details={"rule": "not_begun"})


def _or_raise(answer: Booking | Refusal) -> Booking:
    if isinstance(answer, Refusal):
        raise RuleBroken(sentence(answer), details=refusal_details(answer))
    return answer


def refusal_details(refusal: Refusal) -> dict[str, object]:
    """`rule`, and what would be possible instead, as JSON values; instants are local to the business."""
    return {
        "rule": refusal.rule.value,
        "limit": refusal.limit,
        "alternatives": [start.strftime("%Y-%m-%dT%H:%M") for start in refusal.alternatives],
        "next_open": refusal.next_open.isoformat() if refusal.next_open else None,
        "hours": [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in refusal.hours],
        "last_start": refusal.last_start.strftime("%H:%M") if refusal.last_start else None,
    }


_SENTENCES: Mapping[Rule, str] = {
    Rule.PARTY_TOO_SMALL: "A booking is for at least {limit} people.",
    Rule.PARTY_TOO_LARGE: "More than {limit} people are arranged by a person, not booked here.",
    Rule.PEAK_PARTY_TOO_LARGE: "At peak hours a party has at most {limit} people.",
    Rule.IN_THE_PAST: "That time has passed.",
    Rule.TOO_SOON: "A booking needs {limit} minutes' notice.",
    Rule.TOO_FAR: "Bookings are taken for the next {limit} days.",
    Rule.CLOSED_DAY: "The house is closed on that day.",
    Rule.SPECIAL_CLOSURE: "The house is closed on that date.",
    Rule.OUTSIDE_HOURS: "The house is not open at that time.",
    Rule.LAST_SEATING: "The last seating is {limit} minutes before closing.",
    Rule.FULL: "There are not enough free seats at that time.",
    Rule.TOO_MANY_BOOKINGS: "No more than {limit} bookings run at the same time.",
}


def sentence(refusal: Refusal) -> str:
    """The reason, to be shown."""
    return _SENTENCES[refusal.rule].format(limit=refusal.limit)
