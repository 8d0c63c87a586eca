"""A question of seating as sets of minutes: who sits when, what each may sit at, and where each sits now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .room import Names, Room


class Sitter(NamedTuple):
    """A party that has a booking, or asks for one. Minutes are of one clock that never jumps; the end is free."""

    id: str
    start: int
    end: int
    party: int
    area: str | None = None
    """Promised to it: it sits there or nowhere."""
    house: bool = False
    """May sit at what is kept for walk-ins."""
    tables: Names | None = None
    """Where it was last thought to sit."""
    pinned: bool = False
    """It sits there: it is not moved any more."""

    @property
    def claim(self) -> tuple[object, ...]:
        """What it takes of an evening, wherever it is thought to sit."""
        return (*self[:6], self.tables if self.pinned else None)


class Closed(NamedTuple):
    """A table that cannot be had for some time."""

    table: str
    start: int
    end: int


Seats = dict[int, int]
"""From parties to units, both by number."""


class Evening:
    """The parties whose seating hangs together with the request's: each overlaps the next, none an outsider.

    `parties[0]` is the request. `domains` are what each may sit at, what is closed and who is pinned taken off.
    """

    def __init__(self, room: Room, request: Sitter, sitters: Sequence[Sitter], closed: Iterable[Closed]) -> None:
        self.room = room
        movable = [one for one in sitters if not one.pinned and room.options(one.party, one.area, one.house)]
        self.parties = [request, *_cluster(request, movable)]
        self.base = min(one.start for one in self.parties)
        self._width = max(one.end for one in self.parties) - self.base
        self.masks = [self.mask(one.start, one.end) for one in self.parties]
        self.fixed = [0] * len(room.tables)
        for pin in sitters:
            if pin.pinned:
                for table in room.numbers(pin.tables or ()):
                    self.fixed[table] |= self.mask(pin.start, pin.end)
        for one in closed:
            for table in room.numbers((one.table,)):
                self.fixed[table] |= self.mask(one.start, one.end)
        self.domains = [self._domain(one, mask) for one, mask in zip(self.parties, self.masks, strict=True)]

    def mask(self, start: int, end: int) -> int:
        """The minutes of this evening from the first until the second."""
        first, last = max(start - self.base, 0), min(end - self.base, self._width)
        return ((1 << last - first) - 1) << first if last > first else 0

    def _domain(self, one: Sitter, mask: int) -> tuple[int, ...]:
        units, fixed = self.room.units, self.fixed
        options = self.room.options(one.party, one.area, one.house)
        return tuple(unit for unit in options if not any(fixed[table] & mask for table in units[unit].tables))

    def stored(self) -> tuple[Seats, list[int], list[int]]:
        """Where the parties were last thought to sit, as far as that holds; who has no seat; minutes by table."""
        seats: Seats = {}
        homeless, taken = [], list(self.fixed)
        for number, one in enumerate(self.parties[1:], 1):
            unit = self.room.by_names.get(frozenset(one.tables)) if one.tables else None
            if unit is not None and unit in self.domains[number] and self.fits(taken, number, unit):
                seats[number] = unit
                self.sit(taken, number, unit)
            else:
                homeless.append(number)
        return seats, homeless, taken

    def fits(self, taken: list[int], number: int, unit: int) -> bool:
        mask = self.masks[number]
        return not any(taken[table] & mask for table in self.room.units[unit].tables)

    def sit(self, taken: list[int], number: int, unit: int) -> None:
        for table in self.room.units[unit].tables:
            taken[table] |= self.masks[number]

    def direct(self, taken: list[int], number: int) -> int | None:
        """The best unit that is free for the whole stay."""
        return next((unit for unit in self.domains[number] if self.fits(taken, number, unit)), None)

    def is_seating(self, seats: Seats) -> bool:
        """Does everybody sit somewhere, nobody at another's table?"""
        taken = list(self.fixed)
        for number in range(len(self.parties)):
            unit = seats.get(number)
            if unit is None or unit not in self.domains[number] or not self.fits(taken, number, unit):
                return False
            self.sit(taken, number, unit)
        return True


def _cluster(request: Sitter, sitters: Sequence[Sitter]) -> list[Sitter]:
    """Those who are tied to the request by a chain of stays that overlap, in order of start."""
    run: list[Sitter] = []
    run_end = 0
    for one in sorted((request, *sitters), key=lambda one: (one.start, one.end)):
        if run and one.start >= run_end:
            if any(other is request for other in run):
                break
            run = []
        run_end = max(run_end, one.end) if run else one.end
        run.append(one)
    return [one for one in run if one is not request]
