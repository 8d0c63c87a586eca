"""Many processes at once, and processes that are killed: a short slice of what `tests/torture` does at length."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.book import TEST_NOW, test_business
from tests.torture.contention import (
    PROCESSES,
    book_move_and_cancel,
    sell_the_last_four_seats,
    sell_the_last_two_tables,
)
from tests.torture.crew import Crew
from tests.torture.databases import NewDatabase
from tests.torture.kills import kill
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import Booking, Guest, TableRequest
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import AuditRow, ReservationRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault

BUSINESS = test_business(total_seats=4)
WISH = TableRequest(date(2026, 11, 27), time(20, 0), 2)
GUEST = Guest("Guest", PhoneNumber("+919876500001"))


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(PROCESSES) as crew:
        yield crew


@pytest.mark.parametrize("seed", range(2))
def test_two_hundred_confirmations_from_eight_processes_sell_the_last_four_seats_once(
    url: str, crew: Crew, seed: int
) -> None:
    sell_the_last_four_seats(url, crew, seed)


def test_two_hundred_confirmations_sell_the_last_two_tables_once(url: str, crew: Crew) -> None:
    sell_the_last_two_tables(url, crew, seed=0)


def test_what_sixteen_callers_of_eight_processes_were_told_is_the_book(url: str, crew: Crew) -> None:
    book_move_and_cancel(url, crew, seed=0)


def test_processes_killed_at_random_moments_lose_nothing_confirmed(url: str) -> None:
    seen = kill(NewDatabase(lambda: url), range(6), seed=0)
    assert seen["confirmations"] >= 6


HALF_A_BOOKING = """
import asyncio, sys
from tests.integration.db.test_contention import half_a_booking
asyncio.run(half_a_booking(sys.argv[1]))
"""


async def half_a_booking(url: str) -> None:
    """One confirmed booking, then one written and never committed; says so and waits to be killed."""
    database, clock = Database(url), Clock(TEST_NOW)
    vault = PhoneVault(b"p" * 32, {"k1": b"k" * 32}, "k1")
    book, follow_ups = Reservations(database, vault, clock), FollowUpList(database, vault, clock)
    await Desk(BUSINESS, clock, book, follow_ups, call_id="before", caller=None).book(WISH, GUEST)
    async with database.write() as session:
        confirmed = (await session.execute(select(ReservationRow))).scalar_one()
        again = {**confirmed.model_dump(), "id": "half", "idempotency_key": "half", "call_id": "killed"}
        session.add(ReservationRow(**again))
        await session.flush()
        print("written", flush=True)
        await asyncio.Event().wait()


async def test_a_process_killed_in_a_transaction_loses_nothing_confirmed_and_leaves_nothing_half(
    url: str, database: Database, businesses: Businesses, vault: PhoneVault, clock: Clock
) -> None:
    root = Path(__file__).parents[3]
    environment = {"PYTHONPATH": f"{root}:{root / 'src'}"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HALF_A_BOOKING, url, stdout=asyncio.subprocess.PIPE, cwd=root, env=environment
    )
    assert process.stdout
    assert await process.stdout.readline() == b"written\n"
    process.kill()
    assert await process.wait() == -signal.SIGKILL

    async with database.read() as session:
        assert [row.call_id for row in (await session.execute(select(ReservationRow))).scalars()] == ["before"]
        booked = select(AuditRow).where(col(AuditRow.entity) == "reservations")
        assert len(list((await session.execute(booked)).scalars())) == 1
    book, follow_ups = Reservations(database, vault, clock), FollowUpList(database, vault, clock)
    desks = [Desk(BUSINESS, clock, book, follow_ups, call_id=f"after{n}", caller=None) for n in range(2)]
    answers = [await desk.book(WISH, GUEST) for desk in desks]
    assert [isinstance(answer, Booking) for answer in answers] == [True, False]  # no seat is stuck, none is lost
