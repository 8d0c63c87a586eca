"""The API's resources: what is shown of each, what makes one, and what may be changed."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, create_model

from ..core.booking.owner_desk import Anyway
from ..core.booking.rules import BookingStatus, Origin
from ..core.business import WHOLE, Business, Configured, IsoDate, People, Rupees, Text, Words
from ..core.floor import AreaId
from ..core.language import Language
from ..core.phone import hide_numbers
from .common import Given, GivenPhone, LongText, PersonName, Shown, TimeOfDay, Version

BusinessId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="the default business if left out")]
Position = Annotated[int, Field(ge=0, le=100_000), WHOLE]
Tags = Annotated[tuple[Words, ...], Field(max_length=50)]


class ReservationRead(Shown):
    id: str
    business_id: str
    reservation_date: date
    reservation_time: TimeOfDay
    party_size: int
    customer_name: str
    customer_phone: str
    """Masked: `98XXXX3210`."""
    notes: str
    status: BookingStatus
    call_id: str | None
    origin: Origin
    """guest: by telephone or by a program; house: by hand, over a rule; walk_in."""
    area: str | None
    """Promised to the guest."""
    tables: tuple[str, ...] | None
    """Where the party is thought to sit, or sits; no promise before it does. None: no tables are configured."""
    version: Version
    created_at: datetime
    updated_at: datetime


class ReservationCreate(Given):
    business_id: BusinessId | None = None
    reservation_date: IsoDate
    reservation_time: TimeOfDay
    party_size: People
    customer_name: PersonName
    customer_phone: GivenPhone | None = None
    """Left out for a guest whose number is not known: nothing can be sent, and the telephone does not find it."""
    notes: LongText = ""
    area: AreaId | None = None
    anyway: Anyway | None = None
    """Book though a rule refuses: `rules` all but the seats and tables, `seats` those too."""


class WalkIn(Given):
    """Guests who are there: they sit from now on."""

    business_id: BusinessId | None = None
    party_size: People
    area: AreaId | None = None
    notes: LongText = ""
    anyway: Anyway = "rules"


class Misfit(Shown):
    """A booking to come that the business, as it is configured now, would not hold."""

    id: str
    reservation_date: date
    reservation_time: TimeOfDay
    party_size: int
    rule: str


class Misfits(Shown):
    bookings: list[Misfit]


class ReservationPatch(Given):
    """What is left out stays; `status` says what became of it: seated, completed, no_show, cancelled."""

    reservation_date: IsoDate | None = None
    reservation_time: TimeOfDay | None = None
    party_size: People | None = None
    customer_name: PersonName | None = None
    customer_phone: GivenPhone | None = None
    notes: LongText | None = None
    status: BookingStatus | None = None
    area: AreaId | None = None
    tables: Annotated[tuple[Words, ...], Field(max_length=12)] | None = None
    """Where the guests are put in fact."""
    anyway: Anyway | None = None


class BusinessRead(Business):
    """The whole configuration, as in its YAML file."""

    version: Version


def _partial(model: type[Configured], leave_out: Collection[str] = ()) -> type[Configured]:
    """The same model with every field optional, those of its parts included: what may be sent to change one."""
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in leave_out:
            continue
        kind, optional = field.annotation, copy(field)
        optional.default, optional.default_factory = None, None
        if isinstance(kind, type) and issubclass(kind, Configured):
            kind = _partial(kind)
        fields[name] = (kind, optional)
    described = f"Fields of {model.__name__} to change; what is left out stays."
    return create_model(f"{model.__name__}Patch", __base__=Configured, __doc__=described, **fields)


BusinessPatch = _partial(Business, leave_out=("id", "menu", "faqs"))
"""Dishes and FAQs have routes of their own."""


class MenuItemRead(Shown):
    id: int
    business_id: str
    position: int
    category: str
    name: str
    price: int
    tags: list[str]
    aliases: list[str]
    version: Version


class MenuItemCreate(Given):
    business_id: BusinessId | None = None
    category: Words
    name: Words
    price: Rupees
    tags: Tags = ()
    aliases: Tags = ()
    position: Position = 0


class MenuItemPatch(Given):
    category: Words | None = None
    name: Words | None = None
    price: Rupees | None = None
    tags: Tags | None = None
    aliases: Tags | None = None
    position: Position | None = None


class FaqRead(Shown):
    id: int
    business_id: str
    position: int
    question: str
    answer: str
    version: Version


class FaqCreate(Given):
    business_id: BusinessId | None = None
    question: Words
    answer: Text
    position: Position = 0


class FaqPatch(Given):
    question: Words | None = None
    answer: Text | None = None
    position: Position | None = None


class CallLogRead(Shown):
    """A call; transcript and entities are there as far as the caller agreed."""

    id: str
    business_id: str
    channel: str
    started_at: datetime
    ended_at: datetime
    duration_seconds: float
    outcome: str
    result: str | None
    consent_type: str
    language: str | None
    transcript: list[dict[str, Any]] | None
    entities: dict[str, Any] | None
    consent_receipt: dict[str, Any] | None
    """What was said of consent, when and in which language; none where nothing is kept."""


class FollowUpRead(Shown):
    id: str
    business_id: str
    call_id: str
    reason: str
    summary: str
    customer_phone: str | None
    """Masked; there only if the caller agreed to be contacted."""
    status: str
    version: Version
    created_at: datetime


FollowUpStatus = Literal["pending", "sent", "responded", "expired"]


Reason = Annotated[Words, AfterValidator(hide_numbers)]
Summary = Annotated[LongText, AfterValidator(hide_numbers)]
"""What the owner notes down; a telephone number in it would stand there in plain."""


class FollowUpCreate(Given):
    business_id: BusinessId | None = None
    reason: Reason
    summary: Summary = ""
    customer_phone: GivenPhone | None = None


class FollowUpPatch(Given):
    status: FollowUpStatus | None = None
    summary: Summary | None = None


class CallerPreferenceRead(Shown):
    id: str
    """The keyed hash of the caller's number."""
    no_transcript: bool
    no_whatsapp: bool
    language: str | None
    version: Version
    updated_at: datetime


class CallerPreferenceCreate(Given):
    customer_phone: GivenPhone
    no_transcript: StrictBool = False
    no_whatsapp: StrictBool = False
    language: Language | None = None


class CallerPreferencePatch(Given):
    no_transcript: StrictBool | None = None
    no_whatsapp: StrictBool | None = None
    language: Language | None = None


class Availability(Shown):
    """Is there a table? If not: the rule that refuses, in a word and in a sentence, and what would be possible."""

    available: bool
    rule: str | None = None
    message: str | None = None
    limit: int | None = None
    alternatives: tuple[str, ...] = ()
    """Free starts of the same day, local time (`2026-11-27T20:30`), nearest first."""
    next_open: date | None = None
    hours: tuple[str, ...] = ()
    last_start: str | None = None
    elsewhere: tuple[str, ...] = ()
    """Other areas with a table at that very time."""
    perhaps: bool = False
    """No seating was found, and none excluded: a person may find one."""


class Slot(Shown):
    date: date
    """After midnight, in a shift that began on the day asked for, the next day."""
    time: TimeOfDay
    available: bool
    rule: str | None = None


class DaySlots(Shown):
    date: date
    party_size: int
    slots: list[Slot]
