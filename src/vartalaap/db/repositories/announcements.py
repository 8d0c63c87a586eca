"""What guests and the business are told, written into the outbox within the transaction of what it is about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.business import Business
from ...core.clock import Clock
from ...core.language import Language
from ...core.messages import MessageKind
from ...core.phone import PhoneNumber
from ...security.crypto import PhoneVault
from ..models import FollowUpRow, OutboxRow, ReservationRow
from .business_rows import BusinessRows
from .preferences import Preferences

Content = tuple[Language, Mapping[str, str]]
"""The language of a message, and the values of its template."""


class Announcements:
    """Messages that the outbox will send, or none for whoever wants none."""

    def __init__(self, vault: PhoneVault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def of_booking(
        self, session: AsyncSession, row: ReservationRow, kind: MessageKind, language: Language
    ) -> None:
        """To the guest, who gave the number for it."""
        if row.phone_sealed is None:
            return
        business = await BusinessRows(session).profile(row.business_id)
        values = {
            "business": business.name,
            "date": row.reservation_date.isoformat(),
            "time": row.reservation_time.isoformat("minutes"),
            "people": str(row.party_size),
            "phone": _call_back(business),
        }
        to = self._vault.open(row.phone_sealed, f"reservations.phone:{row.id}")
        about = f"reservations:{row.id}"
        await self._add(
            session, row.business_id, kind, to, (language, values), (about, f"{about}:{kind}:{row.version}")
        )

    async def of_change(self, session: AsyncSession, row: ReservationRow, before: Mapping[str, object]) -> None:
        """To a guest who was sent, or is to be sent, a confirmation; only of what concerns the guest."""
        if before["status"] == row.status == "confirmed":
            after = (row.reservation_date.isoformat(), row.reservation_time.isoformat("minutes"), row.party_size)
            kind: MessageKind = "booking_changed"
            concerns = after != (before["date"], before["time"], before["party_size"])
        else:
            kind, concerns = "booking_cancelled", before["status"] == "confirmed" and row.status == "cancelled"
        if not concerns:
            return
        about = col(OutboxRow.about) == f"reservations:{row.id}"
        first = (
            await session.scalars(select(OutboxRow).where(about, col(OutboxRow.content_sealed).is_not(None)))
        ).first()
        if first and first.content_sealed:
            language, _ = content_of(first, self._vault)
            await self.of_booking(session, row, kind, language)

    async def of_follow_up(self, session: AsyncSession, row: FollowUpRow, phone: PhoneNumber | None) -> None:
        """To the caller, who agreed to be contacted, and to the business: why, and a summary, never what was said."""
        business = await BusinessRows(session).profile(row.business_id)
        language, about = business.language.primary, f"whatsapp_followups:{row.id}"
        if phone:
            values = {"business": business.name, "phone": _call_back(business)}
            content = (language, values)
            await self._add(session, row.business_id, "follow_up", phone, content, (about, f"{about}:caller"))
        if owner := PhoneNumber.parse(business.handoff.whatsapp_number):
            values = {"business": business.name, "reason": row.reason, "summary": row.summary or "-"}
            content = (language, values)
            await self._add(session, row.business_id, "follow_up_for_owner", owner, content, (about, f"{about}:owner"))

    async def _add(
        self,
        session: AsyncSession,
        business_id: str,
        kind: MessageKind,
        to: PhoneNumber,
        content: Content,
        keys: tuple[str, str],
    ) -> None:
        known = await Preferences(session).of(self._vault.hashes(to))
        if known and known.no_whatsapp:
            return
        row_id, now = str(uuid.uuid4()), self._clock.now()
        session.add(
            OutboxRow(
                id=row_id,
                business_id=business_id,
                kind=kind,
                about=keys[0],
                content_sealed=seal_content(content, row_id, self._vault),
                to_sealed=self._vault.seal(to, to_binding(row_id)),
                to_hash=self._vault.hash(to),
                next_at=now,
                idempotency_key=keys[1],
                created_at=now,
                updated_at=now,
            )
        )


def seal_content(content: Content, row_id: str, vault: PhoneVault) -> str:
    """For `outbox_messages.content_sealed` of this row."""
    language, values = content
    text = json.dumps({"language": language, "values": values}, ensure_ascii=False)
    return vault.seal_text(text, _content_binding(row_id))


def content_of(row: OutboxRow, vault: PhoneVault) -> Content:
    """What was sealed; the row must still have it."""
    assert row.content_sealed
    content = json.loads(vault.open_text(row.content_sealed, _content_binding(row.id)))
    return content["language"], content["values"]


def to_binding(row_id: str) -> str:
    return f"outbox_messages.to:{row_id}"


def _content_binding(row_id: str) -> str:
    return f"outbox_messages.content:{row_id}"


def _call_back(business: Business) -> str:
    return next(iter(business.phone_numbers), business.handoff.phone_number) or "-"
