"""Bookings on a real database: what was confirmed is what the row holds, once, and never too many."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.book import Actor
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.owner_desk import Change, OwnerDesk
from vartalaap.core.booking.rules import Booking, Free, Guest, Refusal, Rule, TableRequest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import AuditRow, FollowUpRow, ReservationRow, SeatHoldRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.reservations import Reservations
from vartalaap.db.session import Database
from vartalaap.errors import Forbidden, NotFound, ProviderError
from vartalaap.security.crypto import PhoneVault

ANITA = PhoneNumber("+919900112233")
RAVI = PhoneNumber("+919811122233")
HISTORY = select(AuditRow).where(col(AuditRow.entity) == "reservations").order_by(col(AuditRow.id))
FRIDAY_AT_EIGHT = TableRequest(date(2026, 11, 27), time(20, 0), 4)


class Office:
    """Desks of several calls on one database."""

    def __init__(self, database: Database, vault: PhoneVault, clock: Clock) -> None:
        self.database = database
        self.book = Reservations(database, vault, clock)
        self.follow_ups = FollowUpList(database, vault, clock)
        self._clock = clock

    def desk(self, caller: PhoneNumber | None = ANITA, call_id: str = "c1", business: Business | None = None) -> Desk:
        return Desk(
            business or test_business(), self._clock, self.book, self.follow_ups, call_id=call_id, caller=caller
        )

    async def rows(self) -> list[ReservationRow]:
        async with self.database.read() as session:
            return list((await session.execute(select(ReservationRow))).scalars())


@pytest.fixture
def office(database: Database, vault: PhoneVault, clock: Clock, businesses: Businesses) -> Office:
    return Office(database, vault, clock)


async def test_the_row_holds_exactly_what_was_confirmed(office: Office) -> None:
    booking = await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita Rao", ANITA))
    assert isinstance(booking, Booking)
    (row,) = await office.rows()
    assert (row.id, row.reservation_date, row.reservation_time) == (booking.id, date(2026, 11, 27), time(20, 0))
    assert (row.party_size, row.customer_name, row.status, row.version) == (4, "Anita Rao", "confirmed", 1)
    assert row.starts_at.isoformat() == "2026-11-27T14:30:00+00:00"
    assert booking.guest.phone == ANITA


async def test_a_repeated_confirmation_returns_the_same_row(office: Office) -> None:
    first = await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA)) == first
    assert len(await office.rows()) == 1


async def test_another_call_makes_another_booking(office: Office) -> None:
    await office.desk(call_id="c1").book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    await office.desk(call_id="c2").book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert len(await office.rows()) == 2


async def test_a_booking_cancelled_and_wanted_again_in_one_call_is_made_again(office: Office) -> None:
    desk = office.desk()
    first = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(first, Booking)
    await desk.cancel(first)
    again = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(again, Booking)
    assert again.id != first.id
    assert {row.status for row in await office.rows()} == {"cancelled", "confirmed"}


async def test_twenty_parallel_confirmations_for_four_seats_by_twos_sell_two(office: Office) -> None:
    business = test_business(total_seats=4)
    wish = replace(FRIDAY_AT_EIGHT, party_size=2)
    guests = [PhoneNumber(f"+9198765432{n:02d}") for n in range(20)]
    results = await asyncio.gather(
        *(office.desk(g, f"c{n}", business).book(wish, Guest(f"G{n}", g)) for n, g in enumerate(guests))
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 18
    assert {refusal.rule for refusal in refused} == {Rule.FULL}
    assert all(refusal.alternatives for refusal in refused)
    assert len(await office.rows()) == 2


async def test_the_same_wish_after_a_move_is_a_row_of_its_own(office: Office) -> None:
    desk = office.desk()
    first = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(first, Booking)
    await desk.move(first, replace(FRIDAY_AT_EIGHT, time=time(13, 0)))
    again = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(again, Booking)
    assert (again.id != first.id, again.time) == (True, time(20, 0))
    assert await desk.upcoming() == (replace(first, time=time(13, 0)), again)


async def test_audit_rows_hold_no_name_and_no_number(office: Office) -> None:
    desk = office.desk()
    booking = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    await desk.cancel(booking)
    async with office.database.read() as session:
        audits = list(
            (
                await session.execute(
                    select(AuditRow).where(col(AuditRow.entity) == "reservations").order_by(col(AuditRow.id))
                )
            ).scalars()
        )
    assert [(audit.action, audit.actor) for audit in audits] == [("book", "call:c1"), ("cancel", "call:c1")]
    assert audits[1].after == {**(audits[1].before or {}), "status": "cancelled", "version": 2}
    shown = " ".join(str(audit.model_dump()) for audit in audits)
    assert "Anita" not in shown
    assert ANITA.national not in shown


async def test_a_database_error_names_nobody(office: Office) -> None:
    booking = await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita Rao", ANITA))
    assert isinstance(booking, Booking)
    (row,) = await office.rows()

    async def add_it_again() -> None:
        async with office.database.write() as session:
            session.add(ReservationRow(**row.model_dump()))

    with pytest.raises(ProviderError) as caught:
        await add_it_again()
    chain = f"{caught.value} {caught.value.__cause__}"
    assert "IntegrityError" in chain
    assert "Anita" not in chain
    assert row.phone_hash
    assert row.phone_hash not in chain


async def test_a_move_keeps_the_row_and_writes_its_history(office: Office) -> None:
    desk = office.desk()
    booking = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    moved = await desk.move(booking, TableRequest(date(2026, 11, 28), time(13, 0), 6))
    assert isinstance(moved, Booking)
    (row,) = await office.rows()
    assert (row.id, row.reservation_date, row.party_size, row.version) == (booking.id, date(2026, 11, 28), 6, 2)
    async with office.database.read() as session:
        audits = list(
            (
                await session.execute(
                    select(AuditRow).where(col(AuditRow.entity) == "reservations").order_by(col(AuditRow.id))
                )
            ).scalars()
        )
    assert [audit.action for audit in audits] == ["book", "move"]
    assert audits[1].before
    assert audits[1].after
    assert (audits[1].before["party_size"], audits[1].after["party_size"]) == (4, 6)


async def test_a_refused_move_changes_nothing(office: Office) -> None:
    desk = office.desk()
    booking = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    monday = await desk.move(booking, replace(FRIDAY_AT_EIGHT, date=date(2026, 11, 30)))
    assert isinstance(monday, Refusal)
    assert (await desk.upcoming()) == (booking,)


async def test_a_booking_does_not_stand_in_its_own_way_when_it_is_moved(office: Office) -> None:
    desk = office.desk(business=test_business(total_seats=4))
    booking = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    later = replace(FRIDAY_AT_EIGHT, time=time(20, 30))
    assert not isinstance(await desk.check(later, moving=booking), Refusal)
    assert isinstance(await desk.check(later), Refusal)
    assert isinstance(await desk.move(booking, later), Booking)


async def test_only_the_number_that_booked_may_see_cancel_or_move(office: Office) -> None:
    booking = await office.desk(ANITA).book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    for stranger in (RAVI, None):
        desk = office.desk(stranger, "c2")
        assert await desk.upcoming() == ()
        with pytest.raises(Forbidden):
            await desk.cancel(booking)
        with pytest.raises(Forbidden):
            await desk.move(booking, FRIDAY_AT_EIGHT)


async def test_a_booking_whose_number_was_erased_is_still_its_guest_s_and_the_owner_s(office: Office) -> None:
    """STOP takes the number away (R62), not the table."""
    booked = await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booked, Booking)
    async with office.database.write() as session:
        await session.execute(update(ReservationRow).values(phone_sealed=None))
    assert (await office.book.get(booked.id)).guest.phone is None
    assert await office.desk(RAVI).upcoming() == ()
    (mine,) = await office.desk().upcoming()
    assert mine.guest.phone == ANITA
    moved = await office.desk().move(mine, replace(FRIDAY_AT_EIGHT, time=time(21, 0)))
    assert isinstance(moved, Booking)
    owner = OwnerDesk(test_business(), Clock(TEST_NOW), office.book, Actor("admin:owner"))
    smaller = await owner.change(booked.id, Change(party_size=3))
    assert (smaller.time, smaller.party_size) == (time(21, 0), 3)
    (row,) = await office.rows()
    assert row.phone_sealed is None
    assert [one.id for one in await office.desk().upcoming()] == [booked.id]
    await office.desk().cancel((await office.desk().upcoming())[0])
    assert [row.status for row in await office.rows()] == ["cancelled"]


async def test_a_cancelled_booking_frees_its_seats(office: Office) -> None:
    business = test_business(total_seats=4)
    booking = await office.desk(ANITA, "c1", business).book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    ravi = office.desk(RAVI, "c2", business)
    assert isinstance(await ravi.check(FRIDAY_AT_EIGHT), Refusal)
    await office.desk(ANITA, "c1", business).cancel(booking)
    assert isinstance(await ravi.book(FRIDAY_AT_EIGHT, Guest("Ravi", RAVI)), Booking)


async def test_a_booking_can_be_cancelled_once(office: Office) -> None:
    desk = office.desk()
    booking = await desk.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    assert isinstance(booking, Booking)
    assert (await desk.cancel(booking)).status == "cancelled"
    with pytest.raises(NotFound):
        await desk.cancel(booking)
    assert await desk.upcoming() == ()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_the_database_file_holds_no_plain_number(office: Office, url: str) -> None:
    await office.desk().book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA))
    await office.desk().call_back("catering", ANITA)
    await office.database.close()
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Anita" in stored
    assert b"9900112233" not in stored


async def test_a_follow_up_without_consent_keeps_no_number(office: Office) -> None:
    await office.desk().call_back("catering", None)
    async with office.database.read() as session:
        (row,) = (await session.execute(select(FollowUpRow))).scalars()
    assert (row.reason, row.status, row.phone_hash, row.phone_sealed) == ("catering", "pending", None, None)


async def test_a_failure_within_the_transaction_leaves_nothing(office: Office) -> None:
    async def fail_half_way() -> None:
        row = FollowUpRow(id="x", business_id="himalayan-kitchen", call_id="c", reason="r", created_at=TEST_NOW)
        async with office.database.write() as session:
            session.add(row)
            await session.flush()
            raise NotFound("half way")

    with pytest.raises(NotFound):
        await fail_half_way()
    async with office.database.read() as session:
        assert not list((await session.execute(select(FollowUpRow))).scalars())


async def test_a_broken_database_is_a_provider_s_failure(vault: PhoneVault, clock: Clock, tmp_path: Path) -> None:
    office = Office(Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"), vault, clock)
    with pytest.raises(ProviderError):
        await office.desk().check(FRIDAY_AT_EIGHT)
    await office.database.close()


async def test_a_hold_is_kept_for_its_call_until_it_runs_out_and_leaves_no_row(
    database: Database, vault: PhoneVault, businesses: Businesses
) -> None:
    seconds = [0.0]
    office = Office(database, vault, Clock(TEST_NOW, lambda: seconds[0]))
    small = test_business(total_seats=4)
    first, second = (office.desk(call_id=call_id, business=small) for call_id in ("first", "second"))
    assert isinstance(await first.hold(FRIDAY_AT_EIGHT), Free)
    assert isinstance(await second.hold(FRIDAY_AT_EIGHT), Refusal)
    seconds[0] = 120
    assert isinstance(await second.hold(FRIDAY_AT_EIGHT), Free)
    assert await holds(database) == ["second"]
    assert isinstance(await second.book(FRIDAY_AT_EIGHT, Guest("Anita", ANITA)), Booking)
    assert await holds(database) == []
    assert isinstance(await first.book(FRIDAY_AT_EIGHT, Guest("Ravi", RAVI)), Refusal)


async def test_a_call_that_ends_gives_its_seats_back(office: Office) -> None:
    desk = office.desk()
    await desk.hold(FRIDAY_AT_EIGHT)
    assert await holds(office.database) == ["c1"]
    await desk.release()
    assert await holds(office.database) == []


async def holds(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(col(SeatHoldRow.call_id))))
