"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from tests.support.book import TEST_NOW
from vartalaap.db.migrate import alembic_config, upgrade
from vartalaap.db.models import CallLogRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.session import Database
from vartalaap.errors import ConfigurationError, ProviderError


async def test_models_and_migrations_agree(url: str) -> None:
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


async def test_upgrading_twice_is_harmless_and_the_way_back_is_open(url: str) -> None:
    await upgrade(url)
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    engine.dispose()
    await upgrade(url)


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
