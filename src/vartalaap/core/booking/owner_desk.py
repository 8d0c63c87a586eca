"""The desk of the house itself: an owner or a program that may change any booking, under the same rules as a call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from ...errors import Conflict, NotFound, RuleBroken
from ..business import Business
from ..clock import Clock
from ..phone import PhoneNumber
from . import rules
from .book import Actor, ReservationBook, Seating, settled
from .rules import Booking, BookingStatus, Free, Guest, Refusal
from .seating import Names, Proof
from .terms import Rule, TableRequest

_NEXT: Mapping[BookingStatus, frozenset[BookingStatus]] = {
    "confirmed": frozenset({"seated", "completed", "no_show", "cancelled"}),
    "seated": frozenset({"completed", "confirmed"}),
    "completed": frozenset({"no_show"}),
    "no_show": frozenset({"completed"}),
    "cancelled": frozenset(),
}
"""What a booking may become; who was noted as absent by mistake was there after all."""
_EARLY = timedelta(hours=1)
"""How long before the booking guests may be noted as there."""
_FAR = timedelta(days=3 * 366)
_ACTIONS: Mapping[BookingStatus, str] = {
    "cancelled": "cancel",
    "completed": "complete",
    "no_show": "no_show",
    "seated": "seat",
}


Anyway = Literal["rules", "seats"]
"""To do it though a rule refuses: every rule but the seats and the tables, or those too."""
_SEATS = frozenset({Rule.FULL, Rule.NO_TABLE})
_OVERLOOKED: Mapping[Anyway | None, frozenset[Rule]] = {
    None: frozenset(),
    "rules": frozenset(Rule) - _SEATS,
    "seats": frozenset(Rule),
}
NOBODY = Guest("", None)
"""Who walked in, and gave no name."""


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
    area: str | None = None
    tables: Names | None = None
    """Where the guests are put in fact; others who were thought to sit there are given other tables as it goes on."""
    anyway: Anyway | None = None


class OwnerDesk:
    """Bookings of one business. A broken rule raises `RuleBroken`, which names it and what is free instead."""

    def __init__(self, business: Business, clock: Clock, book: ReservationBook, actor: Actor) -> None:
        self.business = business
        self._clock = clock
        self._book = book
        self._actor = actor

    async def check(self, request: TableRequest) -> Free | Refusal:
        """Is there a table?"""
        seating = self._seating(request)

        async def look(proof: Proof | None) -> Free | Refusal:
            return seating.decide(await self._book.occupied(self.business.id, seating.between), proof)

        return await settled(look)

    async def slots(self, day: date, party_size: int) -> tuple[tuple[datetime, Rule | None], ...]:
        """The day's starting times, aware, each with the rule that refuses it or None."""
        if self._far(day):
            return ()
        occupied = await self._book.occupied(self.business.id, rules.window_of_day(self.business, day))
        return rules.slots(self.business, self._clock.now(), occupied, day, party_size)

    async def book(
        self, request: TableRequest, guest: Guest, notes: str, key: str, anyway: Anyway | None = None
    ) -> Booking:
        """Book and commit. The same `key` of the same actor stands for the same booking of this business.

        Raises `BadRequest` if it was used for another wish.
        """
        request = replace(request, house=request.house or anyway is not None)
        booking = Booking("", self.business.id, request.date, request.time, request.party_size, guest, notes=notes)
        booking = replace(booking, area=request.area, origin="house" if request.house else "guest")
        return await self._add(booking, key, anyway)

    async def walk_in(
        self, party_size: int, key: str, *, area: str | None = None, notes: str = "", anyway: Anyway = "rules"
    ) -> Booking:
        """Guests who stand at the door: they sit from now on, at what is held for them too. `key` as of `book`."""
        now = self._clock.now().astimezone(self.business.tz)
        at = now.time().replace(second=0, microsecond=0)
        booking = Booking("", self.business.id, now.date(), at, party_size, NOBODY, "seated", notes, area, "walk_in")
        return await self._add(booking, key, anyway)

    async def _add(self, booking: Booking, key: str, anyway: Anyway | None) -> Booking:
        phone = booking.guest.phone.e164 if booking.guest.phone else ""
        made: tuple[object, ...] = (booking.party_size, booking.guest.name, phone, booking.notes, booking.area)
        when = () if booking.origin == "walk_in" else (booking.date, booking.time)
        wish = json.dumps((*when, *made), default=str)
        own_key = "|".join((self._actor.name, self.business.id, key))
        seating = self._seating(rules.asked_by(booking), anyway)
        return _or_raise(await self._book.add(booking, seating, own_key, self._actor, wish=wish))

    async def change(self, booking_id: str, change: Change, version: int | None = None) -> Booking:
        """Apply the change as one step. Raises `NotFound`, `Conflict` if `version` is given and not the present one."""
        action = _ACTIONS.get(change.status, "change") if change.status else "change"

        def edit(booking: Booking) -> tuple[Booking, Seating | None]:
            changed = _changed(booking, change)
            self._must_have(changed.tables or ())
            before, after = rules.asked_by(booking), rules.asked_by(changed)
            if after != before and (booking.status, changed.status) != ("confirmed", "confirmed"):
                raise RuleBroken("Only a confirmed booking can get another table.", details={"rule": "status"})
            if changed.status != booking.status:
                self._check_status(booking, changed.status)
            return changed, self._seating(after, change.anyway) if after != before else None

        return _or_raise(await self._book.change(booking_id, edit, action, self._actor, version=version))

    async def undo(self, booking_id: str, version: int | None = None) -> Booking:
        """Take back the last change of a booking; the making of one, by cancelling it. To undo that does it again.

        Raises `Conflict` if only a name, a number or a note was changed: what they were is not kept.
        """
        before = await self._book.before(booking_id)

        def edit(booking: Booking) -> tuple[Booking, Seating | None]:
            earlier = replace(booking, **before) if before else replace(booking, status="cancelled")
            if (earlier.status, rules.asked_by(earlier)) == (booking.status, rules.asked_by(booking)):
                raise Conflict("The last change was of a name, a number or a note: what it was is not kept.")
            takes = earlier.status in rules.LIVE
            kept = booking.status in rules.LIVE and rules.asked_by(earlier) == rules.asked_by(booking)
            return earlier, self._seating(rules.asked_by(earlier), "rules") if takes and not kept else None

        return _or_raise(await self._book.change(booking_id, edit, "undo", self._actor, version=version))

    async def misfits(self) -> tuple[tuple[Booking, Rule], ...]:
        """Bookings to come that the business, as it is configured now, would not hold: closed then, or no table."""
        coming = await self._book.coming(self.business.id, self._clock.now())
        days = {rules.service_day(self.business, rules.start_of(self.business, rules.asked_by(one))) for one in coming}
        homeless: set[str] = set()
        for day in days:
            occupied = await self._book.occupied(self.business.id, rules.window_of_day(self.business, day))
            homeless |= rules.without_table(self.business, day, occupied)
        found = ((one, rules.closed_then(self.business, rules.asked_by(one))) for one in coming)
        broken = ((one, rule or (Rule.NO_TABLE if one.id in homeless else None)) for one, rule in found)
        return tuple((one, rule) for one, rule in broken if rule)

    def _check_status(self, booking: Booking, status: BookingStatus) -> None:
        if status not in _NEXT[booking.status]:
            raise RuleBroken(f"A booking that is {booking.status} cannot become {status}.", details={"rule": "status"})
        start = rules.start_of(self.business, rules.asked_by(booking))
        if status not in may_become(booking.status, start, self._clock.now()):
            raise RuleBroken(f"A booking cannot be {status} before it begins.", details={"rule": "not_begun"})

    def _must_have(self, tables: Sequence[str]) -> None:
        known = {table.name for table in self.business.tables}
        if unknown := [name for name in tables if name not in known]:
            raise NotFound(f"there is no table {unknown[0]}; the business has {', '.join(sorted(known)) or 'none'}")

    def _seating(self, request: TableRequest, anyway: Anyway | None = None) -> Seating:
        areas = {area.id for area in self.business.areas}
        if request.area and request.area not in areas:
            raise NotFound(f"there is no area {request.area}; the business has {', '.join(sorted(areas)) or 'none'}")
        if not self._far(request.date):
            return Seating.of(self.business, self._clock, request, overlook=_OVERLOOKED[anyway])
        now = self._clock.now()
        rule = Rule.IN_THE_PAST if request.date < now.date() else Rule.TOO_FAR
        days = self.business.reservation_rules.max_advance_booking_days
        refusal = Refusal(rule, request, limit=days if rule is Rule.TOO_FAR else None)
        return Seating(request, now, (now, now), lambda _, __: refusal)

    def _far(self, day: date) -> bool:
        """So far away that the calendar itself may end there."""
        return abs(day - self._clock.now().date()) > _FAR


def may_become(status: BookingStatus, start: datetime, now: datetime) -> frozenset[BookingStatus]:
    """What a booking that begins at `start` can be changed to at this moment."""
    not_begun: set[BookingStatus] = {"completed", "no_show"} if now < start else set()
    much_too_early: set[BookingStatus] = {"seated"} if now < start - _EARLY else set()
    return _NEXT[status] - not_begun - much_too_early


def _changed(booking: Booking, change: Change) -> Booking:
    return replace(
        booking,
        date=change.date or booking.date,
        time=booking.time if change.time is None else change.time,
        party_size=change.party_size or booking.party_size,
        guest=Guest(change.name or booking.guest.name, change.phone or booking.guest.phone),
        notes=booking.notes if change.notes is None else change.notes,
        status=change.status or booking.status,
        area=change.area or booking.area,
        origin="house" if change.anyway and booking.origin == "guest" else booking.origin,
        tables=booking.tables if change.tables is None else change.tables,
    )


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
        "elsewhere": list(refusal.elsewhere),
        "perhaps": refusal.perhaps,
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
    Rule.PACE: "As many guests as the kitchen can serve begin in that quarter of an hour already.",
    Rule.NO_TABLE: "There is no table for such a party at that time.",
    Rule.AREA_FULL: "There is no table in that part of the house at that time, but there is one elsewhere.",
    Rule.FULL: "There are not enough free seats at that time.",
    Rule.TOO_MANY_BOOKINGS: "No more than {limit} bookings run at the same time.",
}


def sentence(refusal: Refusal) -> str:
    """The reason, to be shown."""
    return _SENTENCES[refusal.rule].format(limit=refusal.limit)
