"""Any table as the API needs it: listed, read, and changed by its version, each change in the audit log."""

from __future__ import annotations

import operator
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...errors import Conflict, NotFound
from ..session import Database
from .audit import record_change

Row = TypeVar("Row", bound=SQLModel)
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {"from": operator.ge, "to": operator.le, "not": operator.ne}
Changed = Callable[[AsyncSession, Any], Awaitable[None]]


class Table(Generic[Row]):
    """One table. `private` columns stay out of the audit log; `changed` runs in the transaction of each change."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        model: type[Row],
        *,
        private: Collection[str] = (),
        changed: Changed | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._model = model
        self._private = frozenset(private)
        self._changed = changed
        table = model.__table__  # type: ignore[attr-defined]  # every SQLModel with table=True has one
        self._columns = table.columns
        (self._key,) = table.primary_key.columns
        self._name = str(table.name)

    async def page(self, filters: Mapping[str, Any], sort: str, limit: int, offset: int) -> tuple[list[Row], int]:
        """Some rows and how many there are. `x`, `x_from`, `x_to`, `x_not` filter by column x; `-x` sorts downwards."""
        conditions = [self._condition(name, value) for name, value in filters.items() if value is not None]
        column = self._columns[sort.removeprefix("-")]
        order = column.desc() if sort.startswith("-") else column.asc()
        wanted = select(self._model).where(*conditions).order_by(order, self._key).limit(limit).offset(offset)
        async with self._database.read() as session:
            total = await session.scalar(select(func.count()).select_from(self._model).where(*conditions))
            return list((await session.scalars(wanted)).all()), total or 0

    async def get(self, key: str | int) -> Row:
        """Raises `NotFound`."""
        async with self._database.read() as session:
            return await self._existing(session, key)

    async def add(self, row: Row, actor: Actor) -> Row:
        """Raises `Conflict` if there is a row with this key."""
        async with self._database.write() as session:
            key = getattr(row, self._key.name)
            if key is not None and await session.get(self._model, key) is not None:
                raise Conflict("It exists already.")
            session.add(row)
            await session.flush()
            await self._record(session, actor, "create", row, None, self._shown(row))
        return row

    async def patch(self, key: str | int, values: Mapping[str, Any], version: int | None, actor: Actor) -> Row:
        """Set some columns. Raises `NotFound`, and `Conflict` if `version` is given and not the row's."""
        async with self._database.write() as session:
            row = await self._existing(session, key, version, locked=True)
            before = self._shown(row)
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1  # type: ignore[attr-defined]  # all tables that are changed here have one
            if "updated_at" in self._columns:
                row.updated_at = self._clock.now()
            await self._record(session, actor, "change", row, before, self._shown(row))
        return row

    async def remove(self, key: str | int, version: int | None, actor: Actor) -> None:
        """Raises as `patch` does."""
        async with self._database.write() as session:
            row = await self._existing(session, key, version, locked=True)
            await session.delete(row)
            await self._record(session, actor, "delete", row, self._shown(row), None)

    def _condition(self, name: str, value: Any) -> ColumnElement[bool]:
        column, _, how = name.rpartition("_")
        compare = _COMPARISONS.get(how)
        if compare is None or name in self._columns:
            column, compare = name, operator.eq
        condition: ColumnElement[bool] = compare(self._columns[column], value)
        return condition

    async def _existing(
        self, session: AsyncSession, key: str | int, version: int | None = None, *, locked: bool = False
    ) -> Row:
        row = await session.get(self._model, key, with_for_update=locked)
        if row is None:
            raise NotFound("There is none with this id.")
        if version is not None and version != row.version:  # type: ignore[attr-defined]
            found = row.version  # type: ignore[attr-defined]
            raise Conflict("Somebody else changed it first.", details={"version": found})
        return row

    async def _record(
        self,
        session: AsyncSession,
        actor: Actor,
        action: str,
        row: Row,
        before: dict[str, object] | None,
        after: dict[str, object] | None,
    ) -> None:
        if self._changed:
            await self._changed(session, row)
        key = str(getattr(row, self._key.name))
        record_change(session, self._clock, actor, action, (self._name, key), before, after)

    def _shown(self, row: Row) -> dict[str, object]:
        return row.model_dump(mode="json", exclude=set(self._private))
