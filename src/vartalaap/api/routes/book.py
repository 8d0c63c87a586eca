"""The owner's hand in the book: who walks in, the last change taken back, what a changed business no longer holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic.json_schema import SkipJsonSchema

from ...bootstrap import Running
from ...schemas.resources import BusinessId, Misfits, ReservationRead, WalkIn
from ..deps import LoggedIn
from ..stores.reservations import ReservationResource
from .crud import COMMON_ANSWERS, CONFLICT, NOT_FOUND, IfMatch, version_in

router = APIRouter(prefix="/reservations", tags=["reservations"], responses={**COMMON_ANSWERS, **NOT_FOUND})

OfBusiness = Annotated[BusinessId | SkipJsonSchema[None], Query()]
Key = Annotated[str, Path(alias="id", pattern=r"^[A-Za-z0-9_.:@-]{1,128}$")]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


@router.post("/walk-ins", status_code=201, summary="Guests are here", operation_id="seat_walk_in", responses=CONFLICT)
async def walk_in(
    parts: Running, actor: LoggedIn, given: WalkIn, response: Response, key: IdempotencyKey = ""
) -> ReservationRead:
    """They sit from now on, without name or number, at what is held for walk-ins too; 409 if no table is free."""
    made = await ReservationResource(parts).walk_in(given, actor, key or None)
    response.headers["Location"] = f"/reservations/{made.id}"
    return made


@router.get("/misfits", summary="Bookings that do not fit any more", operation_id="list_misfits")
async def misfits(parts: Running, actor: LoggedIn, business_id: OfBusiness = None) -> Misfits:
    """Bookings to come for which the house is now closed, or has no table: to be asked for after a change of hours,
    closures or tables. Nothing is cancelled by itself."""
    return await ReservationResource(parts).misfits(business_id, actor)


@router.post("/{id}/undo", summary="Take back the last change", operation_id="undo_reservation", responses=CONFLICT)
async def undo(parts: Running, actor: LoggedIn, key: Key, if_match: IfMatch = "") -> ReservationRead:
    """Of date, time, party, area or status; what was just made is cancelled. Undoing that does it again."""
    return await ReservationResource(parts).undo(key, version_in(if_match), actor)
