"""What is kept for how long, and the daily job that ends it (R49, R66). It may run at any time, and twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...security.crypto import PhoneVault
from ..models import CallLogRow, DailyTotalRow, FollowUpRow, OutboxRow, ReservationRow, SeatHoldRow
from ..repositories.audit import record_change
from ..repositories.calls import opened
from ..repositories.queued_messages import WAITING
from ..session import Database
from .copies import Copies
from .person import PersonalData
from .places import columns

BATCH = 200
VISIT = timedelta(days=1)
"""After so long a visit is over."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days from the call, or from the visit."""

    transcripts: int = 90
    phones: int = 90
    reservations: int = 365
    legal_copies: int = 0


class Purge:
    """One run of the daily job."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, retention: Retention) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._retention = retention
        self._copies = Copies(vault, retention.legal_copies)
        self._person = PersonalData(database, vault, clock, self._copies)

    async def run(self, now: datetime, actor: Actor) -> dict[str, int]:
        """Counts by what went; all zero when everything was done already. Hashes and opt-outs stay."""
        counts: Counter[str] = Counter()
        async for name, number in self._steps(now):
            counts[name] += number
        if counts.total():
            async with self._database.write() as session:
                record_change(session, self._clock, actor, "purge", ("retention", ""), None, dict(counts))
            await self._database.forget_erased()
        return dict(counts)

    async def _steps(self, now: datetime) -> AsyncIterator[tuple[str, int]]:
        def before(days: int) -> datetime:
            return now - timedelta(days=days)

        kept = self._retention
        call, booking, asked = columns(CallLogRow), columns(ReservationRow), columns(FollowUpRow)
        words = or_(call["transcript"].is_not(None), call["entities"].is_not(None))
        phones = before(kept.phones)

        yield (
            "transcripts",
            await self._each(
                CallLogRow, and_(call["started_at"] < before(kept.transcripts), words), self._forget_words(now)
            ),
        )
        over = and_(booking["erase_due"], booking["starts_at"] < now - VISIT)
        yield "guests", await self._each(ReservationRow, over, self._person.forget_guest)
        with_phone = and_(booking["phone_sealed"].is_not(None), booking["starts_at"] < phones)
        yield "phones", await self._each(ReservationRow, with_phone, self._forget_phone(now))
        waited = and_(asked["created_at"] < phones, or_(asked["phone_sealed"].is_not(None), asked["summary"] != ""))
        yield "follow_ups", await self._each(FollowUpRow, waited, self._forget_asker(now))
        await self._forget_messages(phones)
        gone = booking["starts_at"] < before(kept.reservations)
        yield "reservations", await self._count_and_delete(gone, now)
        async with self._database.write() as session:
            held = await session.execute(delete(SeatHoldRow).where(col(SeatHoldRow.expires_at) < now))
            assert isinstance(held, CursorResult)
            yield "legal_copies", await self._copies.drop_old(session, now)

    async def _forget_messages(self, before: datetime) -> None:
        """Of a message only its kind, times and fate are kept so long."""
        old = update(OutboxRow).where(col(OutboxRow.created_at) < before, col(OutboxRow.to_hash).is_not(None))
        async with self._database.write() as session:
            await session.execute(old.where(col(OutboxRow.status).in_((*WAITING, "dead"))).values(status="dropped"))
            await session.execute(old.values(to_sealed=None, content_sealed=None, to_hash=None))

    async def _each(
        self, table: type[SQLModel], due: ColumnElement[bool], forget: Callable[[AsyncSession, Any], None]
    ) -> int:
        """Batch by batch, each its own transaction, until no row is due any more."""
        count = 0
        while True:
            async with self._database.write() as session:
                rows = (
                    await session.scalars(select(table).where(due).limit(BATCH).with_for_update(skip_locked=True))
                ).all()
                for row in rows:
                    forget(session, row)
            if not rows:
                return count
            count += len(rows)

    def _forget_words(self, now: datetime) -> Callable[[AsyncSession, CallLogRow], None]:
        def forget(session: AsyncSession, row: CallLogRow) -> None:
            data = opened(row, self._vault).model_dump(mode="json")
            self._copies.keep(session, now, row.started_at, "call_logs", data)
            row.transcript = row.entities = None

        return forget

    def _forget_phone(self, now: datetime) -> Callable[[AsyncSession, ReservationRow], None]:
        def forget(session: AsyncSession, row: ReservationRow) -> None:
            self._copies.keep(session, now, row.created_at, "reservations", self._person.opened(row))
            row.phone_sealed = None

        return forget

    def _forget_asker(self, now: datetime) -> Callable[[AsyncSession, FollowUpRow], None]:
        def forget(session: AsyncSession, row: FollowUpRow) -> None:
            self._copies.keep(session, now, row.created_at, "whatsapp_followups", self._person.opened(row))
            row.phone_sealed, row.summary = None, ""
            row.status = "expired" if row.status == "pending" else row.status

        return forget

    async def _count_and_delete(self, due: ColumnElement[bool], now: datetime) -> int:
        """A booking is added to its day's totals in the transaction that deletes it: it is counted once."""
        count = 0
        while True:
            async with self._database.write() as session:
                wanted = select(ReservationRow).where(due).limit(BATCH)
                # Where two run at once, each counts and deletes the rows that the other has not locked.
                rows = (await session.scalars(wanted.with_for_update(skip_locked=True))).all()
                for key, numbers in _totals(rows).items():
                    total = await session.get(DailyTotalRow, key, with_for_update=True)
                    if total is None:
                        total = DailyTotalRow(business_id=key[0], day=key[1])
                        session.add(total)
                    for name, number in numbers.items():
                        setattr(total, name, getattr(total, name) + number)
                for row in rows:
                    self._copies.keep(session, now, row.created_at, "reservations", self._person.opened(row))
                    await session.delete(row)
            if not rows:
                return count
            count += len(rows)


def _totals(rows: Sequence[ReservationRow]) -> Mapping[tuple[str, Any], Counter[str]]:
    totals: dict[tuple[str, Any], Counter[str]] = {}
    for row in rows:
        day = totals.setdefault((row.business_id, row.reservation_date), Counter())
        day["bookings"] += 1
        day["guests"] += row.party_size if row.status in ("confirmed", "seated", "completed") else 0
        day["cancelled"] += row.status == "cancelled"
        day["no_shows"] += row.status == "no_show"
    return totals
