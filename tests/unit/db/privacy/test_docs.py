"""The threat model names tests that exist, and the data map every table."""

from __future__ import annotations

import re
from pathlib import Path

from sqlmodel import SQLModel

from vartalaap.db import models  # noqa: F401 - registers the tables

ROOT = Path(__file__).parents[4]
OF_NOBODY = {"admin_sessions", "business_numbers", "businesses", "faqs", "menu_items", "seat_holds"}
"""Tables in which nothing of a caller stands."""


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:unit|integration|torture)/[\w/.]*)`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).exists()] == []


def test_every_table_with_something_of_a_caller_is_in_the_data_map() -> None:
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert [table for table in SQLModel.metadata.tables if table not in OF_NOBODY and table not in text] == []
