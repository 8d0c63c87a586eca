"""A business and an in-memory reservation book for tests of the desk and of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from vartalaap.core.business import Business, ReservationRules
from vartalaap.core.clock import Clock
from vartalaap.core.desk import Decide, Desk
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.reservations import Booking, Occupancy, Refusal, same_table
from vartalaap.db.business_file import load_business
from vartalaap.errors import NotFound

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
    """`core.desk.ReservationBook` and `FollowUps` in a dictionary."""

    bookings: dict[str, Booking] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    follow_ups: list[tuple[str, PhoneNumber | None]] = field(default_factory=list)
    whatsapp: list[PhoneNumber] = field(default_factory=list)

    def live(self) -> list[Booking]:
        return [booking for booking in self.bookings.values() if booking.status == "confirmed"]

    async def occupied(
        self, business_id: str, between: tuple[datetime, datetime], but: str | None = None
    ) -> Sequence[Occupancy]:
        starts = ((booking, _start(booking)) for booking in self.live() if booking.id != but)
        return [Occupancy(at, booking.party_size) for booking, at in starts if between[0] <= at < between[1]]

    async def add(
        self,
        booking: Booking,
        start: datetime,
        between: tuple[datetime, datetime],
        decide: Decide,
        key: str,
        call_id: str,
    ) -> Booking | Refusal:
        if key in self.keys and same_table(self.bookings[self.keys[key]], booking):
            return self.bookings[self.keys[key]]
        decision = decide(await self.occupied(booking.business_id, between))
        if isinstance(decision, Refusal):
            return decision
        stored = replace(booking, id=f"r{len(self.bookings) + 1}")
        self.bookings[stored.id] = stored
        self.keys[key] = stored.id
        return stored

    async def change(
        self,
        booking: Booking,
        start: datetime,
        between: tuple[datetime, datetime],
        decide: Decide,
        call_id: str,
    ) -> Booking | Refusal:
        if self.bookings.get(booking.id) not in self.live():
            raise NotFound("there is no such live booking")
        decision = decide(await self.occupied(booking.business_id, between, booking.id))
        if isinstance(decision, Refusal):
            return decision
        self.bookings[booking.id] = booking
        return booking

    async def cancel(self, booking: Booking, call_id: str) -> Booking:
        if self.bookings.get(booking.id) not in self.live():
            raise NotFound("there is no such live booking")
        self.bookings[booking.id] = replace(booking, status="cancelled")
        return self.bookings[booking.id]

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


def _start(booking: Booking) -> datetime:
    return datetime.combine(booking.date, booking.time, ZoneInfo("Asia/Kolkata"))
