"""Real databases of a test's own, migrated: what asks for `url` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support import redis as redis_servers
from tests.support.book import TEST_NOW, test_business
from tests.support.postgres import NOT_DURABLE, Postgres, find_programs, running
from tests.support.redis import Redis
from vartalaap.core.clock import Clock
from vartalaap.db.migrate import upgrade
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault

TEMPLATE = "migrated"
NUMBERS = itertools.count()


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the present schema, migrated once for all tests."""
    file = tmp_path_factory.mktemp("migrated") / "test.db"
    asyncio.run(upgrade(sqlite_url(file)))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a database at the present schema, `TEMPLATE`."""
    programs = find_programs()
    if programs is None:
        reason = "PostgreSQL is not installed: what needs it is NOT TESTED"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running(programs, settings=NOT_DURABLE) as server:
        asyncio.run(upgrade(server.create(TEMPLATE)))
        yield server


@pytest.fixture
def sqlite(migrated: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database."""
    shutil.copy(migrated, tmp_path / "test.db")
    return sqlite_url(tmp_path / "test.db")


@pytest.fixture
def postgresql(postgres: Postgres) -> str:
    """The URL of a migrated PostgreSQL database."""
    return postgres.create(f"test_{next(NUMBERS)}", TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "empty.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(f"empty_{next(NUMBERS)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
def vault() -> PhoneVault:
    return PhoneVault(b"p" * 32, {"k1": b"k" * 32}, "k1")


@pytest.fixture
def clock() -> Clock:
    return Clock(TEST_NOW)


@pytest.fixture
async def businesses(database: Database, clock: Clock) -> Businesses:
    businesses = Businesses(database, clock)
    await businesses.put(test_business())
    return businesses


@pytest.fixture
def redis() -> Iterator[Redis]:
    if not redis_servers.is_installed():
        reason = "Redis is not installed: what needs it is NOT TESTED"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with redis_servers.running() as server:
        yield server
