"""A real SQLite database, migrated, in a folder of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.clock import Clock
from vartalaap.db.migrate import upgrade
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault


@pytest.fixture
async def url(tmp_path: Path) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    await upgrade(url)
    return url


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
