"""The whole truth, as far as the time allows: every way to seat an evening, swept from its first stay to its last.

Two ways to seat those who came so far are the same for those still to come if of each kind of table as many keep as
many of them waiting. So each such state is gone on from once; there are few of them where there are few tables.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator

from .evening import Evening, Seats
from .kinds import Kinds, Needs

State = tuple[tuple[int, ...], ...]
"""By kind of table: of each that is taken, up to which of the parties that may sit there it is; in order."""
_LOOK_AT_CLOCK = 256
"""Steps."""


class OutOfTime(Exception):
    """Neither was a seating found, nor shown that there is none."""


class Sweep:
    """Depth first, in the order in which parties come; states that led nowhere are remembered."""

    def __init__(self, evening: Evening, kinds: Kinds) -> None:
        self._evening, self._kinds = evening, kinds
        self._sizes = [len(tables) for tables in kinds.tables]
        parties, options = evening.parties, kinds.options
        self._order = sorted(range(len(parties)), key=lambda one: (parties[one].start, len(options[one]), one))
        comers: list[list[int]] = [[] for _ in self._sizes]
        self._come: list[list[int]] = []
        """By step, how many came so far that may sit at each kind."""
        for one in self._order:
            self._come.append([len(starts) for starts in comers])
            for kind in {kind for needs in options[one] for kind in needs}:
                comers[kind].append(parties[one].start)
        self._come.append([len(starts) for starts in comers])
        self._upto = [[bisect_left(starts, one.end) for starts in comers] for one in parties]

    def seating(self, until: float) -> Seats | None:
        """A seating of all, or None: there is none. Raises `OutOfTime` at `until` (of `time.monotonic`)."""
        dead: list[set[State]] = [set() for _ in self._order]
        states: list[State] = [tuple(() for _ in self._sizes)]
        ways = [self._ways(0, states[0])]
        chosen: list[Needs] = []
        steps = 0
        while ways:
            steps += 1
            if not steps % _LOOK_AT_CLOCK and time.monotonic() > until:
                raise OutOfTime
            step = len(ways) - 1
            found = next(
                (way for way in ways[-1] if step + 1 == len(self._order) or way[1] not in dead[step + 1]), None
            )
            if found is None:
                dead[step].add(states.pop())
                ways.pop()
                if chosen:
                    chosen.pop()
                continue
            chosen.append(found[0])
            if len(chosen) == len(self._order):
                return self._seats(chosen)
            states.append(found[1])
            ways.append(self._ways(step + 1, found[1]))
        return None

    def _ways(self, step: int, state: State) -> Iterator[tuple[Needs, State]]:
        """The options of the party that comes, best first, each with the state it leads to.

        Where one keeps nobody waiting who is still to come, it alone is as good as all.
        """
        party = self._order[step]
        upto, come = self._upto[party], self._come[step + 1]
        open_ = [
            needs for needs in self._kinds.options[party] if all(len(state[kind]) < self._sizes[kind] for kind in needs)
        ]
        harmless = next((needs for needs in open_ if all(upto[kind] <= come[kind] for kind in needs)), None)
        for needs in [harmless] if harmless else open_:
            after = [
                taken if not taken or taken[0] > come[kind] else tuple(one for one in taken if one > come[kind])
                for kind, taken in enumerate(state)
            ]
            for kind in needs:
                if upto[kind] > come[kind]:
                    after[kind] = tuple(sorted((*after[kind], upto[kind])))
            yield needs, tuple(after)

    def _seats(self, chosen: list[Needs]) -> Seats:
        seats: Seats = {}
        taken = list(self._evening.fixed)
        for party, needs in zip(self._order, chosen, strict=True):
            unit = self._kinds.free(party, needs, taken)
            assert unit is not None
            self._evening.sit(taken, party, unit)
            seats[party] = unit
        return seats
