"""What is kept for how long (R49, R66)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from tests.support.book import test_business
from vartalaap.bootstrap import Office, privacy, purge
from vartalaap.core.booking.book import Actor
from vartalaap.db.models import AuditRow, DailyTotalRow, FollowUpRow, ReservationRow, SealedCopyRow
from vartalaap.db.privacy.retention import Purge, Retention
from vartalaap.errors import ProviderError

from .conftest import BOOKING, GIVEN, OpenOffice, text_call

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


async def test_two_purges_at_once_count_each_booking_once(office_with: OpenOffice) -> None:
    async with office_with() as one, office_with() as other:
        for number in range(6):
            await text_call(one, *BOOKING, call_id=f"call-{number}")
        later = one.clock.now() + timedelta(days=367)
        counts = await asyncio.gather(purge(one, later), purge(other, later))
        assert sum(count["reservations"] for count in counts) == 6
        (total,) = await all_of(one, DailyTotalRow)
        assert isinstance(total, DailyTotalRow)
        assert (total.bookings, total.guests) == (6, 12)


async def test_the_server_purges_by_itself_and_survives_a_day_without_its_database(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[datetime] = []
    enough = asyncio.Event()

    async def failing_at_first(_: Office, now: datetime) -> None:
        runs.append(now)
        if len(runs) == 3:
            enough.set()
        if len(runs) == 1:
            raise ProviderError("the database is away")

    monkeypatch.setattr(privacy, "purge", failing_at_first)
    monkeypatch.setattr(privacy, "FIRST_PURGE_S", 0)
    monkeypatch.setattr(privacy, "DAY_S", 0)
    async with privacy.purging_daily(office), asyncio.timeout(5):
        await enough.wait()
