"""A finished call outlives a database that is away: its record is kept until it can be written."""

from __future__ import annotations

import asyncio
from collections import deque

from loguru import logger

from ..backoff import Backoff
from ..core.context import CallRecord
from ..core.ports import CallLog
from ..errors import ProviderError

BACK_OFF = Backoff(1.0, 60.0)
MOST_KEPT = 1000
"""Records in memory, some kilobytes each; beyond it the oldest is lost, and said to be."""
LAST_TRY_S = 5.0


class RetryingCallLog:
    """Writes to another log, and again while that one fails; `core.ports.CallLog`. Close it with `aclose`."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._kept: deque[CallRecord] = deque()
        self._retrying: asyncio.Task[None] | None = None

    async def save(self, record: CallRecord) -> None:
        """Store the call, or keep it to be stored; never raises `ProviderError`."""
        if not self._kept and await self._written(record):
            return
        if len(self._kept) == MOST_KEPT:
            logger.error("a call's record is lost: too many are waiting", call=self._kept.popleft().context.call_id)
        self._kept.append(record)
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._retry())

    async def aclose(self) -> None:
        """One last try; what cannot be written by then is lost, and said to be."""
        if self._retrying:
            self._retrying.cancel()
            await asyncio.wait([self._retrying])
        try:
            async with asyncio.timeout(LAST_TRY_S):
                while self._kept and await self._written(self._kept[0]):
                    self._kept.popleft()
        except TimeoutError:
            logger.warning("the database is too slow for what is left")
        for record in self._kept:
            logger.error("a call's record is lost: the database is away", call=record.context.call_id)

    async def _retry(self) -> None:
        failures = 1
        while self._kept:
            await asyncio.sleep(BACK_OFF.after(failures))
            if await self._written(self._kept[0]):
                self._kept.popleft()
                failures = 0
            else:
                failures += 1

    async def _written(self, record: CallRecord) -> bool:
        try:
            await self._log.save(record)
        except ProviderError as error:
            logger.warning("a call's record waits: {}", error.message, call=record.context.call_id)
            return False
        return True
