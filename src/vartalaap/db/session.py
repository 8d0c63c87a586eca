"""The database: one engine, and one transaction for each piece of work. Repositories never commit; this does, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from ..errors import ProviderError
from .sqlite_file import Identity, identity_of, keep_private
from .url import async_url

PATIENCE_S = 5.0
"""How long to wait for a lock, a connection or an answer: a caller hears nothing meanwhile."""
IN_LINE = 3
"""How many times as long a writer waits behind others of its process: a line that moves is no failure."""
CONNECTIONS = 5
"""The most that one process opens to PostgreSQL: one writes, the others read."""
APPLICATION = "vartalaap"
"""What PostgreSQL calls our connections, among those of its other clients."""
_REASONS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk is full, or fails",
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_BUSY": "it is locked by another program",
    "SQLITE_LOCKED": "it is locked by another program",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_CORRUPT": "its file is damaged",
    "SQLITE_NOTADB": "its file is no database",
    "53100": "the disk is full",
    "25006": "it is read-only",
    "55P03": "it is locked by another program",
    "53300": "it has no connection to spare",
}
"""What can be mended, by SQLite's name of the error (without its details) or PostgreSQL's SQLSTATE."""


class Database:
    """Opened at the start, closed at the end; safe to use from every task of one loop."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        """Raises `ConfigurationError` if the URL is none; nothing is connected before it is used."""
        parsed = async_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # Parameters are names and hashes: they stay out of error texts.
        engine = create_async_engine(
            parsed,
            hide_parameters=True,
            json_serializer=as_json,
            **({"connect_args": {"timeout": patience_s}} if self.is_sqlite else _postgresql(patience_s)),
        )
        self._writing: AsyncEngine = engine
        # On PostgreSQL a statement would else see what was committed after the one before it.
        self._reading = engine if self.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        # Within the process writers queue here in their order, and do not crowd the database's own lock.
        self._turn = asyncio.Lock()
        self._longest_line_s = IN_LINE * patience_s
        self._url = parsed
        self._opened: set[Identity | None] = set()
        if self.is_sqlite:
            event.listen(engine.sync_engine, "do_connect", lambda *_: keep_private(parsed))
            event.listen(engine.sync_engine, "connect", _configure_sqlite)
            event.listen(engine.sync_engine, "connect", lambda *_: self._opened.add(identity_of(parsed)))
        else:
            event.listen(engine.sync_engine, "checkout", _must_be_open)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for looking, at one state of the data. Raises `ProviderError` if the database fails."""
        async with errors_are_ours(), AsyncSession(self._reading, expire_on_commit=False) as session:
            if self.is_sqlite:
                await session.execute(text("BEGIN"))
            yield session

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """For one statement without entities, which sees one state by itself: half the cost of `read`."""
        async with errors_are_ours(), self._writing.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed on the way out, alone on SQLite. Raises `ProviderError` if it cannot be."""
        self._must_be_in_place()
        async with (
            errors_are_ours(),
            self._one_by_one(),
            AsyncSession(self._writing, expire_on_commit=False) as session,
        ):
            if self.is_sqlite:
                await session.execute(text("BEGIN IMMEDIATE"))
            yield session
            await session.commit()

    def _must_be_in_place(self) -> None:
        """What is written into a file that was replaced or removed would be lost with the next start."""
        if self._opened - {identity_of(self._url)}:
            raise ProviderError("the database's file was replaced or removed while it is open: restart the server")

    @asynccontextmanager
    async def _one_by_one(self) -> AsyncIterator[None]:
        async with asyncio.timeout(self._longest_line_s):
            await self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    async def lock(self, session: AsyncSession, business_id: str) -> None:
        """Until its commit, this transaction alone writes to what belongs to the business, of all who ask for it."""
        if not self.is_sqlite:  # whose writers are alone already
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:business, 0))")
            await session.execute(lock, {"business": business_id})

    async def forget_erased(self) -> None:
        """What was erased leaves SQLite's write-ahead log too, unless a reader still needs it there."""
        if self.is_sqlite:
            async with self._one_by_one(), self.look() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def check(self) -> None:
        """Raises `ProviderError` if the database does not answer, or is not the one that was opened."""
        self._must_be_in_place()
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._writing.dispose()


@asynccontextmanager
async def errors_are_ours() -> AsyncIterator[None]:
    """Whatever the database does not do is a `ProviderError`, without the values that it was to do it with."""
    try:
        yield
    except DBAPIError as error:
        _forget_values(error)
        raise ProviderError(f"the database failed: {_reason(error)}") from error
    except PoolTimeout as error:
        raise ProviderError("the database has no connection to spare") from error
    except OSError as error:  # no answer in time is one too
        raise ProviderError(f"the database does not answer: {type(error).__name__}") from error


def _postgresql(patience_s: float) -> dict[str, Any]:
    return {
        "pool_size": CONNECTIONS,
        "max_overflow": 0,  # what overflows is closed after each use, and to open it takes longer than to wait
        "pool_timeout": patience_s,
        "connect_args": {
            "timeout": patience_s,
            "command_timeout": patience_s,
            # A process that stands still in a transaction does not lock the others out.
            "server_settings": {
                "application_name": APPLICATION,
                "idle_in_transaction_session_timeout": str(round(2000 * patience_s)),
            },
        },
    }


def _must_be_open(connection: Any, _: object, __: object) -> None:
    """A restarted server costs nobody an answer: its old connections are known to be closed, without asking it."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _reason(error: DBAPIError) -> str:
    driver_error: Any = error.driver_exception
    name = getattr(driver_error, "sqlite_errorname", None)
    code = "_".join(name.split("_")[:2]) if name else getattr(driver_error, "sqlstate", None)
    kind = error if type(error) is not DBAPIError else driver_error  # else it says nothing: no login, say
    return _REASONS.get(code or "", type(kind).__name__)


def _forget_values(error: DBAPIError) -> None:
    """PostgreSQL's detail quotes the row that it refuses, and would be logged with the cause."""
    driver_error: Any = error.driver_exception
    if hasattr(driver_error, "detail"):
        driver_error.detail = None


def as_json(value: object) -> str:
    """A value that JSON does not know, a date among entities, becomes its text: a call log is not lost for it."""
    return json.dumps(value, default=str, ensure_ascii=False)


def _configure_sqlite(connection: Any, _: object) -> None:
    """A writer waits its turn; transactions are begun by us, in words. What is deleted is overwritten.

    A commit reaches the disk before it returns (SQLite's own default): a confirmed booking survives a power cut.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
