"""Everything about one number, shown and erased (R65)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.core.booking.book import Actor
from vartalaap.db.models import AuditRow, CallerPreferenceRow, CallLogRow, FollowUpRow, ReservationRow
from vartalaap.db.privacy.copies import Copies, open_copies
from vartalaap.db.privacy.person import PersonalData
from vartalaap.errors import Conflict

from .conftest import BOOKING, CALLER, GIVEN, text_call

OWNER = Actor("admin:owner", "127.0.0.1")


async def rows(office: Office, table: type[SQLModel]) -> list[SQLModel]:
    async with office.database.read() as session:
        return list((await session.scalars(select(table))).all())


async def everything(office: Office) -> str:
    """All that the tables hold, but for the audit log's own counts."""
    tables = (CallLogRow, ReservationRow, FollowUpRow, CallerPreferenceRow, AuditRow)
    found = [row.model_dump(mode="json") for table in tables for row in await rows(office, table)]
    return json.dumps(found)


async def test_an_export_holds_all_of_it_opened_and_is_written_down_without_the_number(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    held = await office.personal_data.export(GIVEN, OWNER)
    assert held["counts"] == {
        "call_logs": 1, "reservations": 1, "whatsapp_followups": 1, "caller_preferences": 0,
    }  # fmt: skip
    shown = json.dumps(held)
    assert "a table for two tomorrow" in shown
    assert shown.count(GIVEN.e164) == 3  # asked for, booked with, to be messaged
    assert "Anil" in shown
    assert office.vault.hash(GIVEN) not in shown
    (row,) = [row for row in await rows(office, AuditRow) if isinstance(row, AuditRow) and row.action == "export"]
    assert (row.actor, row.entity_id) == ("admin:owner", held["receipt"])
    assert GIVEN.national not in json.dumps(row.model_dump(mode="json"))


async def test_erased_with_its_bookings_nothing_leads_to_the_number(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    await text_call(office, *BOOKING, call_id="other", caller=CALLER)
    hashed = office.vault.hash(GIVEN)
    receipt = await office.personal_data.erase(GIVEN, OWNER, "cancel")
    assert receipt.counts == {"call_logs": 1, "reservations": 2, "whatsapp_followups": 2, "caller_preferences": 0}
    held = await everything(office)
    assert hashed not in held
    assert "Anil" not in held
    assert await office.reservations.upcoming(test_business().id, GIVEN, office.clock.now()) == ()
    call = await office.call_log.get("call-1")
    assert call
    assert (call.transcript, call.entities, call.consent_receipt, call.outcome) == (None, None, None, "resolved")
    other = await office.call_log.get("other")
    assert other
    assert other.transcript  # another caller's words


async def test_erasing_twice_finds_nothing_the_second_time(office: Office) -> None:
    await text_call(office, *BOOKING, "do not record this", caller=GIVEN)
    first = await office.personal_data.erase(GIVEN, OWNER, "cancel")
    again = await office.personal_data.erase(GIVEN, OWNER, "cancel")
    assert set(again.counts.values()) == {0}
    assert first.id != again.id


async def test_only_an_opt_out_outlives_its_number(office: Office) -> None:
    await text_call(office, "please do not record this call", caller=GIVEN)
    await text_call(office, "what are your hours?", call_id="call-2", caller=CALLER)
    for phone in (GIVEN, CALLER):
        await office.personal_data.erase(phone, OWNER, "keep")
    assert (await office.context(test_business(), "c", GIVEN, "text")).privacy_opt_out
    assert [
        row.caller_id_hash for row in await rows(office, CallerPreferenceRow) if isinstance(row, CallerPreferenceRow)
    ] == [office.vault.hash(GIVEN)]


async def test_a_kept_booking_is_there_for_the_visit(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    receipt = await office.personal_data.erase(GIVEN, OWNER, "keep")
    assert (receipt.counts["reservations"], receipt.kept["bookings_to_come"]) == (0, 1)
    (booking,) = await office.reservations.upcoming(test_business().id, GIVEN, office.clock.now())
    assert booking.guest.name == "Anil"
    assert booking.notes == ""


async def test_a_withheld_caller_s_words_go_with_the_number_that_was_given(office: Office) -> None:
    await text_call(office, *BOOKING, caller=None)
    assert (await office.personal_data.erase(GIVEN, OWNER, "cancel")).counts["call_logs"] == 1
    call = await office.call_log.get("call-1")
    assert call
    assert call.transcript is None


async def test_an_erased_booking_is_shown_but_not_changed(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    await office.personal_data.erase(GIVEN, OWNER, "cancel")
    (row,) = await rows(office, ReservationRow)
    assert isinstance(row, ReservationRow)
    with pytest.raises(Conflict, match="erased"):
        await office.reservations.get(row.id)


async def test_of_a_number_that_is_unknown_an_export_is_empty(office: Office) -> None:
    held = await office.personal_data.export(GIVEN, OWNER)
    assert held["counts"] == {
        "call_logs": 0, "reservations": 0, "whatsapp_followups": 0, "caller_preferences": 0,
    }  # fmt: skip


async def test_where_the_law_asks_for_it_a_sealed_copy_is_left_that_only_its_command_opens(office: Office) -> None:
    await text_call(office, *BOOKING, caller=GIVEN)
    data = PersonalData(office.database, office.vault, office.clock, Copies(office.vault, 365))
    await data.erase(GIVEN, OWNER, "cancel")
    assert (await data.export(GIVEN, OWNER))["reservations"] == []
    async with office.database.read() as session:
        kept = (await session.execute(text("SELECT data_sealed FROM sealed_copies"))).scalars().all()
    assert len(kept) == 3
    assert "Anil" not in str(kept)
    now = office.clock.now()
    between = now - timedelta(days=1), now + timedelta(days=1)
    copies = [copy async for copy in open_copies(office.database, office.vault, office.clock, between, OWNER)]
    assert {copy["table"] for copy in copies} == {"call_logs", "reservations", "whatsapp_followups"}
    assert "Anil" in str(copies)
    async with office.database.read() as session:
        opened = select(AuditRow).where(col(AuditRow.action) == "open_copies")
        assert len((await session.scalars(opened)).all()) == 1
