"""A slice of the fault matrix: a provider that fails in the middle of a call, in a process of its own."""

from __future__ import annotations

import os

import pytest

from tests.emulators.faulty import Fault
from tests.support.postgres import find_programs
from tests.torture.faults import matrix

pytestmark = [pytest.mark.slow, pytest.mark.realtime]
CELLS: tuple[tuple[str, Fault], ...] = (
    ("STT", "drop"),
    ("LLM", "silence"),
    ("database", "refused"),
    ("Redis", "silence"),
)


async def test_a_call_survives_a_provider_that_fails_in_the_middle_of_it() -> None:
    if find_programs() is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed: calls through faults are NOT TESTED")
    told: list[str] = []
    seen = await matrix(CELLS, len(CELLS), told.append)
    assert {cell: one.problems(cell[0]) for cell, one in seen.items()} == {cell: [] for cell in CELLS}, told
