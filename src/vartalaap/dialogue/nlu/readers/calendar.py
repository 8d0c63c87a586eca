"""Days of the calendar as they are named: by month and number, from today on."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..text.corrections import Span
from ..understanding import NoSuchDay

DayKind = Literal["relative", "weekday", "dated"]


@dataclass(frozen=True, slots=True)
class Day:
    """A date as said and how it was said."""

    date: date
    kind: DayKind
    weekday: int | None = None
    """The weekday that was said with it, which may disagree with the date."""
    ambiguous: bool = False
    rough: bool = False
    """Counted in weeks or months: a weekday said with it is the first one from there on."""
    lone_ordinal: bool = False
    """Told by an ordinal alone ("the second"), which may as well count something else."""
    impossible: NoSuchDay | None = None
    """What was said, where there is no such day; the date is then the last one of its month."""


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last one if that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_of_month(start: int, end: int, day: int, today: date, month_shift: int | None) -> Span[Day] | None:
    """The next such day from today on, or the one of the month that many months away."""
    first = months_later(today.replace(day=1), month_shift or 0)
    if month_shift is not None:
        return _in_month(start, end, day, first)
    for _ in range(12):
        if day <= calendar.monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return Span(start, end, Day(first.replace(day=day), "dated"))
        first = months_later(first, 1)
    return None


def dated(start: int, end: int, day: int, month: int, year: int, today: date) -> Span[Day] | None:
    """That day of that year (0: the next one that there is)."""
    if not 1 <= month <= 12 or day < 1 or not (year == 0 or 1900 <= year <= 2200):
        return None
    if not year:
        year = today.year + ((month, day) < (today.month, today.day))
    return _in_month(start, end, day, date(year, month, 1))


def _in_month(start: int, end: int, day: int, first: date) -> Span[Day]:
    last = calendar.monthrange(first.year, first.month)[1]
    missing = NoSuchDay(day, first.month, first.year) if day > last else None
    return Span(start, end, Day(first.replace(day=min(day, last)), "dated", impossible=missing))
