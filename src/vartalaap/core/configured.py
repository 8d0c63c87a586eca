"""What the owner's settings are made of: parts of a day, dates, numbers and words, each read strictly."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema


class Configured(BaseModel):
    """Base of the owner's models: unknown fields are refused, so that a typo is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def minute_of_day(text: str) -> int:
    """Of `19:00`; raises `ValueError`."""
    hour, sep, minute = text.strip().partition(":")
    if not (sep and hour.isdecimal() and minute.isdecimal()):
        raise ValueError(f"{text.strip()!r} is not a time like 19:00")
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > 24 * 60:
        raise ValueError(f"{text.strip()!r} is not a time of day")
    return value


class OpenSpan(Configured):
    """A part of a day, in minutes from its midnight; `end` may pass 1440 into the next day."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> OpenSpan:
        """Read `11:00-22:30`, or `18:00-02:00`, which passes midnight."""
        first, sep, last = text.partition("-")
        if not sep:
            raise ValueError(f"{text!r} is not a span like 11:00-22:30")
        start, end = minute_of_day(first), minute_of_day(last)
        if start in (end, 24 * 60):
            raise ValueError(f"{text!r} is an empty span")
        return cls(start=start, end=end if end > start else end + 24 * 60)

    def __str__(self) -> str:
        return f"{clock_text(self.start)}-{clock_text(self.end, of_end=True)}"

    def on(self, day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
        """The span's two instants on that day."""
        midnight = datetime.combine(day, time(), tz)
        return midnight + timedelta(minutes=self.start), midnight + timedelta(minutes=self.end)


def clock_text(minute: int, *, of_end: bool = False) -> str:
    """`19:00`; the midnight at which something ends is `24:00`."""
    return "24:00" if of_end and minute == 24 * 60 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _spans(value: object) -> object:
    """`closed`, `11:00-22:30`, `11:00-15:00, 18:00-23:00` or a list of spans."""
    if isinstance(value, str):
        value = [] if value.strip().lower() == "closed" else value.split(",")
    if isinstance(value, (list, tuple)):
        return tuple(OpenSpan.parse(part) if isinstance(part, str) else part for part in value)
    return value


_SPAN = r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
_SPANS = rf"^(closed|{_SPAN}(, {_SPAN})*)$"


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ValueError("is not a whole number")
    return int(value)


def _iso_date(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 10:
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("is not a date like 2026-11-27")


Text = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=2000)]
"""PostgreSQL keeps no NUL."""
Words = Annotated[str, Field(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=200)]
"""As `Text`, and not blank."""
WHOLE = BeforeValidator(_whole)
"""A number without a fraction: 6 or 6.0, not true and not "6"."""
People = Annotated[int, Field(ge=1, le=100_000), WHOLE]
Rupees = Annotated[int, Field(ge=0, le=1_000_000, description="rupees"), WHOLE]
Minutes = Annotated[int, Field(ge=0, le=24 * 60), WHOLE]
IsoDate = Annotated[date, BeforeValidator(_iso_date)]
"""`2026-11-27`, and nothing else that might be read as a date."""
Spans = Annotated[
    tuple[OpenSpan, ...],
    BeforeValidator(_spans),
    PlainSerializer(lambda spans: ", ".join(map(str, spans)) or "closed", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _SPANS, "examples": ["12:00-15:00, 19:00-01:00", "closed"]}),
]
"""Parts of a day, written `11:00-15:00, 18:00-23:00` or `closed`."""
