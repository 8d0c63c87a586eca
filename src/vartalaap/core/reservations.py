"""The booking rules (R24-R36) as pure code: no clock, no database, no text.

(Types first; the engine follows.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from .phone import PhoneNumber

BookingStatus = Literal["confirmed", "cancelled", "completed", "no_show"]


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
    FULL = "total_seats"
    TOO_MANY_BOOKINGS = "max_concurrent_reservations"


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What a guest asks for: local date and time of the business, and how many people.

    After midnight in a shift that began the day before, `date` is the calendar date of the sitting.
    """

    date: date
    time: time
    party_size: int


@dataclass(frozen=True, slots=True)
class Occupancy:
    """An existing booking as the rules see it: aware start and seats."""

    start: datetime
    party_size: int


@dataclass(frozen=True, slots=True)
class Free:
    """The table can be had."""

    request: TableRequest


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what would be possible instead."""

    rule: Rule
    request: TableRequest
    limit: int | None = None
    """The number that the rule compares with (largest party, minutes of notice, days ahead), if it has one."""
    alternatives: tuple[datetime, ...] = ()
    """Really free starts for the same party, aware, nearest first; at most two."""
    next_open: date | None = None
    """The next day with opening hours, when the day asked for has none."""
    hours: tuple[tuple[time, time], ...] = ()
    """The opening hours of the day asked for, if it has any."""
    last_start: time | None = None
    """The latest start of the day asked for, if it is open."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who a booking is for."""

    name: str = field(repr=False)
    phone: PhoneNumber


@dataclass(frozen=True, slots=True)
class Booking:
    """A stored reservation."""

    id: str
    business_id: str
    date: date
    time: time
    party_size: int
    guest: Guest
    status: BookingStatus = "confirmed"
    notes: str = field(default="", repr=False)
