"""A slice of the leak campaign: some callers, a locked database, misused requests, and then the search."""

from __future__ import annotations

import pytest

from tests.torture.leaks import leaks

pytestmark = [pytest.mark.slow, pytest.mark.realtime]


def test_nothing_of_a_caller_is_found_where_it_does_not_belong() -> None:
    found, figures = leaks(7, 16, spoken=False)
    assert not found, figures
