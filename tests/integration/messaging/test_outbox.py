"""Messages are written with what they are about, and are sent once, whatever happens on the way."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.integration.messaging.conftest import ANITA, RAVI, House
from vartalaap.core.booking.rules import Booking, Guest, TableRequest
from vartalaap.core.messages import MessageRefused, NotAccepted, OutcomeUnknown
from vartalaap.db.models import FollowUpRow, ReservationRow
from vartalaap.db.repositories.outbox import LEASE, MOST_ATTEMPTS, UNKNOWN_WAIT
from vartalaap.services.messaging.texts import text_of

FRIDAY_AT_EIGHT = TableRequest(date(2026, 11, 27), time(20, 0), 4)
GUEST = Guest("Anita", ANITA)
LATER = LEASE.total_seconds() + 1
EVEN_LATER = UNKNOWN_WAIT.total_seconds() + 1


async def book(house: House) -> Booking:
    made = await house.desk().book(FRIDAY_AT_EIGHT, GUEST, confirm_in="en")
    assert isinstance(made, Booking)
    return made


async def test_a_booking_and_its_message_are_one_transaction(house: House) -> None:
    await book(house)
    await house.work()
    (sent,) = house.messenger.sent
    assert sent.to == ANITA
    assert text_of(sent).splitlines() == [
        "Your table at Himalayan Kitchen is booked.",
        "Date: 27-11-2026",
        "Time: 8:00 PM",
        "Guests: 4",
        "To change or cancel, call +911140001234.",
        "Reply STOP to get no more messages.",
    ]
    assert await house.states() == ["sent"]


async def test_without_consent_there_is_no_message(house: House) -> None:
    made = await house.desk().book(FRIDAY_AT_EIGHT, GUEST)
    assert isinstance(made, Booking)
    await house.desk().cancel(made)
    assert await house.rows() == []


async def test_a_repeated_confirmation_is_one_message(house: House) -> None:
    await book(house)
    await book(house)
    assert len(await house.rows()) == 1


async def test_who_was_confirmed_is_told_of_a_change_and_of_the_end_in_that_language(house: House) -> None:
    made = await house.desk().book(FRIDAY_AT_EIGHT, GUEST, confirm_in="hi")
    assert isinstance(made, Booking)
    moved = await house.desk().move(made, TableRequest(date(2026, 11, 27), time(19, 0), 4))
    assert isinstance(moved, Booking)
    await house.desk().cancel(moved)
    rows = await house.rows()
    assert sorted(row.kind for row in rows) == ["booking_cancelled", "booking_changed", "booking_confirmed"]
    for _ in rows:
        await house.work()
        house.clock.jump(7)
    assert {sent.language for sent in house.messenger.sent} == {"hi"}
    assert len(house.messenger.sent) == 3


async def test_the_owner_is_told_of_a_follow_up_and_never_of_a_number(house: House) -> None:
    await house.desk().call_back("catering", ANITA, "wants catering for 80")
    await house.work()
    by_kind = {sent.kind: sent for sent in house.messenger.sent}
    assert by_kind["follow_up_for_owner"].to.e164 == "+919810000000"
    assert "wants catering for 80" in text_of(by_kind["follow_up_for_owner"])
    assert ANITA.national not in text_of(by_kind["follow_up_for_owner"])
    assert by_kind["follow_up"].to == ANITA


async def test_one_person_gets_one_message_in_six_seconds(house: House) -> None:
    made = await book(house)
    await house.desk().cancel(made)
    await house.work()
    assert len(house.messenger.sent) == 1
    house.clock.jump(7)
    await house.work()
    assert len(house.messenger.sent) == 2


async def test_a_limit_is_honoured_and_then_the_message_goes(house: House) -> None:
    await book(house)
    house.messenger.errors.append(NotAccepted("limit", code="429", retry_after_s=90))
    await house.work()
    house.clock.jump(89)
    await house.work()
    assert (len(house.messenger.sent), await house.states()) == (1, ["pending"])
    house.clock.jump(2)
    await house.work()
    assert (len(house.messenger.sent), await house.states()) == (2, ["sent"])


async def test_a_message_that_is_never_taken_is_dead_and_can_be_sent_again_by_the_owner(house: House) -> None:
    await book(house)
    house.messenger.errors.extend([NotAccepted("down")] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS + 3):
        await house.work()
        house.clock.jump(3700)
    assert (len(house.messenger.sent), await house.states()) == (MOST_ATTEMPTS, ["dead"])
    (row,) = await house.rows()
    assert await house.outbox.retry(row.id)
    await house.work()
    assert await house.states() == ["sent"]


async def test_a_refused_message_is_dead_at_once(house: House) -> None:
    await book(house)
    house.messenger.errors.append(MessageRefused("no", code="131026"))
    await house.work()
    (row,) = await house.rows()
    assert (row.status, row.error) == ("dead", "131026")


async def test_a_worker_killed_before_its_request_costs_no_attempt_on_the_wire(house: House) -> None:
    await book(house)
    await house.outbox.lease(10)
    house.clock.jump(LATER)
    await house.work()
    assert (len(house.messenger.sent), await house.states()) == (1, ["sent"])


async def test_after_a_kill_in_the_request_the_report_is_waited_for(house: House) -> None:
    await book(house)
    (leased,) = await house.outbox.lease(10)
    assert await house.outbox.begin(leased)
    house.clock.jump(LATER)
    await house.work()
    assert (house.messenger.sent, await house.states()) == ([], ["unknown"])
    await house.outbox.told(leased.message.id, "wamid.x", "delivered")
    house.clock.jump(EVEN_LATER)
    await house.work()
    assert (house.messenger.sent, await house.states()) == ([], ["delivered"])


async def test_an_unknown_message_without_a_report_is_sent_once_more_and_no_more(house: House) -> None:
    await book(house)
    house.messenger.errors.extend([OutcomeUnknown("silence")] * 5)
    for _ in range(5):
        await house.work()
        house.clock.jump(EVEN_LATER)
    await house.work()
    assert (len(house.messenger.sent), await house.states()) == (2, ["dead"])


async def test_a_lease_that_ran_out_is_good_for_nothing(house: House) -> None:
    await book(house)
    (old,) = await house.outbox.lease(10)
    house.clock.jump(LATER)
    (new,) = await house.outbox.lease(10)
    assert not await house.outbox.begin(old)
    assert await house.outbox.begin(new)
    assert not await house.outbox.begin(new)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["delivered"], "delivered"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent", "sent", "failed"], "delivered"),
        (["sent", "bogus"], "sent"),
        (["failed", "failed", "sent"], "dead"),
        (["failed", "delivered"], "delivered"),
    ],
)
async def test_reports_never_take_a_message_back(house: House, said: list[str], stands: str) -> None:
    await book(house)
    await house.work()
    (row,) = await house.rows()
    for status in said:
        await house.outbox.told(row.id, "wamid.1", status, error="131026")
    assert await house.states() == [stands]


async def test_a_failure_that_passes_is_tried_again_once_for_all_its_reports(house: House) -> None:
    await book(house)
    await house.work()
    (row,) = await house.rows()
    for status in ("failed", "failed", "sent"):
        await house.outbox.told(row.id, "wamid.1", status, error="131000", again_in_s=0)
    house.clock.jump(60)
    await house.work()
    await house.outbox.told(row.id, "wamid.1", "failed", error="131000", again_in_s=0)
    assert (len(house.messenger.sent), await house.states()) == (2, ["sent"])


async def test_a_report_before_the_answer_is_kept(house: House) -> None:
    await book(house)
    (leased,) = await house.outbox.lease(10)
    await house.outbox.begin(leased)
    await house.outbox.told(leased.message.id, "wamid.1", "read")
    await house.outbox.accepted(leased, "wamid.1")
    assert await house.states() == ["read"]


async def test_stop_deletes_every_copy_and_nothing_is_sent_until_start(house: House) -> None:
    made = await book(house)
    await house.desk().call_back("catering", ANITA, "soup")
    await house.opt_outs.stop(ANITA)
    async with house.database.read() as session:
        follow_ups = list(await session.scalars(select(col(FollowUpRow.phone_sealed))))
        bookings = list(await session.scalars(select(col(ReservationRow.phone_sealed))))
    rows = {row.kind: row for row in await house.rows()}
    assert follow_ups == bookings == [None]
    assert rows["booking_confirmed"].status == rows["follow_up"].status == "dropped"
    assert rows["booking_confirmed"].to_sealed is None
    assert rows["booking_confirmed"].content_sealed is None
    assert rows["follow_up_for_owner"].status == "pending"
    assert [booking.id for booking in await house.desk().upcoming()] == [made.id]
    await house.desk(call_id="c2").book(TableRequest(date(2026, 11, 28), time(20, 0), 2), GUEST, confirm_in="en")
    assert len(await house.rows()) == 3
    await house.opt_outs.start(ANITA)
    await house.desk(call_id="c3").book(TableRequest(date(2026, 11, 29), time(20, 0), 2), GUEST, confirm_in="en")
    assert len(await house.rows()) == 4


async def test_the_table_shows_no_number_and_no_name(house: House) -> None:
    await book(house)
    (row,) = await house.rows()
    shown = repr(row.model_dump())
    assert not any(secret in shown for secret in (ANITA.national, RAVI.national, "Anita", "Himalayan", "2026-11-27"))
