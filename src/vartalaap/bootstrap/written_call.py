"""A call in writing on a database of its own: what `vartalaap chat` talks to."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..config import Settings
from ..core.booking.book import Seating
from ..core.booking.rules import Booking, Free, TableRequest
from ..core.business import Business
from ..core.clock import Clock
from ..core.context import CallRecord, Sentence
from ..core.phone import PhoneNumber
from ..core.text_call import TextCall
from ..db.repositories.businesses import SYSTEM
from ..db.repositories.calls import StoredCall
from .brains import open_brain
from .office import Office, open_office


class TextLine:
    """One call in writing on a database."""

    def __init__(self, call: TextCall, office: Office) -> None:
        self._call = call
        self._office = office

    async def greet(self) -> Sequence[Sentence]:
        return await self._call.greet()

    async def say(self, text: str) -> Sequence[Sentence]:
        return await self._call.say(text)

    async def finish(self) -> tuple[CallRecord, dict[str, object] | None]:
        """End the call: its record, and its row as stored, if one was."""
        record = await self._call.finish()
        row = await self._office.call_log.get(record.context.call_id)
        return record, row_as_json(row) if row else None


@asynccontextmanager
async def text_call(
    business: Business,
    now: datetime | None,
    caller: PhoneNumber | None,
    existing: Sequence[Booking],
    settings: Settings,
) -> AsyncIterator[TextLine]:
    """A call in writing on a temporary database that holds this business and these bookings, made its own.

    `now` without a zone is by the business's clock.
    """
    if now and now.tzinfo is None:
        now = now.replace(tzinfo=business.tz)
    with TemporaryDirectory(prefix="vartalaap-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "database_url": ""})
        async with open_office(own, Clock(now or settings.clock_start)) as office:
            await office.businesses.put(business)
            for booking in existing:
                await _restore(office, business, booking)
            context = await office.context(business, f"text-{uuid.uuid4()}", caller, "text")
            async with open_brain(settings) as brain:
                yield TextLine(TextCall(context, brain, office.call_log), office)


async def _restore(office: Office, business: Business, booking: Booking) -> None:
    """Put a booking of before the call into the book, whatever the rules say of it today."""
    booking = replace(booking, business_id=business.id)
    request = TableRequest(booking.date, booking.time, booking.party_size)
    seating = replace(Seating.of(business, office.clock, request), decide=lambda _, __: Free(request))
    await office.reservations.add(booking, seating, f"restored|{booking.id}", SYSTEM)


def row_as_json(row: StoredCall) -> dict[str, object]:
    return row.model_dump(mode="json")


def booking_as_json(booking: Booking) -> dict[str, object]:
    """`{"date", "time", "party_size", "name", "phone"}`; the number in plain: for the tools of development only."""
    return {
        "date": booking.date.isoformat(),
        "time": booking.time.isoformat("minutes"),
        "party_size": booking.party_size,
        "name": booking.guest.name,
        "phone": booking.guest.phone.national if booking.guest.phone else "",
    }
