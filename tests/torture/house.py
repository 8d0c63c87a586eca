"""A house under attack: its desks on a real database, and an obvious recount of its book."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import select
from sqlmodel import col

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.capacity import hold
from vartalaap.core.booking.rules import Guest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.migrate import upgrade
from vartalaap.db.models import AuditRow, ReservationRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault

VAULT = PhoneVault(b"p" * 32, {"k1": b"k" * 32}, "k1")
DEMO_HOUSE = test_business()


@dataclass
class House:
    """Any number of calls on one database object."""

    database: Database
    business: Business
    now: datetime

    def __post_init__(self) -> None:
        self._clock = Clock(self.now)
        self.book = Reservations(self.database, VAULT, self._clock)
        self._follow_ups = FollowUpList(self.database, VAULT, self._clock)

    def desk(self, call_id: str, caller: PhoneNumber) -> Desk:
        return Desk(self.business, self._clock, self.book, self._follow_ups, call_id=call_id, caller=caller)

    async def build(self) -> None:
        await Businesses(self.database, self._clock).put(self.business)

    async def rows(self) -> list[ReservationRow]:
        async with self.database.read() as session:
            return list((await session.execute(select(ReservationRow))).scalars())

    async def audits(self) -> list[AuditRow]:
        async with self.database.read() as session:
            return list(
                (await session.execute(select(AuditRow).where(col(AuditRow.entity) == "reservations"))).scalars()
            )


@asynccontextmanager
async def house(url: str, business: Business = DEMO_HOUSE, now: datetime = TEST_NOW) -> AsyncIterator[House]:
    database = Database(url)
    try:
        yield House(database, business, now)
    finally:
        await database.close()


async def build(url: str, business: Business) -> None:
    """Migrate the database and put the business into it."""
    await upgrade(url)
    async with house(url, business) as new:
        await new.build()


def guest(number: int) -> Guest:
    return Guest(f"Guest {number}", PhoneNumber(f"+9198{number:08d}"))


def seats_taken(rows: Sequence[ReservationRow], at: datetime, business: Business) -> tuple[int, int]:
    """Seats and tables in use at one instant, counted row by row."""
    rules = business.reservation_rules
    stay = timedelta(minutes=rules.dining_window_mins + rules.buffer_between_bookings_mins)
    present = [
        row.party_size for row in rows if row.status == "confirmed" and row.starts_at <= at < row.starts_at + stay
    ]
    return sum(present), len(present)


def must_not_be_oversold(rows: Sequence[ReservationRow], business: Business) -> None:
    """Nobody is joined at an instant at which nobody comes: the arrivals are all that need a look."""
    rules = business.reservation_rules
    for row in rows:
        seats, tables = seats_taken(rows, row.starts_at, business)
        assert seats <= rules.total_seats, f"{seats} of {rules.total_seats} seats at {row.starts_at}"
        assert tables <= (rules.max_concurrent_reservations or tables), f"{tables} tables at {row.starts_at}"


def must_sit(rows: Sequence[ReservationRow], business: Business) -> None:
    """Each live booking at tables that hold it, nobody at another's."""
    seats = {frozenset([table.name]): table.seats for table in business.tables}
    seats |= {frozenset(one.tables): one.seats for one in business.combinations}
    live = [row for row in rows if row.status == "confirmed"]
    for row in live:
        assert row.party_size <= seats[frozenset(row.tables or ())], "a party at a table that is too small"
    for one, other in combinations(live, 2):
        apart = abs(one.starts_at - other.starts_at) >= hold(business, min(one, other, key=_start).party_size)
        assert apart or not {*(one.tables or ())} & {*(other.tables or ())}, "two parties at one table"


def _start(row: ReservationRow) -> datetime:
    return row.starts_at


def must_have_one_history_each(rows: Sequence[ReservationRow], audits: Sequence[AuditRow]) -> None:
    """Each row has an audit row for each of its versions, and no audit row is without its row."""
    history = Counter(audit.entity_id for audit in audits)
    assert history == {row.id: row.version for row in rows}, "rows and their audit rows differ"
