"""The desk: the only part of a call that touches the world. Every operation is typed, checked and recorded.

The rules are evaluated twice: to answer a question, and again inside the transaction that books.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ..errors import Forbidden
from . import reservations as rules
from .business import Business
from .clock import Clock
from .phone import PhoneNumber
from .reservations import Booking, Free, Guest, Occupancy, Refusal, TableRequest

Decide = Callable[[Sequence[Occupancy]], Free | Refusal]
"""The rules, applied to what the book holds at the moment of writing."""


class ReservationBook(Protocol):
    """Where bookings are kept. Each method is one transaction; a failure raises `ProviderError`."""

    async def occupied(
        self, business_id: str, between: tuple[datetime, datetime], but: str | None = None
    ) -> Sequence[Occupancy]:
        """Live bookings that start within the two instants, without the one whose id is `but`."""
        ...

    async def add(
        self,
        booking: Booking,
        start: datetime,
        between: tuple[datetime, datetime],
        decide: Decide,
        key: str,
        call_id: str,
    ) -> Booking | Refusal:
        """Decide and insert as one step that nobody can come between.

        The same `key` gives the same row again, as long as that row still is this booking: not cancelled, not moved.
        """
        ...

    async def change(
        self, booking: Booking, start: datetime, between: tuple[datetime, datetime], decide: Decide, call_id: str
    ) -> Booking | Refusal:
        """Decide without the booking's own seats, and update its row, as one step."""
        ...

    async def cancel(self, booking: Booking, call_id: str) -> Booking: ...

    async def upcoming(self, business_id: str, phone: PhoneNumber, after: datetime) -> tuple[Booking, ...]:
        """Live bookings of this number that start later, in their order."""
        ...


class FollowUps(Protocol):
    """Messages and calls that people owe a caller."""

    async def ask_person(
        self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None
    ) -> None: ...

    async def allow_whatsapp(self, business_id: str, call_id: str, phone: PhoneNumber) -> None: ...


class Desk:
    """What a conversation may ask for. One desk serves one call of one business.

    No operation raises for a broken rule: it returns a `Refusal`. A storage failure raises `ProviderError`.
    """

    def __init__(
        self,
        business: Business,
        clock: Clock,
        book: ReservationBook,
        follow_ups: FollowUps,
        *,
        call_id: str,
        caller: PhoneNumber | None,
    ) -> None:
        self.business = business
        self._clock = clock
        self._book = book
        self._follow_ups = follow_ups
        self._call_id = call_id
        self._caller = caller

    async def check(self, request: TableRequest, *, moving: Booking | None = None) -> Free | Refusal:
        """Is there a table? `moving` is the booking whose own seats do not count, when it is to be moved."""
        window = rules.window_of(self.business, request)
        occupied = await self._book.occupied(self.business.id, window, moving.id if moving else None)
        return rules.check(self.business, self._clock.now(), occupied, request)

    async def book(self, request: TableRequest, guest: Guest) -> Booking | Refusal:
        """Book and commit. Repeating the same booking in the same call returns the same row."""
        booking = Booking("", self.business.id, request.date, request.time, request.party_size, guest)
        wish = (self._call_id, request.date, request.time, request.party_size, guest.phone.e164)
        return await self._book.add(
            booking,
            rules.start_of(self.business, request),
            rules.window_of(self.business, request),
            self._decision(request),
            "|".join(map(str, wish)),
            self._call_id,
        )

    async def upcoming(self) -> tuple[Booking, ...]:
        """Future bookings made with the caller's own number; none for an anonymous caller (R40)."""
        if self._caller is None:
            return ()
        return await self._book.upcoming(self.business.id, self._caller, self._clock.now())

    async def cancel(self, booking: Booking) -> Booking:
        """Cancel one of `upcoming()`; any other raises `Forbidden` (R40)."""
        self._must_be_the_caller_s(booking)
        return await self._book.cancel(booking, self._call_id)

    async def move(self, booking: Booking, request: TableRequest) -> Booking | Refusal:
        """Change date, time or party size of one of `upcoming()`, atomically; any other raises `Forbidden`."""
        self._must_be_the_caller_s(booking)
        moved = replace(booking, date=request.date, time=request.time, party_size=request.party_size)
        return await self._book.change(
            moved,
            rules.start_of(self.business, request),
            rules.window_of(self.business, request),
            self._decision(request),
            self._call_id,
        )

    async def call_back(self, reason: str, phone: PhoneNumber | None, summary: str = "") -> None:
        """Leave a follow-up for the owner; `phone` only when the caller agreed to be contacted (R63)."""
        await self._follow_ups.ask_person(self.business.id, self._call_id, reason, summary, phone)

    async def allow_whatsapp(self, phone: PhoneNumber) -> None:
        """The caller gave this number for the confirmation message (R57)."""
        await self._follow_ups.allow_whatsapp(self.business.id, self._call_id, phone)

    def _decision(self, request: TableRequest) -> Decide:
        return lambda occupied: rules.check(self.business, self._clock.now(), occupied, request)

    def _must_be_the_caller_s(self, booking: Booking) -> None:
        if self._caller is None or booking.guest.phone != self._caller:
            raise Forbidden("only the number that made a booking may change it")
