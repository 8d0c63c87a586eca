"""Who is affected between two times."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from vartalaap.bootstrap import Office
from vartalaap.core.booking.book import Actor
from vartalaap.db.models import AuditRow
from vartalaap.db.privacy.breach import Affected, affected

from .conftest import BOOKING, CALLER, GIVEN, text_call


async def listed(office: Office, first_minute: int, last_minute: int, *, reveal: bool = False) -> list[Affected]:
    now = office.clock.now()
    between = now + timedelta(minutes=first_minute), now + timedelta(minutes=last_minute)
    return await affected(office.database, office.vault, office.clock, between, Actor("owner"), reveal=reveal)


async def test_callers_and_guests_are_listed_once_each_with_what_was_written_of_them(office: Office) -> None:
    await text_call(office, *BOOKING, caller=CALLER)
    await text_call(office, "what are your hours?", call_id="call-2", caller=GIVEN)
    people = {one.phone: (one.names, one.counts) for one in await listed(office, -5, 5)}
    assert people == {
        None: ((), {"call_logs": 1}),  # who only called: no number is stored
        GIVEN: (("Anil",), {"call_logs": 1, "reservations": 1, "whatsapp_followups": 1}),
    }


async def test_outside_the_time_nobody_is_listed(office: Office) -> None:
    await text_call(office, *BOOKING)
    assert await listed(office, 5, 10) == []


async def test_a_list_is_written_down_with_how_it_was_shown(office: Office) -> None:
    await text_call(office, *BOOKING)
    await listed(office, -5, 5, reveal=True)
    async with office.database.read() as session:
        row = (await session.scalars(select(AuditRow).where(col(AuditRow.action) == "breach_list"))).one()
    assert row.entity_id == "revealed"
    assert row.after
    assert row.after["people"] == 2
