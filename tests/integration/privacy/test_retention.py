"""What is kept for how long (R49, R66)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from tests.support.book import test_business
from vartalaap.bootstrap import Office, purge
from vartalaap.core.book import Actor
from vartalaap.db.models import AuditRow, DailyTotalRow, FollowUpRow, ReservationRow, SealedCopyRow
from vartalaap.db.privacy.retention import Purge, Retention

from .conftest import BOOKING, GIVEN, text_call

OWNER = Actor("command line")


async def all_of(office: Office, table: type[SQLModel]) -> list[SQLModel]:
    async with office.database.read() as session:
        return list((await session.scalars(select(table))).all())


@pytest.mark.parametrize(("days", "kept"), [(89, True), (92, False)])
async def test_words_and_numbers_go_after_ninety_days_and_hashes_stay(office: Office, days: int, kept: bool) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    await purge(office, office.clock.now() + timedelta(days=days))
    call = await office.call_log.get("call-1")
    assert call
    assert (call.transcript is not None, call.entities is not None) == (kept, kept)
    assert call.caller_id_hash == office.vault.hash(GIVEN)
    (booking,), (asked,) = await all_of(office, ReservationRow), await all_of(office, FollowUpRow)
    assert isinstance(booking, ReservationRow)
    assert isinstance(asked, FollowUpRow)
    assert (booking.phone_sealed is not None, asked.phone_sealed is not None) == (kept, kept)
    assert booking.phone_hash == asked.phone_hash == office.vault.hash(GIVEN)
    assert asked.status == ("pending" if kept else "expired")


async def test_a_booking_goes_after_a_year_and_its_day_s_totals_stay(office: Office) -> None:
    await text_call(office, *BOOKING)
    await text_call(office, *BOOKING, call_id="call-2")
    later = office.clock.now() + timedelta(days=367)
    assert (await purge(office, later))["reservations"] == 2
    assert await all_of(office, ReservationRow) == []
    (total,) = await all_of(office, DailyTotalRow)
    assert isinstance(total, DailyTotalRow)
    assert (total.bookings, total.guests, total.cancelled, total.no_shows) == (2, 4, 0, 0)


async def test_a_second_run_finds_nothing_and_is_not_written_down(office: Office) -> None:
    await text_call(office, *BOOKING)
    later = office.clock.now() + timedelta(days=367)
    await purge(office, later)
    assert set((await purge(office, later)).values()) == {0}
    written = [row for row in await all_of(office, AuditRow) if isinstance(row, AuditRow) and row.action == "purge"]
    assert [row.after for row in written] == [
        {"transcripts": 1, "guests": 0, "phones": 1, "follow_ups": 1, "reservations": 1, "legal_copies": 0}
    ]


async def test_an_opt_out_is_remembered_for_good(office: Office) -> None:
    await text_call(office, "please do not record this call")
    await purge(office, office.clock.now() + timedelta(days=4000))
    caller = (await office.context(test_business(), "c", None, "text")).caller
    assert caller is None
    assert (await text_call(office, "hello", call_id="again")).context.privacy_opt_out


async def test_the_guest_of_a_kept_booking_is_forgotten_after_the_visit(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    await office.personal_data.erase(GIVEN, OWNER, "keep")
    assert (await purge(office, office.clock.now() + timedelta(days=1)))["guests"] == 0
    assert (await purge(office, office.clock.now() + timedelta(days=3)))["guests"] == 1
    (row,) = await all_of(office, ReservationRow)
    assert isinstance(row, ReservationRow)
    assert (row.customer_name, row.phone_hash, row.phone_sealed, row.party_size) == ("", "", None, 2)


async def test_a_sealed_copy_is_kept_for_its_year_and_no_longer(office: Office) -> None:
    await text_call(office, *BOOKING)
    job = Purge(office.database, office.vault, office.clock, Retention(legal_copies=365))
    now = office.clock.now()
    await job.run(now + timedelta(days=100), OWNER)
    assert len(await all_of(office, SealedCopyRow)) == 3
    assert (await job.run(now + timedelta(days=366), OWNER))["legal_copies"] == 3
    assert await all_of(office, SealedCopyRow) == []
