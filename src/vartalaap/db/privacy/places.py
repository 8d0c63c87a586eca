"""Where personal data stands: every sealed column and every column of hashes. A test compares this with the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlmodel import SQLModel

from ..models import CallerPreferenceRow, CallLogRow, FollowUpRow, OutboxRow, ReservationRow, SealedCopyRow


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column whose values are sealed with the binding `TABLE.WHAT:ROW`."""

    table: type[SQLModel]
    column: str
    what: str
    hashed: str | None = None
    """The column of the same row that holds the hash, where what is sealed is a number."""

    @property
    def values(self) -> Column[Any]:
        return columns(self.table)[self.column]

    @property
    def keys(self) -> Column[str]:
        return columns(self.table)["id"]

    def binding(self, row_id: str) -> str:
        return f"{self.table.__tablename__}.{self.what}:{row_id}"


@dataclass(frozen=True, slots=True)
class Hashed:
    """A column of hashes of numbers."""

    table: type[SQLModel]
    column: str
    written: str = "created_at"
    """The column that says when the row was written."""

    @property
    def values(self) -> Column[Any]:
        return columns(self.table)[self.column]


def columns(table: type[SQLModel]) -> Mapping[str, Column[Any]]:
    """The columns of a table by name."""
    found: Mapping[str, Column[Any]] = table.__table__.columns  # type: ignore[attr-defined]  # each table has one
    return found


SEALED = (
    Sealed(ReservationRow, "phone_sealed", "phone", "phone_hash"),
    Sealed(FollowUpRow, "phone_sealed", "phone", "phone_hash"),
    Sealed(CallLogRow, "transcript", "transcript"),
    Sealed(CallLogRow, "entities", "entities"),
    Sealed(OutboxRow, "to_sealed", "to", "to_hash"),
    Sealed(OutboxRow, "content_sealed", "content"),
    Sealed(SealedCopyRow, "data_sealed", "data"),
)
HASHED = (
    Hashed(ReservationRow, "phone_hash"),
    Hashed(FollowUpRow, "phone_hash"),
    Hashed(OutboxRow, "to_hash"),
    Hashed(CallLogRow, "caller_id_hash", "started_at"),
    Hashed(CallerPreferenceRow, "caller_id_hash", "updated_at"),
)
