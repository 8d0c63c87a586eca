"""The owner's desk: any booking, under the same rules, and what a booking may become."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.support.book import TEST_NOW, MemoryBook, test_business
from vartalaap.core.booking.book import Actor
from vartalaap.core.booking.owner_desk import Change, OwnerDesk
from vartalaap.core.booking.rules import Booking, BookingStatus, Free, Guest, Refusal, Rule, TableRequest
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Conflict, NotFound, RuleBroken

GUEST = Guest("Meera", PhoneNumber("+919811122233"))
TONIGHT = TableRequest(date(2026, 11, 25), time(20, 0), 4)
HOUR = 3600


class House:
    """An owner's desk whose clock can be moved on."""

    def __init__(self, **rules: object) -> None:
        self.seconds = 0.0
        clock = Clock(TEST_NOW, lambda: self.seconds)
        self.book = MemoryBook(clock=clock)
        self.desk = OwnerDesk(test_business(**rules), clock, self.book, Actor("admin:owner"))

    async def booked(self, request: TableRequest = TONIGHT) -> Booking:
        return await self.desk.book(request, GUEST, "", f"key {len(self.book.bookings)}")


async def test_guests_who_left_early_give_their_seats_back() -> None:
    house = House(total_seats=4)
    booking = await house.booked()
    house.seconds = 6.5 * HOUR
    later = replace(TONIGHT, time=time(21, 15))
    assert isinstance(await house.desk.check(later), Refusal)
    assert (await house.desk.change(booking.id, Change(status="completed"))).status == "completed"
    assert await house.desk.check(later) == Free(later)


async def test_guests_who_sit_keep_their_seats_and_may_have_come_early() -> None:
    house = House(total_seats=4)
    booking = await house.booked()
    with pytest.raises(RuleBroken) as refused:
        await house.desk.change(booking.id, Change(status="seated"))
    assert refused.value.details["rule"] == "not_begun"
    house.seconds = 5 * HOUR  # an hour before
    assert (await house.desk.change(booking.id, Change(status="seated"))).status == "seated"
    assert isinstance(await house.desk.check(replace(TONIGHT, time=time(20, 15))), Refusal)
    assert (await house.desk.change(booking.id, Change(status="confirmed"))).status == "confirmed"
    assert (await house.desk.change(booking.id, Change(status="seated"))).status == "seated"
    with pytest.raises(RuleBroken):
        await house.desk.change(booking.id, Change(status="cancelled"))
    with pytest.raises(RuleBroken):  # a table is changed before the guests sit at it
        await house.desk.change(booking.id, Change(party_size=3))


async def test_who_was_noted_as_absent_by_mistake_was_there_after_all() -> None:
    house = House()
    booking = await house.booked()
    house.seconds = 7 * HOUR
    seen: tuple[BookingStatus, ...] = ("no_show", "completed", "no_show")
    for status in seen:
        assert (await house.desk.change(booking.id, Change(status=status))).status == status
    impossible: tuple[BookingStatus, ...] = ("confirmed", "cancelled")
    for status in impossible:
        with pytest.raises(RuleBroken) as refused:
            await house.desk.change(booking.id, Change(status=status))
        assert refused.value.details["rule"] == "status"


async def test_a_name_can_be_mended_when_no_rule_would_allow_the_booking_any_more() -> None:
    house = House()
    booking = await house.booked()
    house.seconds = 7 * HOUR
    assert (await house.desk.change(booking.id, Change(name="Meera Nair"))).guest.name == "Meera Nair"
    with pytest.raises(RuleBroken) as refused:
        await house.desk.change(booking.id, Change(party_size=5))
    assert refused.value.details["rule"] == Rule.IN_THE_PAST


async def test_a_larger_party_needs_seats_that_are_free_beside_its_own() -> None:
    house = House(total_seats=10)
    booking = await house.booked()
    await house.booked(replace(TONIGHT, party_size=5))
    assert (await house.desk.change(booking.id, Change(party_size=5))).party_size == 5
    with pytest.raises(RuleBroken) as refused:
        await house.desk.change(booking.id, Change(party_size=6))
    assert (refused.value.details["rule"], refused.value.details["limit"]) == ("total_seats", 10)


async def test_a_change_for_another_version_changes_nothing() -> None:
    house = House()
    booking = await house.booked()
    await house.desk.change(booking.id, Change(notes="by the window"), version=1)
    with pytest.raises(Conflict):
        await house.desk.change(booking.id, Change(notes="outside"), version=1)
    assert (await house.book.get(booking.id)).notes == "by the window"
    with pytest.raises(NotFound):
        await house.desk.change("nobody's", Change(notes="x"))


@pytest.mark.parametrize(("day", "rule"), [(date.min, Rule.IN_THE_PAST), (date.max, Rule.TOO_FAR)])
async def test_the_ends_of_the_calendar_are_days_like_others(day: date, rule: Rule) -> None:
    house = House()
    answer = await house.desk.check(replace(TONIGHT, date=day))
    assert isinstance(answer, Refusal)
    assert answer.rule is rule
    assert await house.desk.slots(day, 2) == ()


async def test_the_slots_agree_with_what_a_booking_is_told() -> None:
    house = House(total_seats=8)
    await house.booked(replace(TONIGHT, party_size=6))
    day = TONIGHT.date
    for start, rule in await house.desk.slots(day, 4):
        answer = await house.desk.check(TableRequest(start.date(), start.time(), 4))
        assert (answer.rule if isinstance(answer, Refusal) else None) == rule
    assert await house.desk.slots(day - timedelta(days=2), 4) == ()  # a Monday
