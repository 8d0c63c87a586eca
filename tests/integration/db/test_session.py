"""What a session promises on either database: one state of the data, an answer in time, errors without values."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select, text

from tests.support.book import TEST_NOW
from tests.support.postgres import Postgres
from vartalaap.db.migrate import upgrade
from vartalaap.db.models import BusinessRow, CallerPreferenceRow, FollowUpRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.db.url import async_url
from vartalaap.errors import ConfigurationError, ProviderError

SECRET = "a hash that nobody shall read"


def preference() -> CallerPreferenceRow:
    return CallerPreferenceRow(caller_id_hash=SECRET, updated_at=TEST_NOW)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///data/x.db", "sqlite+aiosqlite:///data/x.db"),
        ("sqlite+aiosqlite:////x.db", "sqlite+aiosqlite:////x.db"),
        ("postgres://u:p%40ss@db/v", "postgresql+asyncpg://u:p%40ss@db/v"),
        ("postgresql://u@db:5433/v?sslmode=require", "postgresql+asyncpg://u@db:5433/v?ssl=require"),
        ("postgresql+psycopg://u@/v?host=/run/postgresql", "postgresql+asyncpg://u@/v?host=%2Frun%2Fpostgresql"),
    ],
)
def test_a_url_is_taken_as_people_write_it(written: str, used: str) -> None:
    assert async_url(written).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "is not a database's URL"),
        ("postgresql://u:secret@host:port/v", "is not a database's URL"),
        ("mysql://u:secret@host/v", "'mysql' is neither sqlite nor postgresql"),
        ("sqlite://", "SQLite needs a file"),
        ("postgresql://u:secret@host", "names no database"),
        ("postgresql://u:secret@host/v?options=-c&pool=3", "options, pool is not supported"),
    ],
)
def test_a_wrong_url_is_named_without_its_password(written: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"DATABASE_URL: {message}") as caught:
        Database(written)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


async def test_a_reader_sees_one_state_of_the_data(database: Database) -> None:
    async with database.read() as reader:
        assert (await reader.execute(select(CallerPreferenceRow))).all() == []
        async with database.write() as writer:
            writer.add(preference())
        assert (await reader.execute(select(CallerPreferenceRow))).all() == []
    async with database.read() as reader:
        assert len((await reader.execute(select(CallerPreferenceRow))).all()) == 1


async def test_a_writer_sees_what_was_committed_before_its_turn(database: Database, businesses: Businesses) -> None:
    async def count_one_more() -> None:
        async with database.write() as session:
            row = (await session.execute(select(BusinessRow).with_for_update())).scalar_one()
            row.version += 1

    before = (await _only(database)).version
    await asyncio.gather(*(count_one_more() for _ in range(10)))
    assert (await _only(database)).version == before + 10


async def _only(database: Database) -> BusinessRow:
    async with database.read() as session:
        return (await session.execute(select(BusinessRow))).scalar_one()


async def test_who_waits_too_long_for_another_gets_an_error_in_time(url: str, database: Database) -> None:
    impatient = Database(url, patience_s=0.2)
    async with database.write() as blocker:
        blocker.add(preference())
        await blocker.flush()
        began = monotonic()
        with pytest.raises(ProviderError) as caught:
            await _insert(impatient)
        assert monotonic() - began < 2
    assert caught.value.retryable
    await impatient.check()  # and goes on afterwards
    await impatient.close()


async def _insert(database: Database) -> None:
    async with database.write() as session:
        session.add(preference())


async def test_an_error_and_its_causes_quote_no_value(database: Database) -> None:
    await _insert(database)
    with pytest.raises(ProviderError, match="IntegrityError") as twice:
        await _insert(database)
    with pytest.raises(ProviderError, match="IntegrityError") as incomplete:
        async with database.write() as session:
            session.add(FollowUpRow(id="x", business_id="nobody", call_id="c", reason=SECRET, created_at=TEST_NOW))
    for caught in (twice, incomplete):
        assert SECRET not in "".join(traceback.format_exception(caught.value))


async def test_what_is_wrong_with_the_database_is_said(sqlite: str, tmp_path: Path) -> None:
    impatient = Database(sqlite, patience_s=0.1)
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ProviderError, match="locked by another program"):
            await _insert(impatient)
    await impatient.close()
    (tmp_path / "test.db").write_bytes(b"a letter to the bank, not a database" * 100)
    with pytest.raises(ProviderError, match="its file is no database"):
        await _insert(impatient)
    await impatient.close()


async def test_a_read_only_postgresql_is_said_to_be(postgresql: str) -> None:
    database = Database(postgresql)
    async with database.write() as session:
        name = (await session.execute(text("SELECT current_database()"))).scalar_one()
        await session.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    await database.close()
    with pytest.raises(ProviderError, match="it is read-only"):
        await _insert(database)
    await database.close()


@pytest.mark.parametrize("what", ["replaced", "removed"])
async def test_nothing_is_written_into_a_file_that_is_not_the_database_any_more(
    sqlite: str, migrated: Path, tmp_path: Path, what: str
) -> None:
    database = Database(sqlite)
    await database.check()
    if what == "replaced":
        shutil.copy(migrated, tmp_path / "restored.db")
        (tmp_path / "restored.db").replace(tmp_path / "test.db")
    else:
        (tmp_path / "test.db").unlink()
    for use in (_insert, Database.check):
        with pytest.raises(ProviderError, match="replaced or removed while it is open: restart the server"):
            await use(database)
    await database.close()


async def test_a_server_that_is_not_there_is_a_provider_s_failure(tmp_path: Path) -> None:
    for url in (f"postgresql://u@/v?host={tmp_path}", "postgresql://u@127.0.0.1:1/v"):
        database = Database(url)
        with pytest.raises(ProviderError):
            await database.check()
        with pytest.raises(ProviderError):
            await upgrade(url)


async def test_a_database_that_is_not_there_is_a_provider_s_failure(postgres: Postgres) -> None:
    with pytest.raises(ProviderError):
        await Database(postgres.url("nowhere")).check()


async def test_a_server_that_stands_still_is_a_failure_in_time(postgresql: str) -> None:
    database = Database(postgresql, patience_s=0.2)
    async with database.read() as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    os.kill(backend, signal.SIGSTOP)
    try:
        began = monotonic()
        with pytest.raises(ProviderError):
            await database.check()
        assert monotonic() - began < 2
        await database.check()  # on another connection
    finally:
        os.kill(backend, signal.SIGCONT)
    await database.close()


async def test_connections_that_the_server_closed_cost_nobody_an_answer(postgresql: str) -> None:
    database, other = Database(postgresql), Database(postgresql)
    await asyncio.gather(*(database.check() for _ in range(5)))
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with other.read() as session:
        ended = (await session.execute(text(f"SELECT pid, pg_terminate_backend(pid) {others}"))).all()
    assert ended
    while any(_is_alive(pid) for pid, _ in ended):
        await other.check()
    await other.check()  # meanwhile this process reads that the connections have ended
    await asyncio.gather(*(database.check() for _ in range(5)))
    await database.close()
    await other.close()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
