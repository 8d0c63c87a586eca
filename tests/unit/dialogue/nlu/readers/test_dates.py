"""Days: an ordinal that counts something else is none."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from vartalaap.dialogue.nlu import read_when
from vartalaap.dialogue.nlu.jsonl import HOURS

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))


def day(text: str) -> date | None:
    when = read_when(text, NOW, HOURS)
    return when.date if when else None


@pytest.mark.parametrize(
    "text",
    [
        "for the third time now, a table for four at 8 pm please",
        "we will sit on the first floor, a table for two",
        "is anything free on the second floor for four at 8 pm",
        "this is the second call that dropped, four people at 8",
        "I will take the second one",
        "doosri manzil pe chaar logon ki table",
    ],
)
def test_the_third_time_and_the_second_floor_are_no_dates(text: str) -> None:
    assert day(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("that was the second time you hung up on me. tomorrow 8 pm table for four", date(2026, 11, 26)),
        ("the first table near the window tomorrow at 8", date(2026, 11, 26)),
        ("it is the third time, so on saturday please", date(2026, 11, 28)),
        ("on the 28th at eight", date(2026, 11, 28)),
        ("a table on the third", date(2026, 12, 3)),
        ("the second of december", date(2026, 12, 2)),
    ],
)
def test_an_ordinal_beside_a_day_that_is_named_counts_something_else(text: str, expected: date) -> None:
    assert day(text) == expected
