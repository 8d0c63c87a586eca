"""The reservation book as the desks use it, and what they hand to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from ..business import Business
from ..clock import Clock
from ..language import Language
from ..phone import PhoneNumber
from . import rules
from .rules import Booking, Free, Refusal
from .seating import GIVEN_UP, Proof
from .terms import Occupancy, Rule, TableRequest

Window = tuple[datetime, datetime]
"""Two instants: what starts at or after the first and before the second."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, for the audit log: never personal data."""

    name: str
    """`call:ID`, `api:FINGERPRINT OF THE KEY`, `admin:NAME`."""
    ip: str | None = None
    call_id: str = ""
    """Set for a call: the seats that it holds are free to it."""

    @classmethod
    def call(cls, call_id: str) -> Actor:
        return cls(f"call:{call_id}", call_id=call_id)


@dataclass(frozen=True, slots=True)
class Seating:
    """A table asked for: when it begins, which other bookings matter to it, and the rules to decide with."""

    request: TableRequest
    start: datetime
    between: Window
    decide: Callable[[Sequence[Occupancy], Proof | None], Free | Refusal]
    """The rules, applied to what the book holds at the moment of writing, and to what was searched for (`settled`)."""

    @classmethod
    def of(cls, business: Business, clock: Clock, request: TableRequest, *, overlook: Collection[Rule] = ()) -> Seating:
        """Under the business's rules but those to be overlooked, at the time of deciding."""
        return cls(
            request,
            rules.start_of(business, request),
            rules.window_of(business, request),
            lambda occupied, proof: rules.check(
                business, clock.now(), occupied, request, proof=proof, overlook=overlook
            ),
        )


Answer = TypeVar("Answer")
_MOST_SEARCHES = 2
"""For one answer: a book that changes each time is answered with what is surely so."""


async def settled(attempt: Callable[[Proof | None], Awaitable[Answer]]) -> Answer:
    """The answer of `attempt`, tried again while it leaves the seating open.

    What takes long is searched for between the attempts, in a thread and outside of their transactions.
    """
    proof: Proof | None = None
    for _ in range(_MOST_SEARCHES):
        answer = await attempt(proof)
        if not (isinstance(answer, Refusal) and answer.unsettled):
            return answer
        proof = await asyncio.to_thread(answer.unsettled.solve)
    answer = await attempt(proof)
    if isinstance(answer, Refusal) and answer.unsettled:
        answer = await attempt(GIVEN_UP)
    return answer


Edit = Callable[[Booking], tuple[Booking, Seating | None]]
"""From a booking as it is to what it shall be, and the table to decide about if it asks for another."""


class ReservationBook(Protocol):
    """Where bookings are kept. Each method is one transaction; a failure raises `ProviderError`."""

    async def occupied(
        self, business_id: str, between: Window, *, but: str | None = None, call_id: str = ""
    ) -> Sequence[Occupancy]:
        """Live bookings, and seats held by other calls, without the booking whose id is `but`."""
        ...

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
        """Decide and insert as one step that nobody can come between; the call then holds no seats any more.

        With `confirm_in` a message to the guest, in this language, is part of that step.

        The same `key` gives the same row again, as long as that row still is this booking: not cancelled, not moved.
        With `wish`, everything that was asked for, it gives the same row whatever became of it, and raises `BadRequest`
        if it was used for another wish.
        """
        ...

    async def change(
        self, booking_id: str, edit: Edit, action: str, actor: Actor, *, version: int | None = None
    ) -> Booking | Refusal:
        """Read, edit, decide without the booking's own seats, and write, as one step.

        Raises `NotFound`, `Conflict` if the booking is not at `version` (where one is given), and what `edit` raises.
        """
        ...

    async def get(self, booking_id: str) -> Booking:
        """Raises `NotFound`."""
        ...

    async def upcoming(self, business_id: str, phone: PhoneNumber, after: datetime) -> tuple[Booking, ...]:
        """Live bookings of this number that start later, in their order."""
        ...

    async def coming(self, business_id: str, after: datetime) -> tuple[Booking, ...]:
        """Every live booking that starts later, in their order; without those whose guest was erased."""
        ...

    async def before(self, booking_id: str) -> Mapping[str, Any] | None:
        """What the last change of a booking changed, as it was: date, time, party_size, status and area.

        None if it was the making of it. Raises `NotFound`.
        """
        ...

    async def hold(
        self, business_id: str, seating: Seating, call_id: str, until: datetime, *, but: str | None = None
    ) -> Free | Refusal:
        """Decide as for a booking, and keep the seats for this call until then, in place of what it held before."""
        ...

    async def release(self, call_id: str) -> None:
        """Give up what the call holds, if anything."""
        ...
