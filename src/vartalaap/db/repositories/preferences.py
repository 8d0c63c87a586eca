"""What is remembered of callers under the hash of their number: opt-outs (R48, R59, R62) and the language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ..models import CallerPreferenceRow


class Preferences:
    """In the transaction of a session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, hashes: Sequence[str]) -> CallerPreferenceRow | None:
        """What is remembered under any of the caller's hashes, as one row under the first, which is not in the session.

        To be asked when a call starts. While an old pepper is configured, what is remembered under its hash counts too.
        """
        wanted = select(CallerPreferenceRow).where(col(CallerPreferenceRow.caller_id_hash).in_(hashes))
        rows = (await self._session.scalars(wanted.order_by(col(CallerPreferenceRow.updated_at).desc()))).all()
        if not rows:
            return None
        return CallerPreferenceRow(
            caller_id_hash=hashes[0],
            no_transcript=any(row.no_transcript for row in rows),
            no_whatsapp=any(row.no_whatsapp for row in rows),
            language=next((row.language for row in rows if row.language), None),
            version=max(row.version for row in rows),
            updated_at=rows[0].updated_at,
        )

    async def remember(self, caller_id_hash: str, at: datetime, **changes: object) -> None:
        """Set some columns of this caller's row; the others stay as they are."""
        row = await self._session.get(CallerPreferenceRow, caller_id_hash)
        if row is None:
            row = CallerPreferenceRow(caller_id_hash=caller_id_hash, updated_at=at)
            self._session.add(row)
        row.updated_at = at
        for column, value in changes.items():
            setattr(row, column, value)
