"""What a time of the day still holds: seats, bookings, the kitchen's pace, and the tables themselves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from ..business import Business
from ..floor import Block
from .seating import Closed, Impossible, Open, Proof, Room, Seated, Sitter, decide, room_of
from .terms import Occupancy, Rule, TableRequest

QUARTER_MINUTES = 15
_by_start = itemgetter(0)


class Taken(NamedTuple):
    """Seats that are in use from one minute until the other."""

    start: int
    end: int
    seats: int
    guests: bool
    """Of what is sold to callers, not what the house gave away itself."""
    booking: bool = True


def hold(business: Business, party_size: int) -> timedelta:
    """How long such a party holds its seats: the meal, and the buffer after it."""
    return timedelta(minutes=business.stay_mins(party_size) + business.reservation_rules.buffer_between_bookings_mins)


def longest_hold(business: Business) -> timedelta:
    return timedelta(minutes=business.longest_stay_mins + business.reservation_rules.buffer_between_bookings_mins)


def sitting(business: Business, start: datetime, party_size: int) -> tuple[datetime, datetime]:
    """From when to when a booking that starts then holds its seats, in UTC."""
    begin = start.astimezone(UTC)
    return begin, begin + hold(business, party_size)


class Occupation:
    """The bookings of some hours, asked about one start after another."""

    def __init__(
        self,
        business: Business,
        day_of: Callable[[datetime], date],
        occupied: Sequence[Occupancy],
        movable: tuple[datetime, datetime],
    ) -> None:
        """Bookings that start within `movable` can be given another table; the others stay where they are.

        `day_of` gives the service day of a start: shifts of two days may overlap.
        """
        self._business, self._day_of = business, day_of
        self._occupied, self._movable = occupied, movable
        self._longest = _minutes(longest_hold(business))
        self._holds: dict[int, int] = {}
        starts = map(_minute, (one.start for one in occupied))
        taken = [
            Taken(start, start + self._hold(one.party_size), one.party_size, not one.house)
            for start, one in zip(starts, occupied, strict=True)
        ]
        self._taken = sorted((*taken, *self._blocked_seats()), key=_by_start)

    def _hold(self, party_size: int) -> int:
        known = self._holds.get(party_size)
        if known is None:
            known = self._holds[party_size] = _minutes(hold(self._business, party_size))
        return known

    def lacks_seats(self, start: datetime, request: TableRequest) -> Rule | None:
        """Compares with the most seats and bookings in use at any one instant of the sitting."""
        begin = _minute(start)
        end = begin + self._hold(request.party_size)
        changes: list[tuple[int, bool, Taken]] = []
        for other in self._meeting(begin, end):
            changes += [(max(begin, other.start), True, other), (other.end, False, other)]
        seats = guests = tables = most_seats = most_guests = most_tables = 0
        for _, comes, other in sorted(changes, key=lambda change: change[:2]):  # at one instant those who leave first
            sign = 1 if comes else -1
            seats += sign * other.seats
            guests += sign * other.seats * other.guests
            tables += sign * other.booking
            most_seats, most_guests, most_tables = (
                max(most_seats, seats),
                max(most_guests, guests),
                max(most_tables, tables),
            )
        total = self._business.seats_on(self._day_of(start))
        sold = total if request.house else total - self._business.held_for_walk_ins
        if most_seats + request.party_size > total or most_guests + request.party_size > sold:
            return Rule.FULL
        limit = self._business.reservation_rules.max_concurrent_reservations
        return Rule.TOO_MANY_BOOKINGS if limit is not None and most_tables >= limit else None

    def _meeting(self, begin: int, end: int) -> Iterator[Taken]:
        first = bisect_right(self._taken, begin - self._reach, key=_by_start)
        last = bisect_left(self._taken, end, key=_by_start)
        return (other for other in self._taken[first:last] if other.end > begin)

    @cached_property
    def _reach(self) -> int:
        """Minutes before a start from which on another may still be there."""
        return max([self._longest, *(one.end - one.start for one in self._taken if not one.booking)])

    def _blocked_seats(self) -> Iterator[Taken]:
        for block, start, end in self._blocks:
            if not block.tables:
                yield Taken(start, end, block.seats or _ALL_SEATS, guests=True, booking=False)

    @cached_property
    def _blocks(self) -> list[tuple[Block, int, int]]:
        first, last = (day.date() for day in self._movable)
        near = [b for b in self._business.blocks if first - _A_DAY <= b.date <= last + _A_DAY]
        return [(block, self._at(block.date, block.from_), self._at(block.date, block.to)) for block in near]

    def _at(self, day: date, minute: int) -> int:
        return _minute(datetime.combine(day, time(), self._business.tz) + timedelta(minutes=minute))

    def is_too_fast(self, start: datetime, party_size: int) -> bool:
        """Would more begin in this quarter of an hour than the kitchen sends?"""
        pacing = self._business.pacing_on(self._day_of(start))
        quarter = _minute(start) // QUARTER_MINUTES
        covers, parties = pacing.covers_per_15_mins, pacing.parties_per_15_mins
        return (covers is not None and self._covers[quarter] + party_size > covers) or (
            parties is not None and self._parties[quarter] >= parties
        )

    @cached_property
    def _covers(self) -> Counter[int]:
        covers: Counter[int] = Counter()
        for one in self._occupied:
            covers[_minute(one.start) // QUARTER_MINUTES] += one.party_size
        return covers

    @cached_property
    def _parties(self) -> Counter[int]:
        return Counter(_minute(one.start) // QUARTER_MINUTES for one in self._occupied)

    def seat(self, start: datetime, request: TableRequest, proof: Proof | None) -> Seated | Impossible | Open | None:
        """Is there a seating with the request too? See `seating.decide`; a house without tables has one."""
        if self._room is None:
            return Seated({})
        begin = _minute(start)
        party, area = request.party_size, request.area if self._business.areas else None
        wish = Sitter("", begin, begin + self._hold(party), party, area, request.house)
        return decide(self._room, self._sitters, wish, self._closed, proof)

    def homeless(self) -> set[str]:
        """Ids of bookings that find no table: of those who were not thought to sit somewhere the later."""
        if self._room is None:
            return set()
        placed: dict[str, Sitter] = {}
        left_over: set[str] = set()
        for one in sorted(self._sitters, key=lambda one: (not one.pinned, one.start, one.id)):
            found = Seated({}) if one.pinned else decide(self._room, list(placed.values()), one, self._closed)
            if isinstance(found, Open):
                found = decide(self._room, list(placed.values()), one, self._closed, found.solve())
            if isinstance(found, Seated):
                placed[one.id] = one
                placed |= {key: placed[key]._replace(tables=tables) for key, tables in found.moved.items()}
            else:
                left_over.add(one.id)
        return left_over

    @cached_property
    def _room(self) -> Room | None:
        tables = self._business.tables
        return room_of(tables, self._business.combinations) if tables else None

    @cached_property
    def _sitters(self) -> list[Sitter]:
        first, last = self._movable
        sitters = []
        for one in self._occupied:
            if one.tables != ():
                begin = _minute(one.start)
                pinned = one.tables is not None and (one.seated or not first <= one.start < last)
                end = begin + self._hold(one.party_size)
                sitters.append(Sitter(one.id, begin, end, one.party_size, one.area, one.house, one.tables, pinned))
        return sitters

    @cached_property
    def _closed(self) -> tuple[Closed, ...]:
        return tuple(
            Closed(table, start, end)
            for block, start, end in self._blocks
            for table in (block.tables or (() if block.seats else [table.name for table in self._business.tables]))
        )


_ALL_SEATS = 10**6
_A_DAY = timedelta(days=1)


def _minute(at: datetime) -> int:
    """Minutes since 1970 began: one clock for all zones."""
    return int(at.timestamp()) // 60


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60
