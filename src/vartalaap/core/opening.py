"""Which hour is meant, and when there is somebody: bare hours against the opening hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from .business import WEEKDAYS, Business, OpenSpan, OperatingHours


def likely_hour(hour: int, minute: int, day: date | None, now: datetime, hours: Business | OperatingHours) -> int:
    """Of both readings of a bare hour, the one when the place is open; nearest to opening if neither is."""
    spans = list(open_on(hours, day or now.date()) or _ever_open(hours))
    readings = (hour % 12 + 12, hour % 12)
    if not spans:
        return readings[0]
    distances = {h: min(_distance(h * 60 + minute, span) for span in spans) for h in readings}
    best = min(distances.values())
    fitting = [h for h in readings if distances[h] == best]
    if day == now.date():
        ahead = [h for h in fitting if time(h, minute) > now.time()]
        fitting = ahead[:1] if len(ahead) == 1 else fitting
    return fitting[0]


def _distance(minute: int, span: OpenSpan) -> int:
    """Minutes from a time of day to a span, 0 inside; spans may pass midnight."""
    return min(max(span.start - m, m - span.end, 0) for m in (minute, minute + 24 * 60))


def open_on(hours: Business | OperatingHours, day: date) -> tuple[OpenSpan, ...]:
    """The shifts of that day."""
    return hours.open_spans(day) if isinstance(hours, Business) else hours.on(day)


def _ever_open(hours: Business | OperatingHours) -> Iterable[OpenSpan]:
    table = hours.operating_hours if isinstance(hours, Business) else hours
    for weekday in WEEKDAYS:
        yield from getattr(table, weekday)
