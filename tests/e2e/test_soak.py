"""A slice of the soak: one wave of callers, after which the process holds no more than before it; and the verdict."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.torture.soak import MOST_MORE, MOST_MORE_MB, SHORT, Row, problems, soak

REST = Row(0.0, 0, 240.0, tasks=8, sockets=6, files=20, threads=10, timers=4, recent=0)
FLAT = [
    replace(REST, minute=float(minute), rss_mb=240.0 + random.Random(minute).uniform(-3, 3)) for minute in range(60)
]


@pytest.mark.slow
@pytest.mark.realtime
def test_after_a_wave_of_callers_the_process_holds_what_it_held_before() -> None:
    *_, verdict = soak(7, 0.2, SHORT)
    assert verdict.startswith(f"flat: {len(SHORT)} calls")


def test_a_process_that_stays_as_it_was_has_no_problem() -> None:
    assert problems(FLAT) == []
    assert problems([REST, replace(REST, timers=REST.timers + 8, recent=8)]) == []


@pytest.mark.parametrize("name", [*MOST_MORE, "timers"])
def test_what_grows_with_the_calls_is_a_problem(name: str) -> None:
    rows = [replace(row, **{name: getattr(row, name) + row.minute / 2}) for row in FLAT]
    (problem,) = problems(rows)
    assert name in problem


def test_memory_that_grows_is_a_problem() -> None:
    (problem,) = problems([replace(row, rss_mb=row.rss_mb + row.minute * MOST_MORE_MB / 30) for row in FLAT])
    assert "memory" in problem
