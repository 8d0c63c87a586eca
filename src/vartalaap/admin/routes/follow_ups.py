"""What people owe callers: the open ones first, messages that could not be sent, and which have been done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from pydantic import BaseModel, Field

from ...bootstrap import Parts, Running
from ...db.models import FollowUpRow, OutboxRow
from ...db.repositories.announcements import to_binding
from ...db.repositories.follow_ups import CONFIRMATION, phone_binding
from ...db.repositories.tables import Table
from ...errors import Conflict
from ..pages import go, page
from ..paging import SIZE
from ..visitor import LoggedIn

PATH = "/admin/follow-ups"
MOST_OPEN = 200
MOST_DEAD = 50
_PRIVATE = ("phone_hash", "phone_sealed", "summary")
"""Columns that the audit log does not see."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShownFollowUp:
    row: FollowUpRow
    at: datetime
    """Local."""
    phone: str
    """Masked; empty if the caller gave none or it was erased."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up."""

    row: OutboxRow
    at: datetime
    """When it was written, local."""
    phone: str
    """Masked; empty once it was erased."""


def _table(parts: Parts) -> Table[FollowUpRow]:
    return Table(parts.office.database, parts.clock, FollowUpRow, private=_PRIVATE)


@router.get("/follow-ups")
async def listed(request: Request, visitor: LoggedIn, parts: Running) -> Response:
    """Who has waited longest comes first; below, what was done last."""
    table = _table(parts)
    waiting, total = await table.page({"status": "pending", "reason_not": CONFIRMATION}, "created_at", MOST_OPEN, 0)
    newest, _ = await table.page({}, "-created_at", 2 * SIZE, 0)
    values = {
        "business": parts.business,
        "waiting": [_shown(parts, row) for row in waiting],
        "total": total,
        "dead": await _dead_letters(parts),
        "done": [_shown(parts, row) for row in newest if row.status != "pending"][:SIZE],
    }
    return page(request, "follow_ups.html", values, visitor)


class Done(BaseModel):
    version: int = Field(ge=1)


@router.post("/follow-ups/{id}")
async def done(
    visitor: LoggedIn, parts: Running, key: Annotated[str, Path(alias="id")], given: Annotated[Done, Form()]
) -> Response:
    """The caller was answered."""
    try:
        await _table(parts).patch(key, {"status": "responded"}, given.version, visitor.actor)
    except Conflict:
        return go(PATH, notice="changed_meanwhile")
    return go(PATH, notice="follow_up_done")


@router.post("/messages/{id}")
async def send_again(visitor: LoggedIn, parts: Running, key: Annotated[str, Path(alias="id")]) -> Response:
    """Let a message that was given up be tried again; the worker sends it."""
    outbox = parts.office.outbox
    again = outbox is not None and await outbox.retry(key, visitor.actor)
    return go(PATH, notice="message_again" if again else "changed_meanwhile")


async def _dead_letters(parts: Parts) -> list[DeadLetter]:
    if (outbox := parts.office.outbox) is None:
        return []
    tz = parts.business.tz
    found = []
    for row in await outbox.listed("dead", MOST_DEAD):
        to = parts.office.vault.masked(row.to_sealed, to_binding(row.id))
        found.append(DeadLetter(row, row.created_at.astimezone(tz), to))
    return found


def _shown(parts: Parts, row: FollowUpRow) -> ShownFollowUp:
    phone = parts.office.vault.masked(row.phone_sealed, phone_binding(row.id))
    return ShownFollowUp(row, row.created_at.astimezone(parts.business.tz), phone)
