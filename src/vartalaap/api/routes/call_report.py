"""What came of a call, for `vartalaap call`. Served in development only: it shows numbers and spoken text."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from ...bootstrap import Running, booking_as_json
from ...errors import NotFound

router = APIRouter(tags=["development"])


class ReportedTurn(BaseModel):
    speaker: str
    text: str
    at_ms: float
    """Milliseconds since the call began."""


class CallReport(BaseModel):
    outcome: str
    bookings: list[dict[str, object]]
    turns: list[ReportedTurn]


@router.get("/calls/{call_id}/report", responses={404: {"description": "The call is unknown or not over yet"}})
async def report(call_id: str, parts: Running) -> CallReport:
    """The result, the bookings and the transcript of a finished call."""
    row = await parts.office.call_log.get(call_id)
    if row is None:
        raise NotFound("no such call is stored")
    bookings = await parts.office.reservations.of_call(call_id)
    turns = [
        ReportedTurn(
            speaker=turn["speaker"],
            text=turn["text"],
            at_ms=(datetime.fromisoformat(turn["at"]) - row.started_at).total_seconds() * 1000,
        )
        for turn in row.transcript or []
    ]
    return CallReport(
        outcome=row.result or row.outcome, bookings=[booking_as_json(booking) for booking in bookings], turns=turns
    )
