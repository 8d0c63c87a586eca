"""Businesses in the database: what the YAML file says, in and out without loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from ...core.business import Business
from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...errors import ConfigurationError, NotFound
from ..models import BusinessNumberRow, BusinessRow, MenuItemRow
from ..session import Database

_ITEMS: Any = {"menu": {"categories": {"__all__": {"items"}}}}
"""The part of a business that has a table of its own."""


class Businesses:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, business: Business) -> None:
        """Add it, or replace what is stored of it, menu and numbers included.

        Raises `ConfigurationError` if one of its numbers belongs to another business.
        """
        profile = business.model_dump(mode="json", exclude=_ITEMS)
        row = BusinessRow(id=business.id, name=business.name, profile=profile, updated_at=self._clock.now())
        async with self._database.write() as session:
            await session.merge(row)
            await session.flush()
            await session.execute(delete(MenuItemRow).where(col(MenuItemRow.business_id) == business.id))
            await session.execute(delete(BusinessNumberRow).where(col(BusinessNumberRow.business_id) == business.id))
            session.add_all(_menu_rows(business))
            for number in sorted(_numbers(business)):
                if await session.get(BusinessNumberRow, number):
                    raise ConfigurationError(f"{business.id}: one of phone_numbers belongs to another business")
                session.add(BusinessNumberRow(number=number, business_id=business.id))

    async def get(self, business_id: str) -> Business:
        """Raises `NotFound`."""
        menu = select(MenuItemRow).where(MenuItemRow.business_id == business_id).order_by(col(MenuItemRow.position))
        async with self._database.read() as session:
            row = await session.get(BusinessRow, business_id)
            items = (await session.execute(menu)).scalars().all()
        if row is None:
            raise NotFound("there is no such business")
        return Business.model_validate({**row.profile, "menu": _menu(row.profile, items)})

    async def by_number(self, number: PhoneNumber) -> Business | None:
        """The business that is reached under this number, if any."""
        async with self._database.read() as session:
            row = await session.get(BusinessNumberRow, number.e164)
        return await self.get(row.business_id) if row else None


def _numbers(business: Business) -> set[str]:
    parsed = (PhoneNumber.parse(text) for text in business.phone_numbers)
    return {number.e164 for number in parsed if number}


def _menu_rows(business: Business) -> list[MenuItemRow]:
    named = ((category.name, item) for category in business.menu.categories for item in category.items)
    return [
        MenuItemRow(
            business_id=business.id,
            position=position,
            category=category,
            name=item.name,
            price=item.price,
            tags=list(item.tags),
            aliases=list(item.aliases),
        )
        for position, (category, item) in enumerate(named)
    ]


def _menu(profile: dict[str, Any], rows: Iterable[MenuItemRow]) -> dict[str, object]:
    items: dict[str, list[dict[str, object]]] = {category["name"]: [] for category in profile["menu"]["categories"]}
    for row in rows:
        items[row.category].append(row.model_dump(include={"name", "price", "tags", "aliases"}))
    return {"categories": [{"name": name, "items": listed} for name, listed in items.items()]}
