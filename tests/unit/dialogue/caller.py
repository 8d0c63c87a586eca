"""A caller in writing: the local brain with the real desk on an in-memory book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from tests.support.book import TEST_NOW, MemoryBook, test_business
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import Booking, Guest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallRecord, Sentence
from vartalaap.core.language import Language
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.text_call import TextCall
from vartalaap.dialogue.rule_brain import LocalBrain

CALLER = "+919876501234"
BRAIN = LocalBrain()


class _Log:
    async def save(self, record: CallRecord) -> None:
        del record


class Caller:
    """One call; `say` returns the reply as one text."""

    def __init__(
        self,
        *,
        number: str | None = CALLER,
        business: Business | None = None,
        book: MemoryBook | None = None,
        call_id: str = "call-1",
        now: datetime = TEST_NOW,
    ) -> None:
        self.book = book or MemoryBook()
        business = business or test_business()
        caller = PhoneNumber.parse(number) if number else None
        clock = Clock(now, monotonic=lambda: 0.0)
        desk = Desk(business, clock, self.book, self.book, call_id=call_id, caller=caller)
        self.context = CallContext(call_id, business, desk, clock, caller, "text")
        self.call = TextCall(self.context, BRAIN, _Log())
        self.replies: list[Sequence[Sentence]] = []

    async def say(self, *texts: str) -> str:
        """Say one thing after the other; the last reply."""
        for text in texts:
            self.replies.append(await self.call.say(text))
        return self.last

    @property
    def last(self) -> str:
        return " ".join(sentence.text for sentence in self.replies[-1])

    @property
    def language(self) -> Language:
        return self.replies[-1][0].language

    @property
    def result(self) -> str:
        return self.context.result

    @property
    def consent(self) -> str:
        return self.context.consent.kind

    @property
    def expecting(self) -> str:
        return self.context.expecting

    @property
    def booked(self) -> list[tuple[str, str, int, str, str]]:
        """Live bookings of the book: date, time, party, name, ten digits."""
        return [
            (b.date.isoformat(), b.time.strftime("%H:%M"), b.party_size, b.guest.name, b.guest.number.national)
            for b in self.book.live()
        ]


def existing(day: date, at: time, people: int, *, phone: str = CALLER, name: str = "Meera", ref: str = "b1") -> Booking:
    """A booking made before the call."""
    number = PhoneNumber.parse(phone)
    assert number
    return Booking(ref, "himalayan-kitchen", day, at, people, Guest(name, number))


def book_with(*bookings: Booking) -> MemoryBook:
    return MemoryBook({booking.id: booking for booking in bookings})
