"""Small houses and their evenings, and whether there is a seating, found by trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from vartalaap.core.booking.seating import Closed, Impossible, Open, Room, Seated, Sitter, decide, room_of
from vartalaap.core.floor import Combination, DiningTable

LONG_S = 20.0
EVENING = 300
Step = tuple[str, int, int, int, int, int]
"""What happens, when and for how long, of how many people, which area, and which of those who are there."""


@dataclass(frozen=True)
class House:
    tables: tuple[DiningTable, ...]
    combinations: tuple[Combination, ...]
    closed: tuple[Closed, ...]

    @property
    def room(self) -> Room:
        return room_of(self.tables, self.combinations)

    def has_seating(self, sitters: Sequence[Sitter]) -> bool:
        """Every party at every unit, one after the other, until all sit."""
        by_name = {table.name: table for table in self.tables}
        units: list[tuple[tuple[str, ...], int, int]] = [((one.name,), one.seats, one.min) for one in self.tables]
        units += [(one.tables, one.seats, one.min) for one in self.combinations]
        busy = {
            table.name: [(one.start, one.end) for one in self.closed if one.table == table.name]
            for table in self.tables
        }
        for pin in (one for one in sitters if one.pinned):
            for name in pin.tables or ():
                busy[name].append((pin.start, pin.end))
        rest = [one for one in sitters if not one.pinned]

        def may_sit(one: Sitter, names: tuple[str, ...], seats: int, least: int) -> bool:
            tables = [by_name[name] for name in names]
            return (
                least <= one.party <= seats
                and (one.area is None or {table.area for table in tables} == {one.area})
                and (one.house or not any(table.walk_ins_only for table in tables))
                and not any(start < one.end and one.start < end for name in names for start, end in busy[name])
            )

        def seat(place: int) -> bool:
            if place == len(rest):
                return True
            one = rest[place]
            for names, seats, least in units:
                if may_sit(one, names, seats, least):
                    for name in names:
                        busy[name].append((one.start, one.end))
                    if seat(place + 1):
                        return True
                    for name in names:
                        busy[name].pop()
            return False

        return seat(0)


@st.composite
def houses(draw: st.DrawFn) -> House:
    areas = [None, "a", "b"][: draw(st.integers(1, 3))]
    table = st.tuples(
        st.sampled_from([2, 2, 4, 4, 6]), st.sampled_from([1, 1, 1, 2]), st.sampled_from(areas), st.booleans()
    )
    drawn = draw(st.lists(table, min_size=1, max_size=5))
    kept = draw(st.sampled_from([0, 0, 0, 1]))
    tables = tuple(
        DiningTable(name=f"T{n}", seats=seats, min=least, area=area, walk_ins_only=bool(kept) and own)
        for n, (seats, least, area, own) in enumerate(drawn)
    )
    together = [members for size in (2, 3) for members in combinations(range(len(tables)), size)]
    chosen = draw(st.lists(st.sampled_from(together), max_size=3, unique=True)) if together else []
    combined = tuple(
        Combination(
            tables=tuple(f"T{n}" for n in members),
            seats=sum(tables[n].seats for n in members) - draw(st.sampled_from([0, 0, 1])),
            min=draw(st.sampled_from([1, 1, 3])),
        )
        for members in chosen
    )
    blocks = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, EVENING), st.integers(10, 120)), max_size=1))
    closed = tuple(Closed(f"T{n % len(tables)}", start, start + length) for n, start, length in blocks)
    return House(tables, combined, closed)


STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(["book"] * 7 + ["cancel", "seat", "house"]),
        st.integers(0, EVENING // 15).map(lambda quarter: quarter * 15),
        st.sampled_from([75, 90, 105, 120]),
        st.sampled_from([1, 2, 2, 3, 4, 4, 5, 6, 8]),
        st.integers(0, 5),
        st.integers(0, 20),
    ),
    min_size=4,
    max_size=14,
)
EVENINGS: dict[str, st.SearchStrategy[Any]] = {"house": houses(), "steps": STEPS}


def live_through(house: House, steps: Sequence[Step]) -> dict[str, int]:
    """Do what the steps say; fails at the first answer that is wrong. Gives how often what was answered."""
    book: dict[str, Sitter] = {}
    seen = {"booked": 0, "refused": 0, "searched for": 0}
    for number, (what, start, length, party, area, which) in enumerate(steps):
        there = sorted(book)
        if what in ("cancel", "seat") and there:
            key = there[which % len(there)]
            one = book.pop(key)
            if what == "seat":
                book[key] = one._replace(pinned=True)
            continue
        asked = Sitter(
            f"p{number:02}", start, start + length, party, (None, None, None, None, "a", "b")[area], what == "house"
        )
        answer = decide(house.room, tuple(book.values()), asked, house.closed)
        if isinstance(answer, Open):
            seen["searched for"] += 1
            answer = decide(house.room, tuple(book.values()), asked, house.closed, answer.solve(LONG_S))
        assert isinstance(answer, (Seated, Impossible)), "undecided"
        assert isinstance(answer, Seated) == house.has_seating([*book.values(), asked])
        seen["booked" if isinstance(answer, Seated) else "refused"] += 1
        if isinstance(answer, Seated):
            book[asked.id] = asked
            book |= {key: book[key]._replace(tables=tables) for key, tables in answer.moved.items()}
            must_be_a_seating(house, list(book.values()))
    return seen


def must_be_a_seating(house: House, sitters: Sequence[Sitter]) -> None:
    """Each sits where it may (alone in the house it may too), nobody at another's table."""
    units = {frozenset(unit.names): unit for unit in house.room.units}
    for one in sitters:
        unit = units[frozenset(one.tables or ())]
        assert unit.min <= one.party <= unit.seats
        assert one.area in (None, unit.area)
        assert one.house or not unit.walk_ins_only
        assert not any(c.table in unit.names and c.start < one.end and one.start < c.end for c in house.closed)
    for one, other in combinations(sitters, 2):
        together = one.start < other.end and other.start < one.end
        assert not (together and {*(one.tables or ())} & {*(other.tables or ())}), "two parties at one table"
