"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.clock import Clock
from vartalaap.db.migrate import downgrade, upgrade
from vartalaap.db.models import CallLogRow, ReservationRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.db.url import async_url
from vartalaap.errors import ConfigurationError, ProviderError


async def test_models_and_migrations_agree(url: str) -> None:
    engine = create_async_engine(async_url(url))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_upgrading_twice_is_harmless_and_the_way_back_is_open(url: str) -> None:
    await upgrade(url)
    await downgrade(url, "base")
    await upgrade(url)


async def test_processes_that_migrate_one_database_at_once_all_succeed(empty: str) -> None:
    program = "import asyncio, sys; from vartalaap.db.migrate import upgrade; asyncio.run(upgrade(sys.argv[1]))"
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", program, empty) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]


async def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: str) -> None:
    database = Database(empty)
    async with database.write() as session:
        await session.execute(text("CREATE TABLE reservations (id integer)"))  # in the way of the first migration
    with pytest.raises(ProviderError):
        await upgrade(empty)
    async with database.write() as session:
        await session.execute(text("DROP TABLE reservations"))
    await upgrade(empty)
    await database.close()


async def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await upgrade("sqlite+aiosqlite:///:memory:")


async def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'a' / 'b' / 'c.db'}")
    assert (tmp_path / "a" / "b" / "c.db").exists()


@pytest.mark.parametrize(
    ("business", "outcome"), [("himalayan-kitchen", "great"), ("nobody", "resolved")], ids=["outcome", "business"]
)
async def test_the_tables_themselves_refuse_what_is_unknown(
    database: Database, businesses: Businesses, business: str, outcome: str
) -> None:
    row = CallLogRow(
        id="c",
        business_id=business,
        channel="phone",
        started_at=TEST_NOW,
        ended_at=TEST_NOW,
        duration_seconds=0,
        outcome=outcome,
        consent_type="none",
    )
    with pytest.raises(ProviderError, match="IntegrityError"):
        async with database.write() as session:
            session.add(row)


OLD_BOOKING = """
INSERT INTO reservations (id, business_id, reservation_date, reservation_time, starts_at, party_size, customer_name,
    phone_hash, status, notes, idempotency_key, erase_due, version, created_at, updated_at)
VALUES ('old', 'himalayan-kitchen', '2026-11-27', '20:00:00.000000', '2026-11-27 14:30:00.000000', 4, 'Meera',
    'hash', 'confirmed', '', 'key', false, 1, '2026-11-20 10:00:00.000000', '2026-11-20 10:00:00.000000')
"""


async def test_bookings_of_before_there_were_tables_stay_as_they_are(empty: str) -> None:
    """Up from the schema of before, with a booking in it, and back again with one that has no number."""
    await upgrade(empty)
    database, clock = Database(empty), Clock(TEST_NOW)
    await Businesses(database, clock).put(test_business())
    await downgrade(empty, "0007")
    async with database.write() as session:
        await session.execute(text(OLD_BOOKING))
    await upgrade(empty)
    async with database.read() as session:
        row = await session.get(ReservationRow, "old")
        assert row
        assert (row.origin, row.tables, row.area, row.phone_hash, row.party_size) == ("guest", None, None, "hash", 4)
    async with database.write() as session:
        await session.execute(text("UPDATE reservations SET phone_hash = NULL, origin = 'walk_in'"))
    await downgrade(empty, "0007")
    async with database.read() as session:
        assert await session.scalar(text("SELECT phone_hash FROM reservations")) == ""
    await upgrade(empty)
    await database.close()
