"""What the rules must know of a business's book: who sits when, and at which tables; and noting where they do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, false, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from ...core.booking.book import Window
from ...core.booking.rules import LIVE, REQUEST
from ...core.booking.seating import Names
from ...core.booking.terms import Occupancy
from ..models import ReservationRow, SeatHoldRow

_HOLD = "hold:"


async def note_seats(session: AsyncSession, seats: Mapping[str, Names]) -> list[str] | None:
    """Note where everybody is thought to sit now; gives the tables of the request itself."""
    for key, names in seats.items():
        if key.startswith(_HOLD):
            held = col(SeatHoldRow.call_id) == key.removeprefix(_HOLD)
            await session.execute(update(SeatHoldRow).where(held).values(tables=list(names)))
        elif key != REQUEST:
            await session.execute(
                update(ReservationRow).where(col(ReservationRow.id) == key).values(tables=list(names))
            )
    return as_list(seats.get(REQUEST))


def as_list(names: Names | None) -> list[str] | None:
    return None if names is None else list(names)


def as_tuple(names: list[str] | None) -> Names | None:
    return None if names is None else tuple(names)


def is_live() -> ColumnElement[bool]:
    return col(ReservationRow.status).in_(sorted(LIVE))


def _taken(
    table: type[ReservationRow] | type[SeatHoldRow],
    key: ColumnElement[str] | Mapped[str],
    house: ColumnElement[bool],
    seated: ColumnElement[bool],
    *live: ColumnElement[bool],
) -> Select[datetime, int, str, str | None, bool, list[str] | None, bool]:
    """What lies in a window, as the rules see it."""
    return select(
        col(table.starts_at), col(table.party_size), key, col(table.area), house, col(table.tables), seated
    ).where(
        col(table.business_id) == bindparam("business"),
        col(table.starts_at) >= bindparam("begin"),
        col(table.starts_at) < bindparam("end"),
        *live,
    )


_OCCUPIED = union_all(
    _taken(
        ReservationRow,
        col(ReservationRow.id),
        col(ReservationRow.origin) != "guest",
        col(ReservationRow.status) == "seated",
        is_live(),
        col(ReservationRow.id) != bindparam("but"),
    ),
    _taken(
        SeatHoldRow,
        literal(_HOLD) + col(SeatHoldRow.call_id),
        false(),
        false(),
        col(SeatHoldRow.expires_at) > bindparam("now"),
        col(SeatHoldRow.call_id) != bindparam("call"),
    ),
)
"""Built once: building it costs as much as running it."""


async def occupied(
    session: AsyncSession | AsyncConnection, business_id: str, between: Window, now: datetime, but: str, call_id: str
) -> list[Occupancy]:
    """Live bookings without `but`, and seats that other calls than `call_id` hold."""
    values = {
        "business": business_id,
        "begin": between[0],
        "end": between[1],
        "but": but,
        "now": now,
        "call": call_id,
    }
    rows = (await session.execute(_OCCUPIED, values)).all()
    return [
        Occupancy(start, size, key, area, house, as_tuple(tables), seated)
        for start, size, key, area, house, tables, seated in rows
    ]
