"""The administrator's sessions, and every login in the audit log (R83, R84)."""

from __future__ import annotations

from sqlalchemy import delete, or_, update
from sqlmodel import col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...security import sessions
from ..models import AdminSessionRow
from ..session import Database
from .audit import record_change

ENTITY = "admin_sessions"
_NAMED = 8
"""Characters of the digest that name a session in the audit log."""


class AdminSessions:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, session_id: str, credential: str, actor: Actor) -> None:
        """A login succeeded. What has run out is cleared away with it."""
        now, key = self._clock.now(), sessions.stored(session_id)
        over = or_(
            col(AdminSessionRow.used_at) <= now - sessions.IDLE,
            col(AdminSessionRow.started_at) <= now - sessions.LONGEST,
        )
        async with self._database.write() as session:
            await session.execute(delete(AdminSessionRow).where(over))
            session.add(AdminSessionRow(id=key, credential=credential, started_at=now, used_at=now))
            record_change(session, self._clock, actor, "login", (ENTITY, key[:_NAMED]), None, None)

    async def is_open(self, session_id: str, credential: str) -> bool:
        """May this session go on? Asking is using it."""
        now, key = self._clock.now(), sessions.stored(session_id)
        async with self._database.read() as session:
            row = await session.get(AdminSessionRow, key)
        if row is None or row.credential != credential or sessions.is_over(row.started_at, row.used_at, now):
            return False
        if now - row.used_at >= sessions.NOTE_EVERY:
            async with self._database.write() as session:
                used = update(AdminSessionRow).where(col(AdminSessionRow.id) == key)
                await session.execute(used.values(used_at=now))
        return True

    async def end(self, session_id: str, actor: Actor) -> None:
        """A logout; harmless if there is no such session."""
        key = sessions.stored(session_id)
        async with self._database.write() as session:
            row = await session.get(AdminSessionRow, key)
            if row is not None:
                await session.delete(row)
                record_change(session, self._clock, actor, "logout", (ENTITY, key[:_NAMED]), None, None)

    async def refused(self, ip: str | None, *, locked: bool) -> None:
        """A login failed, and locked its address or name out. The name is not kept: it may be a password."""
        actor, how = Actor("stranger", ip), "login_locked" if locked else "login_failed"
        async with self._database.write() as session:
            record_change(session, self._clock, actor, how, (ENTITY, ""), None, None)
