"""What an owner configures: hours, rules, menu, place. One validated model, the same in YAML, database and code."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from .configured import WHOLE, Configured, IsoDate, Minutes, OpenSpan, People, Rupees, Spans, Text, Words
from .floor import Floor, Pacing, SpecialDay, contradictions
from .language import Language
from .phone import PhoneNumber

__all__ = ("WEEKDAYS", "WHOLE", "Business", "Configured", "IsoDate", "OpenSpan", "People", "Rupees", "Text", "Words")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
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


class Business(Floor):
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

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Business:
        found = [
            InitErrorDetails(type=PydanticCustomError("contradiction", "{said}", {"said": said}), loc=path, input=None)
            for path, said in contradictions(self, self.reservation_rules.special_closures)
        ]
        if found:  # each with its own place, so that it is told with its line
            raise ValidationError.from_exception_data("Business", found)
        return self

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def open_spans(self, day: date) -> tuple[OpenSpan, ...]:
        """When this day's shifts run, closures and special days taken into account; empty if closed."""
        rules = self.reservation_rules
        special = self.special_day(day)
        if special and (special.closed or special.hours is not None):
            return special.hours or ()
        if WEEKDAYS[day.weekday()] in rules.closed_days or day in rules.special_closures:
            return ()
        return self.operating_hours.on(day)

    def special_day(self, day: date) -> SpecialDay | None:
        """What is configured for this date alone."""
        return next((special for special in self.special_days if special.date == day), None)

    def closed_on_date(self, day: date) -> bool:
        """Is the house closed for the date's sake, not the weekday's?"""
        special = self.special_day(day)
        return day in self.reservation_rules.special_closures or (special is not None and special.is_closed)

    def seats_on(self, day: date) -> int:
        special = self.special_day(day)
        return (special and special.seats) or self.reservation_rules.total_seats

    def pacing_on(self, day: date) -> Pacing:
        special = self.special_day(day)
        return (special and special.pacing) or self.pacing

    def stay_mins(self, party_size: int) -> int:
        """How long such a party sits, the buffer after it not counted."""
        window = next((window for window in self.dining_windows if window.holds(party_size)), None)
        return window.minutes if window else self.reservation_rules.dining_window_mins

    @property
    def longest_stay_mins(self) -> int:
        return max([self.reservation_rules.dining_window_mins, *(window.minutes for window in self.dining_windows)])

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
