"""Reservations: listed from their table, changed only through the desk, under the same rules as in a call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ...bootstrap import Parts
from ...core.booking.book import Actor
from ...core.booking.owner_desk import Change, OwnerDesk
from ...core.booking.rules import Guest, TableRequest
from ...db.models import ReservationRow
from ...db.repositories.reservations import phone_binding
from ...db.repositories.tables import Table
from ...schemas.resources import Misfit, Misfits, ReservationCreate, ReservationPatch, ReservationRead, WalkIn


class ReservationResource:
    """`routes.crud.Store` on the desk."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._office = parts.office
        self._table = Table(parts.office.database, parts.office.clock, ReservationRow)

    async def page(self, filters: Mapping[str, Any], sort: str, limit: int, offset: int) -> tuple[list[BaseModel], int]:
        rows, total = await self._table.page(filters, sort, limit, offset)
        return [self._show(row) for row in rows], total

    async def get(self, key: str) -> ReservationRead:
        return self._show(await self._table.get(key))

    async def add(self, given: ReservationCreate, actor: Actor, idempotency_key: str | None) -> BaseModel:
        desk = await self._desk(given.business_id, actor)
        request = TableRequest(given.reservation_date, given.reservation_time, given.party_size, given.area)
        guest = Guest(given.customer_name.strip(), given.customer_phone)
        made = await desk.book(request, guest, given.notes, idempotency_key or str(uuid.uuid4()), given.anyway)
        return await self.get(made.id)

    async def patch(self, key: str, given: ReservationPatch, version: int | None, actor: Actor) -> BaseModel:
        booking = await self._office.reservations.get(key)
        desk = await self._desk(booking.business_id, actor)
        change = Change(
            date=given.reservation_date,
            time=given.reservation_time,
            party_size=given.party_size,
            name=given.customer_name.strip() if given.customer_name else None,
            phone=given.customer_phone,
            notes=given.notes,
            status=given.status,
            area=given.area,
            tables=given.tables,
            anyway=given.anyway,
        )
        await desk.change(key, change, version)
        return await self.get(key)

    async def remove(self, key: str, version: int | None, actor: Actor) -> None:
        await self._office.reservations.remove(key, actor, version=version)

    async def walk_in(self, given: WalkIn, actor: Actor, idempotency_key: str | None) -> ReservationRead:
        desk = await self._desk(given.business_id, actor)
        key = idempotency_key or str(uuid.uuid4())
        made = await desk.walk_in(given.party_size, key, area=given.area, notes=given.notes, anyway=given.anyway)
        return await self.get(made.id)

    async def undo(self, key: str, version: int | None, actor: Actor) -> ReservationRead:
        booking = await self._office.reservations.get(key)
        desk = await self._desk(booking.business_id, actor)
        await desk.undo(key, version)
        return await self.get(key)

    async def misfits(self, business_id: str | None, actor: Actor) -> Misfits:
        found = await (await self._desk(business_id, actor)).misfits()
        return Misfits(
            bookings=[
                Misfit(
                    id=one.id,
                    reservation_date=one.date,
                    reservation_time=one.time,
                    party_size=one.party_size,
                    rule=rule.value,
                )
                for one, rule in found
            ]
        )

    async def _desk(self, business_id: str | None, actor: Actor) -> OwnerDesk:
        business = await self._parts.business_for(business_id)
        return OwnerDesk(business, self._office.clock, self._office.reservations, actor)

    def _show(self, row: ReservationRow) -> ReservationRead:
        phone = self._office.vault.masked(row.phone_sealed, phone_binding(row.id))
        return ReservationRead(**row.model_dump(), customer_phone=phone)
