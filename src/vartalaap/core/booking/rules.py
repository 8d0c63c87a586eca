"""The booking rules (R24-R36) as pure code: no clock, no database, no text.

Instants are compared as aware datetimes; a sitting holds its seats for the dining window and the buffer after it,
and its end is free for the next (half-open intervals).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, zip_longest
from operator import attrgetter
from typing import Literal

from ..business import Business
from ..phone import PhoneNumber

BookingStatus = Literal["confirmed", "seated", "completed", "no_show", "cancelled"]
LIVE: frozenset[BookingStatus] = frozenset({"confirmed", "seated"})
"""What holds its seats: who has come sits there until the booking is completed."""


REFERENCE_LENGTH = 8
"""Characters: four thousand million different ones."""


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
    phone: PhoneNumber | None
    """None once it was erased; whoever calls from it is known by its hash all the same."""

    @property
    def number(self) -> PhoneNumber:
        """Of a guest who books: it was given just before."""
        assert self.phone is not None
        return self.phone


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
    version: int = field(default=1, compare=False)
    """Counts the changes, so that two editors do not overwrite each other."""

    @property
    def reference(self) -> str:
        return reference_of(self.id)


def reference_of(booking_id: str) -> str:
    """What people call a booking by: the beginning of its id, enough to tell a house's bookings apart."""
    return booking_id[:REFERENCE_LENGTH]


GRID_MINUTES = 15
"""Alternatives are offered at full quarters of an hour."""
MOST_ALTERNATIVES = 2
DAYS_TO_LOOK_AHEAD = 60
"""How far `next_open` looks."""
_by_start: Callable[[Occupancy], datetime] = attrgetter("start")


def same_table(one: Booking, other: Booking) -> bool:
    """Are both live bookings for the same date, time and party?"""
    wishes = [(booking.status, booking.date, booking.time, booking.party_size) for booking in (one, other)]
    return wishes[0] == wishes[1] and one.status == "confirmed"


def at(booking: Booking, request: TableRequest) -> Booking:
    """The booking, moved to what is asked for."""
    return replace(booking, date=request.date, time=request.time, party_size=request.party_size)


def start_of(business: Business, request: TableRequest) -> datetime:
    """The sitting's start as an instant."""
    return datetime.combine(request.date, request.time, business.tz)


def sitting(business: Business, start: datetime) -> tuple[datetime, datetime]:
    """From when to when a booking that starts then holds its seats, in UTC."""
    rules = business.reservation_rules
    minutes = rules.dining_window_mins + rules.buffer_between_bookings_mins
    begin = start.astimezone(UTC)
    return begin, begin + timedelta(minutes=minutes)


def window_of(business: Business, request: TableRequest) -> tuple[datetime, datetime]:
    """Bookings that start within (from, until) can matter to this request or to its alternatives, in UTC."""
    start = start_of(business, request)
    return _window(business, (start, *_grid(business, service_day(business, start))))


def window_of_day(business: Business, day: date) -> tuple[datetime, datetime]:
    """Bookings that start within (from, until) can matter to the day's shifts, in UTC."""
    return _window(business, tuple(_grid(business, day)) or (datetime.combine(day, time(), business.tz),))


def _window(business: Business, starts: Sequence[datetime]) -> tuple[datetime, datetime]:
    earliest, earliest_end = sitting(business, min(starts))
    _, latest_end = sitting(business, max(starts))
    return earliest - (earliest_end - earliest), latest_end


def service_day(business: Business, start: datetime) -> date:
    """The day that a sitting belongs to: after midnight, the day whose shift is still running (R35)."""
    day = start.date()
    for begun in (day, day - timedelta(days=1)):
        if any(opens <= start < closes for opens, closes in _shifts(business, begun)):
            return begun
    return day


def check(business: Business, now: datetime, occupied: Sequence[Occupancy], request: TableRequest) -> Free | Refusal:
    """Free, or the first rule that refuses and what is possible instead.

    `occupied` are the bookings within `window_of` the request; the request's own booking is left out by the
    caller when it is to be moved.
    """
    occupied = sorted(occupied, key=_by_start)
    rule = _first_broken_rule(business, now, occupied, request)
    return Free(request) if rule is None else _refusal(business, now, occupied, request, rule)


def _first_broken_rule(
    business: Business, now: datetime, occupied: Sequence[Occupancy], request: TableRequest
) -> Rule | None:
    start = start_of(business, request)
    return (
        _party_rule(business, request)
        or _notice_rule(business, now, start)
        or _hours_rule(business, start)
        or _peak_rule(business, start, request.party_size)
        or _seats_rule(business, occupied, start, request.party_size)
    )


def _party_rule(business: Business, request: TableRequest) -> Rule | None:
    rules = business.reservation_rules
    if request.party_size < rules.min_party_size:
        return Rule.PARTY_TOO_SMALL
    return Rule.PARTY_TOO_LARGE if request.party_size > rules.max_phone_party_size else None


def _notice_rule(business: Business, now: datetime, start: datetime) -> Rule | None:
    rules = business.reservation_rules
    # "Now" and "in half an hour" are said in the course of a minute and meant from its beginning.
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    if start.astimezone(UTC) < minute:
        return Rule.IN_THE_PAST
    if start.astimezone(UTC) - minute < timedelta(minutes=rules.min_advance_booking_mins):
        return Rule.TOO_SOON
    days_ahead = (service_day(business, start) - now.astimezone(business.tz).date()).days
    return Rule.TOO_FAR if days_ahead > rules.max_advance_booking_days else None


def _hours_rule(business: Business, start: datetime) -> Rule | None:
    """A start after midnight belongs to the shift that began the day before, if that one is still running."""
    rules = business.reservation_rules
    last_seating = timedelta(minutes=rules.last_seating_mins_before_close)
    days = (start.date() - timedelta(days=1), start.date())
    closings = [closes for day in days for opens, closes in _shifts(business, day) if opens <= start < closes]
    if any(start <= closes - last_seating for closes in closings):
        return None
    if closings:
        return Rule.LAST_SEATING
    if start.date() in rules.special_closures:
        return Rule.SPECIAL_CLOSURE
    return Rule.OUTSIDE_HOURS if business.open_spans(start.date()) else Rule.CLOSED_DAY


def _shifts(business: Business, day: date) -> list[tuple[datetime, datetime]]:
    """The shifts that begin on this day; they may end on the next."""
    return [span.on(day, business.tz) for span in business.open_spans(day)]


def _peak_rule(business: Business, start: datetime, party_size: int) -> Rule | None:
    rules = business.reservation_rules
    if rules.peak_max_party_size is None or party_size <= rules.peak_max_party_size:
        return None
    days = (start.date() - timedelta(days=1), start.date())
    peaks = [span.on(day, business.tz) for day in days for span in rules.peak_hours]
    return Rule.PEAK_PARTY_TOO_LARGE if any(begin <= start < end for begin, end in peaks) else None


def _seats_rule(business: Business, occupied: Sequence[Occupancy], start: datetime, party_size: int) -> Rule | None:
    """The most seats and tables in use at any one instant of the sitting; `occupied` is in order of start."""
    rules = business.reservation_rules
    begin, end = sitting(business, start)
    hold = end - begin
    changes: list[tuple[datetime, int]] = []
    first = bisect_right(occupied, begin - hold, key=_by_start)
    for other in occupied[first : bisect_left(occupied, end, key=_by_start)]:
        changes += [(max(begin, other.start), other.party_size), (other.start + hold, -other.party_size)]
    seats = tables = most_seats = most_tables = 0
    for _, change in sorted(changes):  # at one instant those who leave come first
        seats += change
        tables += 1 if change > 0 else -1
        most_seats, most_tables = max(most_seats, seats), max(most_tables, tables)
    if most_seats + party_size > rules.total_seats:
        return Rule.FULL
    limit = rules.max_concurrent_reservations
    return Rule.TOO_MANY_BOOKINGS if limit is not None and most_tables >= limit else None


def _refusal(
    business: Business, now: datetime, occupied: Sequence[Occupancy], request: TableRequest, rule: Rule
) -> Refusal:
    rules = business.reservation_rules
    limits: dict[Rule, int | None] = {
        Rule.PARTY_TOO_SMALL: rules.min_party_size,
        Rule.PARTY_TOO_LARGE: rules.max_phone_party_size,
        Rule.PEAK_PARTY_TOO_LARGE: rules.peak_max_party_size,
        Rule.TOO_SOON: rules.min_advance_booking_mins,
        Rule.TOO_FAR: rules.max_advance_booking_days,
        Rule.LAST_SEATING: rules.last_seating_mins_before_close,
        Rule.FULL: rules.total_seats,
        Rule.TOO_MANY_BOOKINGS: rules.max_concurrent_reservations,
    }
    day = service_day(business, start_of(business, request))
    shifts = _shifts(business, day)
    last_seating = timedelta(minutes=rules.last_seating_mins_before_close)
    last_starts = [closes - last_seating for opens, closes in shifts if closes - last_seating >= opens]
    pointless = rule in (Rule.PARTY_TOO_SMALL, Rule.PARTY_TOO_LARGE, Rule.TOO_FAR)
    return Refusal(
        rule,
        request,
        limit=limits.get(rule),
        alternatives=() if pointless else _alternatives(business, now, occupied, request),
        next_open=None if shifts else next_open_day(business, day),
        hours=tuple((opens.time(), closes.time()) for opens, closes in shifts),
        last_start=max(last_starts).time() if last_starts else None,
    )


def _alternatives(
    business: Business, now: datetime, occupied: Sequence[Occupancy], request: TableRequest
) -> tuple[datetime, ...]:
    """Really free starts of the same day's shifts for the same party: the nearest before and the nearest after.

    Where one side has none, the two nearest of the other; nearest first.
    """
    wanted = start_of(business, request)
    grid = sorted(set(_grid(business, service_day(business, wanted))))
    earlier = (start for start in reversed(grid) if start < wanted)
    later = (start for start in grid if start > wanted)

    def free(start: datetime) -> bool:
        if _seats_rule(business, occupied, start, request.party_size):  # first: it refuses most of a full evening
            return False
        other = replace(request, date=start.date(), time=start.time())
        return _first_broken_rule(business, now, occupied, other) is None

    sides = [islice(filter(free, side), MOST_ALTERNATIVES) for side in (earlier, later)]
    found = islice((start for pair in zip_longest(*sides) for start in pair if start), MOST_ALTERNATIVES)
    return tuple(sorted(found, key=lambda start: (abs(start - wanted), start)))


def _grid(business: Business, day: date) -> Iterator[datetime]:
    step = timedelta(minutes=GRID_MINUTES)
    for opens, closes in _shifts(business, day):
        quarter = opens + timedelta(minutes=-opens.minute % GRID_MINUTES)
        while quarter < closes:
            yield quarter
            quarter += step


def next_open_day(business: Business, after: date) -> date | None:
    """The first later day with opening hours."""
    days = (after + timedelta(days=ahead) for ahead in range(1, DAYS_TO_LOOK_AHEAD))
    return next((day for day in days if business.open_spans(day)), None)


def slots(
    business: Business, now: datetime, occupied: Sequence[Occupancy], day: date, party_size: int
) -> tuple[tuple[datetime, Rule | None], ...]:
    """Every full quarter of the day's shifts, aware, each with the rule that refuses it or None.

    `occupied` are the bookings within `window_of_day`.
    """
    occupied = sorted(occupied, key=_by_start)
    return tuple(
        (start, _first_broken_rule(business, now, occupied, TableRequest(start.date(), start.time(), party_size)))
        for start in _grid(business, day)
    )
