"""The benchmark of our clients runs, and adds no more than a request can take."""

from __future__ import annotations

import pytest
from bench import providers


@pytest.mark.parametrize("name", providers.ROWS)
async def test_each_row_measures_what_is_added(name: str) -> None:
    added = await providers.ROWS[name](2)
    assert len(added) == 2
    assert all(0 < seconds < 0.5 for seconds in added)
