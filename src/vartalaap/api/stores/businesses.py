"""Businesses: the whole configuration, as in the YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ...bootstrap import Parts
from ...core.booking.book import Actor
from ...core.business import Business
from ...schemas.resources import BusinessRead


class BusinessResource:
    """`routes.crud.Store` on the businesses' repository."""

    def __init__(self, parts: Parts) -> None:
        self._businesses = parts.office.businesses

    async def page(self, filters: Mapping[str, Any], sort: str, limit: int, offset: int) -> tuple[list[BaseModel], int]:
        found, total = await self._businesses.page(limit, offset, downwards=sort.startswith("-"))
        return [_show(business, version) for business, version in found], total

    async def get(self, key: str) -> BaseModel:
        return _show(*await self._businesses.with_version(key))

    async def add(self, given: Business, actor: Actor, idempotency_key: str | None) -> BaseModel:
        await self._businesses.add(given, actor)
        return await self.get(given.id)

    async def patch(self, key: str, given: BaseModel, version: int | None, actor: Actor) -> BaseModel:
        await self._businesses.patch(key, given.model_dump(mode="json", exclude_unset=True), version, actor)
        return await self.get(key)

    async def remove(self, key: str, version: int | None, actor: Actor) -> None:
        await self._businesses.remove(key, version, actor)


def _show(business: Business, version: int) -> BusinessRead:
    return BusinessRead.model_construct(**dict(business), version=version)
