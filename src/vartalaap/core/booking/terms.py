"""What the booking rules speak of: the table asked for, the bookings there are, and the rules' own names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from .seating import Names


class Rule(StrEnum):
    """The name of the rule that refuses; returned by the API, spoken by the phrases."""

    PARTY_TOO_SMALL = "min_party_size"
    PARTY_TOO_LARGE = "max_phone_party_size"
    PEAK_PARTY_TOO_LARGE = "peak_max_party_size"
    IN_THE_PAST = "in_the_past"
    TOO_SOON = "min_advance_booking_mins"
    TOO_FAR = "max_advance_booking_days"
    CLOSED_DAY = "closed_day"
    SPECIAL_CLOSURE = "special_closure"
    OUTSIDE_HOURS = "outside_hours"
    LAST_SEATING = "last_seating"
    PACE = "pacing"
    FULL = "total_seats"
    TOO_MANY_BOOKINGS = "max_concurrent_reservations"
    NO_TABLE = "tables"
    AREA_FULL = "area"


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What a guest asks for: local date and time of the business, and how many people.

    After midnight in a shift that began the day before, `date` is the calendar date of the sitting.
    """

    date: date
    time: time
    party_size: int
    area: str | None = None
    """The part of the house that was wished for, by its id; the table is there or the answer is no."""
    house: bool = False
    """Asked by the house itself: it may use what is held for those who walk in."""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """An existing booking as the rules see it: aware start and seats."""

    start: datetime
    party_size: int
    id: str = ""
    """A booking's, or `hold:` and the id of the call that holds the seats."""
    area: str | None = None
    house: bool = False
    tables: Names | None = None
    """Where it was last thought to sit; empty: the house arranges it without the book. None: not thought of yet."""
    seated: bool = False
    """It sits there already."""
