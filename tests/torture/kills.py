"""`kill -9` at random moments: what was confirmed is in the book once, nothing is half, no seat is stuck."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time as clocks
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import ParamSpec, TypeVar

from sqlalchemy import text

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.capacity import sitting
from vartalaap.core.booking.rules import Booking, Free, Refusal, TableRequest, start_of
from vartalaap.db.models import ReservationRow
from vartalaap.errors import ProviderError

from .crew import CONTEXT
from .databases import NewDatabase
from .house import House, build, guest, house, must_have_one_history_each, must_not_be_oversold, seats_taken

KILLS_A_BOOK = 20
"""Then a fresh book, before the days are full."""
HOUSE = test_business(total_seats=20)
THURSDAY = date(2026, 11, 26)
AFTER_THE_HOLDS = TEST_NOW + timedelta(hours=1)
AT_ONCE_S = 3.0
"""How soon the survivors must be able to book."""
RECOVERY_S = 60.0
"""How long a server may take that lost one of its processes: it reads its log again, on a busy machine's disk."""
P = ParamSpec("P")
T = TypeVar("T")
Report = tuple[str, TableRequest]
"""What the victim says of each booking after it was confirmed: the row's id, and what for."""


@dataclass
class Tally:
    """What is known of one book, and how the kills went."""

    reported: dict[str, TableRequest] = field(default_factory=dict)
    kills: int = 0
    seen: Counter[str] = field(default_factory=Counter)


def kill(new_database: NewDatabase, kills: Iterable[int], seed: int) -> Counter[str]:
    """Kill one booking process after another. Gives how often what was seen."""
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    for number, _ in enumerate(kills):
        if number % KILLS_A_BOOK == 0:
            url, tally = new_database(), Tally(seen=seen)
            asyncio.run(build(url, HOUSE))
        _one_victim(url, f"{seed}-{number}", chance, tally)
        asyncio.run(_must_be_whole(url, tally, chance))
    return seen


def _one_victim(url: str, name: str, chance: random.Random, tally: Tally) -> None:
    pipe, victim_s_end = CONTEXT.Pipe(duplex=False)
    victim = CONTEXT.Process(target=_victim, args=(victim_s_end, url, name), daemon=True)
    victim.start()
    victim_s_end.close()
    backends: list[int] = pipe.recv()
    _note(pipe.recv(), tally)  # it is at full speed after its first booking
    if backends and chance.random() < 0.25:
        clocks.sleep(chance.uniform(0, 0.05))
        _kill_a_backend(backends, tally)
        _note(pipe.recv(), tally)  # it goes on by itself
    clocks.sleep(chance.uniform(0, 0.06))
    _kill_the_process(victim, tally)
    for report in _until_the_end(pipe):
        _note(report, tally)


def _kill_a_backend(backends: list[int], tally: Tally) -> None:
    with suppress(ProcessLookupError):
        os.kill(backends[0], signal.SIGKILL)
        tally.seen["database backends killed"] += 1


def _kill_the_process(victim: BaseProcess, tally: Tally) -> None:
    assert victim.pid
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    assert victim.exitcode == -signal.SIGKILL, f"the victim ended by itself: {victim.exitcode}"
    tally.kills += 1
    tally.seen["processes killed"] += 1


def _until_the_end(pipe: Connection) -> Iterator[Report]:
    with suppress(EOFError):
        while True:
            yield pipe.recv()


def _note(report: Report, tally: Tally) -> None:
    booking_id, request = report
    assert booking_id not in tally.reported, "two confirmations gave one row"
    tally.reported[booking_id] = request
    tally.seen["confirmations"] += 1


async def _must_be_whole(url: str, tally: Tally, chance: random.Random) -> None:
    async with house(url, HOUSE, AFTER_THE_HOLDS) as own:
        await _insist(own.database.check)
        rows = await own.rows()
        must_have_one_history_each(rows, await own.audits())
        must_not_be_oversold(rows, HOUSE)
        found = {row.id: TableRequest(row.reservation_date, row.reservation_time, row.party_size) for row in rows}
        lost = [wish for booking, wish in tally.reported.items() if found.get(booking) != wish]
        assert not lost, f"{len(lost)} confirmed bookings are lost or changed"
        unreported = len(found) - len(tally.reported)
        assert unreported <= tally.kills, f"{unreported} rows that nobody asked for"
        tally.seen["killed between commit and report"] += unreported
        tally.reported |= found  # counted once
        for _ in range(5):
            await _must_answer_as_counted(own, rows, _wish(chance))
        await _must_book_what_is_free_at_once(own, rows, chance, tally)


async def _must_answer_as_counted(own: House, rows: list[ReservationRow], wish: TableRequest) -> bool:
    """Does the desk see exactly the seats that the rows leave?"""
    begin, end = sitting(HOUSE, start_of(HOUSE, wish), wish.party_size)
    moments = [begin, *(row.starts_at for row in rows if begin <= row.starts_at < end)]
    most = max(seats_taken(rows, moment, HOUSE)[0] for moment in moments)
    is_free = most + wish.party_size <= HOUSE.reservation_rules.total_seats
    answer = await own.desk("check", guest(1).number).check(wish)
    assert isinstance(answer, Free) == is_free, f"{most} seats are taken and the desk says {answer}"
    return is_free


async def _must_book_what_is_free_at_once(
    own: House, rows: list[ReservationRow], chance: random.Random, tally: Tally
) -> None:
    wish = _wish(chance)
    is_free = await _must_answer_as_counted(own, rows, wish)
    began = clocks.monotonic()
    made = await own.desk(f"after-{tally.kills}", guest(2).number).book(wish, guest(2))
    assert isinstance(made, Booking) == is_free
    assert clocks.monotonic() - began < AT_ONCE_S, "a dead process keeps others waiting"
    if isinstance(made, Booking):
        _note((made.id, wish), tally)


def _wish(chance: random.Random) -> TableRequest:
    day = THURSDAY + timedelta(weeks=chance.randint(0, 1), days=chance.randint(0, 3))
    return TableRequest(day, time(chance.randint(12, 20), chance.choice([0, 15, 30, 45])), chance.randint(1, 6))


async def _insist(operation: Callable[P, Awaitable[T]], *arguments: P.args, **named: P.kwargs) -> T:
    """Try again while the database recovers."""
    end = clocks.monotonic() + RECOVERY_S
    while True:
        try:
            return await operation(*arguments, **named)
        except ProviderError:
            if clocks.monotonic() > end:
                raise
            await asyncio.sleep(0.02)


def _victim(pipe: Connection, url: str, name: str) -> None:
    asyncio.run(_book_until_killed(pipe, url, name))


async def _book_until_killed(pipe: Connection, url: str, name: str) -> None:
    chance = random.Random(name)
    async with house(url, HOUSE) as own:
        pipe.send(await _backends(own))
        for number in count():
            who, wish = guest(chance.randrange(10**6)), _wish(chance)
            desk = own.desk(f"call-{name}-{number}", who.number)
            if isinstance(await _insist(desk.hold, wish), Refusal):
                continue
            made = await _insist(desk.book, wish, who)
            if isinstance(made, Booking):
                pipe.send((made.id, wish))


async def _backends(own: House) -> list[int]:
    """The server processes that serve this one."""
    async with own.database.read() as session:
        if own.database.is_sqlite:
            return []
        return [(await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()]
