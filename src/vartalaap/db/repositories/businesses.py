"""Businesses in the database: what the YAML file says, in and out without loss."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlmodel import col, select

from ...core.business import Business, Menu, MenuCategory, MenuItem
from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...errors import ConfigurationError, NotFound
from ..models import BusinessNumberRow, BusinessRow, MenuItemRow
from ..session import Database


class Businesses:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, business: Business) -> None:
        """Add it, or replace what is stored of it, menu and numbers included."""
        profile = business.model_dump(mode="json", exclude={"menu"})
        row = BusinessRow(id=business.id, name=business.name, profile=profile, updated_at=self._clock.now())
        async with self._database.write() as session:
            await session.merge(row)
            await session.flush()
            await session.execute(delete(MenuItemRow).where(col(MenuItemRow.business_id) == business.id))
            await session.execute(delete(BusinessNumberRow).where(col(BusinessNumberRow.business_id) == business.id))
            session.add_all(_menu_rows(business))
            for number in _numbers(business):
                await session.merge(BusinessNumberRow(number=number.e164, business_id=business.id))

    async def get(self, business_id: str) -> Business:
        """Raises `NotFound`."""
        menu = select(MenuItemRow).where(MenuItemRow.business_id == business_id).order_by(col(MenuItemRow.position))
        async with self._database.read() as session:
            row = await session.get(BusinessRow, business_id)
            items = (await session.execute(menu)).scalars().all()
        if row is None:
            raise NotFound("there is no such business")
        return Business.model_validate({**row.profile, "menu": _menu(items)})

    async def by_number(self, number: PhoneNumber) -> Business | None:
        """The business that is reached under this number, if any."""
        async with self._database.read() as session:
            row = await session.get(BusinessNumberRow, number.e164)
        return await self.get(row.business_id) if row else None


def _numbers(business: Business) -> Iterable[PhoneNumber]:
    for text in business.phone_numbers:
        number = PhoneNumber.parse(text)
        if number is None:
            raise ConfigurationError(f"{business.id}: phone_numbers holds something that is no telephone number")
        yield number


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


def _menu(rows: Iterable[MenuItemRow]) -> Menu:
    categories: dict[str, list[MenuItem]] = {}
    for row in rows:
        item = MenuItem(name=row.name, price=row.price, tags=tuple(row.tags), aliases=tuple(row.aliases))
        categories.setdefault(row.category, []).append(item)
    return Menu(categories=tuple(MenuCategory(name=name, items=tuple(items)) for name, items in categories.items()))
