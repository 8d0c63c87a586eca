"""Seating with parties that may be divided among tables: a linear programme, and what its solution tells.

If even so not all can sit, its dual values are prices that prove it. Else the shares are a good place to look from.
The simplex method on a dense array: there are some hundred rows, and the stored seating is where it begins.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from copy import copy

import numpy as np
from numpy.typing import NDArray

from .evening import Evening, Seats
from .kinds import Kinds, Needs
from .prices import Prices, Stays, whole

_TINY = 1e-9
_SHAKE = 1e-6
"""Capacities are made that much uneven, so that no two are exhausted at once and the method cannot go in circles."""
_CANDIDATES = 60
"""Columns of which the steepest enters: a sixth of the steps that the cheapest would take."""
Floats = NDArray[np.float64]


class Relaxation:
    """The programme of one evening: the least part of the parties that has no seat."""

    def __init__(self, evening: Evening, kinds: Kinds) -> None:
        self._evening, self._kinds = evening, kinds
        self._columns = [(party, needs) for party, options in enumerate(kinds.options) for needs in options]
        self._rows = [(kind, at) for kind in range(len(kinds.tables)) for at in self._crowded(kind)]
        self._parties = len(kinds.options)
        self._shunned: frozenset[int] = frozenset()

    def _crowded(self, kind: int) -> list[int]:
        """Minutes that say all of a kind: somebody came, and is gone before the next comes."""
        parties = self._evening.parties
        guests = [parties[one] for one, ways in enumerate(self._kinds.options) if any(kind in way for way in ways)]
        starts = sorted({one.start for one in guests})
        return [starts[last] for last in sorted({bisect_left(starts, one.end) - 1 for one in guests})]

    def solve(self, seats: Seats, until: float) -> bool:
        """Find the optimum, from a seating of some; False if it took too long (`time.monotonic`)."""
        self._begin(seats)
        return self._improve(until)

    def put(self, party: int, needs: Needs, until: float) -> Relaxation | None:
        """The programme in which the party sits there, solved from where this one stands; None if it took too long.

        What the party has elsewhere counts as missing.
        """
        other = copy(self)
        other._table, other._basis = self._table.copy(), list(self._basis)
        rows = {column: row for row, column in enumerate(other._basis)}
        for number, (who, where) in enumerate(self._columns):
            if who == party and where != needs and number not in self._shunned:
                other._table[-1, number] += 1
                if number in rows:
                    other._table[-1] -= other._table[rows[number]]
                other._shunned = other._shunned | {number}
        return other if other._improve(until) else None

    def _improve(self, until: float) -> bool:
        while True:
            costs = self._table[-1, :-1]
            better = np.flatnonzero(costs < -_TINY)
            if not len(better) or self.missing < _SHAKE:
                return True
            if len(better) > _CANDIDATES:
                better = better[np.argpartition(costs[better], _CANDIDATES)[:_CANDIDATES]]
            columns = self._table[:-1, better]
            steepness = costs[better] ** 2 / (1 + np.einsum("ij,ij->j", columns, columns))
            enters = int(better[steepness.argmax()])
            column = self._table[:-1, enters]
            limits = np.full(len(column), np.inf)
            np.divide(self._table[:-1, -1], column, out=limits, where=column > _TINY)
            leaves = int(limits.argmin())
            if not np.isfinite(limits[leaves]) or time.monotonic() > until:
                return False
            self._pivot(leaves, enters)

    def _begin(self, seats: Seats) -> None:
        """The array with the seats as its basis; who has none is without a seat entirely."""
        parties, rows, columns = self._parties, len(self._rows), len(self._columns)
        table = np.zeros((parties + rows + 1, columns + parties + rows + 1))
        for number, (party, _) in enumerate(self._columns):
            table[party, number] = 1
        came = np.array([self._evening.parties[party].start for party, _ in self._columns])
        left = np.array([self._evening.parties[party].end for party, _ in self._columns])
        takes = np.zeros((len(self._kinds.tables), columns))
        for number, (_, needs) in enumerate(self._columns):
            for kind in needs:
                takes[kind, number] += 1
        for row, (kind, at) in enumerate(self._rows, parties):
            table[row, :columns] = takes[kind] * ((came <= at) & (at < left))
            table[row, -1] = len(self._kinds.tables[kind])
        shake = np.random.default_rng(rows).random(rows)
        table[parties:-1, -1] += _SHAKE * (0.5 + shake)
        table[: parties + rows, columns : columns + parties + rows] = np.eye(parties + rows)
        table[:parties, -1] = 1
        places = {column: number for number, column in enumerate(self._columns)}
        self._basis = list(range(columns, columns + parties + rows))
        for party in range(parties):
            if party in seats and (column := (party, self._kinds.of(seats[party]))) in places:
                self._basis[party] = places[column]
        seated = self._basis[:parties]
        table[parties:-1] -= table[parties:-1, seated] @ table[:parties]
        table[-1, columns : columns + parties] = 1
        table[-1] -= table[[party for party in range(parties) if seated[party] == columns + party]].sum(axis=0)
        self._table = table

    def _pivot(self, leaves: int, enters: int) -> None:
        table = self._table
        table[leaves] /= table[leaves, enters]
        factors = table[:, enters].copy()
        factors[leaves] = 0
        used = np.abs(factors) > _TINY
        table[used] -= np.outer(factors[used], table[leaves])
        self._basis[leaves] = enters

    @property
    def missing(self) -> float:
        """How much of the parties has no seat."""
        return -float(self._table[-1, -1])

    def proof(self, stays: Stays) -> Prices | None:
        """The dual values, if they prove that there is no seating."""
        first = len(self._columns) + self._parties
        minutes = sorted({at for _, at in self._rows})
        prices = np.zeros((len(self._evening.room.tables), len(minutes)))
        for (kind, at), price in zip(self._rows, self._table[-1, first:-1], strict=True):
            prices[self._kinds.tables[kind], minutes.index(at)] = max(price, 0)
        return whole(np.array(minutes), prices, stays)

    def shares(self) -> list[tuple[float, Needs | None]]:
        """By party, how large its largest share is, and where that sits."""
        shares: list[tuple[float, Needs | None]] = [(0.0, None)] * self._parties
        for row, number in enumerate(self._basis):
            if number < len(self._columns):
                party, needs = self._columns[number]
                shares[party] = max(shares[party], (float(self._table[row, -1]), needs), key=lambda share: share[0])
        return shares
