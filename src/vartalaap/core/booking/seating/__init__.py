"""Is there a seating with one more party? Decided in steps, each of them sound, the cheap ones first.

The confirmed bookings always have a seating, and where each was last thought to sit is kept with it: that is the proof.
A request is refused only if no seating exists. What the cheap steps leave open is searched for outside the book's
transaction (`Open.solve`), and the answer checked inside it. See docs/tables.md.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .bounds import Bounds, Domain
from .branches import Branches
from .evening import Closed, Evening, Seats, Sitter
from .exact import OutOfTime, Sweep
from .kinds import Kinds
from .prices import Pool, Prices, Stays
from .room import Names, Room, Unit, room_of
from .walk import walk

__all__ = ("GIVEN_UP", "Closed", "Impossible", "Names", "Open", "Proof", "Room", "Seated", "Sitter", "Unit", "decide",
           "room_of")  # fmt: skip

QUICK_STEPS = 60
"""Of the walk, inside the transaction."""
BOX_S = 0.3
"""Seconds that the linear programme may take, and after it the sweep."""
Claims = frozenset[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Seated:
    """There is a seating; these parties sit elsewhere than was noted, the request among them."""

    moved: Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is none."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a search found for one evening: a seating, that there is none, or (`None`) nothing in its time."""

    claims: Claims | None
    """Of the evening that was searched; None stands for any."""
    answer: Mapping[str, Names] | Impossible | None = None
    prices: Prices | None = None
    """Where they prove it."""


GIVEN_UP = Proof(None)
"""Whatever stays open is not searched for any more."""


@dataclass(frozen=True, slots=True)
class Open:
    """Not decided yet."""

    evening: Evening = field(repr=False)
    domains: list[Domain] = field(repr=False)
    claims: Claims = field(repr=False)

    def solve(self, box_s: float = BOX_S) -> Proof:
        """Search, for twice `box_s` seconds and a walk at most. Touches nothing but itself: it may run in a thread."""
        evening, domains = self.evening, self.domains
        search = Branches(evening, time.monotonic() + box_s)
        found = search.seating(domains)
        if found or search.proved:
            answer = _names(evening, found) if found else Impossible()
            return Proof(self.claims, answer, search.prices)
        kinds = Kinds(evening, domains)
        try:
            found = Sweep(evening, kinds).seating(time.monotonic() + box_s)
        except OutOfTime:
            return Proof(self.claims)
        return Proof(self.claims, Impossible() if found is None else _names(evening, found))


def decide(
    room: Room, sitters: Sequence[Sitter], request: Sitter, closed: Iterable[Closed] = (), proof: Proof | None = None
) -> Seated | Impossible | Open | None:
    """The request among those who have a booking; None if it was searched for in vain.

    A party that no table fits, and that has a booking all the same, was arranged by the house: it is left out.
    """
    if not room.options(request.party, request.area, request.house):
        return Impossible()
    closed = tuple(closed)
    claims = frozenset(one.claim for one in sitters)
    wish = (room, closed, *request[1:6])
    refused = _refused.known(wish)
    if refused is not None and refused <= claims:  # with others there too, there is no seating either
        return Impossible()
    if proof is None and _in_vain.known(wish) == claims:
        return None
    evening = Evening(room, request, sitters, closed)
    verdict = _quickly(evening, claims, proof)
    if isinstance(verdict, Impossible):
        _refused.remember(wish, claims)
    elif verdict is None and proof and proof.claims == claims:
        _in_vain.remember(wish, claims)
    return verdict


def _quickly(evening: Evening, claims: Claims, proof: Proof | None) -> Seated | Impossible | Open | None:
    seats, homeless, taken = evening.stored()
    if not homeless:
        unit = evening.direct(taken, 0)
        if unit is not None:
            return _seated(evening, {**seats, 0: unit})
    if proof and proof.answer and not isinstance(proof.answer, Impossible):
        known = _by_number(evening, proof.answer)
        if evening.is_seating(known):
            return _seated(evening, known)
    same = proof is not None and proof.claims in (None, claims)
    if proof and proof.prices:
        _pool.add(proof.prices, evening)
    if same and proof and isinstance(proof.answer, Impossible):
        return proof.answer
    domains = Bounds(evening).narrow()
    if domains is None or _pool.refutes(Stays(evening, domains), evening):
        return Impossible()
    seed = evening.parties[0].start + len(evening.parties)
    if walk(evening, domains, seats, [*homeless, 0], QUICK_STEPS, seed):
        return _seated(evening, seats)
    return None if same else Open(evening, domains, claims)


def _seated(evening: Evening, seats: Seats) -> Seated:
    names = _names(evening, seats)
    return Seated({one.id: names[one.id] for one in evening.parties if one.tables != names[one.id]})


def _names(evening: Evening, seats: Seats) -> dict[str, Names]:
    units = evening.room.units
    return {evening.parties[number].id: units[unit].names for number, unit in seats.items()}


def _by_number(evening: Evening, names: Mapping[str, Names]) -> Seats:
    by_names = evening.room.by_names
    found = {number: by_names.get(frozenset(names.get(one.id, ()))) for number, one in enumerate(evening.parties)}
    return {number: unit for number, unit in found.items() if unit is not None}


class _Wishes:
    """Wishes that ended one way, and who was there then: compared with who is there now, so nobody has to tell
    it when somebody leaves."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._known: OrderedDict[tuple[object, ...], Claims] = OrderedDict()

    def known(self, wish: tuple[object, ...]) -> Claims | None:
        return self._known.get(wish)

    def remember(self, wish: tuple[object, ...], claims: Claims) -> None:
        self._known[wish] = claims
        self._known.move_to_end(wish)
        if len(self._known) > self._most:
            self._known.popitem(last=False)


_refused, _in_vain = _Wishes(), _Wishes()
_pool = Pool()
