"""Every column with personal data is known to what rotates, exports and erases it."""

from __future__ import annotations

from sqlmodel import SQLModel

from vartalaap.db import models  # noqa: F401 - registers the tables
from vartalaap.db.privacy.places import HASHED, SEALED


def _columns(ending: str) -> set[tuple[str, str]]:
    tables = SQLModel.metadata.tables.values()
    return {(table.name, column.name) for table in tables for column in table.columns if column.name.endswith(ending)}


def test_every_sealed_column_is_known() -> None:
    known = {(str(place.table.__tablename__), place.column) for place in SEALED}
    assert _columns("_sealed") <= known
    assert ("call_logs", "transcript") in known


def test_every_hash_of_a_number_is_known() -> None:
    assert _columns("_hash") == {(str(place.table.__tablename__), place.column) for place in HASHED}
