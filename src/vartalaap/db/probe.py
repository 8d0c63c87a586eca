"""Does the database take what is written to it? One that answers questions may be full, read-only or locked."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from ..errors import ProviderError
from .models import CallerPreferenceRow
from .session import Database, errors_are_ours

PROBE_S = 3.0
"""How long a probe may take in all."""
LOCK_S = 1.5
"""How long it waits for whoever else is writing."""
EVERY_S = 5.0


async def try_to_write(url: str) -> None:
    """Write a row and take it back, in one transaction of a connection of its own: nobody ever sees it.

    The database must be at the present schema. Raises `ProviderError`, which says what is wrong.
    """
    database = Database(url, patience_s=LOCK_S)
    row = CallerPreferenceRow(caller_id_hash=f"probe {uuid.uuid4()}", updated_at=datetime.now(UTC))
    try:
        async with errors_are_ours(), asyncio.timeout(PROBE_S), database.write() as session:
            session.add(row)
            await session.flush()
            await session.delete(row)
    finally:
        await database.close()


class WriteProbe:
    """`try_to_write`, at most once in five seconds, however often and by how many it is asked for."""

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._now = now
        self._one_by_one = asyncio.Lock()
        self._at = float("-inf")
        self._wrong: str | None = None

    async def check(self) -> None:
        """Raises `ProviderError`."""
        async with self._one_by_one:
            if self._now() - self._at >= EVERY_S:
                self._wrong = await self._tried()
                self._at = self._now()
        if self._wrong is not None:
            raise ProviderError(self._wrong)

    async def _tried(self) -> str | None:
        try:
            await try_to_write(self._url)
        except ProviderError as error:
            return error.message
        return None
