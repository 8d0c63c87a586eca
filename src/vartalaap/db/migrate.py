"""Brings a database to the present schema with Alembic; safe to repeat, and from several processes at once."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ..errors import ConfigurationError, ProviderError
from ..files import make_folder
from ..shipped import MIGRATIONS
from .session import errors_are_ours
from .sqlite_file import keep_private
from .url import async_url

PATIENCE_S = 60
"""How long one process waits for another that migrates the same database."""
AGAIN_S = 0.02
LOOK_S = 5
_LOCK = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(hashtextextended('vartalaap migrations', 0))",
}


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the migrations of the checkout or of the installed package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def upgrade(url: str) -> None:
    """Create or upgrade the database at `url`, wholly or not at all; makes SQLite's folder if need be.

    Raises `ConfigurationError` if the URL is none, `ProviderError` if the database fails.
    """
    await _in_one_transaction(url, lambda connection: command.upgrade(alembic_config(connection), "head"))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision (`base`: without tables), as `upgrade` brings it forward."""
    await _in_one_transaction(url, lambda connection: command.downgrade(alembic_config(connection), revision))


async def schema_state(url: str) -> Literal["empty", "behind", "current", "unknown"]:
    """What `upgrade` would find; `unknown` is the schema of another, perhaps later, version. Changes nothing.

    Raises `ConfigurationError` if the URL is none, `ProviderError` if the database fails.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() == "sqlite" and not await asyncio.to_thread(Path(parsed.database or "").exists):
        return "empty"
    engine = create_async_engine(parsed, connect_args={"timeout": LOOK_S})
    try:
        async with errors_are_ours(), engine.connect() as connection:
            at = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await engine.dispose()
    scripts = ScriptDirectory.from_config(alembic_config())
    if at is None:
        return "empty"
    if at == scripts.get_current_head():
        return "current"
    return "behind" if at in known_schemas() else "unknown"


def known_schemas() -> list[str]:
    """The revisions that `upgrade` can begin from, the present one first."""
    return [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


async def _in_one_transaction(url: str, work: Callable[[Connection], None]) -> None:
    parsed = async_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        await asyncio.to_thread(_make_folder, parsed)
        await asyncio.to_thread(keep_private, parsed)
    engine = create_async_engine(parsed, connect_args={"timeout": PATIENCE_S})
    if kind == "sqlite":
        event.listen(engine.sync_engine, "connect", _begin_in_words)
    try:
        async with errors_are_ours():
            if kind == "sqlite":
                await _begin_log(engine)
            async with engine.begin() as connection:
                await connection.execute(text(_LOCK[kind]))
                await connection.run_sync(work)
    except ProviderError as error:
        raise ProviderError(f"{error.message}; {_advice(parsed)}") from error
    finally:
        await engine.dispose()


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").absolute().parent
    try:
        make_folder(folder)
    except OSError as error:
        raise ConfigurationError(f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror})") from None


async def _begin_log(engine: AsyncEngine) -> None:
    """The write-ahead log, in which readers never wait for the writer.

    SQLite turns to the log alone on the file, and instead of waiting for others says at once that it is locked.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            async with engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            code = getattr(error.driver_exception, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(AGAIN_S)


def _advice(url: URL) -> str:
    """Where the database should be, without its user and password, and what to see to."""
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "").absolute()
        return f"see {file}: DATA_DIR or DATABASE_URL names it, and this user must be able to write it"
    place = f"{url.host or url.query.get('host', 'localhost')}:{url.port or 5432}/{url.database}"
    return f"see that PostgreSQL runs and that DATABASE_URL, which leads to {place}, is right"


def _begin_in_words(connection: Any, _: object) -> None:
    """Left to itself, Python commits SQLite's DDL one by one. Foreign keys stay off: tables are made anew."""
    connection.isolation_level = None
