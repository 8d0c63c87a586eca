"""Which numbers we still may know of callers: those of bookings and of follow-ups, found by their hash."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.phone import PhoneNumber
from ...security.crypto import PhoneVault
from ..models import FollowUpRow, ReservationRow
from . import follow_ups, reservations


async def known_numbers(session: AsyncSession, vault: PhoneVault, hashes: Collection[str]) -> dict[str, PhoneNumber]:
    """By hash; a caller whose number was never kept, or was erased, is not among them."""
    found: dict[str, PhoneNumber] = {}
    for table, binding in (
        (ReservationRow, reservations.phone_binding),
        (FollowUpRow, follow_ups.phone_binding),
    ):
        wanted = select(col(table.phone_hash), col(table.phone_sealed), col(table.id)).where(
            col(table.phone_hash).in_(set(hashes) - set(found)), col(table.phone_sealed).is_not(None)
        )
        rows = (await session.execute(wanted)).all()
        last = {hashed: (sealed, row_id) for hashed, sealed, row_id in rows if hashed and sealed}
        found |= {hashed: vault.open(sealed, binding(row_id)) for hashed, (sealed, row_id) in last.items()}
    return found
