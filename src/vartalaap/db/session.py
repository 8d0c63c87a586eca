"""The database: one engine, and one transaction for each piece of work. Repositories never commit; this does, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from ..errors import ProviderError

BUSY_MS = 5000


class Database:
    """Opened at the start, closed at the end; safe to use from every task of one loop."""

    def __init__(self, url: str) -> None:
        # Parameters are names and hashes: they stay out of error texts.
        self._engine: AsyncEngine = create_async_engine(url, hide_parameters=True, json_serializer=_json)
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        # Within the process writers queue here in their order; SQLite itself would let them poll.
        self._turn: asyncio.Lock | nullcontext[None] = asyncio.Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _configure_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for looking, at one state of the data. Raises `ProviderError` if the database fails."""
        async with self._errors_are_ours(), AsyncSession(self._engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                await session.execute(text("BEGIN"))
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed on the way out, alone on SQLite. Raises `ProviderError` if it cannot be."""
        async with (
            self._turn,
            self._errors_are_ours(),
            AsyncSession(self._engine, expire_on_commit=False) as session,
        ):
            if self.is_sqlite:
                await session.execute(text("BEGIN IMMEDIATE"))
            yield session
            await session.commit()

    async def check(self) -> None:
        """Raises `ProviderError` if the database does not answer."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()

    @staticmethod
    @asynccontextmanager
    async def _errors_are_ours() -> AsyncIterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise ProviderError(f"the database failed: {type(error.orig).__name__}") from error
        except PoolTimeout as error:
            raise ProviderError("the database has no connection to spare") from error


def _json(value: object) -> str:
    """A value that JSON does not know, a date among entities, becomes its text: a call log is not lost for it."""
    return json.dumps(value, default=str, ensure_ascii=False)


def _configure_sqlite(connection: Any, _: object) -> None:
    """Readers never wait for the writer; a writer waits its turn; transactions are begun by us, in words.

    A commit reaches the disk before it returns (SQLite's own default): a confirmed booking survives a power cut.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
