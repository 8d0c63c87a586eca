"""The row of a business, as those need it who write to what belongs to it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from ...core.business import Business
from ...core.clock import Clock
from ...errors import NotFound
from ..models import BusinessRow


class BusinessRows:
    """In the transaction of a session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, business_id: str) -> BusinessRow:
        """Raises `NotFound`."""
        row = await self._session.get(BusinessRow, business_id)
        if row is None:
            raise NotFound("there is no such business")
        return row

    async def profile(self, business_id: str) -> Business:
        """The business without its dishes and FAQs. Raises `NotFound`."""
        row = await self.get(business_id)
        return Business.model_validate({name: value for name, value in row.profile.items() if name != "menu"})

    async def touch(self, business_id: str, clock: Clock) -> None:
        """Count a change of one of its dishes or FAQs. Raises `NotFound`."""
        changed = update(BusinessRow).where(col(BusinessRow.id) == business_id)
        values = {"version": BusinessRow.version + 1, "updated_at": clock.now()}
        if (await self._session.execute(changed.values(values))).rowcount == 0:  # type: ignore[attr-defined]
            raise NotFound("there is no such business")
