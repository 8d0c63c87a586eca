"""Bookings in the database: deciding and writing are one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from ...core.booking.book import Actor, Edit, Seating, Window, settled
from ...core.booking.rules import Booking, Free, Guest, Refusal, same_table
from ...core.booking.seating import Proof
from ...core.booking.terms import Occupancy
from ...core.clock import Clock
from ...core.language import Language
from ...core.phone import PhoneNumber, hide_numbers
from ...errors import BadRequest, Conflict, NotFound
from ...security.crypto import PhoneVault
from ..models import AuditRow, ReservationRow, SeatHoldRow
from ..session import Database
from .audit import record_change
from .occupied import as_list, as_tuple, is_live, note_seats, occupied
from .outbox import Outbox


class Reservations:
    """`core.booking.book.ReservationBook` on the database."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock, outbox: Outbox | None = None) -> None:
        """Guests who agreed to it are told through `outbox`, if there is one."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._outbox = outbox

    def _wake(self) -> None:
        """What was committed can be sent."""
        if self._outbox:
            self._outbox.news.set()

    async def occupied(
        self, business_id: str, between: Window, *, but: str | None = None, call_id: str = ""
    ) -> Sequence[Occupancy]:
        async with self._database.look() as connection:
            return await self._occupied(connection, business_id, between, but, call_id)

    async def add(
        self,
        booking: Booking,
        seating: Seating,
        key: str,
        actor: Actor,
        *,
        wish: str | None = None,
        confirm_in: Language | None = None,
    ) -> Booking | Refusal:
        return await settled(lambda proof: self._add(booking, seating, key, actor, wish, confirm_in, proof))

    async def _add(
        self,
        booking: Booking,
        seating: Seating,
        key: str,
        actor: Actor,
        wish: str | None,
        confirm_in: Language | None,
        proof: Proof | None,
    ) -> Booking | Refusal:
        hashed_keys = self._vault.fingerprints(key)  # the key may hold a number
        async with self._database.write() as session:
            await self._database.lock(session, booking.business_id)
            same_key = select(ReservationRow).where(col(ReservationRow.idempotency_key).in_(hashed_keys))
            made_before = (await session.scalars(same_key)).first()
            if made_before and self._was_made_for(made_before, booking, wish):
                await _release(session, actor.call_id)
                return self._booking(made_before)
            decision = await self._decide(session, booking.business_id, seating, None, actor.call_id, proof)
            if isinstance(decision, Refusal):
                return decision
            if made_before:  # booked, cancelled or moved, and wanted again in one call
                made_before.idempotency_key = made_before.id
                await session.flush()
            row = self._new_row(booking, seating.start, hashed_keys[0], actor)
            row.tables = as_list(booking.tables) or await note_seats(session, decision.seats)
            row.wish_digest = self._vault.fingerprints(wish)[0] if wish else None
            session.add(row)
            await _release(session, actor.call_id)
            self._record(session, actor, "book", row, None)
            if self._outbox and confirm_in:
                await self._outbox.announce.of_booking(session, row, "booking_confirmed", confirm_in)
        self._wake()
        return self._booking(row)

    def _was_made_for(self, made: ReservationRow, booking: Booking, wish: str | None) -> bool:
        if wish is None:
            return same_table(self._booking(made), booking)
        if made.wish_digest not in self._vault.fingerprints(wish):
            problem = "was used for another booking: a changed request needs a new key"
            field = {"field": "header.Idempotency-Key", "problem": problem}
            raise BadRequest(f"The Idempotency-Key {problem}.", details={"fields": [field]})
        return True

    async def change(
        self, booking_id: str, edit: Edit, action: str, actor: Actor, *, version: int | None = None
    ) -> Booking | Refusal:
        return await settled(lambda proof: self._change(booking_id, edit, action, actor, version, proof))

    async def _change(
        self, booking_id: str, edit: Edit, action: str, actor: Actor, version: int | None, proof: Proof | None
    ) -> Booking | Refusal:
        async with self._database.write() as session:
            row = await self._locked(session, booking_id)
            if version not in (None, row.version):
                raise Conflict("Somebody else changed the booking first.", details={"version": row.version})
            before = _shown(row)
            booking, seating = edit(self._booking(row))
            if seating:
                decision = await self._decide(session, row.business_id, seating, row.id, actor.call_id, proof)
                if isinstance(decision, Refusal):
                    return decision
                booking = replace(booking, tables=as_tuple(await note_seats(session, decision.seats)))
                row.starts_at = seating.start
                await _release(session, actor.call_id)
            self._write(row, booking)
            self._record(session, actor, action, row, before)
            if self._outbox:
                await self._outbox.announce.of_change(session, row, before)
        self._wake()
        return self._booking(row)

    async def remove(self, booking_id: str, actor: Actor, *, version: int | None = None) -> None:
        """Delete the row; the audit log keeps what it was, without the guest. Raises as `change` does."""
        async with self._database.write() as session:
            row = await self._locked(session, booking_id)
            if version not in (None, row.version):
                raise Conflict("Somebody else changed the booking first.", details={"version": row.version})
            await session.delete(row)
            record_change(session, self._clock, actor, "delete", ("reservations", row.id), _shown(row), None)

    async def get(self, booking_id: str) -> Booking:
        async with self._database.read() as session:
            return self._booking(await _existing(session, booking_id))

    async def upcoming(self, business_id: str, phone: PhoneNumber, after: datetime) -> tuple[Booking, ...]:
        wanted = (
            select(ReservationRow)
            .where(
                col(ReservationRow.business_id) == business_id,
                col(ReservationRow.phone_hash).in_(self._vault.hashes(phone)),
                col(ReservationRow.status) == "confirmed",
                col(ReservationRow.starts_at) > after,
            )
            .order_by(col(ReservationRow.starts_at))
        )
        async with self._database.read() as session:
            return tuple(self._booking(row, phone) for row in (await session.execute(wanted)).scalars())

    async def coming(self, business_id: str, after: datetime) -> tuple[Booking, ...]:
        wanted = (
            select(ReservationRow)
            .where(
                col(ReservationRow.business_id) == business_id,
                is_live(),
                col(ReservationRow.starts_at) > after,
                or_(col(ReservationRow.phone_hash) != "", col(ReservationRow.phone_hash).is_(None)),
            )
            .order_by(col(ReservationRow.starts_at))
        )
        async with self._database.read() as session:
            return tuple(self._booking(row) for row in (await session.execute(wanted)).scalars())

    async def before(self, booking_id: str) -> Mapping[str, Any] | None:
        newest = (
            select(AuditRow)
            .where(col(AuditRow.entity) == "reservations", col(AuditRow.entity_id) == booking_id)
            .order_by(col(AuditRow.id).desc())
            .limit(1)
        )
        async with self._database.read() as session:
            await _existing(session, booking_id)
            audit = (await session.scalars(newest)).first()
        if audit is None or audit.before is None:
            return None
        return {
            "date": date.fromisoformat(audit.before["date"]),
            "time": time.fromisoformat(audit.before["time"]),
            "party_size": audit.before["party_size"],
            "status": audit.before["status"],
            "area": audit.before.get("area"),
        }

    async def of_call(self, call_id: str) -> list[Booking]:
        """The live bookings that were made in this call."""
        wanted = select(ReservationRow).where(
            col(ReservationRow.call_id) == call_id,
            is_live(),
            col(ReservationRow.phone_sealed).is_not(None),
        )
        async with self._database.read() as session:
            return [self._booking(row) for row in (await session.execute(wanted)).scalars()]

    async def hold(
        self, business_id: str, seating: Seating, call_id: str, until: datetime, *, but: str | None = None
    ) -> Free | Refusal:
        return await settled(lambda proof: self._hold(business_id, seating, call_id, until, but, proof))

    async def _hold(
        self, business_id: str, seating: Seating, call_id: str, until: datetime, but: str | None, proof: Proof | None
    ) -> Free | Refusal:
        async with self._database.write() as session:
            await self._database.lock(session, business_id)
            decision = await self._decide(session, business_id, seating, but, call_id, proof)
            if isinstance(decision, Free):
                await session.execute(delete(SeatHoldRow).where(col(SeatHoldRow.expires_at) <= self._clock.now()))
                await session.merge(
                    SeatHoldRow(
                        call_id=call_id,
                        business_id=business_id,
                        starts_at=seating.start.astimezone(UTC),
                        party_size=seating.request.party_size,
                        area=seating.request.area,
                        tables=await note_seats(session, decision.seats),
                        expires_at=until,
                    )
                )
        return decision

    async def release(self, call_id: str) -> None:
        async with self._database.write() as session:
            await _release(session, call_id)

    async def _decide(
        self,
        session: AsyncSession,
        business_id: str,
        seating: Seating,
        but: str | None,
        call_id: str,
        proof: Proof | None,
    ) -> Free | Refusal:
        return seating.decide(await self._occupied(session, business_id, seating.between, but, call_id), proof)

    async def _occupied(
        self, session: AsyncSession | AsyncConnection, business_id: str, between: Window, but: str | None, call_id: str
    ) -> list[Occupancy]:
        return await occupied(session, business_id, between, self._clock.now(), but or "", call_id)

    async def _locked(self, session: AsyncSession, booking_id: str) -> ReservationRow:
        """The row as it is once nobody else writes to the book of its business."""
        row = await _existing(session, booking_id)
        await self._database.lock(session, row.business_id)
        return await _existing(session, booking_id)

    def _new_row(self, booking: Booking, start: datetime, key: str, actor: Actor) -> ReservationRow:
        row_id, now, phone = booking.id or str(uuid.uuid4()), self._clock.now(), booking.guest.phone
        return ReservationRow(
            id=row_id,
            business_id=booking.business_id,
            reservation_date=booking.date,
            reservation_time=booking.time,
            starts_at=start.astimezone(UTC),
            party_size=booking.party_size,
            customer_name=hide_numbers(booking.guest.name),
            phone_hash=self._vault.hash(phone) if phone else None,
            phone_sealed=self._vault.seal(phone, phone_binding(row_id)) if phone else None,
            status=booking.status,
            area=booking.area,
            origin=booking.origin,
            notes=hide_numbers(booking.notes),
            call_id=actor.call_id or None,
            idempotency_key=key,
            created_at=now,
            updated_at=now,
        )

    def _write(self, row: ReservationRow, booking: Booking) -> None:
        row.reservation_date, row.reservation_time = booking.date, booking.time
        row.party_size, row.status, row.notes = booking.party_size, booking.status, hide_numbers(booking.notes)
        row.customer_name = hide_numbers(booking.guest.name)
        row.area, row.origin, row.tables = booking.area, booking.origin, as_list(booking.tables)
        phone = booking.guest.phone
        if phone and row.phone_hash not in self._vault.hashes(phone):
            row.phone_hash = self._vault.hash(phone)
            row.phone_sealed = self._vault.seal(phone, phone_binding(row.id))
        row.version += 1
        row.updated_at = self._clock.now()

    def _record(
        self, session: AsyncSession, actor: Actor, action: str, row: ReservationRow, before: dict[str, object] | None
    ) -> None:
        record_change(session, self._clock, actor, action, ("reservations", row.id), before, _shown(row))

    def _booking(self, row: ReservationRow, phone: PhoneNumber | None = None) -> Booking:
        """`phone` is the guest's where that is known otherwise: STOP takes the number from the row, not the table."""
        if row.phone_hash == "":
            raise Conflict("The guest's data were erased: this booking is not changed any more.")
        if phone is None and row.phone_sealed:
            phone = self._vault.open(row.phone_sealed, phone_binding(row.id))
        return Booking(
            id=row.id,
            business_id=row.business_id,
            date=row.reservation_date,
            time=row.reservation_time,
            party_size=row.party_size,
            guest=Guest(row.customer_name, phone),
            status=row.status,  # type: ignore[arg-type]  # the table's check allows only these
            notes=row.notes,
            area=row.area,
            origin=row.origin,  # type: ignore[arg-type]  # as above
            tables=as_tuple(row.tables),
            version=row.version,
        )


def phone_binding(row_id: str) -> str:
    """What a row's sealed number is bound to."""
    return f"reservations.phone:{row_id}"


async def _release(session: AsyncSession, call_id: str) -> None:
    if call_id:
        await session.execute(delete(SeatHoldRow).where(col(SeatHoldRow.call_id) == call_id))


async def _existing(session: AsyncSession, booking_id: str) -> ReservationRow:
    row = await session.get(ReservationRow, booking_id, populate_existing=True)
    if row is None:
        raise NotFound("there is no such booking")
    return row


def _shown(row: ReservationRow) -> dict[str, object]:
    """What an audit row may hold of a booking."""
    return {
        "date": row.reservation_date.isoformat(),
        "time": row.reservation_time.isoformat("minutes"),
        "party_size": row.party_size,
        "status": row.status,
        "area": row.area,
        "version": row.version,
    }
