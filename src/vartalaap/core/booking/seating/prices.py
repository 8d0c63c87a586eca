"""Proofs that there is no seating, as prices: what each party must at least pay is more than all tables earn.

Any prices will do: if every party pays for the minutes that it sits at tables of its choice, the tables cannot earn
less than the parties pay at least. The arithmetic is of whole numbers, so that a proof is one.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from .bounds import Domain
from .evening import Evening
from .room import Room

_MOST = 24
"""Proofs that are tried again, of one room and one day."""
_MOST_ROOMS = 64
_DAY = 24 * 60
_SCALES = (1, 2, 3, 4, 6, 12, 60, 840, 10**6)


class Prices:
    """Of each table at some minutes; a party pays for the minutes that lie in its stay."""

    def __init__(self, minutes: NDArray[np.int64], prices: NDArray[np.int64]) -> None:
        """`minutes` ascend; `prices` has a row for each table and a column for each minute."""
        self._minutes, self._prices = minutes, prices
        self._upto = np.concatenate([np.zeros((len(prices), 1), np.int64), prices.cumsum(axis=1)], axis=1)

    def refute(self, stays: Stays) -> bool:
        """Is there no seating of these parties?"""
        first, last = np.searchsorted(self._minutes, stays.starts), np.searchsorted(self._minutes, stays.ends)
        of_tables = self._upto[:, last] - self._upto[:, first]
        of_units = stays.members @ of_tables
        pays = np.where(stays.allowed, of_units, np.iinfo(np.int64).max).min(axis=0).sum()
        return bool(pays > (self._prices * stays.open_at(self._minutes)).sum())


class Stays:
    """An evening as arrays: what each party may sit at, and when."""

    def __init__(self, evening: Evening, domains: list[Domain]) -> None:
        self._evening = evening
        self.starts = np.array([one.start for one in evening.parties])
        self.ends = np.array([one.end for one in evening.parties])
        self.members = members_of(evening.room)
        self.allowed = np.zeros((len(evening.room.units), len(domains)), bool)
        for party, domain in enumerate(domains):
            self.allowed[list(domain), party] = True

    def open_at(self, minutes: NDArray[np.int64]) -> NDArray[np.int64]:
        """By table and minute: 1 where it can be had."""
        at = np.ones((len(self._evening.fixed), len(minutes)), np.int64)
        for table, fixed in enumerate(self._evening.fixed):
            if fixed:
                offsets = (int(minute) - self._evening.base for minute in minutes)
                at[table] = [not (offset >= 0 and fixed >> offset & 1) for offset in offsets]
        return at


def members_of(room: Room) -> NDArray[np.int64]:
    """By unit and table: 1 where it is one of the unit's."""
    members = np.zeros((len(room.units), len(room.tables)), np.int64)
    for number, unit in enumerate(room.units):
        members[number, list(unit.tables)] = 1
    return members


def whole(minutes: NDArray[np.int64], prices: NDArray[np.float64], stays: Stays) -> Prices | None:
    """The prices as whole numbers, if they still are a proof."""
    positive = prices[prices > 1e-9]
    if not len(positive):
        return None
    for scale in _SCALES:
        rounded = Prices(
            minutes, np.rint(prices * (scale / positive.min() if scale < 10**6 else scale)).astype(np.int64)
        )
        if rounded.refute(stays):
            return rounded
    return None


class Pool:
    """Proofs found earlier, tried on the evening as it is now: right whatever changed meanwhile."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Room, int], list[Prices]] = OrderedDict()

    def refutes(self, stays: Stays, evening: Evening) -> bool:
        known = self._known.get(_key(evening), [])
        for place, proof in enumerate(known):
            if proof.refute(stays):
                known.insert(0, known.pop(place))
                return True
        return False

    def add(self, proof: Prices, evening: Evening) -> None:
        known = self._known.setdefault(_key(evening), [])
        known.insert(0, proof)
        del known[_MOST:]
        self._known.move_to_end(_key(evening))
        if len(self._known) > _MOST_ROOMS:
            self._known.popitem(last=False)


def _key(evening: Evening) -> tuple[Room, int]:
    return evening.room, evening.parties[0].start // _DAY
