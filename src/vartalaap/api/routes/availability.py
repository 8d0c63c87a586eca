"""Is there a table, and when? The same rules as in a call, asked without booking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.json_schema import SkipJsonSchema

from ...bootstrap import Running
from ...core.booking.owner_desk import OwnerDesk, refusal_details, sentence
from ...core.booking.rules import Refusal, TableRequest
from ...core.business import IsoDate
from ...schemas.common import TimeOfDay
from ...schemas.resources import Availability, BusinessId, DaySlots, Slot
from ..deps import LoggedIn
from .crud import COMMON_ANSWERS, NOT_FOUND

router = APIRouter(prefix="/reservations", tags=["reservations"], responses={**COMMON_ANSWERS, **NOT_FOUND})

Day = Annotated[IsoDate, Query(alias="date", description="local to the business")]
Time = Annotated[TimeOfDay, Query(alias="time", description="local, `19:30`")]
Guests = Annotated[int, Query(ge=1, le=100_000)]
OfBusiness = Annotated[BusinessId | SkipJsonSchema[None], Query()]


@router.get("/availability", summary="Is there a table?", operation_id="check_availability")
async def availability(
    parts: Running, actor: LoggedIn, day: Day, start: Time, party_size: Guests,
    business_id: OfBusiness = None,
) -> Availability:  # fmt: skip
    """Yes, or the rule that refuses and what would be possible instead."""
    desk = OwnerDesk(await parts.business_for(business_id), parts.clock, parts.office.reservations, actor)
    verdict = await desk.check(TableRequest(day, start, party_size))
    if isinstance(verdict, Refusal):
        return Availability(available=False, message=sentence(verdict), **refusal_details(verdict))
    return Availability(available=True)


@router.get("/slots", summary="The free times of a day", operation_id="list_slots")
async def slots(
    parts: Running, actor: LoggedIn, day: Day, party_size: Guests, business_id: OfBusiness = None
) -> DaySlots:
    """Each quarter of an hour of the day's shifts, free or with the rule that refuses it."""
    desk = OwnerDesk(await parts.business_for(business_id), parts.clock, parts.office.reservations, actor)
    found = await desk.slots(day, party_size)
    listed = [
        Slot(date=start.date(), time=start.time(), available=rule is None, rule=rule.value if rule else None)
        for start, rule in found
    ]
    return DaySlots(date=day, party_size=party_size, slots=listed)
