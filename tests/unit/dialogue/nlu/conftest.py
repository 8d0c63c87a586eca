"""The moment and the place in which the tests speak: a Wednesday afternoon, the demonstration restaurant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from vartalaap.core.business import Business

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
DEMO = Business(**yaml.safe_load((HERE.parents[3] / "config" / "himalayan_kitchen.yaml").read_text("utf-8")))


def cases(name: str) -> list[tuple[str, ...]]:
    """The rows of a data file: fields parted by `|`; in a file with sections, the section comes first."""
    return list(_rows(name))


def _rows(name: str) -> Iterator[tuple[str, ...]]:
    section = ""
    for line in (HERE / "data" / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            fields = tuple(field.strip() for field in line.split("|"))
            yield (section, *fields) if section else fields


@pytest.fixture
def demo() -> Business:
    return DEMO
