"""What people owe callers: call-backs and confirmations; a number only where the caller agreed (R57, R63, R64)."""

from __future__ import annotations

import uuid

from ...core.clock import Clock
from ...core.phone import PhoneNumber, hide_numbers
from ...security.crypto import PhoneVault
from ..models import FollowUpRow
from ..session import Database
from .outbox import Outbox

CONFIRMATION = "booking_confirmation"
"""The reason of a follow-up that notes consent to a confirmation, and asks nobody for anything."""


class FollowUpList:
    """`core.booking.caller_desk.FollowUps` on the database."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, outbox: Outbox | None = None) -> None:
        """The business, and a caller who agreed to it, are told through `outbox`, if there is one."""
        self._outbox = outbox
        self._database = database
        self._vault = vault
        self._clock = clock

    async def ask_person(
        self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None
    ) -> None:
        await self._add(business_id, call_id, reason, summary, phone)

    async def allow_whatsapp(self, business_id: str, call_id: str, phone: PhoneNumber) -> None:
        await self._add(business_id, call_id, CONFIRMATION, "", phone)

    async def _add(self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None) -> None:
        row_id = str(uuid.uuid4())
        row = FollowUpRow(
            id=row_id,
            business_id=business_id,
            call_id=call_id,
            reason=hide_numbers(reason),
            summary=hide_numbers(summary),
            phone_hash=self._vault.hash(phone) if phone else None,
            phone_sealed=self._vault.seal(phone, phone_binding(row_id)) if phone else None,
            created_at=self._clock.now(),
        )
        async with self._database.write() as session:
            session.add(row)
            if self._outbox and reason != CONFIRMATION:
                await self._outbox.announce.of_follow_up(session, row, phone)
        if self._outbox:
            self._outbox.news.set()


def phone_binding(row_id: str) -> str:
    """What a row's sealed number is bound to."""
    return f"whatsapp_followups.phone:{row_id}"
