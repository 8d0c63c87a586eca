"""Resources that are rows of a table, with no rules but their own columns'."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from ...bootstrap import Parts
from ...core.booking.book import Actor
from ...db.models import CallerPreferenceRow, CallLogRow, FaqRow, FollowUpRow, MenuItemRow
from ...db.repositories.business_rows import BusinessRows
from ...db.repositories.calls import shown
from ...db.repositories.follow_ups import phone_binding
from ...db.repositories.tables import Table
from ...schemas import resources as schemas


class TableResource:
    """`routes.crud.Store` on one table."""

    model: ClassVar[type[SQLModel]]
    read: ClassVar[type[BaseModel]]
    private: ClassVar[tuple[str, ...]] = ()
    """Columns that the audit log does not see."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.office = parts.office
        self._table = Table[Any](
            self.office.database, self.office.clock, self.model, private=self.private, changed=self.changed
        )

    async def page(self, filters: Mapping[str, Any], sort: str, limit: int, offset: int) -> tuple[list[BaseModel], int]:
        rows, total = await self._table.page(filters, sort, limit, offset)
        return [self.show(row) for row in rows], total

    async def get(self, key: Any) -> BaseModel:
        return self.show(await self._table.get(key))

    async def add(self, given: Any, actor: Actor, idempotency_key: str | None) -> BaseModel:
        return self.show(await self._table.add(await self.make(given), actor))

    async def patch(self, key: Any, given: BaseModel, version: int | None, actor: Actor) -> BaseModel:
        """A field sent as null is left as it is, unless it may be null."""
        columns = self.model.model_fields
        sent = given.model_dump(mode="json", exclude_unset=True)
        values = {name: value for name, value in sent.items() if value is not None or columns[name].default is None}
        return self.show(await self._table.patch(key, values, version, actor))

    async def remove(self, key: Any, version: int | None, actor: Actor) -> None:
        await self._table.remove(key, version, actor)

    def show(self, row: Any) -> BaseModel:
        return self.read.model_validate(row)

    async def make(self, given: Any) -> SQLModel:
        """The row for what was sent: its fields are columns, and it belongs to a business that exists."""
        business = await self.parts.business_for(given.business_id)
        return self.model(**{**given.model_dump(mode="json"), "business_id": business.id})

    async def changed(self, session: AsyncSession, row: Any) -> None:
        """Runs in the transaction of each change."""


class PartOfBusiness(TableResource):
    """A change of it is a change of its business."""

    async def changed(self, session: AsyncSession, row: Any) -> None:
        await BusinessRows(session).touch(row.business_id, self.office.clock)


class MenuItemResource(PartOfBusiness):
    model = MenuItemRow
    read = schemas.MenuItemRead


class FaqResource(PartOfBusiness):
    model = FaqRow
    read = schemas.FaqRead


class CallLogResource(TableResource):
    model = CallLogRow
    read = schemas.CallLogRead

    def show(self, row: Any) -> BaseModel:
        return schemas.CallLogRead.model_validate(shown(row, self.office.vault))


class FollowUpResource(TableResource):
    model = FollowUpRow
    read = schemas.FollowUpRead
    private = ("phone_hash", "phone_sealed", "summary")

    def show(self, row: Any) -> BaseModel:
        phone = self.office.vault.masked(row.phone_sealed, phone_binding(row.id))
        return schemas.FollowUpRead(**row.model_dump(), customer_phone=phone or None)

    async def make(self, given: schemas.FollowUpCreate) -> SQLModel:
        business = await self.parts.business_for(given.business_id)
        row_id, phone, vault = str(uuid.uuid4()), given.customer_phone, self.office.vault
        return FollowUpRow(
            id=row_id,
            business_id=business.id,
            call_id="",
            reason=given.reason,
            summary=given.summary,
            phone_hash=vault.hash(phone) if phone else None,
            phone_sealed=vault.seal(phone, phone_binding(row_id)) if phone else None,
            created_at=self.office.clock.now(),
        )


class CallerPreferenceResource(TableResource):
    """Under the keyed hash of the number, which is all that is kept of it."""

    model = CallerPreferenceRow
    read = schemas.CallerPreferenceRead

    def show(self, row: Any) -> BaseModel:
        return schemas.CallerPreferenceRead(**row.model_dump(), id=row.caller_id_hash)

    async def make(self, given: schemas.CallerPreferenceCreate) -> SQLModel:
        values = given.model_dump(exclude={"customer_phone"})
        hashed = self.office.vault.hash(given.customer_phone)
        return CallerPreferenceRow(caller_id_hash=hashed, updated_at=self.office.clock.now(), **values)
