"""Sealed copies of what was erased, for the time that a law asks for (India's DPDP Rules 2025, rule 8(3))."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...security.crypto import PhoneVault
from ..models import SealedCopyRow
from ..repositories.audit import record_change
from ..session import Database, as_json


@dataclass(frozen=True, slots=True)
class Copies:
    """Writes copies in the transaction that erases; with no days, nothing is copied."""

    vault: PhoneVault
    days: int

    def keep(self, session: AsyncSession, now: datetime, of: datetime, table: str, data: Mapping[str, object]) -> None:
        """`data` is a row that is being erased, opened; it was collected at `of`."""
        until = of + timedelta(days=self.days)
        if until <= now:
            return
        row_id = str(uuid.uuid4())
        sealed = self.vault.seal_text(as_json({"table": table, **data}), copy_binding(row_id))
        session.add(SealedCopyRow(id=row_id, made_at=now, of=of, keep_until=until, data_sealed=sealed))

    async def drop_old(self, session: AsyncSession, now: datetime) -> int:
        """Delete the copies whose time is over; how many."""
        gone = await session.execute(delete(SealedCopyRow).where(col(SealedCopyRow.keep_until) <= now))
        assert isinstance(gone, CursorResult)
        return gone.rowcount


def copy_binding(row_id: str) -> str:
    """What a copy's sealed data are bound to."""
    return f"sealed_copies.data:{row_id}"


async def open_copies(
    database: Database, vault: PhoneVault, clock: Clock, between: tuple[datetime, datetime], actor: Actor
) -> AsyncIterator[dict[str, Any]]:
    """What was collected between two times and erased since, opened; written down in the audit log first."""
    wanted = select(SealedCopyRow).where(col(SealedCopyRow.of).between(*between)).order_by(col(SealedCopyRow.of))
    async with database.write() as session:
        rows = (await session.scalars(wanted)).all()
        after = {"from": between[0].isoformat(), "to": between[1].isoformat(), "copies": len(rows)}
        record_change(session, clock, actor, "open_copies", ("sealed_copies", ""), None, after)
    for row in rows:
        yield json.loads(vault.open_text(row.data_sealed, copy_binding(row.id)))
