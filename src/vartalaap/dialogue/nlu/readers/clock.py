"""A time of day as it was said, before opening hours and dates are considered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as said. `hour` is 0-23 when `fixed`, else 1-12 and the half of the day is open."""

    hour: int
    minute: int = 0
    fixed: bool = False
    part: str | None = None
    """The part of the day said with it."""
    after: timedelta | None = None
    """For "in two hours": the wait from the moment of speaking; hour and minute mean nothing then."""
    later: bool = False
    """For "an hour later", which may count from a time that was told."""
    before: timedelta | None = None
    """For "an hour before nine": how long before the hour and minute."""
    same: bool = False
    """For "at the same time": the time that was told before; hour and minute mean nothing then."""
