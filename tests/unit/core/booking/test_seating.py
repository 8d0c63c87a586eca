"""Seating against trying everything: no seating is claimed that is none, and no party refused that could sit."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hypothesis import given, settings

from tests.unit.core.booking.brute_force import EVENINGS, House, Step, live_through
from vartalaap.core.booking.seating import Closed, Impossible, Open, Seated, Sitter, decide, room_of
from vartalaap.core.booking.seating.bounds import Bounds
from vartalaap.core.booking.seating.branches import Branches
from vartalaap.core.booking.seating.evening import Evening
from vartalaap.core.booking.seating.exact import Sweep
from vartalaap.core.booking.seating.kinds import Kinds
from vartalaap.core.booking.seating.prices import Stays
from vartalaap.core.booking.seating.relaxation import Relaxation
from vartalaap.core.floor import Combination, DiningTable


@settings(max_examples=400, deadline=None)
@given(**EVENINGS)
def test_a_party_is_refused_only_if_no_seating_exists_and_all_who_are_booked_have_one(
    house: House, steps: list[Step]
) -> None:
    live_through(house, steps)


@settings(max_examples=300, deadline=None)
@given(**EVENINGS)
def test_each_way_of_proving_is_right_by_itself(house: House, steps: list[Step]) -> None:
    """The bound, the prices and the sweep, each asked about parties of which nobody knows whether they can sit."""
    asked = [
        Sitter(f"p{number:02}", start, start + length, party, (None, None, None, None, "a", "b")[area], what == "house")
        for number, (what, start, length, party, area, _) in enumerate(steps[:7])
    ]
    evening = Evening(house.room, asked[0], asked[1:], house.closed)
    if not all(house.room.options(one.party, one.area, one.house) for one in asked):
        return
    possible = house.has_seating(evening.parties)
    narrowed = Bounds(evening).narrow()
    assert narrowed is not None or not possible
    domains = narrowed or evening.domains
    if not all(domains):
        return
    kinds = Kinds(evening, domains)
    found = Sweep(evening, kinds).seating(time.monotonic() + 20)
    assert (found is not None) == possible
    assert found is None or evening.is_seating(found)
    branches = Branches(evening, time.monotonic() + 20)
    seats = branches.seating(domains)
    assert not (seats or branches.proved) or bool(seats) == possible
    assert seats is None or evening.is_seating(seats)
    relaxed = Relaxation(evening, kinds)
    assert relaxed.solve({}, time.monotonic() + 20)
    proof = relaxed.proof(Stays(evening, domains))
    assert proof is None or not possible
    assert possible is False or relaxed.missing < 1e-4


def tables(*seats: int, area: str | None = None) -> tuple[DiningTable, ...]:
    return tuple(DiningTable(name=f"T{n}", seats=each, area=area) for n, each in enumerate(seats, 1))


def evening(room_tables: Sequence[DiningTable], *parties: int, start: int = 0) -> tuple[Sitter, ...]:
    """Each booked one after the other at the same time; all of them must get a table."""
    room = room_of(tuple(room_tables), ())
    book: dict[str, Sitter] = {}
    for number, party in enumerate(parties):
        asked = Sitter(f"p{number}", start, start + 105, party)
        answer = decide(room, tuple(book.values()), asked)
        assert isinstance(answer, Seated)
        book[asked.id] = asked
        book |= {key: book[key]._replace(tables=names) for key, names in answer.moved.items()}
    return tuple(book.values())


def test_ten_four_tops_hold_ten_parties_of_two_and_no_more() -> None:
    ten = tables(*[4] * 10)
    full = evening(ten, *[2] * 10)
    assert isinstance(decide(room_of(ten, ()), full, Sitter("more", 0, 105, 2)), Impossible)
    assert isinstance(decide(room_of(ten, ()), full, Sitter("later", 105, 210, 2)), Seated), "the end is free"


def test_who_has_a_booking_is_given_another_table_if_that_makes_room() -> None:
    room = room_of(tables(4, 2), ())
    at_the_large = Sitter("two", 0, 105, 2, tables=("T1",))
    answer = decide(room, (at_the_large,), Sitter("four", 0, 105, 4))
    assert isinstance(answer, Seated)
    assert answer.moved == {"two": ("T2",), "four": ("T1",)}


def test_who_sits_already_is_not_moved() -> None:
    room = room_of(tables(4, 2), ())
    seated = Sitter("two", 0, 105, 2, tables=("T1",), pinned=True)
    assert isinstance(decide(room, (seated,), Sitter("four", 0, 105, 4)), Impossible)


def test_tables_are_put_together_for_a_party_that_none_would_hold() -> None:
    room = room_of(tables(4, 4), (Combination(tables=("T1", "T2"), seats=8),))
    answer = decide(room, (), Sitter("seven", 0, 105, 7))
    assert isinstance(answer, Seated)
    assert answer.moved == {"seven": ("T1", "T2")}
    booked = Sitter("seven", 0, 105, 7, tables=("T1", "T2"))
    assert isinstance(decide(room, (booked,), Sitter("one", 60, 165, 1)), Impossible)


def test_a_party_that_no_table_fits_was_arranged_by_the_house_and_takes_none() -> None:
    room = room_of(tables(4), ())
    wedding = Sitter("thirty", 0, 240, 30)
    assert isinstance(decide(room, (wedding,), Sitter("four", 0, 105, 4)), Seated)


def test_where_everybody_sits_is_found_anew_when_it_was_lost() -> None:
    """Tables were renamed, or there were none when the bookings were made."""
    room = room_of(tables(4, 2, 2), ())
    lost = (Sitter("a", 0, 105, 2, tables=("Gone",)), Sitter("b", 0, 105, 2), Sitter("c", 30, 135, 3))
    answer = decide(room, lost, Sitter("d", 105, 210, 2))
    assert isinstance(answer, Seated)
    assert answer.moved.keys() == {"a", "b", "c", "d"}


def test_a_closed_table_is_not_given() -> None:
    room = room_of(tables(4), ())
    assert isinstance(decide(room, (), Sitter("a", 0, 105, 2), (Closed("T1", 104, 200),)), Impossible)
    assert isinstance(decide(room, (), Sitter("a", 0, 105, 2), (Closed("T1", 105, 200),)), Seated)


def test_a_refusal_that_is_remembered_is_forgotten_when_somebody_leaves() -> None:
    room = room_of(tables(4), ())
    there, asked = Sitter("a", 0, 105, 2, tables=("T1",)), Sitter("b", 0, 105, 2)
    assert isinstance(decide(room, (there,), asked), Impossible)
    assert isinstance(decide(room, (there,), asked), Impossible)
    assert isinstance(decide(room, (), asked), Seated)


def test_what_is_proved_of_one_evening_is_used_for_no_other() -> None:
    """While it was searched for, somebody came or went."""
    room = room_of(tables(4, 4), ())
    there = tuple(Sitter(name, 0, 105, 2, tables=(table,)) for name, table in (("a", "T1"), ("b", "T2")))
    asked = Sitter("c", 0, 105, 2)
    searched = Evening(room, asked, there, ())
    refused = Open(searched, searched.domains, frozenset(one.claim for one in there)).solve()
    assert isinstance(refused.answer, Impossible)
    assert isinstance(decide(room, there[:1], asked, (), refused), Seated)
