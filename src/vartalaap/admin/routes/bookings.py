"""Who comes: a day's bookings, how full the house is, and what became of each guest; adding one by hand."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request, Response
from pydantic import BaseModel, Field, ValidationError

from ...bootstrap import Parts, Running
from ...core.booking import rules
from ...core.booking.owner_desk import Change, OwnerDesk, may_become
from ...core.booking.rules import BookingStatus, Guest, Occupancy, TableRequest
from ...core.business import Business, IsoDate
from ...db.models import ReservationRow
from ...db.repositories.reservations import phone_binding
from ...db.repositories.tables import Table
from ...errors import BadRequest, Conflict, RuleBroken
from ...schemas.resources import ReservationCreate
from ..pages import go, page
from ..seats import fill_of
from ..visitor import TODAY, LoggedIn, Visitor

DAYS = 7
MOST_BOOKINGS = 2000
FIELDS = ("reservation_date", "reservation_time", "party_size", "customer_name", "customer_phone", "notes")

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShownBooking:
    """A booking as the page shows it."""

    row: ReservationRow
    start: datetime
    """Local."""
    phone: str
    """Masked, or empty once it was erased."""
    may_become: frozenset[BookingStatus]

    @property
    def reference(self) -> str:
        return rules.reference_of(self.row.id)

    @property
    def live(self) -> bool:
        return self.row.status in rules.LIVE


@router.get("/today")
async def today(
    request: Request, visitor: LoggedIn, parts: Running, day: IsoDate | None = None, business: str | None = None
) -> Response:
    """One day and the week that begins today."""
    house = await parts.business_for(business)
    now = parts.clock.now().astimezone(house.tz)
    today_ = rules.service_day(house, now)
    chosen = day or today_
    week = [today_ + timedelta(days=ahead) for ahead in range(DAYS)]
    by_day = await _bookings(parts, house, {*week, chosen})
    live = [shown for shown in by_day[chosen] if shown.live]
    houses, _ = await parts.office.businesses.page(100, 0)
    values = {
        "business": house,
        "businesses": [other for other, _ in houses],
        "today": today_,
        "now": now,
        "chosen": chosen,
        "bookings": by_day[chosen],
        "people": sum(shown.row.party_size for shown in live),
        "fill": fill_of(house, chosen, [Occupancy(shown.start, shown.row.party_size) for shown in live]),
        "week": [(one, _people(by_day[one]), bool(house.open_spans(one))) for one in week],
    }
    return page(request, "today.html", values, visitor)


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking as far as it was written down."""

    house: Business
    given: Mapping[str, str]
    key: str
    """Makes a button pressed twice one booking."""


class NewStatus(BaseModel):
    status: Literal["seated", "completed", "no_show", "cancelled", "confirmed"]
    version: int = Field(ge=1)
    day: IsoDate | None = None


@router.post("/bookings/{id}")
async def set_status(
    visitor: LoggedIn, parts: Running, key: Annotated[str, Path(alias="id")], given: Annotated[NewStatus, Form()]
) -> Response:
    """Note what became of a booking, unless somebody else changed it since the page was made."""
    booking = await parts.office.reservations.get(key)
    house = await parts.business_for(booking.business_id)
    desk = OwnerDesk(house, parts.clock, parts.office.reservations, visitor.actor)
    try:
        await desk.change(key, Change(status=given.status), given.version)
        notice: str = given.status
    except Conflict:
        notice = "changed_meanwhile"
    except RuleBroken as broken:
        notice = f"rule_{broken.details['rule']}"
    return go(TODAY, day=given.day, business=_unless_default(parts, house), notice=notice)


@router.get("/bookings/new")
async def new(
    request: Request, visitor: LoggedIn, parts: Running, day: IsoDate | None = None, business: str | None = None
) -> Response:
    """The form for a booking by hand."""
    house = await parts.business_for(business)
    chosen = day or parts.clock.now().astimezone(house.tz).date()
    given = {"reservation_date": chosen.isoformat(), "party_size": "2"}
    return _form(request, visitor, Draft(house, given, str(uuid.uuid4())))


@router.post("/bookings")
async def add(request: Request, visitor: LoggedIn, parts: Running) -> Response:
    """Book under the rules of a call. A refusal is explained in the form, with what is free instead."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    house = await parts.business_for(form.get("business_id"))
    given = {name: form.get(name, "") for name in FIELDS}
    if "T" in form.get("instead", ""):
        given["reservation_date"], _, given["reservation_time"] = form["instead"].partition("T")
    draft = Draft(house, given, form.get("key") or str(uuid.uuid4()))
    people = given["party_size"].strip()
    try:
        wish = ReservationCreate.model_validate(
            {**given, "party_size": int(people) if people.isdecimal() and len(people) < 7 else people}
        )
    except ValidationError as wrong:
        return _form(request, visitor, draft, wrong={str(error["loc"][0]) for error in wrong.errors()})
    desk = OwnerDesk(house, parts.clock, parts.office.reservations, visitor.actor)
    table = TableRequest(wish.reservation_date, wish.reservation_time, wish.party_size)
    try:
        await desk.book(table, Guest(wish.customer_name.strip(), wish.customer_phone), wish.notes, draft.key)
    except RuleBroken as broken:
        return _form(request, visitor, draft, refused=broken)
    except BadRequest:  # the reader went back to a form that has booked, and changed it
        return _form(request, visitor, replace(draft, key=str(uuid.uuid4())), refused=_BOOKED)
    day = rules.service_day(house, rules.start_of(house, table))
    return go(TODAY, day=day, business=_unless_default(parts, house), notice="booked")


_BOOKED = RuleBroken("A booking was made with this form.", details={"rule": "booked"})


def _form(
    request: Request,
    visitor: Visitor,
    draft: Draft,
    *,
    wrong: Collection[str] = (),
    refused: RuleBroken | None = None,
) -> Response:
    """The form, with what is wrong in it (422) or why it cannot be booked (409)."""
    details = refused.details if refused else {}
    alternatives, next_open = details.get("alternatives"), details.get("next_open")
    values = {
        "business": draft.house,
        "given": draft.given,
        "key": draft.key,
        "wrong": wrong,
        "rule": details.get("rule"),
        "limit": details.get("limit"),
        "hours": details.get("hours") or (),
        "next_open": date.fromisoformat(str(next_open)) if next_open else None,
        "alternatives": [datetime.fromisoformat(at) for at in alternatives] if isinstance(alternatives, list) else [],
    }
    return page(request, "new_booking.html", values, visitor, status=409 if refused else 422 if wrong else 200)


async def _bookings(parts: Parts, house: Business, days: set[date]) -> defaultdict[date, list[ShownBooking]]:
    """Those of the days, by the day that their sitting belongs to, in order of time."""
    table = Table(parts.office.database, parts.clock, ReservationRow)
    found: defaultdict[date, list[ShownBooking]] = defaultdict(list)
    for first, last in _runs(days):
        window = {"business_id": house.id, "reservation_date_from": first, "reservation_date_to": last + timedelta(1)}
        rows, _ = await table.page(window, "starts_at", MOST_BOOKINGS, 0)
        for row in rows:
            shown = _shown(parts, house, row)
            day = rules.service_day(house, shown.start)
            if first <= day <= last:
                found[day].append(shown)
    return found


def _runs(days: set[date]) -> list[tuple[date, date]]:
    """The days as unbroken stretches."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _shown(parts: Parts, house: Business, row: ReservationRow) -> ShownBooking:
    phone = parts.office.vault.masked(row.phone_sealed, phone_binding(row.id))
    start = row.starts_at.astimezone(house.tz)
    status: BookingStatus = row.status  # type: ignore[assignment]  # the table's check allows only these
    return ShownBooking(row, start, phone, may_become(status, start, parts.clock.now()))


def _people(bookings: Sequence[ShownBooking]) -> int:
    return sum(shown.row.party_size for shown in bookings if shown.live)


def _unless_default(parts: Parts, house: Business) -> str | None:
    return None if house.id == parts.business.id else house.id
