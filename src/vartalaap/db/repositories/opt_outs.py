"""What people write to us about messages: that they want none, that they want them again, an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...security.crypto import PhoneVault
from ..models import FollowUpRow, ReservationRow
from ..session import Database
from .follow_ups import CONFIRMATION
from .preferences import Preferences
from .queued_messages import QueuedMessages

SECOND = timedelta(seconds=1)
"""WhatsApp tells when a text was written in whole seconds."""


class OptOuts:
    """Each method is one transaction, over all that holds the number (R62)."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def stop(self, phone: PhoneNumber) -> None:
        """This person wants no messages: remembered; every sealed copy of the number is deleted, what waits dropped."""
        hashes, now = self._vault.hashes(phone), self._clock.now()
        async with self._database.write() as session:
            await Preferences(session).remember(hashes[0], now, no_whatsapp=True)
            await QueuedMessages(session).drop_to(hashes, now)
            for table in (ReservationRow, FollowUpRow):
                await session.execute(update(table).where(col(table.phone_hash).in_(hashes)).values(phone_sealed=None))
        await self._database.forget_erased()

    async def start(self, phone: PhoneNumber, written: datetime | None = None) -> None:
        """This person wants messages again, unless the wish is older than the wish for none: a START that is repeated
        or late lifts no STOP that came after it.
        """
        hashes = self._vault.hashes(phone)
        async with self._database.write() as session:
            preferences = Preferences(session)
            known = await preferences.of(hashes)
            if known is None or not known.no_whatsapp or (written and written < known.updated_at - SECOND):
                return
            for hashed in hashes:
                await preferences.remember(hashed, self._clock.now(), no_whatsapp=False)

    async def answered(self, phone: PhoneNumber) -> None:
        """This person wrote: what waits for an answer was answered."""
        waits = (
            col(FollowUpRow.phone_hash).in_(self._vault.hashes(phone)),
            col(FollowUpRow.status).in_(("pending", "sent")),
            col(FollowUpRow.reason) != CONFIRMATION,
        )
        async with self._database.write() as session:
            await session.execute(
                update(FollowUpRow).where(*waits).values(status="responded", version=FollowUpRow.version + 1)
            )
