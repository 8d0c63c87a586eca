"""The desk on a book in memory: who may do what, and what is asked of the book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tests.support.book import TEST_NOW, MemoryBook, make_desk, test_business
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.booking.rules import Booking, Free, Guest, Refusal, Rule, TableRequest
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import Forbidden

CALLER, OTHER = PhoneNumber("+919876501234"), PhoneNumber("+919811122233")
EIGHT = TableRequest(date(2026, 11, 27), time(20, 0), 4)
ONE = replace(EIGHT, time=time(13, 0))
GUEST = Guest("Anita", CALLER)


async def booked(book: MemoryBook, request: TableRequest = EIGHT, phone: PhoneNumber = CALLER) -> Booking:
    booking = await make_desk(book, caller=phone.e164).book(request, Guest("Anita", phone))
    assert isinstance(booking, Booking)
    return booking


async def test_asking_books_nothing() -> None:
    book = MemoryBook()
    assert await make_desk(book).check(EIGHT) == Free(EIGHT)
    assert book.bookings == {}


async def test_a_broken_rule_is_an_answer_and_books_nothing() -> None:
    book = MemoryBook()
    refusal = await make_desk(book).book(replace(EIGHT, party_size=20), Guest("Anita", CALLER))
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.limit) == (Rule.PARTY_TOO_LARGE, 10)
    assert book.bookings == {}


async def test_a_caller_sees_only_bookings_of_the_number_that_calls() -> None:
    book = MemoryBook()
    own = await booked(book)
    await booked(book, phone=OTHER)
    assert await make_desk(book, caller=CALLER.e164).upcoming() == (own,)
    assert await make_desk(book, caller=None).upcoming() == ()


@pytest.mark.parametrize("caller", [OTHER.e164, None])
async def test_nobody_else_may_cancel_or_move_it(caller: str | None) -> None:
    book = MemoryBook()
    booking = await booked(book)
    stranger = make_desk(book, caller=caller)
    with pytest.raises(Forbidden):
        await stranger.cancel(booking)
    with pytest.raises(Forbidden):
        await stranger.move(booking, ONE)
    assert book.live() == [booking]


async def test_a_booking_for_another_s_number_is_not_the_caller_s_to_cancel_in_another_call() -> None:
    book = MemoryBook()
    for_a_friend = await make_desk(book).book(EIGHT, Guest("Ravi", OTHER))
    assert isinstance(for_a_friend, Booking)
    with pytest.raises(Forbidden):
        await make_desk(book).cancel(for_a_friend)


@pytest.mark.parametrize("caller", [CALLER.e164, None])
async def test_the_call_that_made_a_booking_may_move_and_cancel_it_whatever_its_number(caller: str | None) -> None:
    book = MemoryBook()
    desk = make_desk(book, caller=caller)
    made = await desk.book(EIGHT, Guest("Ravi", OTHER))
    assert await desk.upcoming() == (made,)
    assert isinstance(made, Booking)
    moved = await desk.move(made, ONE)
    assert await desk.upcoming() == (moved,)
    assert isinstance(moved, Booking)
    await desk.cancel(moved)
    assert await desk.upcoming() == ()
    assert book.live() == []


async def test_moving_changes_date_time_and_party_and_nothing_else() -> None:
    book = MemoryBook()
    booking = await booked(book)
    moved = await make_desk(book).move(booking, replace(ONE, party_size=6))
    assert moved == replace(booking, time=time(13, 0), party_size=6)
    assert book.live() == [moved]


async def test_confirming_twice_in_one_call_books_once() -> None:
    book = MemoryBook()
    desk = make_desk(book)
    assert await desk.book(EIGHT, Guest("Anita", CALLER)) == await desk.book(EIGHT, Guest("Anita", CALLER))
    assert len(book.bookings) == 1


async def test_the_same_wish_after_a_move_is_a_booking_of_its_own() -> None:
    book = MemoryBook()
    first = await booked(book)
    await make_desk(book).move(first, ONE)
    again = await booked(book)
    assert again.id != first.id
    assert (again.date, again.time) == (EIGHT.date, EIGHT.time)


async def test_a_move_may_use_the_booking_s_own_seats_but_no_others() -> None:
    book = MemoryBook()
    desk = make_desk(book, test_business(total_seats=6))
    booking = await desk.book(EIGHT, Guest("Anita", CALLER))
    assert isinstance(booking, Booking)
    half_past = replace(EIGHT, time=time(20, 30))
    assert isinstance(await desk.check(half_past), Refusal)
    assert isinstance(await desk.check(half_past, moving=booking), Free)
    assert isinstance(await desk.move(booking, replace(half_past, party_size=6)), Booking)
    assert isinstance(await desk.book(half_past, Guest("Ravi", OTHER)), Refusal)


async def test_a_follow_up_holds_a_number_only_if_one_was_given() -> None:
    book = MemoryBook()
    desk = make_desk(book)
    await desk.call_back("catering", None)
    await desk.call_back("large_party", CALLER)
    await desk.allow_whatsapp(OTHER)
    assert book.follow_ups == [("catering", None), ("large_party", CALLER)]
    assert book.whatsapp == [OTHER]


def two_calls(book: MemoryBook, **rules: object) -> tuple[Desk, Desk]:
    business = test_business(**{"total_seats": 4, **rules})
    first, second = (Desk(business, book.clock, book, book, call_id=name, caller=None) for name in ("first", "second"))
    return first, second


async def test_a_held_table_is_free_to_its_call_only_and_is_released_by_itself() -> None:
    seconds = [0.0]
    book = MemoryBook(clock=Clock(TEST_NOW, lambda: seconds[0]))
    first, second = two_calls(book)
    assert await first.hold(EIGHT) == Free(EIGHT)
    assert isinstance(await second.check(EIGHT), Refusal)
    assert isinstance(await second.book(EIGHT, GUEST), Refusal)
    seconds[0] = 119
    assert isinstance(await second.hold(EIGHT), Refusal)
    seconds[0] = 120
    assert await second.hold(EIGHT) == Free(EIGHT)
    assert isinstance(await first.book(EIGHT, GUEST), Refusal)


async def test_a_call_that_goes_on_keeps_its_table() -> None:
    seconds = [0.0]
    book = MemoryBook(clock=Clock(TEST_NOW, lambda: seconds[0]))
    first, second = two_calls(book)
    for seconds[0] in range(0, 600, 50):  # a turn every fifty seconds
        assert await first.hold(EIGHT) == Free(EIGHT)
        assert isinstance(await second.check(EIGHT), Refusal)


async def test_a_call_holds_one_table_and_gives_it_up_at_its_end() -> None:
    book = MemoryBook()
    first, second = two_calls(book)
    await first.hold(EIGHT)
    await first.hold(ONE)
    assert await second.check(EIGHT) == Free(EIGHT)
    await first.release()
    assert await second.check(ONE) == Free(ONE)


async def test_the_booking_takes_the_place_of_the_hold() -> None:
    book = MemoryBook()
    first, _ = two_calls(book)
    await first.hold(EIGHT)
    assert isinstance(await first.book(EIGHT, GUEST), Booking)
    assert book.holds == {}


async def test_no_seats_are_held_where_the_owner_wants_none() -> None:
    book = MemoryBook()
    first, second = two_calls(book, seat_hold_secs=0)
    await first.hold(EIGHT)
    assert await second.check(EIGHT) == Free(EIGHT)


async def test_a_change_of_the_rules_in_the_middle_of_a_call_applies_to_its_next_check() -> None:
    book, now = MemoryBook(), [test_business()]

    async def rules_now(business_id: str) -> Business:
        return now[0]

    desk = Desk(now[0], book.clock, book, book, call_id="c", caller=None, rules_now=rules_now)
    assert isinstance(await desk.check(EIGHT), Free)
    now[0] = test_business(special_closures=[EIGHT.date])
    for refused in (await desk.check(EIGHT), await desk.hold(EIGHT), await desk.book(EIGHT, GUEST)):
        assert isinstance(refused, Refusal)
        assert refused.rule is Rule.SPECIAL_CLOSURE
