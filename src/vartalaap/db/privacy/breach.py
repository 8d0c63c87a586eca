"""Who is affected, if strangers saw what was written between two times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from ...core.booking.book import Actor
from ...core.clock import Clock
from ...core.phone import PhoneNumber
from ...errors import VartalaapError
from ...security.crypto import PhoneVault
from ..models import CallLogRow, FollowUpRow, ReservationRow
from ..repositories.audit import record_change
from ..session import Database
from .places import SEALED


@dataclass(frozen=True, slots=True)
class Affected:
    """One caller or guest; `phone` is None where no number is stored any more, or it cannot be opened."""

    phone: PhoneNumber | None
    names: tuple[str, ...]
    counts: dict[str, int]
    """Rows by table."""


async def affected(
    database: Database,
    vault: PhoneVault,
    clock: Clock,
    between: tuple[datetime, datetime],
    actor: Actor,
    *,
    reveal: bool,
) -> list[Affected]:
    """Everybody of whom a row was written or changed between the times; `reveal` says that numbers are to be shown.

    Rows without a hash, of callers who withheld their number or objected, belong to nobody who could be told.
    """
    touched = {
        CallLogRow: or_(col(CallLogRow.started_at).between(*between), col(CallLogRow.ended_at).between(*between)),
        ReservationRow: or_(
            col(ReservationRow.created_at).between(*between), col(ReservationRow.updated_at).between(*between)
        ),
        FollowUpRow: col(FollowUpRow.created_at).between(*between),
    }
    async with database.write() as session:
        rows: list[Any] = []
        for table, condition in touched.items():
            rows += (await session.scalars(select(table).where(condition))).all()
        hashes = {row.caller_id_hash for row in rows if isinstance(row, CallLogRow)} - {None}
        others: list[Any] = []
        for table in (ReservationRow, FollowUpRow):
            others += (await session.scalars(select(table).where(col(table.phone_hash).in_(hashes)))).all()
        people = _people(rows, others, vault)
        after = {"from": between[0].isoformat(), "to": between[1].isoformat(), "people": len(people)}
        record_change(session, clock, actor, "breach_list", ("person", "revealed" if reveal else "masked"), None, after)
    return people


def _people(rows: Sequence[Any], others: Sequence[Any], vault: PhoneVault) -> list[Affected]:
    """`others` were not touched, but know the numbers of callers."""
    counts: dict[str, Counter[str]] = {}
    names: dict[str, set[str]] = {}
    known = (*rows, *others)
    phones = {row.phone_hash: phone for row in known if (phone := _phone(row, vault))}
    for row in rows:
        hashed = row.caller_id_hash if isinstance(row, CallLogRow) else row.phone_hash
        if not hashed:
            continue
        counts.setdefault(hashed, Counter())[row.__tablename__] += 1
        if isinstance(row, ReservationRow) and row.customer_name:
            names.setdefault(hashed, set()).add(row.customer_name)
    return [
        Affected(phones.get(hashed), tuple(sorted(names.get(hashed, ()))), dict(numbers))
        for hashed, numbers in counts.items()
    ]


def _phone(row: Any, vault: PhoneVault) -> PhoneNumber | None:
    place = next(place for place in SEALED if isinstance(row, place.table))
    if not place.hashed or not getattr(row, place.column):
        return None
    try:
        return vault.open(getattr(row, place.column), place.binding(row.id))
    except VartalaapError:
        return None
