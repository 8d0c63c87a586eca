"""An outbox on a real database, a clock that jumps, a messenger with a script, and the emulated Cloud API."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION, WhatsAppEmulator
from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.clock import Clock
from vartalaap.core.messages import Message
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import OutboxRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.opt_outs import OptOuts
from vartalaap.db.repositories.outbox import Outbox
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault
from vartalaap.services.messaging.whatsapp import Account, WhatsApp
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.tasks.messages import MessageWorker

ANITA = PhoneNumber("+919900112233")
RAVI = PhoneNumber("+919811122233")
PATIENCE_S = 20.0


class JumpingClock(Clock):
    """Stands still between jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.at = TEST_NOW

    def now(self) -> datetime:
        return self.at

    def jump(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class ScriptedMessenger:
    """Raises the next of `errors`, if it is one; else accepts."""

    def __init__(self) -> None:
        self.errors: deque[Exception | None] = deque()
        self.sent: list[Message] = []
        self._more = asyncio.Event()

    async def until(self, how_many: int) -> None:
        """So many were sent in all."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.sent) < how_many:
                self._more.clear()
                await self._more.wait()

    async def send(self, message: Message) -> str:
        self.sent.append(message)
        self._more.set()
        if self.errors and (error := self.errors.popleft()):
            raise error
        return f"wamid.{len(self.sent)}"

    async def aclose(self) -> None:
        """Nothing is open."""


class House:
    """What a call writes, and what sends it."""

    def __init__(self, database: Database, vault: PhoneVault, clock: JumpingClock) -> None:
        self.database, self.vault, self.clock = database, vault, clock
        self.outbox = Outbox(database, vault, clock)
        self.opt_outs = OptOuts(database, vault, clock)
        self.book = Reservations(database, vault, clock, self.outbox)
        self.follow_ups = FollowUpList(database, vault, clock, self.outbox)
        self.messenger = ScriptedMessenger()
        self.worker = MessageWorker(self.outbox, self.opt_outs, self.messenger)

    def desk(self, caller: PhoneNumber = ANITA, call_id: str = "c1") -> Desk:
        return Desk(test_business(), self.clock, self.book, self.follow_ups, call_id=call_id, caller=caller)

    async def rows(self) -> list[OutboxRow]:
        return list(await self.outbox.listed())[::-1]

    async def states(self) -> list[str]:
        return [row.status for row in await self.rows()]

    async def work(self) -> None:
        while await self.worker.drain():
            pass


@pytest.fixture
async def house(database: Database, vault: PhoneVault, businesses: Businesses) -> House:
    return House(database, vault, JumpingClock())


@pytest.fixture
async def cloud() -> AsyncIterator[WhatsAppEmulator]:
    async with WhatsAppEmulator().serving() as emulator:
        yield emulator


@pytest.fixture
async def whatsapp(cloud: WhatsAppEmulator) -> AsyncIterator[WhatsApp]:
    client = WhatsApp(Account(cloud.url, VERSION, NUMBER_ID, TOKEN), ProviderMetrics(), answer_s=0.2)
    yield client
    await client.aclose()
