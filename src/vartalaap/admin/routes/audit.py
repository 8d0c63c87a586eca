"""Who changed what, and when: the audit log (R84)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from ...bootstrap import Running
from ...core.business import IsoDate
from ...db.models import AuditRow
from ...db.repositories.tables import Table
from ..pages import page
from ..paging import SIZE, Paging, day_window
from ..visitor import LoggedIn
from .calls import OrNothing

ENTITIES = (
    "reservations",
    "admin_sessions",
    "businesses",
    "menu_items",
    "faqs",
    "whatsapp_followups",
    "caller_preferences",
    "outbox_messages",
    "person",
    "retention",
    "keys",
    "sealed_copies",
    "database",
)

router = APIRouter()


class AuditFilters(BaseModel):
    entity: Annotated[str | None, Field(max_length=40), OrNothing] = None
    actor: Annotated[str | None, Field(max_length=200), OrNothing] = None
    first: Annotated[IsoDate | None, OrNothing] = None
    last: Annotated[IsoDate | None, OrNothing] = None
    page: int = Field(1, ge=1, le=100_000)


@router.get("/audit")
async def listed(
    request: Request, visitor: LoggedIn, parts: Running, query: Annotated[AuditFilters, Query()]
) -> Response:
    """The newest first; of each change only what it changed."""
    tz = parts.business.tz
    begin, end = day_window(query.first, query.last, tz)
    filters = {"entity": query.entity, "actor": query.actor, "at_from": begin, "at_to": end}
    table = Table(parts.office.database, parts.clock, AuditRow)
    rows, total = await table.page(filters, "-id", SIZE, (query.page - 1) * SIZE)
    values = {
        "business": parts.business,
        "changes": [(row, row.at.astimezone(tz), differences(row.before, row.after)) for row in rows],
        "given": query,
        "entities": ENTITIES,
        "actors": sorted({row.actor for row in rows if not row.actor.startswith("call:")}),
        "filtered": any(query.model_dump(exclude={"page"}).values()),
        "paging": Paging(query.page, total, query.model_dump(exclude={"page"})),
    }
    return page(request, "audit.html", values, visitor)


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """Each field that differs, as it was and as it is; of a new or a deleted row, all that are not empty."""
    before, after = before or {}, after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [(name, _text(before.get(name)), _text(after.get(name))) for name in names if name != "version"]


def _text(value: object) -> str:
    """A value in short; of a list or a mapping only that there is one."""
    if isinstance(value, list | dict):
        return "…"
    return "" if value is None else str(value)
