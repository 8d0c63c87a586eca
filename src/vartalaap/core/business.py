"""What an owner configures: hours, rules, menu, place. One validated model, the same in YAML, database and code."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from .language import Language
from .phone import PhoneNumber

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Configured(BaseModel):
    """Base of the owner's models: unknown fields are refused, so that a typo is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _minute_of_day(text: str) -> int:
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
        start, end = _minute_of_day(first), _minute_of_day(last)
        if start in (end, 24 * 60):
            raise ValueError(f"{text!r} is an empty span")
        return cls(start=start, end=end if end > start else end + 24 * 60)

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end) if self.end != 24 * 60 else '24:00'}"

    def on(self, day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
        """The span's two instants on that day."""
        midnight = datetime.combine(day, time(), tz)
        return midnight + timedelta(minutes=self.start), midnight + timedelta(minutes=self.end)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


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


_zones = cache(available_timezones)  # reading the folder takes ten milliseconds


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is not a time zone")
    return name


def _list_zones(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(_zones())


_DIALLED = {"type": "string", "pattern": r"^\+91[1-9][0-9]{9}$", "examples": ["+911140001234"]}


_DIALLED_OR_NONE = {"type": "string", "pattern": r"^(\+91[1-9][0-9]{9})?$", "examples": ["+919810000000"]}


def _dialled(number: str) -> str:
    if PhoneNumber.parse(number) is None:
        raise ValueError("is not a telephone number like +911140001234")
    return number


def _dialled_or_none(number: str) -> str:
    return _dialled(number) if number else number


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


class OperatingHours(Configured):
    """Opening times by weekday; an empty tuple is a closed day."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    def on(self, day: date) -> tuple[OpenSpan, ...]:
        spans: tuple[OpenSpan, ...] = getattr(self, WEEKDAYS[day.weekday()])
        return spans


class ReservationRules(Configured):
    """R24-R35; minutes, people or seats."""

    min_advance_booking_mins: Annotated[int, Field(ge=0, le=730 * 24 * 60), WHOLE] = 30
    max_advance_booking_days: Annotated[int, Field(ge=0, le=730), WHOLE] = 30
    min_party_size: People = 1
    max_phone_party_size: People = 10
    total_seats: People = 40
    dining_window_mins: Annotated[int, Field(ge=1, le=24 * 60), WHOLE] = 90
    buffer_between_bookings_mins: Minutes = 15
    max_concurrent_reservations: People | None = None
    allow_waitlist: bool = Field(False, strict=True)
    closed_days: tuple[Weekday, ...] = ()
    special_closures: tuple[IsoDate, ...] = ()
    peak_hours: Spans = ()
    peak_max_party_size: People | None = None
    last_seating_mins_before_close: Minutes = 60
    seat_hold_secs: Annotated[int, Field(ge=0, le=900), WHOLE] = 120
    """How long seats are kept for a caller who is still giving a name and a number; 0 keeps none."""

    @model_validator(mode="after")
    def _party_limits_agree(self) -> ReservationRules:
        if self.max_phone_party_size < self.min_party_size:
            raise ValueError("max_phone_party_size is smaller than min_party_size")
        return self


class MenuItem(Configured):
    name: Words
    price: Rupees
    tags: tuple[Words, ...] = ()
    aliases: tuple[Words, ...] = ()


class MenuCategory(Configured):
    name: Words
    items: tuple[MenuItem, ...] = ()


class Menu(Configured):
    categories: tuple[MenuCategory, ...] = ()

    @model_validator(mode="after")
    def _no_category_twice(self) -> Menu:
        if len({category.name for category in self.categories}) < len(self.categories):
            raise ValueError("two categories have the same name")
        return self

    @property
    def items(self) -> tuple[MenuItem, ...]:
        return tuple(item for category in self.categories for item in category.items)


class Languages(Configured):
    primary: Language = "hi"
    supported: tuple[Language, ...] = ("hi", "en", "hinglish")


class Greeting(Configured):
    """Spoken first; a language left out falls back to our own sentence."""

    hi: Text = ""
    en: Text = ""
    hinglish: Text = ""


class Location(Configured):
    address: Text = ""
    landmark: Text = ""


class Faq(Configured):
    question: Words
    answer: Text


class Handoff(Configured):
    """How a caller comes to a person: connected at once to `phone_number`, or called back."""

    whatsapp_number: Text = ""
    promise_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60), WHOLE] = 10
    phone_number: Annotated[str, AfterValidator(_dialled_or_none), WithJsonSchema(_DIALLED_OR_NONE)] = ""
    """Rings when a caller is connected; empty: callers are only called back."""
    hours: OperatingHours | None = None
    """When somebody answers it; the opening hours if unset."""
    ring_seconds: Annotated[int, Field(ge=5, le=60), WHOLE] = 25


class Business(Configured):
    """One business, as its YAML file says (see `config/himalayan_kitchen.yaml`)."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    name: Words
    type: Words = "restaurant"
    timezone: Annotated[str, AfterValidator(_known_zone), Field(json_schema_extra=_list_zones)] = "Asia/Kolkata"
    phone_numbers: tuple[Annotated[str, AfterValidator(_dialled), WithJsonSchema(_DIALLED)], ...] = ()
    language: Languages = Languages()
    greeting: Greeting = Greeting()
    operating_hours: OperatingHours = OperatingHours()
    reservation_rules: ReservationRules = ReservationRules()
    menu: Menu = Menu()
    location: Location = Location()
    faqs: tuple[Faq, ...] = ()
    handoff: Handoff = Handoff()

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def open_spans(self, day: date) -> tuple[OpenSpan, ...]:
        """When this day's shifts run, closures taken into account; empty if closed."""
        rules = self.reservation_rules
        if WEEKDAYS[day.weekday()] in rules.closed_days or day in rules.special_closures:
            return ()
        return self.operating_hours.on(day)

    def person_answers(self, moment: datetime) -> bool:
        """Can a caller be connected to a person at this moment?"""
        if not self.handoff.phone_number:
            return False
        local = moment.astimezone(self.tz)
        minute = local.hour * 60 + local.minute
        spans_on = self.handoff.hours.on if self.handoff.hours else self.open_spans
        today, yesterday = spans_on(local.date()), spans_on(local.date() - timedelta(days=1))
        return any(span.start <= minute < span.end for span in today) or any(
            span.start <= minute + 24 * 60 < span.end for span in yesterday
        )
