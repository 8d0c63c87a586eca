"""Takes what is due from the outbox to the messenger, in any number of processes: each message goes one way once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from loguru import logger

from ..core.messages import Message, MessageRefused, Messenger, NotAccepted, OutcomeUnknown
from ..db.repositories.opt_outs import OptOuts
from ..db.repositories.outbox import Leased, Outbox
from ..errors import ProviderError
from ..services.messaging.workers import Workers

BATCH = 10
LOOK_EVERY_S = 1.0
"""What becomes due by itself is seen so late at most."""
REST_S = 5.0
"""When the database does not answer."""
GRACE = timedelta(seconds=30)
"""What the workers elsewhere have not taken by then is sent by the server itself: perhaps none of them runs."""


class MessageWorker:
    """One of those that send. It may be killed at any instant. Where there are `others` to send, it stands by."""

    def __init__(self, outbox: Outbox, opt_outs: OptOuts, messenger: Messenger, others: Workers | None = None) -> None:
        self._outbox = outbox
        self._opt_outs = opt_outs
        self._messenger = messenger
        self._others = others

    async def run(self) -> None:
        """Until cancelled: at each commit that leaves something to send, and every second."""
        while True:
            news = self._outbox.news.is_set()
            self._outbox.news.clear()
            pause = LOOK_EVERY_S
            try:
                left_to_others = self._others is not None and (not news or await self._others.tell())
                await self.drain_all(GRACE if left_to_others else timedelta(0))
            except ProviderError as error:
                logger.warning("messages wait: {}", error.message)
                pause = REST_S
            except Exception as error:  # noqa: BLE001 - the worker's edge: one message never ends the sending of all
                logger.opt(exception=error).error("messages could not be sent")
                pause = REST_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._outbox.news.wait(), pause)

    async def drain_all(self, overdue: timedelta = timedelta(0)) -> None:
        """Until nothing is due, or has been for so long."""
        while await self.drain(overdue):
            pass

    async def drain(self, overdue: timedelta = timedelta(0)) -> int:
        """One batch; how many were leased."""
        batch = await self._outbox.lease(BATCH, overdue)
        for leased in batch:
            if await self._outbox.begin(leased):
                await self._send(leased)
        return len(batch)

    async def _send(self, leased: Leased) -> None:
        message = leased.message
        try:
            provider_id = await self._messenger.send(message)
        except MessageRefused as error:
            await self._refused(leased, error)
        except NotAccepted as error:
            await self._outbox.failed(leased, error.code or error.message, again_in_s=error.retry_after_s)
        except OutcomeUnknown:
            logger.warning("nobody knows whether a message was taken", message=message.id, kind=message.kind)
            await self._outbox.unknown(leased)
        else:
            await self._outbox.accepted(leased, provider_id)

    async def _refused(self, leased: Leased, error: MessageRefused) -> None:
        message: Message = leased.message
        logger.warning("a message was refused", message=message.id, kind=message.kind, code=error.code)
        await self._outbox.failed(leased, error.code, again_in_s=None)
        if error.opted_out:
            await self._opt_outs.stop(message.to)


@asynccontextmanager
async def sending(
    outbox: Outbox | None, opt_outs: OptOuts, messenger: Messenger | None, others: Workers | None = None
) -> AsyncIterator[None]:
    """A worker of this process while the block runs; none without a messenger."""
    if outbox is None or messenger is None:
        yield
        return
    working = asyncio.create_task(MessageWorker(outbox, opt_outs, messenger, others).run())
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
