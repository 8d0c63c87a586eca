"""Bookings in the database: deciding and writing are one transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from ...core.clock import Clock
from ...core.desk import Decide
from ...core.phone import PhoneNumber
from ...core.reservations import Booking, Guest, Occupancy, Refusal, same_table
from ...errors import NotFound
from ...security.crypto import PhoneVault
from ..models import ReservationRow
from ..session import Database
from .audit import record_change

LIVE = "confirmed"


class Reservations:
    """`core.desk.ReservationBook` on the database."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def occupied(
        self, business_id: str, between: tuple[datetime, datetime], but: str | None = None
    ) -> Sequence[Occupancy]:
        async with self._database.read() as session:
            return await _occupied(session, business_id, between, but)

    async def add(
        self,
        booking: Booking,
        start: datetime,
        between: tuple[datetime, datetime],
        decide: Decide,
        key: str,
        call_id: str,
    ) -> Booking | Refusal:
        hashed_key = hashlib.sha256(key.encode()).hexdigest()  # the key may hold a number
        async with self._database.write() as session:
            await self._one_at_a_time(session, booking.business_id)
            same_wish = select(ReservationRow).where(ReservationRow.idempotency_key == hashed_key)
            made_before = (await session.execute(same_wish)).scalar_one_or_none()
            if made_before and same_table(self._booking(made_before), booking):
                return self._booking(made_before)
            decision = decide(await _occupied(session, booking.business_id, between, None))
            if isinstance(decision, Refusal):
                return decision
            if made_before:  # booked, cancelled or moved, and wanted again in one call
                made_before.idempotency_key = made_before.id
                await session.flush()
            row = self._new_row(booking, start, hashed_key, call_id)
            session.add(row)
            self._record(session, call_id, "book", row, None)
        return self._booking(row)

    async def change(
        self,
        booking: Booking,
        start: datetime,
        between: tuple[datetime, datetime],
        decide: Decide,
        call_id: str,
    ) -> Booking | Refusal:
        async with self._database.write() as session:
            await self._one_at_a_time(session, booking.business_id)
            row = await _live_row(session, booking.id)
            decision = decide(await _occupied(session, booking.business_id, between, booking.id))
            if isinstance(decision, Refusal):
                return decision
            before = _shown(row)
            row.reservation_date, row.reservation_time = booking.date, booking.time
            row.starts_at, row.party_size = start, booking.party_size
            self._touch(row)
            self._record(session, call_id, "move", row, before)
        return self._booking(row)

    async def cancel(self, booking: Booking, call_id: str) -> Booking:
        async with self._database.write() as session:
            row = await _live_row(session, booking.id)
            before = _shown(row)
            row.status = "cancelled"
            self._touch(row)
            self._record(session, call_id, "cancel", row, before)
        return self._booking(row)

    async def upcoming(self, business_id: str, phone: PhoneNumber, after: datetime) -> tuple[Booking, ...]:
        wanted = (
            select(ReservationRow)
            .where(
                ReservationRow.business_id == business_id,
                ReservationRow.phone_hash == self._vault.hash(phone),
                ReservationRow.status == LIVE,
                col(ReservationRow.starts_at) > after,
            )
            .order_by(col(ReservationRow.starts_at))
        )
        async with self._database.read() as session:
            return tuple(self._booking(row) for row in (await session.execute(wanted)).scalars())

    async def of_call(self, call_id: str) -> list[Booking]:
        """The live bookings that were made in this call."""
        wanted = select(ReservationRow).where(ReservationRow.call_id == call_id, ReservationRow.status == LIVE)
        async with self._database.read() as session:
            return [self._booking(row) for row in (await session.execute(wanted)).scalars()]

    async def _one_at_a_time(self, session: AsyncSession, business_id: str) -> None:
        """SQLite's transaction is alone already; PostgreSQL locks the business until the commit."""
        if not self._database.is_sqlite:
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:business, 0))")
            await session.execute(lock, {"business": business_id})

    def _new_row(self, booking: Booking, start: datetime, key: str, call_id: str) -> ReservationRow:
        row_id, now = booking.id or str(uuid.uuid4()), self._clock.now()
        return ReservationRow(
            id=row_id,
            business_id=booking.business_id,
            reservation_date=booking.date,
            reservation_time=booking.time,
            starts_at=start.astimezone(UTC),
            party_size=booking.party_size,
            customer_name=booking.guest.name,
            phone_hash=self._vault.hash(booking.guest.phone),
            phone_sealed=self._vault.seal(booking.guest.phone, _binding(row_id)),
            notes=booking.notes,
            call_id=call_id,
            idempotency_key=key,
            created_at=now,
            updated_at=now,
        )

    def _record(
        self, session: AsyncSession, call_id: str, action: str, row: ReservationRow, before: dict[str, object] | None
    ) -> None:
        record_change(session, self._clock, f"call:{call_id}", action, ("reservations", row.id), before, _shown(row))

    def _touch(self, row: ReservationRow) -> None:
        row.version += 1
        row.updated_at = self._clock.now()

    def _booking(self, row: ReservationRow) -> Booking:
        assert row.phone_sealed
        return Booking(
            id=row.id,
            business_id=row.business_id,
            date=row.reservation_date,
            time=row.reservation_time,
            party_size=row.party_size,
            guest=Guest(row.customer_name, self._vault.open(row.phone_sealed, _binding(row.id))),
            status=row.status,  # type: ignore[arg-type]  # the table's check allows only these
            notes=row.notes,
        )


def _binding(row_id: str) -> str:
    return f"reservations.phone:{row_id}"


async def _occupied(
    session: AsyncSession, business_id: str, between: tuple[datetime, datetime], but: str | None
) -> list[Occupancy]:
    wanted = select(ReservationRow.starts_at, ReservationRow.party_size).where(
        ReservationRow.business_id == business_id,
        ReservationRow.status == LIVE,
        col(ReservationRow.starts_at) >= between[0],
        col(ReservationRow.starts_at) < between[1],
        ReservationRow.id != but,
    )
    return [Occupancy(start, size) for start, size in (await session.execute(wanted)).all()]


async def _live_row(session: AsyncSession, reservation_id: str) -> ReservationRow:
    row = await session.get(ReservationRow, reservation_id)
    if row is None or row.status != LIVE:
        raise NotFound("there is no such live booking")
    return row


def _shown(row: ReservationRow) -> dict[str, object]:
    """What an audit row may hold of a booking."""
    return {
        "date": row.reservation_date.isoformat(),
        "time": row.reservation_time.isoformat("minutes"),
        "party_size": row.party_size,
        "status": row.status,
        "version": row.version,
    }
