"""The desk against the slow reference while bookings come and go and the owner changes the rules in between."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.book import MemoryBook
from tests.unit.core.booking.reference import DAY, SlowBook
from tests.unit.core.booking.test_rules_against_reference import (
    MINUTES,
    SUNDAY,
    businesses,
    instant,
    must_agree,
    request_at,
)
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import Booking, Guest, Refusal, TableRequest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber

CALLER = PhoneNumber("+919876501234")


def _welcoming(business: Business) -> Business:
    """Else most wishes would fail for their day or their party, and few for what the book holds."""
    seats = min(business.reservation_rules.total_seats, 10)
    easy = {"max_advance_booking_days": 6, "min_party_size": 1, "total_seats": seats}
    rules = business.reservation_rules.model_copy(update=easy)
    return business.model_copy(update={"timezone": "Asia/Kolkata", "reservation_rules": rules})


RULES = businesses().map(_welcoming)
EVENING = 4 * DAY + 18 * 60
WISHES = (st.one_of(*[st.integers(EVENING, EVENING + 300)] * 3, MINUTES), st.integers(1, 6))
STEPS = st.one_of(
    st.tuples(st.just("book"), *WISHES),
    st.tuples(st.just("move"), *WISHES),
    st.tuples(st.just("check"), *WISHES),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("rules"), RULES),
)
EVERYDAY: dict[str, st.SearchStrategy[Any]] = {
    "business": RULES,
    "now": st.integers(DAY, DAY + 600),
    "steps": st.lists(STEPS, min_size=20, max_size=40),
}


@settings(max_examples=40)
@given(**EVERYDAY)
def test_after_each_change_desk_and_reference_agree(business: Business, now: int, steps: list[tuple[Any, ...]]) -> None:
    asyncio.run(_Everyday(business, now).live_through(steps))


class _Everyday:
    """One book, written twice: as the desk keeps it, and as a list of (start, party)."""

    def __init__(self, business: Business, now: int) -> None:
        self._first = self._present = business
        self._now = now
        self._clock = Clock(instant(business, now), lambda: 0.0)
        self._book = MemoryBook(clock=self._clock)
        self._live: dict[str, tuple[Booking, int, int]] = {}
        self._calls = 0

    async def live_through(self, steps: list[tuple[Any, ...]]) -> None:
        for step in steps:
            match step:
                case ("rules", business):
                    self._present = business
                case ("check", start, party):
                    answer = await self._desk().check(self._request(start, party))
                    must_agree(answer, self._counted(), start, party)
                case ("book", start, party):
                    made = await self._desk().book(self._request(start, party), Guest("Guest", CALLER))
                    self._note(made, self._counted(), start, party)
                case ("move", start, party) if self._live:
                    booking, _, _ = self._live[min(self._live)]
                    moved = await self._desk().move(booking, self._request(start, party))
                    self._note(moved, self._counted(but=booking.id), start, party)
                case ("cancel", number) if self._live:
                    booking, _, _ = self._live.pop(sorted(self._live)[number % len(self._live)])
                    await self._desk().cancel(booking)

    def _desk(self) -> Desk:
        """The desk of a call that began under the first rules."""
        self._calls += 1
        call_id = f"call-{self._calls}"
        return Desk(
            self._first, self._clock, self._book, self._book, call_id=call_id, caller=CALLER, rules_now=self._rules_now
        )

    async def _rules_now(self, business_id: str) -> Business:
        return self._present

    def _request(self, start: int, party: int) -> TableRequest:
        return request_at(self._present, start, party)

    def _counted(self, but: str = "") -> SlowBook:
        bookings = [(start, party) for booking, start, party in self._live.values() if booking.id != but]
        return SlowBook(self._present, SUNDAY, self._now, bookings)

    def _note(self, answer: Booking | Refusal, slow: SlowBook, start: int, party: int) -> None:
        if isinstance(answer, Refusal):
            must_agree(answer, slow, start, party)
        else:
            assert slow.first_broken_rule(start, party) is None
            self._live[answer.id] = (answer, start, party)
