"""A real SQLite database, migrated, in a folder of the test's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.clock import Clock
from vartalaap.db.migrate import upgrade
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the present schema, migrated once for all tests."""
    file = tmp_path_factory.mktemp("migrated") / "test.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    shutil.copy(migrated, tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


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
