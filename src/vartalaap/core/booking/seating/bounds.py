"""What cannot be, by counting: at each instant the parties of some tables need no more of them than there are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .evening import Evening
from .room import Room

_MOST_SETS = 240
"""Sets of tables that are looked at; each proves by itself."""
Domain = tuple[int, ...]
Kind = tuple[int, str | None, bool]
"""Party, area, house: what decides what may be had."""
Counts = NDArray[np.float32]
"""Whole numbers, far below what would be rounded."""


class Bounds:
    """The counting bound over one evening: by set of tables and by instant at which somebody comes."""

    def __init__(self, evening: Evening) -> None:
        self._evening, self._room = evening, evening.room
        self._instants = sorted({one.start for one in evening.parties})
        stays = ((one.start, one.end) for one in evening.parties)
        self._stays = [(bisect_left(self._instants, start), bisect_left(self._instants, end)) for start, end in stays]
        self._sets = _test_sets(self._room, frozenset((one.party, one.area, one.house) for one in evening.parties))
        self._there = self._sets.tables @ self._open()

    def narrow(self) -> list[Domain] | None:
        """What each party may sit at without leaving too few tables to the others; None if no seating exists."""
        domains = list(self._evening.domains)
        if not all(domains) or self._too_many_combinations(domains):
            return None
        while True:
            spare = self._there - self._needed(domains)
            if spare.min() < 0:
                return None
            fewer = self._affordable(domains, spare)
            if fewer == domains:
                return domains
            if not all(fewer):
                return None
            domains = fewer

    def _open(self) -> Counts:
        """By table and instant: 1 where it can be had."""
        at = np.ones((len(self._room.tables), len(self._instants)), np.float32)
        for table, fixed in enumerate(self._evening.fixed):
            if fixed:
                at[table] = [not fixed >> instant - self._evening.base & 1 for instant in self._instants]
        return at

    def _needed(self, domains: list[Domain]) -> Counts:
        """By set and instant: how many of its tables are needed at least."""
        place: dict[Domain, int] = {}
        comings: Counter[tuple[int, int]] = Counter()
        for domain, (first, last) in zip(domains, self._stays, strict=True):
            number = place.setdefault(domain, len(place))
            comings[number, first] += 1
            comings[number, last] -= 1
        changes = np.zeros((len(place), len(self._instants) + 1), np.float32)
        for where, many in comings.items():
            changes[where] = many
        least = np.stack([self._sets.least(domain) for domain in place], axis=1)
        needed: Counts = least @ changes.cumsum(axis=1)[:, :-1]
        return needed

    def _affordable(self, domains: list[Domain], spare: Counts) -> list[Domain]:
        least_spare: dict[tuple[int, int], Counts] = {}
        known: dict[tuple[Domain, tuple[int, int]], Domain] = {}
        for domain, stay in zip(domains, self._stays, strict=True):
            if (domain, stay) in known:
                continue
            if stay not in least_spare:
                least_spare[stay] = spare[:, stay[0] : stay[1]].min(axis=1)
            known[domain, stay] = domain
            if len(domain) > 1:
                few = self._sets.beyond(domain) > least_spare[stay]
                if few.any():
                    known[domain, stay] = tuple(unit for unit, out in zip(domain, few, strict=True) if not out.any())
        return [known[one] for one in zip(domains, self._stays, strict=True)]

    def _too_many_combinations(self, domains: list[Domain]) -> bool:
        """More parties that need tables put together than can be put together at once?"""
        units = self._room.units
        only = {
            number: frozenset(domain)
            for number, domain in enumerate(domains)
            if all(len(units[unit].tables) > 1 for unit in domain)
        }
        for allowed in {*only.values(), frozenset[int]().union(*only.values())}:
            most = _most_disjoint(tuple(sorted((frozenset(units[unit].tables) for unit in allowed), key=sorted)))
            inside = [self._stays[number] for number, domain in only.items() if domain <= allowed]
            if any(sum(first <= came < last for first, last in inside) > most for came, _ in inside):
                return True
        return False


class _Sets:
    """Sets of tables of a room, and how many of their tables a unit takes."""

    def __init__(self, room: Room, sets: list[frozenset[int]]) -> None:
        self.tables = np.array([[table in one for table in range(len(room.tables))] for one in sets], np.float32)
        members = np.zeros((len(room.units), len(room.tables)), np.float32)
        for number, unit in enumerate(room.units):
            members[number, list(unit.tables)] = 1
        self._uses = members @ self.tables.T
        self._known: dict[Domain, tuple[Counts, Counts]] = {}

    def least(self, domain: Domain) -> Counts:
        """By set: what a party needs of it at least."""
        return self._of(domain)[0]

    def beyond(self, domain: Domain) -> Counts:
        """By unit and set: what it takes beyond the least."""
        return self._of(domain)[1]

    def _of(self, domain: Domain) -> tuple[Counts, Counts]:
        known = self._known.get(domain)
        if known is None:
            uses = self._uses[list(domain)]
            least = uses.min(axis=0)
            if len(self._known) > 4096:
                self._known.clear()
            known = self._known[domain] = least, uses - least
        return known


@lru_cache(maxsize=256)
def _test_sets(room: Room, kinds: frozenset[Kind]) -> _Sets:
    """The tables that each kind of party may sit at, and the unions of them, the small first."""
    own = {frozenset(table for unit in room.options(*kind) for table in room.units[unit].tables) for kind in kinds}
    found = sorted(own - {frozenset()}, key=lambda tables: (len(tables), sorted(tables)))
    for tables in found:  # grows while it is read
        for other in sorted(own, key=sorted):
            if len(found) >= _MOST_SETS:
                return _Sets(room, found)
            if (both := tables | other) not in found:
                found.append(both)
    return _Sets(room, found)


@lru_cache(maxsize=1024)
def _most_disjoint(units: tuple[frozenset[int], ...]) -> int:
    """How many of these, at most, share no table; an upper bound where there are too many to try."""
    if not units:
        return 0
    if len(units) > 14:
        return min(len(units), len(frozenset[int]().union(*units)) // min(map(len, units)))
    first, rest = units[0], units[1:]
    with_it = 1 + _most_disjoint(tuple(unit for unit in rest if not unit & first))
    return max(with_it, _most_disjoint(rest))
