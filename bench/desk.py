"""How fast the desk books and answers, on both databases, as the book grows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter, process_time

from sqlalchemy import insert, text
from tests.support.book import TEST_NOW, test_business
from tests.torture.crew import Crew
from tests.torture.databases import NewDatabase
from tests.torture.house import VAULT, House, build, guest, house

from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import Booking, Free, Refusal, TableRequest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.db.models import ReservationRow
from vartalaap.db.repositories.businesses import Businesses

from .figures import Figures, figures

PROCESSES = 8
BOOKINGS = 400
CHECKS = 500
ROUNDS = 25
WARM_UP = 30
TODAY = TEST_NOW.date()
LARGE = test_business(total_seats=2000)
FORTY_SEATS = test_business()
BANQUETS = test_business(total_seats=600)
FULL_DAY, FREE_DAY = TODAY + timedelta(days=10), TODAY + timedelta(days=11)
Taken = list[tuple[float, float]]
Measure = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Book:
    """How many bookings there are, and over which days they are spread, counted from today."""

    name: str
    business: Business
    rows: int
    days: range


BOOKS = (
    Book("1,000 in a month and a half", FORTY_SEATS, 1_000, range(-15, 30)),
    Book("10,000 in a year and a month", FORTY_SEATS, 10_000, range(-365, 30)),
    Book("100,000 in eleven years", FORTY_SEATS, 100_000, range(-3985, 30)),
    Book("10,000 in a month, 600 seats", BANQUETS, 10_000, range(30)),
)


async def repeat(measure: Measure, times: int) -> Taken:
    """How long each took, and how much of it this process computed, in milliseconds."""
    taken = []
    for _ in range(times):
        began, computed = perf_counter(), process_time()
        await measure()
        taken.append(((perf_counter() - began) * 1000, (process_time() - computed) * 1000))
    return taken


def bookings(backend: str, new_database: NewDatabase) -> Iterable[Figures]:
    """One booking after another: from one process, and from eight at once."""
    for processes in (1, PROCESSES):
        url = new_database()
        asyncio.run(build(url, LARGE))
        with Crew(processes) as crew:
            began = perf_counter()
            parts: list[Taken] = crew.run(_book_one_after_another, url, LARGE, BOOKINGS // processes)
            seconds = perf_counter() - began
        taken = [one for part in parts for one in part]
        name = "one process" if processes == 1 else f"{processes} processes at once"
        yield figures(backend, f"booking, {name}", taken, per_second=round(len(taken) / seconds, 1))


async def _book_one_after_another(own: House, number: int, times: int) -> Taken:
    chance = random.Random(number)
    calls = iter(range(WARM_UP + times))

    async def book() -> None:
        call, who = f"{number}-{next(calls)}", guest(chance.randrange(10**6))
        assert isinstance(await own.desk(call, who.number).book(_wish(chance), who), Booking)

    return await repeat(book, times)


def checks(backend: str, new_database: NewDatabase) -> Iterable[Figures]:
    """Is there a table? On a free evening, and on a full one, which needs alternatives; beside a bare SELECT 1."""
    for book in BOOKS:
        url = new_database()
        asyncio.run(build(url, book.business))
        yield from asyncio.run(_check(backend, url, book))


async def _check(backend: str, url: str, book: Book) -> list[Figures]:
    chance = random.Random(book.rows)
    async with house(url, book.business) as own:
        await _fill(own, book, chance)
        clock = Clock(TEST_NOW)
        businesses = Businesses(own.database, clock)
        who = guest(1).number

        async def ask(day: date, expected: type[Free | Refusal]) -> None:
            request = TableRequest(day, time(chance.randint(19, 20), chance.choice([0, 15, 30])), 4)
            desk = Desk(  # as a call has it: it also asks whether the rules have changed
                book.business, clock, own.book, own._follow_ups, call_id="c", caller=who, rules_now=businesses.get
            )
            answer = await desk.check(request)
            assert isinstance(answer, expected)
            assert isinstance(answer, Free) or len(answer.alternatives) == 2

        async def select_one() -> None:
            async with own.database.read() as session:
                await session.execute(text("SELECT 1"))

        measures: dict[str, Measure] = {
            "SELECT 1": select_one,
            "check, free evening": lambda: ask(FREE_DAY, Free),
            "check, full evening": lambda: ask(FULL_DAY, Refusal),
        }
        for measure in measures.values():
            await repeat(measure, WARM_UP)
        taken: dict[str, Taken] = {name: [] for name in measures}
        for _ in range(ROUNDS):  # by turns: a busy moment of the machine is everybody's
            for name, measure in measures.items():
                taken[name] += await repeat(measure, CHECKS // ROUNDS)
    return [figures(backend, f"{name}; {book.name}", found) for name, found in taken.items()]


async def _fill(own: House, book: Book, chance: random.Random) -> None:
    sealed = VAULT.seal(guest(1).number, "nobody opens it")
    rows = [_row(book, number, sealed, chance) for number in range(book.rows)]
    async with own.database.write() as session:
        for first in range(0, len(rows), 1000):
            await session.execute(insert(ReservationRow), rows[first : first + 1000])
    async with own.database.write() as session:
        await session.execute(text("ANALYZE"))


def _row(book: Book, number: int, sealed: str, chance: random.Random) -> dict[str, object]:
    """Spread over the days as they come; the full day's evening is taken by parties that fill the house."""
    day = TODAY + timedelta(days=book.days[number % len(book.days)])
    at, party = time(chance.randint(11, 20), chance.choice([0, 15, 30, 45])), chance.randint(1, 6)
    if day == FREE_DAY:
        at, party = time(chance.randint(11, 16)), 2
    if day == FULL_DAY:
        at, party = time(chance.randint(11, 14)), 1
    if number in (book.days.index(10), book.days.index(10) + len(book.days)):
        at, party = time(17 + 2 * (number >= len(book.days)), 30), book.business.reservation_rules.total_seats
    start = datetime.combine(day, at, book.business.tz).astimezone(UTC)
    return {
        "id": f"row-{number}",
        "business_id": book.business.id,
        "reservation_date": day,
        "reservation_time": at,
        "starts_at": start,
        "party_size": party,
        "customer_name": "Guest",
        "phone_hash": f"{number:064d}",
        "phone_sealed": sealed,
        "status": "confirmed" if chance.random() < 0.9 or day == FULL_DAY else "cancelled",
        "notes": "",
        "idempotency_key": f"key-{number}",
        "version": 1,
        "created_at": TEST_NOW,
        "updated_at": TEST_NOW,
    }


def _wish(chance: random.Random) -> TableRequest:
    day = TODAY + timedelta(days=7 * chance.randint(0, 3) + chance.randint(1, 4))  # Thursday to Sunday
    return TableRequest(day, time(chance.randint(11, 20), chance.choice([0, 15, 30, 45])), chance.randint(1, 6))
