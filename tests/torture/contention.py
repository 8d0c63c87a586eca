"""Many processes at one book: the last seats are sold once, and nothing that was promised is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import date, time

from tests.support.book import test_business
from vartalaap.core.booking.rules import Booking, Refusal, Rule, TableRequest
from vartalaap.core.floor import Combination, DiningTable

from .crew import Crew
from .house import House, build, guest, house, must_have_one_history_each, must_not_be_oversold, must_sit

PROCESSES = 8
CALLS_EACH = 25
FRIDAY_AT_EIGHT = TableRequest(date(2026, 11, 27), time(20, 0), 2)
HOUSE = test_business()
_TABLES = tuple(DiningTable(name=f"T{n}", seats=seats) for n, seats in enumerate([2, 2, 4, 4]))
_TOGETHER = (Combination(tables=("T0", "T1"), seats=4), Combination(tables=("T1", "T2"), seats=6))
SMALL_HOUSE = test_business(total_seats=12, max_concurrent_reservations=4).model_copy(
    update={"tables": _TABLES, "combinations": _TOGETHER}
)
ROOM = HOUSE.model_copy(update={"tables": tuple(DiningTable(name=f"T{n}", seats=4) for n in range(10))})
"""Forty seats as ten tables."""
Promise = dict[str, tuple[time, int]]
"""What a process was told: the time and the party of each of its live bookings."""


def sell_the_last_four_seats(url: str, crew: Crew, seed: int) -> Counter[str]:
    """Two hundred calls, each a party of two. Gives how often what was answered."""
    asyncio.run(_fill_but_four_seats(url))
    answers = [answer for part in crew.run(confirm_all_at_once, url, HOUSE, seed) for answer in part]
    errors = Counter(repr(answer) for answer in answers if isinstance(answer, BaseException))
    assert not errors, f"errors reached callers: {dict(errors)}"
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    booked = len(answers) - len(refusals)
    assert booked == 2, f"{booked} bookings for the last four seats"
    assert len(answers) == PROCESSES * CALLS_EACH
    assert {refusal.rule for refusal in refusals} == {Rule.FULL}
    assert all(len(refusal.alternatives) == 2 for refusal in refusals), "a refusal without alternatives"
    asyncio.run(_recount(url, len(_BEFORE) + 2))
    return Counter({"booked": booked, "offered alternatives": len(refusals)})


def sell_the_last_two_tables(url: str, crew: Crew, seed: int) -> Counter[str]:
    """Two hundred calls, each a party of two, in a room with plenty of seats and two tables left."""
    asyncio.run(_fill_but_two_tables(url))
    answers = [answer for part in crew.run(confirm_all_at_once, url, ROOM, seed) for answer in part]
    errors = Counter(repr(answer) for answer in answers if isinstance(answer, BaseException))
    assert not errors, f"errors reached callers: {dict(errors)}"
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    booked = len(answers) - len(refusals)
    assert booked == 2, f"{booked} bookings for the last two tables"
    assert {refusal.rule for refusal in refusals} == {Rule.NO_TABLE}
    assert all(len(refusal.alternatives) == 2 for refusal in refusals), "a refusal without alternatives"
    asyncio.run(_recount_tables(url))
    return Counter({"booked": booked, "offered alternatives": len(refusals)})


async def _fill_but_two_tables(url: str) -> None:
    await build(url, ROOM)
    async with house(url, ROOM) as own:
        for number in range(8):
            wish = replace(FRIDAY_AT_EIGHT, time=time(19, 30 if number % 2 else 45))
            made = await own.desk(f"before-{number}", guest(number).number).book(wish, guest(number))
            assert isinstance(made, Booking)


async def _recount_tables(url: str) -> None:
    async with house(url, ROOM) as own:
        rows = await own.rows()
        assert len(rows) == len(ROOM.tables)
        must_sit(rows, ROOM)
        must_have_one_history_each(rows, await own.audits())


_BEFORE = [replace(FRIDAY_AT_EIGHT, party_size=6)] * 6


async def _fill_but_four_seats(url: str) -> None:
    await build(url, HOUSE)
    async with house(url, HOUSE) as own:
        for number, request in enumerate(_BEFORE):
            assert isinstance(
                await own.desk(f"before-{number}", guest(number).number).book(request, guest(number)), Booking
            )


async def _recount(url: str, expected: int) -> None:
    async with house(url, HOUSE) as own:
        rows = await own.rows()
        assert len(rows) == expected, f"{len(rows)} rows instead of {expected}"
        must_not_be_oversold(rows, HOUSE)
        must_have_one_history_each(rows, await own.audits())


async def confirm_all_at_once(own: House, number: int, seed: int) -> list[Booking | Refusal | BaseException]:
    first = 1000 + number * CALLS_EACH
    desks = [(own.desk(f"call-{n}", guest(n).number), guest(n)) for n in range(first, first + CALLS_EACH)]
    random.Random(seed + number).shuffle(desks)
    return await asyncio.gather(*(desk.book(FRIDAY_AT_EIGHT, who) for desk, who in desks), return_exceptions=True)


def book_move_and_cancel(url: str, crew: Crew, seed: int) -> Counter[str]:
    """Sixteen callers change their minds on one evening. Gives how often what was done."""
    asyncio.run(build(url, SMALL_HOUSE))
    parts: list[tuple[Promise, Counter[str]]] = crew.run(change_minds, url, SMALL_HOUSE, seed)
    promised = {booking: wish for promise, _ in parts for booking, wish in promise.items()}
    asyncio.run(_must_be_the_book(url, promised))
    return sum((counts for _, counts in parts), Counter[str]())


async def _must_be_the_book(url: str, promised: Promise) -> None:
    async with house(url, SMALL_HOUSE) as own:
        rows = await own.rows()
        live = {row.id: (row.reservation_time, row.party_size) for row in rows if row.status == "confirmed"}
        assert live == promised, "the book differs from what callers were told"
        must_not_be_oversold(rows, SMALL_HOUSE)
        must_sit(rows, SMALL_HOUSE)
        must_have_one_history_each(rows, await own.audits())


async def change_minds(own: House, number: int, seed: int) -> tuple[Promise, Counter[str]]:
    """Two callers of one process, at once."""
    callers = [_Caller(own, 2 * number + n, random.Random(f"{seed} {number} {n}")) for n in range(2)]
    await asyncio.gather(*(caller.talk(20) for caller in callers))
    return callers[0].promise() | callers[1].promise(), callers[0].done + callers[1].done


class _Caller:
    """Holds, books, moves and cancels at random, and remembers what was answered."""

    def __init__(self, own: House, number: int, random_numbers: random.Random) -> None:
        self._house, self._number, self._random = own, number, random_numbers
        self._live: dict[str, Booking] = {}
        self._calls = 0
        self.done: Counter[str] = Counter()

    def promise(self) -> Promise:
        return {booking.id: (booking.time, booking.party_size) for booking in self._live.values()}

    async def talk(self, wishes: int) -> None:
        for _ in range(wishes):
            await self._random.choice([self._book, self._book, self._move, self._cancel])()

    def _wish(self) -> TableRequest:
        at = time(self._random.randint(18, 21), self._random.choice([0, 15, 30]))
        return TableRequest(FRIDAY_AT_EIGHT.date, at, self._random.randint(1, 5))

    async def _book(self) -> None:
        self._calls += 1
        who, wish = guest(self._number), self._wish()
        desk = self._house.desk(f"call-{self._number}-{self._calls}", who.number)
        held = await desk.hold(wish) if self._random.random() < 0.5 else None
        if isinstance(held, Refusal):
            self.done["refused"] += 1
            return
        made = await desk.book(wish, who)
        assert held is None or isinstance(made, Booking), "held seats were given away"
        self._note(made, "booked")

    async def _move(self) -> None:
        if self._live:
            booking = self._random.choice(list(self._live.values()))
            desk = self._house.desk(f"call-{self._number}-moves", booking.guest.number)
            self._note(await desk.move(booking, self._wish()), "moved")

    async def _cancel(self) -> None:
        if self._live:
            booking = self._live.pop(self._random.choice(list(self._live)))
            await self._house.desk(f"call-{self._number}-cancels", booking.guest.number).cancel(booking)
            self.done["cancelled"] += 1

    def _note(self, answer: Booking | Refusal, what: str) -> None:
        if isinstance(answer, Booking):
            self._live[answer.id] = answer
            self.done[what] += 1
        else:
            self.done["refused"] += 1
