"""Branch and bound: the linear programme, and where parties are divided, one after the other put to one place."""

from __future__ import annotations

from .bounds import Domain
from .evening import Evening, Seats
from .kinds import Kinds, Needs
from .prices import Prices, Stays
from .relaxation import Relaxation
from .walk import walk

STEPS = 150
"""Of the walk from each solution of the programme."""
_WHOLE = 0.999


class Branches:
    """One search; what it proved is left in it."""

    def __init__(self, evening: Evening, until: float) -> None:
        """`until` is of `time.monotonic`."""
        self._evening, self._until = evening, until
        self._stored, _, _ = evening.stored()
        self.proved = False
        """Was it shown that there is no seating?"""
        self.prices: Prices | None = None
        """Where one set of them proves it."""

    def seating(self, domains: list[Domain]) -> Seats | None:
        """None if none was found."""
        self._kinds = Kinds(self._evening, domains)
        relaxed = Relaxation(self._evening, self._kinds)
        if not relaxed.solve(self._stored, self._until):
            return None
        self.prices = relaxed.proof(Stays(self._evening, domains))
        self.proved = self.prices is not None
        found = None
        if not self.proved:
            found, self.proved = self._search(relaxed, domains)
        return found

    def _search(self, relaxed: Relaxation, domains: list[Domain]) -> tuple[Seats | None, bool]:
        """A seating, or none and whether there surely is none."""
        evening, kinds = self._evening, self._kinds
        shares = relaxed.shares()
        seats, homeless = _from_shares(evening, kinds, shares)
        if walk(evening, domains, seats, homeless, STEPS, len(homeless)):
            return seats, False
        party = _most_divided(kinds, domains, shares)
        if party is None:
            return None, False
        first = shares[party][1]
        for needs in sorted(kinds.options[party], key=lambda each: each != first):
            narrowed = list(domains)
            narrowed[party] = tuple(unit for unit in kinds.options[party][needs] if unit in domains[party])
            put = relaxed.put(party, needs, self._until)
            if put is None:
                return None, False
            if put.proof(Stays(evening, narrowed)):
                continue
            found, none = self._search(put, narrowed)
            if found or not none:
                return found, False
        return None, True


def _most_divided(kinds: Kinds, domains: list[Domain], shares: list[tuple[float, Needs | None]]) -> int | None:
    """The request, if it is divided; else who is into the smallest parts. None if nobody has a choice."""
    choosing = [party for party, domain in enumerate(domains) if len({kinds.of(unit) for unit in domain}) > 1]
    return min(choosing, key=lambda one: (one != 0 or shares[one][0] > _WHOLE, shares[one][0]), default=None)


def _from_shares(evening: Evening, kinds: Kinds, shares: list[tuple[float, Needs | None]]) -> tuple[Seats, list[int]]:
    """Everybody where the largest share of it sits, as far as there is room; and who is left over."""
    seats: Seats = {}
    left_over: list[int] = []
    taken = list(evening.fixed)
    for party in sorted(range(len(shares)), key=lambda one: evening.parties[one].start):
        _, needs = shares[party]
        unit = None if needs is None else kinds.free(party, needs, taken)
        if unit is None:
            left_over.append(party)
        else:
            seats[party] = unit
            evening.sit(taken, party, unit)
    return seats, left_over
