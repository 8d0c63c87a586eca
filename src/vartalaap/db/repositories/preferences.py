"""What is remembered of callers under the hash of their number: opt-outs (R48, R59, R62) and the language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ...core.phone import PhoneNumber
from ...security.crypto import PhoneVault
from ..models import CallerPreferenceRow
from ..session import Database


class CallerPreferences:
    def __init__(self, database: Database, vault: PhoneVault) -> None:
        self._database = database
        self._vault = vault

    async def of(self, caller: PhoneNumber) -> CallerPreferenceRow | None:
        """To be asked when a call starts; None of a caller of whom nothing is remembered."""
        async with self._database.read() as session:
            return await session.get(CallerPreferenceRow, self._vault.hash(caller))


async def remember(session: AsyncSession, caller_id_hash: str, at: datetime, **changes: object) -> None:
    """Set some columns of this caller's row, in the caller's transaction; the others stay as they are."""
    row = await session.get(CallerPreferenceRow, caller_id_hash)
    if row is None:
        row = CallerPreferenceRow(caller_id_hash=caller_id_hash, updated_at=at)
        session.add(row)
    row.updated_at = at
    for column, value in changes.items():
        setattr(row, column, value)
