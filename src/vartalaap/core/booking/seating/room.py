"""What a party can sit at: tables and combinations of them, smallest waste first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ...floor import Combination, DiningTable

Names = tuple[str, ...]
"""Tables, by name."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A table, or tables put together."""

    tables: tuple[int, ...]
    names: Names
    seats: int
    min: int
    area: str | None
    """None if its tables are of several, or of none."""
    walk_ins_only: bool


@dataclass(frozen=True, eq=False)
class Room:
    """The tables of a house; one object for one configuration, so that it can be a key."""

    tables: tuple[DiningTable, ...]
    units: tuple[Unit, ...]
    by_names: dict[frozenset[str], int]
    index: dict[str, int]

    @cached_property
    def _options(self) -> dict[tuple[int, str | None, bool], tuple[int, ...]]:
        return {}

    def options(self, party: int, area: str | None, house: bool) -> tuple[int, ...]:
        """Units for such a party, the best first; `house` may use what is kept for walk-ins.

        A combination is left out where some of its tables alone would do: it is never needed.
        """
        known = self._options.get((party, area, house))
        if known is None:
            known = self._options[party, area, house] = self._find(party, area, house)
        return known

    def _find(self, party: int, area: str | None, house: bool) -> tuple[int, ...]:
        fitting = [
            number
            for number, unit in enumerate(self.units)
            if unit.min <= party <= unit.seats
            and (area is None or unit.area == area)
            and (house or not unit.walk_ins_only)
        ]
        sets = {number: {*self.units[number].tables} for number in fitting}
        needed = [one for one in fitting if not any(sets[other] < sets[one] for other in fitting)]
        combined = {table for unit in self.units if len(unit.tables) > 1 for table in unit.tables}

        def waste(number: int) -> tuple[int, int, int, int]:
            unit = self.units[number]
            asked_for = sum(table in combined for table in unit.tables)
            return unit.seats - party, len(unit.tables), asked_for, number

        return tuple(sorted(needed, key=waste))

    def numbers(self, names: Iterable[str]) -> list[int]:
        """Of the tables that still exist."""
        return [self.index[name] for name in names if name in self.index]


@lru_cache(maxsize=64)
def room_of(tables: tuple[DiningTable, ...], combinations: tuple[Combination, ...]) -> Room:
    """The room that these make; the same object for the same configuration."""
    index = {table.name: number for number, table in enumerate(tables)}
    units = [
        Unit((number,), (table.name,), table.seats, table.min, table.area, table.walk_ins_only)
        for number, table in enumerate(tables)
    ]
    units += [_together([tables[index[name]] for name in one.tables], one, index) for one in combinations]
    return Room(tables, tuple(units), {frozenset(unit.names): number for number, unit in enumerate(units)}, index)


def _together(members: Sequence[DiningTable], one: Combination, index: dict[str, int]) -> Unit:
    areas = {table.area for table in members}
    return Unit(
        tables=tuple(sorted(index[name] for name in one.tables)),
        names=tuple(sorted(one.tables, key=index.__getitem__)),
        seats=one.seats,
        min=one.min,
        area=areas.pop() if len(areas) == 1 else None,
        walk_ins_only=any(table.walk_ins_only for table in members),
    )
