"""Whatever callers and the owner do, and however time passes, every minute of the evening has a seat for everybody."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, consumes, invariant, multiple, rule

from tests.support.book import TEST_NOW, MemoryBook, test_business
from vartalaap.core.booking.book import Actor
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.owner_desk import Change, OwnerDesk
from vartalaap.core.booking.rules import Booking, Guest, Refusal, TableRequest
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import RuleBroken

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
    """Calls that hold tables and book them, an owner who changes bookings, and time that passes."""

    live: Bundle[Booking] = Bundle("live")

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.clock = Clock(TEST_NOW, lambda: self.seconds)
        self.book = MemoryBook(clock=self.clock)
        self.calls: dict[int, Desk] = {}
        self.owner = OwnerDesk(BUSINESS, self.clock, self.book, Actor("admin:owner"))
        self.expected: dict[str, tuple[time, int]] = {}

    def desk(self, guest: Guest) -> Desk:
        """Of the call in which this guest is."""
        number = int(guest.number.e164[-1])
        if number not in self.calls:
            self.calls[number] = Desk(
                BUSINESS, self.clock, self.book, self.book, call_id=f"call-{number}", caller=guest.phone
            )
        return self.calls[number]

    def book_for(self, guest: Guest, request: TableRequest) -> tuple[Booking | Refusal, bool]:
        """The answer, and whether it is a row that was not there before."""
        made = asyncio.run(self.desk(guest).book(request, guest))
        if isinstance(made, Refusal):
            return made, False
        new = made.id not in self.expected
        self.expected[made.id] = (request.time, request.party_size)
        return made, new

    @rule(target=live, request=REQUESTS, guest=GUESTS)
    def books(self, request: TableRequest, guest: Guest) -> Booking | MultipleResults[Booking]:
        made, new = self.book_for(guest, request)
        return made if new and isinstance(made, Booking) else multiple()

    @rule(request=REQUESTS, guest=GUESTS)
    def holds(self, request: TableRequest, guest: Guest) -> None:
        asyncio.run(self.desk(guest).hold(request))

    @rule(target=live, request=REQUESTS, guest=GUESTS, other=GUESTS, other_request=REQUESTS)
    def holds_and_books(
        self, request: TableRequest, guest: Guest, other: Guest, other_request: TableRequest
    ) -> MultipleResults[Booking]:
        """Nobody gets in between the question for a name and the confirmation."""
        held = asyncio.run(self.desk(guest).hold(request))
        between = self.book_for(other, other_request) if self.desk(other) is not self.desk(guest) else None
        made = self.book_for(guest, request)
        assert isinstance(made[0], Booking) or isinstance(held, Refusal)
        answers = [made] if between is None else [between, made]
        return multiple(*(answer for answer, new in answers if new and isinstance(answer, Booking)))

    @rule(booking=live, request=REQUESTS)
    def moves(self, booking: Booking, request: TableRequest) -> None:
        if isinstance(asyncio.run(self.desk(booking.guest).move(booking, request)), Booking):
            self.expected[booking.id] = (request.time, request.party_size)

    @rule(booking=live, party_size=st.integers(1, 8))
    def the_owner_changes_the_party(self, booking: Booking, party_size: int) -> None:
        with suppress(RuleBroken):
            changed = asyncio.run(self.owner.change(booking.id, Change(party_size=party_size)))
            self.expected[booking.id] = (changed.time, party_size)

    @rule(booking=consumes(live))
    def cancels(self, booking: Booking) -> None:
        asyncio.run(self.desk(booking.guest).cancel(booking))
        del self.expected[booking.id]

    @rule(guest=GUESTS)
    def hangs_up(self, guest: Guest) -> None:
        asyncio.run(self.desk(guest).release())
        del self.calls[int(guest.number.e164[-1])]

    @rule(seconds=st.sampled_from([20, 59, 61, 120, 600]))
    def waits(self, seconds: int) -> None:
        self.seconds += seconds

    @invariant()
    def the_book_holds_what_was_confirmed(self) -> None:
        assert {b.id: (b.time, b.party_size) for b in self.book.live()} == self.expected

    @invariant()
    def there_is_a_seat_for_everybody_and_for_every_hold(self) -> None:
        sittings = [(_start(b), b.party_size) for b in self.book.live()]
        now = self.clock.now()
        sittings += [(held.start, held.party_size) for held, until in self.book.holds.values() if until > now]
        for arrival, _ in sittings:  # nobody is joined at any other instant
            present = [size for start, size in sittings if start <= arrival < start + STAY]
            assert sum(present) <= SEATS
            assert len(present) <= TABLES


def _start(booking: Booking) -> datetime:
    return datetime.combine(booking.date, booking.time, BUSINESS.tz)


TestEvening = Evening.TestCase
TestEvening.settings = settings(max_examples=40, stateful_step_count=25)
