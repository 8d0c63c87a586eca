"""A business and an in-memory reservation book for tests of the desk and of conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vartalaap.core.booking.book import Actor, Edit, Seating, Window, settled
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import LIVE, REQUEST, Booking, Free, Occupancy, Refusal, same_table
from vartalaap.core.booking.seating import Names, Proof
from vartalaap.core.business import Business, ReservationRules
from vartalaap.core.clock import Clock
from vartalaap.core.language import Language
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.business_file import load_business
from vartalaap.errors import BadRequest, Conflict, NotFound

DEMO = Path(__file__).parents[2] / "config" / "himalayan_kitchen.yaml"
TEST_NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
"""A Wednesday."""


@cache
def _demo() -> Business:
    return load_business(DEMO)


def test_business(**rules: object) -> Business:
    """The demonstration business with some rules changed."""
    demo = _demo()
    changed = ReservationRules.model_validate({**demo.reservation_rules.model_dump(), **rules})
    return demo.model_copy(update={"reservation_rules": changed})


test_business.__test__ = False  # type: ignore[attr-defined]


@dataclass
class MemoryBook:
    """`core.book.ReservationBook` and `FollowUps` in a dictionary."""

    bookings: dict[str, Booking] = field(default_factory=dict)
    earlier: dict[str, Booking] = field(default_factory=dict)
    """As they were before their last change."""
    keys: dict[str, str] = field(default_factory=dict)
    wishes: dict[str, str | None] = field(default_factory=dict)
    holds: dict[str, tuple[Occupancy, datetime]] = field(default_factory=dict)
    clock: Clock = field(default_factory=lambda: Clock(TEST_NOW))
    follow_ups: list[tuple[str, PhoneNumber | None]] = field(default_factory=list)
    whatsapp: list[PhoneNumber] = field(default_factory=list)

    def live(self) -> list[Booking]:
        return [booking for booking in self.bookings.values() if booking.status in LIVE]

    async def occupied(
        self, business_id: str, between: Window, *, but: str | None = None, call_id: str = ""
    ) -> Sequence[Occupancy]:
        taken = [_occupancy(booking) for booking in self.live() if booking.id != but]
        now = self.clock.now()
        taken += [held for call, (held, until) in self.holds.items() if call != call_id and until > now]
        return [one for one in taken if between[0] <= one.start < between[1]]

    async def add(
        self,
        booking: Booking,
        seating: Seating,
        key: str,
        actor: Actor,
        *,
        wish: str | None = None,
        confirm_in: Language | None = None,
    ) -> Booking | Refusal:
        if key in self.keys and self.wishes[key] != wish:
            raise BadRequest("the key was used for another wish")
        if key in self.keys and (wish or same_table(self.bookings[self.keys[key]], booking)):
            await self.release(actor.call_id)
            return self.bookings[self.keys[key]]
        decision = await self._decide(booking.business_id, seating, None, actor.call_id)
        if isinstance(decision, Refusal):
            return decision
        stored = replace(booking, id=f"r{len(self.bookings) + 1}", tables=self._seat(decision, booking.tables))
        self.bookings[stored.id] = stored
        self.keys[key], self.wishes[key] = stored.id, wish
        await self.release(actor.call_id)
        return stored

    async def change(
        self, booking_id: str, edit: Edit, action: str, actor: Actor, *, version: int | None = None
    ) -> Booking | Refusal:
        current = await self.get(booking_id)
        if version not in (None, current.version):
            raise Conflict("somebody else changed it first")
        changed, seating = edit(current)
        if seating:
            decision = await self._decide(current.business_id, seating, booking_id, actor.call_id)
            if isinstance(decision, Refusal):
                return decision
            changed = replace(changed, tables=self._seat(decision, None))
            await self.release(actor.call_id)
        self.earlier[booking_id] = current
        self.bookings[booking_id] = replace(changed, version=current.version + 1)
        return self.bookings[booking_id]

    async def coming(self, business_id: str, after: datetime) -> tuple[Booking, ...]:
        return tuple(sorted((one for one in self.live() if _start(one) > after), key=_start))

    async def before(self, booking_id: str) -> Mapping[str, Any] | None:
        await self.get(booking_id)
        earlier = self.earlier.get(booking_id)
        if earlier is None:
            return None
        return {name: getattr(earlier, name) for name in ("date", "time", "party_size", "status", "area")}

    async def get(self, booking_id: str) -> Booking:
        if booking_id not in self.bookings:
            raise NotFound("there is no such booking")
        return self.bookings[booking_id]

    async def hold(
        self, business_id: str, seating: Seating, call_id: str, until: datetime, *, but: str | None = None
    ) -> Free | Refusal:
        decision = await self._decide(business_id, seating, but, call_id)
        if isinstance(decision, Free):
            wish = seating.request
            tables = self._seat(decision, None)
            held = Occupancy(seating.start, wish.party_size, f"hold:{call_id}", wish.area, tables=tables)
            self.holds[call_id] = (held, until)
        return decision

    def _seat(self, decision: Free, own: Names | None) -> Names | None:
        for key, tables in decision.seats.items():
            if key.startswith("hold:"):
                held, until = self.holds[key.removeprefix("hold:")]
                self.holds[key.removeprefix("hold:")] = replace(held, tables=tables), until
            elif key != REQUEST:
                self.bookings[key] = replace(self.bookings[key], tables=tables)
        return own or decision.seats.get(REQUEST)

    async def release(self, call_id: str) -> None:
        self.holds.pop(call_id, None)

    async def _decide(self, business_id: str, seating: Seating, but: str | None, call_id: str) -> Free | Refusal:
        async def attempt(proof: Proof | None) -> Free | Refusal:
            return seating.decide(await self.occupied(business_id, seating.between, but=but, call_id=call_id), proof)

        return await settled(attempt)

    async def upcoming(self, business_id: str, phone: PhoneNumber, after: datetime) -> tuple[Booking, ...]:
        own = (booking for booking in self.live() if booking.guest.phone == phone and _start(booking) > after)
        return tuple(sorted(own, key=_start))

    async def ask_person(
        self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None
    ) -> None:
        self.follow_ups.append((reason, phone))

    async def allow_whatsapp(self, business_id: str, call_id: str, phone: PhoneNumber) -> None:
        self.whatsapp.append(phone)


def make_desk(
    book: MemoryBook,
    business: Business | None = None,
    *,
    caller: str | None = "+919876501234",
    now: datetime = TEST_NOW,
) -> Desk:
    """A desk for one call on this book."""
    number = PhoneNumber.parse(caller) if caller else None
    return Desk(business or test_business(), Clock(now), book, book, call_id="call-1", caller=number)


def _occupancy(booking: Booking) -> Occupancy:
    house, seated = booking.origin != "guest", booking.status == "seated"
    return Occupancy(_start(booking), booking.party_size, booking.id, booking.area, house, booking.tables, seated)


def _start(booking: Booking) -> datetime:
    return datetime.combine(booking.date, booking.time, ZoneInfo("Asia/Kolkata"))
