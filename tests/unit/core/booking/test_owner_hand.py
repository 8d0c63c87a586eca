"""The owner's hand: over a rule, never silently over the seats; who walks in; what is taken back; what fits no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tests.support.book import TEST_NOW, MemoryBook, make_desk, test_business
from vartalaap.core.booking.book import Actor
from vartalaap.core.booking.owner_desk import Change, OwnerDesk
from vartalaap.core.booking.rules import Booking, Free, Guest, Refusal, Rule, TableRequest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.floor import Area, Block, DiningTable, SpecialDay
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Conflict, NotFound, RuleBroken

GUEST = Guest("Meera", PhoneNumber("+919811122233"))
TONIGHT = TableRequest(date(2026, 11, 25), time(20, 0), 4)
ROOM = test_business(total_seats=12).model_copy(
    update={
        "areas": (Area(id="hall", hi="हॉल", en="hall"), Area(id="roof", hi="छत", en="rooftop")),
        "tables": (
            DiningTable(name="T1", seats=4, area="hall"),
            DiningTable(name="T2", seats=4, area="roof"),
            DiningTable(name="T3", seats=4, area="hall", walk_ins_only=True),
        ),
    }
)


def owner(book: MemoryBook, business: Business = ROOM) -> OwnerDesk:
    return OwnerDesk(business, Clock(TEST_NOW), book, Actor("admin:owner"))


async def test_a_large_party_without_a_number_is_booked_over_the_rule_and_keeps_its_seats() -> None:
    book, large = MemoryBook(), replace(TONIGHT, party_size=11)
    desk = owner(book, test_business(total_seats=12))
    with pytest.raises(RuleBroken) as refused:
        await desk.book(large, Guest("Wedding", None), "", "one")
    assert refused.value.details["rule"] == Rule.PARTY_TOO_LARGE
    made = await desk.book(large, Guest("Wedding", None), "", "one", "rules")
    assert (made.origin, made.guest.phone) == ("house", None)
    answer = await make_desk(book, test_business(total_seats=12)).check(replace(TONIGHT, party_size=2))
    assert isinstance(answer, Refusal)
    assert answer.rule is Rule.FULL


async def test_over_the_seats_only_who_says_so_books() -> None:
    book = MemoryBook()
    desk = owner(book)
    for key in ("one", "two"):
        await desk.book(TONIGHT, GUEST, "", key)
    third = await desk.book(TONIGHT, GUEST, "", "three", "rules")
    assert third.tables == ("T3",), "the house may use what is held for walk-ins"
    with pytest.raises(RuleBroken) as refused:
        await desk.book(TONIGHT, GUEST, "", "four", "rules")
    assert refused.value.details["rule"] == Rule.FULL
    over = await desk.book(TONIGHT, GUEST, "", "four", "seats")
    assert over.tables == (), "the house arranges where they sit"


async def test_who_walks_in_sits_at_once_and_the_telephone_does_not_sell_the_chair() -> None:
    book = MemoryBook()
    desk = owner(book)
    here = await desk.walk_in(3, "door")
    assert (here.status, here.origin, here.time, here.guest.name) == ("seated", "walk_in", time(14, 0), "")
    assert here.tables == ("T1",)
    again = await desk.walk_in(3, "door")
    assert again.id == here.id, "a button that is pressed twice"
    caller = make_desk(book, ROOM)
    hall = TableRequest(TONIGHT.date, time(14, 30), 2, "hall")
    answer = await caller.check(hall)
    assert isinstance(answer, Refusal)
    assert (answer.rule, answer.elsewhere) == (Rule.AREA_FULL, ("roof",))
    assert await caller.check(replace(hall, area="roof")) == Free(replace(hall, area="roof"))


async def test_a_table_held_for_walk_ins_is_not_sold_by_telephone() -> None:
    book = MemoryBook()
    caller = make_desk(book, ROOM)
    for number in range(2):
        guest = Guest(f"Guest {number}", PhoneNumber(f"+91981112223{number}"))
        assert isinstance(await caller.book(TONIGHT, guest), Booking)
    answer = await caller.check(TONIGHT)
    assert isinstance(answer, Refusal)
    assert answer.rule is Rule.NO_TABLE
    held = test_business(total_seats=12).model_copy(update={"held_for_walk_ins": 6})
    answer = await make_desk(book, held).check(TONIGHT)
    assert isinstance(answer, Refusal)
    assert answer.rule is Rule.FULL
    assert isinstance(await owner(book, held).book(TONIGHT, GUEST, "", "more", "rules"), Booking)


async def test_the_last_change_is_taken_back_and_taking_back_is_taken_back_too() -> None:
    book = MemoryBook()
    desk = owner(book)
    made = await desk.book(TONIGHT, GUEST, "", "one")
    await desk.change(made.id, Change(time=time(21, 0), party_size=2))
    undone = await desk.undo(made.id)
    assert (undone.time, undone.party_size) == (time(20, 0), 4)
    redone = await desk.undo(made.id)
    assert (redone.time, redone.party_size) == (time(21, 0), 2)
    await desk.change(made.id, Change(notes="window"))
    with pytest.raises(Conflict):
        await desk.undo(made.id)
    await desk.change(made.id, Change(status="cancelled"))
    assert (await desk.undo(made.id)).status == "confirmed"
    other = await desk.book(TONIGHT, GUEST, "", "two")
    assert (await desk.undo(other.id)).status == "cancelled", "what was just made is cancelled"


async def test_a_cancellation_is_not_taken_back_when_the_table_was_sold_meanwhile() -> None:
    book, small = MemoryBook(), test_business(total_seats=4)
    desk = owner(book, small)
    made = await desk.book(TONIGHT, GUEST, "", "one")
    await desk.change(made.id, Change(status="cancelled"))
    await desk.book(TONIGHT, GUEST, "", "two")
    with pytest.raises(RuleBroken) as refused:
        await desk.undo(made.id)
    assert refused.value.details["rule"] == Rule.FULL


async def test_where_guests_are_put_in_fact_is_noted_and_the_others_sit_elsewhere() -> None:
    book = MemoryBook()
    desk = owner(book, ROOM.model_copy(update={"areas": ()}))
    first = await desk.book(replace(TONIGHT, time=time(14, 30)), GUEST, "", "one")
    other = await desk.book(replace(TONIGHT, time=time(14, 30)), GUEST, "", "two")
    assert (first.tables, other.tables) == (("T1",), ("T2",))
    await desk.change(first.id, Change(status="seated", tables=("T2",)))
    assert await desk.misfits() == ()
    with pytest.raises(NotFound, match="there is no table T9; the business has T1, T2, T3"):
        await desk.change(other.id, Change(tables=("T9",)))


async def test_what_a_changed_house_does_not_hold_any_more_is_listed_and_stays() -> None:
    book = MemoryBook()
    desk = owner(book)
    early = await desk.book(replace(TONIGHT, time=time(17, 0)), GUEST, "", "one")
    late = await desk.book(TONIGHT, GUEST, "", "two")
    assert await desk.misfits() == ()
    only_late = SpecialDay.model_validate({"date": TONIGHT.date, "hours": "19:00-22:30"})
    assert await owner(book, ROOM.model_copy(update={"special_days": (only_late,)})).misfits() == (
        (early, Rule.OUTSIDE_HOURS),
    )
    blocked = {"date": TONIGHT.date, "from": "19:30", "to": "20:30", "tables": ["T1", "T2", "T3"]}
    busy = ROOM.model_copy(update={"blocks": (Block.model_validate(blocked),)})
    assert await owner(book, busy).misfits() == ((late, Rule.NO_TABLE),)
    closed = ROOM.model_copy(update={"special_days": (SpecialDay(date=TONIGHT.date, closed=True),)})
    assert [rule for _, rule in await owner(book, closed).misfits()] == [Rule.SPECIAL_CLOSURE] * 2
    assert all(booking.status == "confirmed" for booking in book.bookings.values())
