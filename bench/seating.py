"""How long it takes to decide about a table, and how much stays undecided, as the number of tables grows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import process_time
from typing import TypeVar

from vartalaap.core.booking.seating import Impossible, Open, Room, Seated, Sitter, decide, room_of
from vartalaap.core.floor import Combination, DiningTable

SIZES = ((10, 3), (15, 5), (20, 6), (30, 9), (40, 12), (60, 18))
"""Tables and combinations."""
EVENINGS = 10
REQUESTS_PER_TABLE = 10
PARTIES = [1] * 5 + [2] * 36 + [3] * 12 + [4] * 22 + [5] * 7 + [6] * 8 + [7] * 3 + [8] * 3 + [9, 10, 11, 12]
STARTS = range(0, 260, 15)
HEADINGS = (
    "tables", "combinations", "booked", "decided", "p50", "p99", "longest", "searched for", "search p50", "search p99",
    "undecided", "18 starts p50", "18 starts p95",
)  # fmt: skip


@dataclass
class Seen:
    """Milliseconds that this process computed."""

    inside: list[float] = field(default_factory=list)
    """Within the transaction."""
    outside: list[float] = field(default_factory=list)
    evening: list[float] = field(default_factory=list)
    """Of all starts, one after the other: what slots and alternatives cost at most."""
    answers: Counter[str] = field(default_factory=Counter)


def growth() -> Iterator[tuple[object, ...]]:
    """A row for each size: evenings that are asked about until long after they are full."""
    for tables, combinations in SIZES:
        seen = Seen()
        for evening in range(EVENINGS):
            _fill(random.Random(f"{tables} {evening}"), tables, combinations, seen)
        asked = len(seen.inside)
        yield (
            tables, combinations, round(seen.answers["Seated"] / EVENINGS), asked,
            *(_at(seen.inside, share) for share in (0.5, 0.99, 1)), f"{len(seen.outside) / asked:.1%}",
            *(_at(seen.outside, share) for share in (0.5, 0.99)), f"{seen.answers['undecided'] / asked:.2%}",
            *(_at(seen.evening, share) for share in (0.5, 0.95)),
        )  # fmt: skip


def _at(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken) or [0.0]
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)


def _fill(chance: random.Random, tables: int, combinations: int, seen: Seen) -> None:
    """Half of the evenings have a peak, half of the houses keep large tables from small parties."""
    areas = ["a", "b", "c"][: chance.randint(1, 3)]
    room = room_of(*_house(chance, tables, combinations, areas))
    book: dict[str, Sitter] = {}
    peaked = chance.random() < 0.5
    for number in range(REQUESTS_PER_TABLE * tables):
        start = min(max(int(chance.gauss(120, 45)) // 15 * 15, 0), STARTS[-1]) if peaked else chance.choice(STARTS)
        party = chance.choice(PARTIES)
        area = chance.choice(areas) if chance.random() < 0.25 else None
        asked = Sitter(f"p{number:04}", start, start + _stay(party), party, area)
        answer, taken = _timed(partial(decide, room, tuple(book.values()), asked))
        seen.inside.append(taken)
        if isinstance(answer, Open):
            proof, taken = _timed(answer.solve)
            seen.outside.append(taken)
            answer = decide(room, tuple(book.values()), asked, (), proof)
        seen.answers["undecided" if answer is None else type(answer).__name__] += 1
        assert answer is None or isinstance(answer, (Seated, Impossible))
        if isinstance(answer, Seated):
            book[asked.id] = asked
            book |= {key: book[key]._replace(tables=names) for key, names in answer.moved.items()}
        if number % 40 == 39:
            seen.evening.append(_timed(partial(_all_starts, room, tuple(book.values())))[1])


def _all_starts(room: Room, there: Sequence[Sitter]) -> None:
    for start in STARTS:
        decide(room, there, Sitter("", start, start + _stay(4), 4))


Found = TypeVar("Found")


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    began = process_time()
    found = work()
    return found, (process_time() - began) * 1000


def _stay(party: int) -> int:
    return (75 if party <= 2 else 90 if party <= 4 else 120) + 15


def _house(
    chance: random.Random, tables: int, combinations: int, areas: Sequence[str]
) -> tuple[tuple[DiningTable, ...], tuple[Combination, ...]]:
    kept = chance.random() < 0.5
    seats = [chance.choice([2, 2, 4, 4, 4, 4, 6, 8]) for _ in range(tables)]
    made = tuple(
        DiningTable(name=f"T{n}", seats=each, min=3 if kept and each >= 6 else 1, area=chance.choice(areas))
        for n, each in enumerate(seats)
    )
    together: set[tuple[int, ...]] = set()
    for _ in range(50 * combinations):
        one = chance.randrange(tables)
        beside = [n for n in range(tables) if n != one and made[n].area == made[one].area and seats[n] <= 6]
        if len(together) < combinations and len(beside) >= 2:
            together.add(tuple(sorted([one, *chance.sample(beside, 1 if chance.random() < 0.8 else 2)])))
    return made, tuple(
        Combination(tables=tuple(f"T{n}" for n in members), seats=sum(seats[n] for n in members))
        for members in sorted(together)
    )
