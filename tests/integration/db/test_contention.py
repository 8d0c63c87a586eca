"""Many at once, from threads with connections of their own; and a process that is killed in the middle."""

from __future__ import annotations

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.clock import Clock
from vartalaap.core.desk import Desk
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.reservations import Booking, Guest, Refusal, Rule, TableRequest
from vartalaap.db.models import AuditRow, ReservationRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault

BUSINESS = test_business(total_seats=4)
WISH = TableRequest(date(2026, 11, 27), time(20, 0), 2)
GUEST = Guest("Guest", PhoneNumber("+919876500001"))


def confirm_five(url: str, vault: PhoneVault, first: int) -> list[Booking | Refusal]:
    """Five calls at once on a loop and a database object of this thread."""

    async def confirm() -> list[Booking | Refusal]:
        database, clock = Database(url), Clock(TEST_NOW)
        book, follow_ups = Reservations(database, vault, clock), FollowUpList(database, vault, clock)
        desks = [Desk(BUSINESS, clock, book, follow_ups, call_id=f"c{first + n}", caller=None) for n in range(5)]
        try:
            return await asyncio.gather(*(desk.book(WISH, GUEST) for desk in desks))
        finally:
            await database.close()

    return asyncio.run(confirm())


def test_twenty_confirmations_from_four_threads_sell_the_last_four_seats_once(url: str, vault: PhoneVault) -> None:
    async def prepare() -> None:
        database = Database(url)
        await Businesses(database, Clock(TEST_NOW)).put(BUSINESS)
        await database.close()

    asyncio.run(prepare())
    with ThreadPoolExecutor(4) as threads:
        parts = threads.map(lambda first: confirm_five(url, vault, first), range(0, 20, 5))
        answers = [answer for part in parts for answer in part]
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(answers) - len(refusals) == 2
    assert {refusal.rule for refusal in refusals} == {Rule.FULL}
    assert all(len(refusal.alternatives) == 2 for refusal in refusals)


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
