"""Businesses in the database: what the YAML file says, in and out without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.booking.book import Actor
from ...core.business import Business
from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...errors import Conflict
from ..models import BusinessNumberRow, BusinessRow, CallLogRow, FaqRow, FollowUpRow, MenuItemRow, ReservationRow
from ..session import Database
from .audit import record_change
from .business_rows import BusinessRows

_IN_TABLES: Any = {"menu": {"categories": {"__all__": {"items"}}}, "faqs": True}
"""The parts of a business that have tables of their own."""
_PERSONAL = ("phone_numbers", "handoff")
"""Numbers: an audit row says that they changed, not what they are."""
SYSTEM = Actor("system")
_STAMP = select(col(BusinessRow.version), col(BusinessRow.updated_at)).where(
    col(BusinessRow.id) == bindparam("business")
)
"""What tells whether a business changed; built once, for it is asked before each check."""
Child = TypeVar("Child", MenuItemRow, FaqRow)


class Businesses:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._read: dict[str, tuple[tuple[int, datetime], Business]] = {}
        """By id, as of the row's version and time: a call asks before each check, and most find nothing changed."""

    async def put(self, business: Business, *, actor: Actor = SYSTEM, source: str | None = None) -> None:
        """Add it, or replace what is stored of it, dishes, FAQs and numbers included.

        `source`: what `read_from_file` then takes for read. Rows that stay the same keep their ids. Raises `Conflict`
        if one of its numbers belongs to another business.
        """
        async with self._database.write() as session:
            await self._database.lock(session, business.id)
            await self._put(session, business, actor, source)

    async def read_from_file(self, business: Business, digest: str) -> bool:
        """`put`, unless the file that has this digest was read, or overruled, last. Was it?"""
        async with self._database.write() as session:
            await self._database.lock(session, business.id)
            row = await session.get(BusinessRow, business.id)
            if row and row.source == digest:
                return False
            await self._put(session, business, SYSTEM, digest)
        return True

    async def _put(self, session: AsyncSession, business: Business, actor: Actor, source: str | None) -> None:
        row = await session.get(BusinessRow, business.id)
        before = await _business(session, row) if row else None
        if row is None:
            row = self._new_row(business)
            session.add(row)
            await session.flush()
        row.source = source or row.source
        if before != business:
            await self._replace(session, row, before, business, actor)

    async def add(self, business: Business, actor: Actor) -> None:
        """Raises `Conflict` if there is one with this id."""
        async with self._database.read() as session:
            if await session.get(BusinessRow, business.id):
                raise Conflict("There is a business with this id.")
        await self.put(business, actor=actor)

    async def patch(self, business_id: str, changes: Mapping[str, object], version: int | None, actor: Actor) -> None:
        """Set some fields; mappings are merged, so that one rule can be changed alone.

        Raises `NotFound`; `Conflict` for another version, or naming each field that would contradict the rest.
        """
        async with self._database.write() as session:
            await self._database.lock(session, business_id)
            row = await BusinessRows(session).get(business_id)
            if version not in (None, row.version):
                raise Conflict("Somebody else changed the business first.", details={"version": row.version})
            before = await _business(session, row)
            try:
                after = Business.model_validate(_merged(before.model_dump(mode="json"), changes))
            except ValidationError as wrong:
                fields = [{"field": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in wrong.errors()]
                raise Conflict("The change contradicts the rest of the business.", details={"fields": fields}) from None
            await self._replace(session, row, before, after, actor)

    async def remove(self, business_id: str, version: int | None, actor: Actor) -> None:
        """Raises `NotFound`, and `Conflict` while bookings, calls or follow-ups of it are kept."""
        async with self._database.write() as session:
            await self._database.lock(session, business_id)
            row = await BusinessRows(session).get(business_id)
            if version not in (None, row.version):
                raise Conflict("Somebody else changed the business first.", details={"version": row.version})
            for kept in (ReservationRow, CallLogRow, FollowUpRow):
                if await session.scalar(select(func.count()).where(kept.business_id == business_id)):  # type: ignore[arg-type]
                    raise Conflict("Bookings, calls or follow-ups of the business are kept: it cannot be deleted.")
            before = _shown((await _business(session, row)).model_dump(mode="json"), ("name", "timezone"))
            await session.delete(row)
            record_change(session, self._clock, actor, "delete", ("businesses", business_id), before, None)

    async def get(self, business_id: str) -> Business:
        """As it is configured at this moment. Raises `NotFound`."""
        business, _ = await self.with_version(business_id)
        return business

    async def with_version(self, business_id: str) -> tuple[Business, int]:
        """The business and the number of its changes. Raises `NotFound`."""
        async with self._database.look() as connection:
            changed = (await connection.execute(_STAMP, {"business": business_id})).one_or_none()
        known = self._read.get(business_id)
        if known is None or known[0] != changed:
            async with self._database.read() as session:
                row = await BusinessRows(session).get(business_id)
                known = (row.version, row.updated_at), await _business(session, row)
            self._read[business_id] = known
        return known[1], known[0][0]

    async def page(self, limit: int, offset: int, *, downwards: bool = False) -> tuple[list[tuple[Business, int]], int]:
        """Some of them by id, each with its version, and how many there are."""
        order = col(BusinessRow.id).desc() if downwards else col(BusinessRow.id).asc()
        async with self._database.read() as session:
            total = await session.scalar(select(func.count()).select_from(BusinessRow)) or 0
            rows = await session.scalars(select(BusinessRow).order_by(order).limit(limit).offset(offset))
            return [(await _business(session, row), row.version) for row in rows.all()], total

    async def last_read(self) -> str | None:
        """The id of the business that was last read from a file; of another one if none was; None without any."""
        of_a_file = col(BusinessRow.source).is_(None).asc()
        wanted = select(col(BusinessRow.id)).order_by(of_a_file, col(BusinessRow.updated_at).desc()).limit(1)
        async with self._database.look() as connection:
            return (await connection.execute(wanted)).scalar()

    async def by_number(self, number: PhoneNumber) -> Business | None:
        """The business that is reached under this number, if any."""
        async with self._database.read() as session:
            row = await session.get(BusinessNumberRow, number.e164)
        return await self.get(row.business_id) if row else None

    def _new_row(self, business: Business) -> BusinessRow:
        return BusinessRow(
            id=business.id, name=business.name, profile=_profile(business), version=0, updated_at=self._clock.now()
        )

    async def _replace(
        self, session: AsyncSession, row: BusinessRow, before: Business | None, after: Business, actor: Actor
    ) -> None:
        row.name, row.profile, row.updated_at = after.name, _profile(after), self._clock.now()
        row.version += 1
        await _sync(session, MenuItemRow, after.id, _dishes(after), ("category", "name"))
        await _sync(session, FaqRow, after.id, [faq.model_dump() for faq in after.faqs], ("question",))
        await _claim_numbers(session, after)
        old, new = before.model_dump(mode="json") if before else {}, after.model_dump(mode="json")
        changed = [name for name in new if old.get(name) != new[name]]
        record_change(
            session,
            self._clock,
            actor,
            "change" if before else "create",
            ("businesses", after.id),
            _shown(old, changed) if before else None,
            _shown(new, changed),
        )


async def _business(session: AsyncSession, row: BusinessRow) -> Business:
    dishes = await _children(session, MenuItemRow, row.id)
    faqs = await _children(session, FaqRow, row.id)
    categories: dict[str, list[dict[str, Any]]] = {part["name"]: [] for part in row.profile["menu"]["categories"]}
    for dish in dishes:
        items = categories.setdefault(dish.category, [])
        items.append(dish.model_dump(include={"name", "price", "tags", "aliases"}))
    return Business.model_validate(
        {
            **row.profile,
            "menu": {"categories": [{"name": name, "items": items} for name, items in categories.items()]},
            "faqs": [faq.model_dump(include={"question", "answer"}) for faq in faqs],
        }
    )


async def _children(session: AsyncSession, table: type[Child], of: str) -> list[Child]:
    wanted = select(table).where(col(table.business_id) == of).order_by(col(table.position), col(table.id))
    return list((await session.scalars(wanted)).all())


async def _sync(
    session: AsyncSession,
    table: type[Child],
    business_id: str,
    wanted: Sequence[Mapping[str, Any]],
    named_by: tuple[str, ...],
) -> None:
    """Make the rows those wanted, in this order; a row of the same name is changed, not replaced."""
    existing: dict[tuple[str, ...], list[Child]] = {}
    for row in await _children(session, table, business_id):
        existing.setdefault(tuple(getattr(row, part) for part in named_by), []).append(row)
    for position, values in enumerate(wanted):
        same_name = existing.get(tuple(values[part] for part in named_by), [])
        new = {**values, "position": position}
        if not same_name:
            session.add(table(business_id=business_id, **new))
            continue
        row = same_name.pop(0)
        if row.model_dump(include=set(new)) != new:
            row.sqlmodel_update({**new, "version": row.version + 1})
    for left_over in existing.values():
        for gone in left_over:
            await session.delete(gone)


async def _claim_numbers(session: AsyncSession, business: Business) -> None:
    await session.execute(delete(BusinessNumberRow).where(col(BusinessNumberRow.business_id) == business.id))
    parsed = (PhoneNumber.parse(text) for text in business.phone_numbers)
    for number in sorted({number.e164 for number in parsed if number}):
        if await session.get(BusinessNumberRow, number):
            raise Conflict(f"{business.id}: one of phone_numbers belongs to another business")
        session.add(BusinessNumberRow(number=number, business_id=business.id))


def _profile(business: Business) -> dict[str, Any]:
    return business.model_dump(mode="json", exclude=_IN_TABLES)


def _dishes(business: Business) -> list[dict[str, Any]]:
    return [
        {"category": category.name, **item.model_dump(mode="json")}
        for category in business.menu.categories
        for item in category.items
    ]


def _merged(old: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Mappings are merged, everything else is replaced."""
    result = dict(old)
    for name, value in changes.items():
        before = result.get(name)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        result[name] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return result


def _shown(dump: Mapping[str, object], fields: Sequence[str]) -> dict[str, object]:
    """What an audit row may hold of a business."""
    return {name: "(a number)" if name in _PERSONAL else dump.get(name) for name in fields}
