"""Calls: what came of each, how quickly it was answered, and what was said where the caller agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, Field

from ...bootstrap import Running
from ...core.business import IsoDate
from ...db.models import CONSENTS, OUTCOMES, CallLogFields, CallLogRow, ReservationRow
from ...db.repositories.known_numbers import known_numbers
from ...db.repositories.tables import Table
from ...errors import NotFound
from ..pages import page
from ..paging import SIZE, Paging, day_window
from ..visitor import LoggedIn

LANGUAGES = ("hi", "en", "hinglish")

router = APIRouter()

OrNothing = BeforeValidator(lambda value: value or None)
"""A form without JavaScript sends its empty fields too."""


class CallFilters(BaseModel):
    outcome: Annotated[str | None, Field(max_length=40), OrNothing] = None
    consent: Annotated[str | None, Field(max_length=40), OrNothing] = None
    language: Annotated[str | None, Field(max_length=40), OrNothing] = None
    first: Annotated[IsoDate | None, OrNothing] = None
    last: Annotated[IsoDate | None, OrNothing] = None
    page: int = Field(1, ge=1, le=100_000)


@dataclass(frozen=True, slots=True)
class Listed:
    row: CallLogFields
    at: datetime
    """Local."""
    phone: str
    """Masked; empty if no number is kept."""


@router.get("/calls")
async def listed(
    request: Request, visitor: LoggedIn, parts: Running, query: Annotated[CallFilters, Query()]
) -> Response:
    """The newest first."""
    tz = parts.business.tz
    begin, end = day_window(query.first, query.last, tz)
    filters = {
        "outcome": query.outcome,
        "consent_type": query.consent,
        "language": query.language,
        "started_at_from": begin,
        "started_at_to": end,
    }
    table = Table(parts.office.database, parts.clock, CallLogRow)
    rows, total = await table.page(filters, "-started_at", SIZE, (query.page - 1) * SIZE)
    hashes = {row.caller_id_hash for row in rows if row.caller_id_hash}
    async with parts.office.database.read() as session:
        known = await known_numbers(session, parts.office.vault, hashes)
    calls = [
        Listed(row, row.started_at.astimezone(tz), known[row.caller_id_hash].masked)
        if row.caller_id_hash in known
        else Listed(row, row.started_at.astimezone(tz), "")
        for row in rows
    ]
    values = {
        "business": parts.business,
        "calls": calls,
        "given": query,
        "filtered": any(query.model_dump(exclude={"page"}).values()),
        "paging": Paging(query.page, total, query.model_dump(exclude={"page"})),
        "outcomes": OUTCOMES,
        "consents": CONSENTS,
        "languages": LANGUAGES,
    }
    return page(request, "calls.html", values, visitor)


@router.get("/calls/{id}")
async def one(
    request: Request, visitor: LoggedIn, parts: Running, key: Annotated[str, Path(alias="id", max_length=128)]
) -> Response:
    """One call, turn by turn."""
    row = await parts.office.call_log.get(key)
    if row is None:
        raise NotFound("there is no such call")
    house = await parts.business_for(row.business_id)
    hashed = row.caller_id_hash
    async with parts.office.database.read() as session:
        known = await known_numbers(session, parts.office.vault, [hashed] if hashed else [])
    bookings, _ = await Table(parts.office.database, parts.clock, ReservationRow).page(
        {"call_id": key}, "starts_at", 20, 0
    )
    turns = [{**turn, "at": datetime.fromisoformat(turn["at"]).astimezone(house.tz)} for turn in row.transcript or []]
    steps = (row.consent_receipt or {}).get("steps", [])
    answered = [turn["response_latency_ms"] for turn in turns if turn.get("response_latency_ms") is not None]
    values = {
        "business": house,
        "call": Listed(row, row.started_at.astimezone(house.tz), known[hashed].masked if hashed in known else ""),
        "turns": turns,
        "median_ms": sorted(answered)[len(answered) // 2] if answered else None,
        "slowest_ms": max(answered, default=None),
        "steps": [(step, datetime.fromisoformat(step["at"]).astimezone(house.tz)) for step in steps],
        "bookings": [(booking, booking.starts_at.astimezone(house.tz)) for booking in bookings],
    }
    return page(request, "call.html", values, visitor)
