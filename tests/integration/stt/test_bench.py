"""The benchmark of our clients runs and gives a figure for each request; how good, only a quiet machine tells."""

from __future__ import annotations

import pytest
from bench import providers


@pytest.mark.parametrize("name", providers.ROWS)
async def test_each_row_measures_what_is_added(name: str) -> None:
    added = await providers.ROWS[name](2)
    assert len(added) == 2
    assert all(-0.1 < seconds < 5 for seconds in added)  # what the emulator took is taken off
