"""Everything about one number: shown to its owner, or erased, each with a receipt (R65)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...security.crypto import PhoneVault
from ..models import AuditRow, CallerPreferenceRow, CallLogRow, FollowUpRow, ReservationRow
from ..repositories.audit import record_change
from ..repositories.calls import opened
from ..repositories.queued_messages import QueuedMessages
from ..session import Database
from .copies import Copies
from .places import SEALED, columns

Bookings = Literal["keep", "cancel"]
"""What becomes of bookings that are still to come."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, without saying for whom; the same stands in the audit log."""

    id: str
    kind: Literal["export", "erasure"]
    at: datetime
    counts: dict[str, int]
    kept: dict[str, int] = field(default_factory=dict)
    """What an erasure left: bookings still to come, and the note that this number wants none of something."""

    def as_json(self) -> dict[str, object]:
        return {
            "receipt": self.id,
            "kind": self.kind,
            "at": self.at.isoformat(timespec="seconds"),
            "counts": self.counts,
            "kept": self.kept,
        }


@dataclass(slots=True)
class _Found:
    calls: Sequence[CallLogRow]
    reservations: Sequence[ReservationRow]
    follow_ups: Sequence[FollowUpRow]
    preferences: Sequence[CallerPreferenceRow]

    def counts(self) -> dict[str, int]:
        return {
            "call_logs": len(self.calls),
            "reservations": len(self.reservations),
            "whatsapp_followups": len(self.follow_ups),
            "caller_preferences": len(self.preferences),
        }


class PersonalData:
    """What the house holds of a number. Each operation is one transaction, and is written down without the number."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, copies: Copies) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._copies = copies

    async def export(self, phone: PhoneNumber, actor: Actor) -> dict[str, object]:
        """All of it, opened, as JSON values, with the receipt: for the person alone."""
        async with self._database.write() as session:
            found = await self._find(session, phone)
            receipt = self._receipt("export", found.counts())
            self._record(session, actor, receipt)
        return {
            **receipt.as_json(),
            "number": phone.e164,
            "call_logs": [_plain(opened(row, self._vault), "caller_id_hash") for row in found.calls],
            "reservations": [self.opened(row) for row in found.reservations],
            "whatsapp_followups": [self.opened(row) for row in found.follow_ups],
            "caller_preferences": [_plain(row, "caller_id_hash") for row in found.preferences],
        }

    async def coming(self, phone: PhoneNumber) -> int:
        """How many bookings of the number are still to come."""
        async with self._database.read() as session:
            found = await self._find(session, phone)
        return len([row for row in found.reservations if self._is_to_come(row)])

    async def erase(self, phone: PhoneNumber, actor: Actor, bookings: Bookings) -> Receipt:
        """Erase all of it; a second time finds nothing. What remains is anonymous: times, outcomes, party sizes.

        An opt-out stays, under the hash, or the next call would be transcribed. A booking that is still to come is
        cancelled, or kept with its name and number until the visit is over.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await self._find(session, phone)
            coming = [row for row in found.reservations if bookings == "keep" and self._is_to_come(row)]
            for call in found.calls:
                self._copies.keep(session, now, call.started_at, "call_logs", _plain(opened(call, self._vault)))
                call.caller_id_hash = call.transcript = call.entities = call.consent_receipt = None
            for row in found.reservations:
                if row in coming:
                    row.erase_due, row.notes = True, ""
                    continue
                if self._is_to_come(row):
                    row.status = "cancelled"
                    record_change(session, self._clock, actor, "cancel", ("reservations", row.id), None, None)
                self.forget_guest(session, row)
            for follow_up in found.follow_ups:
                self.forget_asker(session, follow_up)
            await QueuedMessages(session).drop_to(self._vault.hashes(phone), now, keep_hash=False)
            kept = await _forget_preferences(session, found.preferences)
            counts = found.counts()
            counts["reservations"] -= len(coming)
            counts["caller_preferences"] -= kept
            receipt = self._receipt("erasure", counts, {"bookings_to_come": len(coming), "opt_outs": kept})
            self._record(session, actor, receipt)
        await self._database.forget_erased()
        return receipt

    def forget_guest(self, session: AsyncSession, row: ReservationRow) -> None:
        """The booking stays as a number of people at a time."""
        self._copies.keep(session, self._clock.now(), row.created_at, "reservations", self.opened(row))
        row.customer_name = row.notes = row.phone_hash = ""
        row.phone_sealed, row.wish_digest, row.erase_due = None, None, False
        row.version += 1

    def forget_asker(self, session: AsyncSession, row: FollowUpRow) -> None:
        """The follow-up stays as a reason; if it waited for somebody to act, it waits no more."""
        self._copies.keep(session, self._clock.now(), row.created_at, "whatsapp_followups", self.opened(row))
        row.phone_hash = row.phone_sealed = None
        row.summary = ""
        row.status = "expired" if row.status == "pending" else row.status
        row.version += 1

    async def _find(self, session: AsyncSession, phone: PhoneNumber) -> _Found:
        """Bookings and follow-ups of the number, its calls, and calls that withheld their number and gave this one."""
        hashes = self._vault.hashes(phone)

        async def rows(table: Any, column: Any) -> Sequence[Any]:
            return (await session.scalars(select(table).where(col(column).in_(hashes)))).all()

        reservations = await rows(ReservationRow, ReservationRow.phone_hash)
        follow_ups = await rows(FollowUpRow, FollowUpRow.phone_hash)
        named = {row.call_id for row in (*reservations, *follow_ups) if row.call_id}
        anonymous = and_(col(CallLogRow.caller_id_hash).is_(None), col(CallLogRow.id).in_(named))
        kept_words = col(CallLogRow.transcript).is_not(None)
        calls = select(CallLogRow).where(or_(col(CallLogRow.caller_id_hash).in_(hashes), and_(anonymous, kept_words)))
        preferences = await rows(CallerPreferenceRow, CallerPreferenceRow.caller_id_hash)
        return _Found((await session.scalars(calls)).all(), reservations, follow_ups, preferences)

    def _is_to_come(self, row: ReservationRow) -> bool:
        return row.status == "confirmed" and row.starts_at > self._clock.now()

    def opened(self, row: ReservationRow | FollowUpRow) -> dict[str, Any]:
        """The row with its number in plain, for an export or a sealed copy."""
        place = next(place for place in SEALED if isinstance(row, place.table))
        phone = self._vault.open(row.phone_sealed, place.binding(row.id)).e164 if row.phone_sealed else None
        return {**_plain(row, "phone_hash", "phone_sealed", "idempotency_key", "wish_digest"), "phone": phone}

    def _receipt(
        self, kind: Literal["export", "erasure"], counts: dict[str, int], kept: dict[str, int] | None = None
    ) -> Receipt:
        return Receipt(str(uuid.uuid4()), kind, self._clock.now(), counts, kept or {})

    def _record(self, session: AsyncSession, actor: Actor, receipt: Receipt) -> None:
        after = {**receipt.counts, **receipt.kept}
        record_change(session, self._clock, actor, receipt.kind, ("person", receipt.id), None, after)


async def _forget_preferences(session: AsyncSession, rows: Sequence[CallerPreferenceRow]) -> int:
    """Opt-outs stay; the rest goes, from the audit log too. How many stay."""
    kept = 0
    for row in rows:
        if row.no_transcript or row.no_whatsapp:
            row.language = None
            kept += 1
            continue
        await session.execute(
            update(AuditRow)
            .where(col(AuditRow.entity) == "caller_preferences", col(AuditRow.entity_id) == row.caller_id_hash)
            .values(entity_id="erased", before=None, after=None)
        )
        await session.execute(
            delete(CallerPreferenceRow).where(columns(CallerPreferenceRow)["caller_id_hash"] == row.caller_id_hash)
        )
    return kept


def _plain(row: SQLModel, *leave_out: str) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude=set(leave_out))
