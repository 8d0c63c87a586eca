"""How full a day is: the seats in use at each quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ..core.booking.capacity import sitting
from ..core.booking.terms import Occupancy
from ..core.business import Business

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Quarter:
    at: datetime
    """Its beginning, local."""
    seats: int
    """In use then, those that are laid again for the next guests included."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One day, from its first opening to its last closing."""

    total: int
    quarters: tuple[Quarter, ...]

    @property
    def peak(self) -> Quarter | None:
        """The fullest quarter, the first of several; None if nobody comes."""
        fullest = max(self.quarters, key=lambda quarter: quarter.seats, default=None)
        return fullest if fullest and fullest.seats else None

    @property
    def most(self) -> int:
        """The height of the picture: the seats there are, or those in use if they are more."""
        return max([self.total, *(quarter.seats for quarter in self.quarters)])


def fill_of(business: Business, day: date, live: Sequence[Occupancy]) -> Fill:
    """What the live bookings of a day take of the house; without quarters if it is closed."""
    spans = [span.on(day, business.tz) for span in business.open_spans(day)]
    total = business.seats_on(day)
    if not spans:
        return Fill(total, ())
    sittings = [(*sitting(business, booking.start, booking.party_size), booking.party_size) for booking in live]
    at, closes = min(opens for opens, _ in spans).astimezone(UTC), max(closes for _, closes in spans).astimezone(UTC)
    quarters = []
    while at < closes:
        in_use = sum(size for begin, end, size in sittings if begin < at + QUARTER and at < end)
        quarters.append(Quarter(at.astimezone(business.tz), in_use))
        at += QUARTER
    return Fill(total, tuple(quarters))
