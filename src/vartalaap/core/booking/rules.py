"""The booking rules (R24-R36) as pure code: no clock, no database, no text.

Instants are compared as aware datetimes; a sitting holds its seats for the dining window and the buffer after it,
and its end is free for the next (half-open intervals).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, zip_longest
from typing import Literal

from ..business import Business
from ..floor import Said
from ..phone import PhoneNumber
from .capacity import QUARTER_MINUTES, Occupation, longest_hold
from .seating import Names, Open, Proof, Seated
from .terms import Occupancy, Rule, TableRequest

__all__ = ("LIVE", "Booking", "Free", "Guest", "Occupancy", "Refusal", "Rule", "TableRequest", "check", "slots")

BookingStatus = Literal["confirmed", "seated", "completed", "no_show", "cancelled"]
Origin = Literal["guest", "house", "walk_in"]
"""Who made it: a caller or a program, the house by its own hand, or nobody: they came in."""
LIVE: frozenset[BookingStatus] = frozenset({"confirmed", "seated"})
"""What holds its seats: who has come sits there until the booking is completed."""


REFERENCE_LENGTH = 8
"""Characters: four thousand million different ones."""


@dataclass(frozen=True, slots=True)
class Free:
    """The table can be had."""

    request: TableRequest
    seats: Mapping[str, Names] = field(default_factory=dict, compare=False)
    """Who is thought to sit where from now on, as far as it changes; the request itself under `REQUEST`."""


REQUEST = ""


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
    elsewhere: tuple[str, ...] = ()
    """Other areas that are free at the time asked for, by their ids."""
    note: Said | None = None
    """Why the date is unlike others."""
    perhaps: bool = False
    """Nobody found a seating, and nobody proved that there is none: the owner may find one."""
    unsettled: Open | None = field(default=None, compare=False, repr=False)
    """What has to be searched for before it is known; then decide again, with what was found."""


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
    area: str | None = None
    """The part of the house that was promised."""
    origin: Origin = "guest"
    tables: Names | None = field(default=None, compare=False)
    """Where the party is thought to sit; no promise before it does."""
    version: int = field(default=1, compare=False)
    """Counts the changes, so that two editors do not overwrite each other."""

    @property
    def reference(self) -> str:
        return reference_of(self.id)


def reference_of(booking_id: str) -> str:
    """What people call a booking by: the beginning of its id, enough to tell a house's bookings apart."""
    return booking_id[:REFERENCE_LENGTH]


GRID_MINUTES = QUARTER_MINUTES
"""Alternatives are offered at full quarters of an hour."""
MOST_ALTERNATIVES = 2
DAYS_TO_LOOK_AHEAD = 60
"""How far `next_open` looks."""


def same_table(one: Booking, other: Booking) -> bool:
    """Are both live bookings for the same date, time and party?"""
    wishes = [(each.status, each.date, each.time, each.party_size, each.area) for each in (one, other)]
    return wishes[0] == wishes[1] and one.status == "confirmed"


def at(booking: Booking, request: TableRequest) -> Booking:
    """The booking, moved to what is asked for."""
    return replace(booking, date=request.date, time=request.time, party_size=request.party_size, area=request.area)


def asked_by(booking: Booking) -> TableRequest:
    """The request that the booking grants."""
    house = booking.origin != "guest"
    return TableRequest(booking.date, booking.time, booking.party_size, booking.area, house)


def start_of(business: Business, request: TableRequest) -> datetime:
    """The sitting's start as an instant."""
    return datetime.combine(request.date, request.time, business.tz)


def window_of(business: Business, request: TableRequest) -> tuple[datetime, datetime]:
    """Bookings that start within (from, until) can matter to this request or to its alternatives, in UTC."""
    return _with_neighbours(business, _movable(business, request))


def window_of_day(business: Business, day: date) -> tuple[datetime, datetime]:
    """Bookings that start within (from, until) can matter to the day's shifts, in UTC."""
    return _with_neighbours(business, _movable_on(business, day))


def _movable(business: Business, request: TableRequest) -> tuple[datetime, datetime]:
    """Bookings that start within meet the request or one of its alternatives."""
    start = start_of(business, request)
    return _window(business, (start, *_grid(business, service_day(business, start))))


def _movable_on(business: Business, day: date) -> tuple[datetime, datetime]:
    return _window(business, tuple(_grid(business, day)) or (datetime.combine(day, time(), business.tz),))


def _window(business: Business, starts: Sequence[datetime]) -> tuple[datetime, datetime]:
    longest = longest_hold(business)
    return min(starts).astimezone(UTC) - longest, max(starts).astimezone(UTC) + longest


def _with_neighbours(business: Business, window: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """With those that may sit at the tables of these, where there are tables."""
    beyond = longest_hold(business) if business.tables else timedelta()
    return window[0] - beyond, window[1] + beyond


def service_day(business: Business, start: datetime) -> date:
    """The day that a sitting belongs to: after midnight, the day whose shift is still running (R35)."""
    day = start.date()
    for begun in (day, day - timedelta(days=1)):
        if any(opens <= start < closes for opens, closes in _shifts(business, begun)):
            return begun
    return day


@dataclass(frozen=True, slots=True)
class _Verdict:
    rule: Rule | None
    seats: Mapping[str, Names] = field(default_factory=dict)
    unsettled: Open | None = None
    perhaps: bool = False


def check(
    business: Business,
    now: datetime,
    occupied: Sequence[Occupancy],
    request: TableRequest,
    *,
    proof: Proof | None = None,
    overlook: Collection[Rule] = (),
) -> Free | Refusal:
    """Free, or the first rule that refuses and what is possible instead.

    `occupied` are the bookings within `window_of` the request; the request's own booking is left out by the
    caller when it is to be moved. `proof` is what was found of a question that was `open` before. Rules that are
    to be overlooked refuse nothing; without a table the house arranges where such a party sits.
    """
    load = _load(business, occupied, _movable(business, request))
    verdict = _judge(business, now, load, request, proof, overlook)
    if verdict.rule is None:
        return Free(request, verdict.seats)
    if verdict.unsettled:
        return Refusal(verdict.rule, request, unsettled=verdict.unsettled)
    return _refusal(business, now, load, request, verdict)


def _load(business: Business, occupied: Sequence[Occupancy], movable: tuple[datetime, datetime]) -> Occupation:
    return Occupation(business, lambda start: service_day(business, start), occupied, movable)


def _judge(
    business: Business,
    now: datetime,
    load: Occupation,
    request: TableRequest,
    proof: Proof | None = None,
    overlook: Collection[Rule] = (),
) -> _Verdict:
    start = start_of(business, request)
    for rule in _plain_rules(business, now, load, start, request):
        if rule and rule not in overlook:
            return _Verdict(rule)
    found = load.seat(start, request, proof)
    if isinstance(found, Seated):
        return _Verdict(None, found.moved)
    if Rule.NO_TABLE in overlook:
        return _Verdict(None, {REQUEST: ()})
    return _Verdict(Rule.NO_TABLE, unsettled=found if isinstance(found, Open) else None, perhaps=found is None)


def _plain_rules(
    business: Business, now: datetime, load: Occupation, start: datetime, request: TableRequest
) -> Iterator[Rule | None]:
    yield _party_rule(business, request)
    yield _notice_rule(business, now, start)
    yield _hours_rule(business, start)
    yield _peak_rule(business, start, request.party_size)
    yield Rule.PACE if load.is_too_fast(start, request.party_size) else None
    yield load.lacks_seats(start, request)


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
    if business.closed_on_date(start.date()):
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


def _refusal(business: Business, now: datetime, load: Occupation, request: TableRequest, verdict: _Verdict) -> Refusal:
    rules, rule = business.reservation_rules, verdict.rule
    assert rule
    limits: dict[Rule, int | None] = {
        Rule.PARTY_TOO_SMALL: rules.min_party_size,
        Rule.PARTY_TOO_LARGE: rules.max_phone_party_size,
        Rule.PEAK_PARTY_TOO_LARGE: rules.peak_max_party_size,
        Rule.TOO_SOON: rules.min_advance_booking_mins,
        Rule.TOO_FAR: rules.max_advance_booking_days,
        Rule.LAST_SEATING: rules.last_seating_mins_before_close,
        Rule.TOO_MANY_BOOKINGS: rules.max_concurrent_reservations,
    }
    day = service_day(business, start_of(business, request))
    limits[Rule.FULL] = business.seats_on(day)
    elsewhere = _other_areas(business, now, load, request) if rule is Rule.NO_TABLE and request.area else ()
    special = business.special_day(day)
    shifts = _shifts(business, day)
    last_seating = timedelta(minutes=rules.last_seating_mins_before_close)
    last_starts = [closes - last_seating for opens, closes in shifts if closes - last_seating >= opens]
    pointless = rule in (Rule.PARTY_TOO_SMALL, Rule.PARTY_TOO_LARGE, Rule.TOO_FAR)
    return Refusal(
        Rule.AREA_FULL if elsewhere else rule,
        request,
        limit=limits.get(rule),
        alternatives=() if pointless else _alternatives(business, now, load, request),
        next_open=None if shifts else next_open_day(business, day),
        hours=tuple((opens.time(), closes.time()) for opens, closes in shifts),
        last_start=max(last_starts).time() if last_starts else None,
        elsewhere=elsewhere,
        note=special.note if special else None,
        perhaps=verdict.perhaps,
    )


def _other_areas(business: Business, now: datetime, load: Occupation, request: TableRequest) -> tuple[str, ...]:
    """Where there is a table at that very time."""
    others = (area.id for area in business.areas if area.id != request.area)
    return tuple(area for area in others if _judge(business, now, load, replace(request, area=area)).rule is None)


def _alternatives(business: Business, now: datetime, load: Occupation, request: TableRequest) -> tuple[datetime, ...]:
    """Really free starts of the same day's shifts for the same party: the nearest before and the nearest after.

    Where one side has none, the two nearest of the other; nearest first.
    """
    wanted = start_of(business, request)
    grid = sorted(set(_grid(business, service_day(business, wanted))))
    earlier = (start for start in reversed(grid) if start < wanted)
    later = (start for start in grid if start > wanted)

    def free(start: datetime) -> bool:
        if load.lacks_seats(start, request):  # first: it refuses most of a full evening
            return False
        other = replace(request, date=start.date(), time=start.time())
        return _judge(business, now, load, other).rule is None

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


def closed_then(business: Business, request: TableRequest) -> Rule | None:
    """The rule, if the house is not open at that time."""
    rule = _hours_rule(business, start_of(business, request))
    return None if rule is Rule.LAST_SEATING else rule


def without_table(business: Business, day: date, occupied: Sequence[Occupancy]) -> set[str]:
    """Bookings of the day for which no seating was found beside the others; `occupied` as for `slots`."""
    return _load(business, occupied, _movable_on(business, day)).homeless()


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
    load = _load(business, occupied, _movable_on(business, day))
    return tuple(
        (start, _judge(business, now, load, TableRequest(start.date(), start.time(), party_size)).rule)
        for start in _grid(business, day)
    )
