"""The opening hours of a week, grouped the way people say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from ...core.business import WEEKDAYS, Business, OpenSpan
from ...core.floor import Said

Hours = tuple[tuple[time, time], ...]
_DAY = 24 * 60


def spoken_spans(spans: Sequence[OpenSpan]) -> Hours:
    """Spans as clock times; an end past midnight becomes the time of the next morning."""
    return tuple((_time(span.start), _time(span.end)) for span in spans)


def _time(minute: int) -> time:
    return time(minute % _DAY // 60, minute % 60)


def week(business: Business) -> tuple[tuple[tuple[int, ...], Hours], ...]:
    """Open weekdays (Monday is 0) with the same hours together, in the order of their first day."""
    groups: dict[Hours, list[int]] = {}
    for index in open_days(business):
        spans = getattr(business.operating_hours, WEEKDAYS[index])
        groups.setdefault(spoken_spans(spans), []).append(index)
    return tuple((tuple(days), hours) for hours, days in groups.items())


def open_days(business: Business) -> tuple[int, ...]:
    """Weekdays with opening hours, Monday is 0."""
    closed = business.reservation_rules.closed_days
    return tuple(
        index for index, name in enumerate(WEEKDAYS) if name not in closed and getattr(business.operating_hours, name)
    )


def closed_days(business: Business) -> tuple[int, ...]:
    """The other weekdays."""
    return tuple(sorted(set(range(7)) - set(open_days(business))))


def closes_at(business: Business, now: datetime) -> time | None:
    """When the shift that is running at `now` (aware) ends; None if there is none."""
    days = (now.date(), now.date() - timedelta(days=1))
    shifts = (span.on(day, business.tz) for day in days for span in business.open_spans(day))
    return next((closes.time() for opens, closes in shifts if opens <= now < closes), None)


def hours_on(business: Business, day: date) -> Hours:
    """That day's hours, closures taken into account."""
    return spoken_spans(business.open_spans(day))


def note_on(business: Business, day: date) -> Said | None:
    """Why that date is unlike others, if the owner says it."""
    special = business.special_day(day)
    return special.note if special and special.note and special.note.in_("hi") else None
