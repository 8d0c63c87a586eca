"""The desk: the only part of a call that touches the world. Every operation is typed, checked and recorded.

The rules are evaluated twice: to answer a question, and again inside the transaction that books.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from ...errors import Forbidden, NotFound, ProviderError
from ..business import Business
from ..clock import Clock
from ..language import Language
from ..phone import PhoneNumber
from . import rules
from .book import Actor, ReservationBook, Seating, settled
from .rules import Booking, Free, Guest, Refusal
from .seating import Proof
from .terms import TableRequest


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
        rules_now: Callable[[str], Awaitable[Business]] | None = None,
    ) -> None:
        """`rules_now` gives the business as it is configured at this moment: a change applies to the next check."""
        self.business = business
        self._rules_now = rules_now
        self._clock = clock
        self._book = book
        self._follow_ups = follow_ups
        self._actor = Actor.call(call_id)
        self._caller = caller
        self._held: tuple[TableRequest, datetime] | None = None
        self._made: dict[str, Booking] = {}
        """Those of this call: who made them is on the line, whatever number they are on."""

    async def check(self, request: TableRequest, *, moving: Booking | None = None) -> Free | Refusal:
        """Is there a table? `moving` is the booking whose own seats do not count, when it is to be moved."""
        seating = await self._seating(request)
        but = moving.id if moving else None
        call_id = self._actor.call_id

        async def look(proof: Proof | None) -> Free | Refusal:
            occupied = await self._book.occupied(self.business.id, seating.between, but=but, call_id=call_id)
            return seating.decide(occupied, proof)

        return await settled(look)

    async def hold(self, request: TableRequest, *, moving: Booking | None = None) -> Free | Refusal:
        """As `check`; a free table is kept for this call while the caller gives a name and a number.

        The hold ends with the booking, with the call, or by itself after `seat_hold_secs`. A call holds one table.
        """
        seconds = self.business.reservation_rules.seat_hold_secs
        if not seconds:
            return await self.check(request, moving=moving)
        now = self._clock.now()
        if self._held and self._held[0] == request and self._held[1] - now > timedelta(seconds=seconds) / 2:
            return await self.check(request, moving=moving)
        until = now + timedelta(seconds=seconds)
        but = moving.id if moving else None
        seating = await self._seating(request)
        verdict = await self._book.hold(self.business.id, seating, self._actor.call_id, until, but=but)
        if isinstance(verdict, Free):
            self._held = (request, until)
        return verdict

    async def release(self) -> None:
        """Give up the held table at the end of the call."""
        if self._held:
            self._held = None
            with suppress(ProviderError):  # it ends by itself
                await self._book.release(self._actor.call_id)

    async def book(
        self, request: TableRequest, guest: Guest, *, notes: str = "", confirm_in: Language | None = None
    ) -> Booking | Refusal:
        """Book and commit. Repeating the same booking in the same call returns the same row.

        `confirm_in` is the language of a message about it; None unless the guest agreed to be sent one (R57).
        """
        booking = Booking("", self.business.id, request.date, request.time, request.party_size, guest, notes=notes)
        booking = replace(booking, area=request.area)
        wish = (self._actor.call_id, request.date, request.time, request.party_size, guest.number.e164, request.area)
        seating = await self._seating(request)
        made = await self._book.add(booking, seating, "|".join(map(str, wish)), self._actor, confirm_in=confirm_in)
        return self._settled(made)

    async def upcoming(self) -> tuple[Booking, ...]:
        """Future bookings made with the caller's own number (R40), and those that were made in this very call."""
        own: tuple[Booking, ...] = ()
        if self._caller:
            own = await self._book.upcoming(self.business.id, self._caller, self._clock.now())
        known = {booking.id for booking in own}
        made = (booking for booking in self._made.values() if booking.id not in known)
        return tuple(sorted((*own, *made), key=lambda booking: (booking.date, booking.time)))

    async def cancel(self, booking: Booking) -> Booking:
        """Cancel one of `upcoming()`; any other raises `Forbidden` (R40)."""
        self._must_be_the_caller_s(booking)
        gone = await self._book.change(
            booking.id, lambda current: (replace(_live(current), status="cancelled"), None), "cancel", self._actor
        )
        assert isinstance(gone, Booking)
        self._made.pop(gone.id, None)
        return gone

    async def move(self, booking: Booking, request: TableRequest) -> Booking | Refusal:
        """Change date, time or party size of one of `upcoming()`, atomically; any other raises `Forbidden`."""
        self._must_be_the_caller_s(booking)
        seating = await self._seating(request)
        moved = await self._book.change(
            booking.id, lambda current: (rules.at(_live(current), request), seating), "move", self._actor
        )
        return self._settled(moved)

    async def call_back(self, reason: str, phone: PhoneNumber | None, summary: str = "") -> None:
        """Leave a follow-up for the owner; `phone` only when the caller agreed to be contacted (R63)."""
        await self._follow_ups.ask_person(self.business.id, self._actor.call_id, reason, summary, phone)

    async def allow_whatsapp(self, phone: PhoneNumber) -> None:
        """The caller gave this number for the confirmation message (R57)."""
        await self._follow_ups.allow_whatsapp(self.business.id, self._actor.call_id, phone)

    async def _seating(self, request: TableRequest) -> Seating:
        if self._rules_now:
            self.business = await self._rules_now(self.business.id)
        return Seating.of(self.business, self._clock, request)

    def _settled(self, answer: Booking | Refusal) -> Booking | Refusal:
        """With a booking the book gives up the call's hold."""
        if isinstance(answer, Booking):
            self._held = None
            self._made[answer.id] = answer
        return answer

    def _must_be_the_caller_s(self, booking: Booking) -> None:
        own = self._caller is not None and booking.guest.phone == self._caller
        if not own and booking.id not in self._made:
            raise Forbidden("only the number that made a booking may change it")


def _live(booking: Booking) -> Booking:
    if booking.status != "confirmed":
        raise NotFound("there is no such live booking")
    return booking
