"""Any sequence of bookings, moves and cancellations leaves the house within its seats at every minute."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, consumes, invariant, multiple, rule

from tests.support.book import MemoryBook, make_desk, test_business
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.reservations import Booking, Guest, TableRequest

SEATS, TABLES = 8, 3
BUSINESS = test_business(total_seats=SEATS, max_concurrent_reservations=TABLES)
REQUESTS = st.builds(
    TableRequest,
    st.just(date(2026, 11, 27)),
    st.builds(time, st.integers(18, 21), st.sampled_from([0, 10, 15, 30, 45])),
    st.integers(1, 6),
)
GUESTS = st.integers(0, 9).map(lambda n: Guest("Guest", PhoneNumber(f"+919876500{n:03d}")))
STAY = timedelta(minutes=105)


class Evening(RuleBasedStateMachine):
    live: Bundle[Booking] = Bundle("live")

    def __init__(self) -> None:
        super().__init__()
        self.book = MemoryBook()
        self.expected: dict[str, tuple[time, int]] = {}

    @rule(target=live, request=REQUESTS, guest=GUESTS)
    def books(self, request: TableRequest, guest: Guest) -> Booking | MultipleResults[Booking]:
        desk = make_desk(self.book, BUSINESS, caller=guest.phone.e164)
        made = asyncio.run(desk.book(request, guest))
        if not isinstance(made, Booking):
            return multiple()
        known = made.id in self.expected
        self.expected[made.id] = (request.time, request.party_size)
        return multiple() if known else made

    @rule(booking=live, request=REQUESTS)
    def moves(self, booking: Booking, request: TableRequest) -> None:
        desk = make_desk(self.book, BUSINESS, caller=booking.guest.phone.e164)
        if isinstance(asyncio.run(desk.move(booking, request)), Booking):
            self.expected[booking.id] = (request.time, request.party_size)

    @rule(booking=consumes(live))
    def cancels(self, booking: Booking) -> None:
        desk = make_desk(self.book, BUSINESS, caller=booking.guest.phone.e164)
        asyncio.run(desk.cancel(booking))
        del self.expected[booking.id]

    @invariant()
    def the_book_holds_what_was_confirmed(self) -> None:
        assert {b.id: (b.time, b.party_size) for b in self.book.live()} == self.expected

    @invariant()
    def there_is_a_seat_for_everybody(self) -> None:
        sittings = [(datetime.combine(b.date, b.time), b.party_size) for b in self.book.live()]
        for arrival, _ in sittings:  # nobody is joined at any other instant
            present = [size for start, size in sittings if start <= arrival < start + STAY]
            assert sum(present) <= SEATS
            assert len(present) <= TABLES


TestEvening = Evening.TestCase
TestEvening.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
