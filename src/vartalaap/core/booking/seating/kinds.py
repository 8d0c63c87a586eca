"""Tables that are one like the other for everybody of an evening."""

from __future__ import annotations

from collections import defaultdict

from .bounds import Domain
from .evening import Evening

Needs = tuple[int, ...]
"""The kinds of a unit's tables."""


class Kinds:
    """Tables by kind: the same parties may sit at them, and nobody needs them put together with others.

    A seating by kind is a seating by table: of a kind whoever comes takes one that is free.
    """

    def __init__(self, evening: Evening, domains: list[Domain]) -> None:
        self._evening, self._units = evening, evening.room.units
        guests: defaultdict[int, set[int]] = defaultdict(set)
        combined: set[int] = set()
        for party, domain in enumerate(domains):
            for unit in domain:
                members = self._units[unit].tables
                if len(members) > 1:
                    combined.update(members)
                for table in members:
                    guests[table].add(party)
        groups: defaultdict[object, list[int]] = defaultdict(list)
        for table in sorted(guests):
            groups[table if table in combined else frozenset(guests[table])].append(table)
        self.tables = list(groups.values())
        self._kind_of = {table: kind for kind, tables in enumerate(self.tables) for table in tables}
        self.options: list[dict[Needs, list[int]]] = []
        """By party: what it may sit at, by kind and best first, and the units that are of it."""
        for domain in domains:
            options: defaultdict[Needs, list[int]] = defaultdict(list)
            for unit in domain:
                options[self.of(unit)].append(unit)
            self.options.append(dict(options))

    def of(self, unit: int) -> Needs:
        """The kinds of the unit's tables; -1 for a table that nobody may sit at."""
        return tuple(self._kind_of.get(table, -1) for table in self._units[unit].tables)

    def free(self, party: int, needs: Needs, taken: list[int]) -> int | None:
        """A unit of the kind that is free for the party."""
        return next((unit for unit in self.options[party][needs] if self._evening.fits(taken, party, unit)), None)
