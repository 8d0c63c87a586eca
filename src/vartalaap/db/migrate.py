"""Brings a database to the present schema with Alembic; safe to repeat."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from ..errors import ConfigurationError

_CHECKOUT = Path(__file__).parents[3] / "migrations"
_INSTALLED = Path(__file__).parents[1] / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the migrations of the checkout or of the installed package."""
    config = Config()
    config.set_main_option("script_location", str(_CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED))
    config.attributes["connection"] = connection
    return config


async def upgrade(url: str) -> None:
    """Create or upgrade the database at `url` (an async SQLAlchemy URL); makes SQLite's folder if need be."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigurationError("DATABASE_URL: SQLite needs a file")
        await asyncio.to_thread(Path(parsed.database).parent.mkdir, parents=True, exist_ok=True)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))
    finally:
        await engine.dispose()
