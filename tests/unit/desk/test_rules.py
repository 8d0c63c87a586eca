"""The booking rules: each by its edge, and all of them against a slow reading of the same rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.business import Business, OperatingHours
from vartalaap.core.reservations import Free, Occupancy, Refusal, Rule, TableRequest, check

NOW = TEST_NOW  # Wednesday 2026-11-25 14:00 in Delhi
WEDNESDAY, FRIDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 27), date(2026, 11, 30)
DELHI = test_business().tz


def ask(
    day: date, at: str, party: int = 4, business: Business | None = None, taken: list[Occupancy] | None = None
) -> Free | Refusal:
    return check(business or test_business(), NOW, taken or [], TableRequest(day, time.fromisoformat(at), party))


def taken(day: date, at: str, seats: int) -> Occupancy:
    return Occupancy(datetime.combine(day, time.fromisoformat(at), DELHI), seats)


def rule(answer: Free | Refusal) -> Rule | None:
    return answer.rule if isinstance(answer, Refusal) else None


@pytest.mark.parametrize(
    ("day", "at", "party", "broken"),
    [
        (FRIDAY, "20:00", 4, None),
        (FRIDAY, "20:00", 0, Rule.PARTY_TOO_SMALL),
        (FRIDAY, "13:00", 10, None),
        (FRIDAY, "13:00", 11, Rule.PARTY_TOO_LARGE),
        (FRIDAY, "19:00", 7, Rule.PEAK_PARTY_TOO_LARGE),
        (FRIDAY, "18:45", 7, None),
        (FRIDAY, "20:59", 7, Rule.PEAK_PARTY_TOO_LARGE),
        (FRIDAY, "21:00", 7, None),
        (WEDNESDAY, "13:59", 4, Rule.IN_THE_PAST),
        (WEDNESDAY, "14:00", 4, Rule.TOO_SOON),
        (WEDNESDAY, "14:29", 4, Rule.TOO_SOON),
        (WEDNESDAY, "14:30", 4, None),
        (WEDNESDAY + timedelta(days=30), "20:00", 4, None),
        (WEDNESDAY + timedelta(days=31), "20:00", 4, Rule.TOO_FAR),
        (MONDAY, "20:00", 4, Rule.CLOSED_DAY),
        (FRIDAY, "10:59", 4, Rule.OUTSIDE_HOURS),
        (FRIDAY, "11:00", 4, None),
        (FRIDAY, "21:30", 4, None),
        (FRIDAY, "21:31", 4, Rule.LAST_SEATING),
        (FRIDAY, "22:30", 4, Rule.OUTSIDE_HOURS),
        (FRIDAY, "03:00", 4, Rule.OUTSIDE_HOURS),
    ],
)
def test_each_rule_refuses_from_its_edge_on(day: date, at: str, party: int, broken: Rule | None) -> None:
    assert rule(ask(day, at, party)) == broken


def test_a_special_closure_is_named_and_the_next_open_day_offered() -> None:
    refusal = ask(FRIDAY, "20:00", business=test_business(special_closures=[FRIDAY]))
    assert isinstance(refusal, Refusal)
    assert refusal.rule == Rule.SPECIAL_CLOSURE
    assert refusal.next_open == FRIDAY + timedelta(days=1)


def test_seats_are_held_for_the_meal_and_the_buffer_and_free_at_their_end() -> None:
    full = [taken(FRIDAY, "12:00", 40)]
    assert rule(ask(FRIDAY, "13:44", taken=full)) == Rule.FULL
    assert rule(ask(FRIDAY, "13:45", taken=full)) is None
    assert rule(ask(FRIDAY, "11:00", taken=full)) == Rule.FULL  # it would still sit when they come


def test_bookings_that_do_not_meet_each_other_are_not_added_up() -> None:
    one_after_the_other = [taken(FRIDAY, "12:00", 30), taken(FRIDAY, "13:45", 30)]
    assert rule(ask(FRIDAY, "13:00", 10, taken=one_after_the_other)) is None
    assert rule(ask(FRIDAY, "13:00", 10, taken=[*one_after_the_other, taken(FRIDAY, "14:00", 1)])) == Rule.FULL


def test_a_limit_on_parallel_bookings_counts_tables_not_seats() -> None:
    business = test_business(max_concurrent_reservations=2)
    two = [taken(FRIDAY, "12:00", 1), taken(FRIDAY, "12:30", 1)]
    assert rule(ask(FRIDAY, "13:00", 1, business, two)) == Rule.TOO_MANY_BOOKINGS
    assert rule(ask(FRIDAY, "13:45", 1, business, two)) is None


def test_a_refusal_offers_the_two_nearest_free_times() -> None:
    refusal = ask(FRIDAY, "20:00", taken=[taken(FRIDAY, "19:30", 38)])
    assert isinstance(refusal, Refusal)
    assert [alternative.strftime("%H:%M") for alternative in refusal.alternatives] == ["21:15", "21:30"]
    assert (refusal.hours, refusal.last_start) == (((time(11), time(22, 30)),), time(21, 30))


def test_a_closed_day_offers_the_next_open_one() -> None:
    refusal = ask(MONDAY, "20:00")
    assert isinstance(refusal, Refusal)
    assert refusal.next_open == MONDAY + timedelta(days=1)
    assert (refusal.alternatives, refusal.hours) == ((), ())


def late_night() -> Business:
    """Open from the evening to two at night; closed on Monday."""
    hours = OperatingHours.model_validate(dict.fromkeys(("tuesday", "friday", "saturday", "sunday"), "18:00-02:00"))
    return test_business().model_copy(update={"operating_hours": hours})


def test_after_midnight_the_shift_of_the_day_before_counts() -> None:
    business = late_night()
    assert rule(ask(MONDAY, "00:30", business=business)) is None  # Sunday's shift
    assert rule(ask(MONDAY, "01:30", business=business)) == Rule.LAST_SEATING
    assert rule(ask(MONDAY, "02:00", business=business)) == Rule.CLOSED_DAY
    assert rule(ask(FRIDAY, "00:30", business=business)) == Rule.OUTSIDE_HOURS  # nobody worked on Thursday


HOURS = st.sampled_from(["closed", "11:00-22:30", "12:00-15:00, 19:00-23:30", "18:00-02:00", "08:00-24:00"])


@st.composite
def businesses(draw: st.DrawFn) -> Business:
    hours = {day: draw(HOURS) for day in OperatingHours.model_fields}
    business = test_business(
        total_seats=draw(st.integers(4, 20)),
        dining_window_mins=draw(st.sampled_from([30, 60, 90, 120])),
        buffer_between_bookings_mins=draw(st.sampled_from([0, 15, 30])),
        max_concurrent_reservations=draw(st.none() | st.integers(1, 4)),
        closed_days=draw(st.sampled_from([[], ["monday"], ["friday", "saturday"]])),
        special_closures=draw(st.sampled_from([[], [FRIDAY]])),
        peak_hours=draw(st.sampled_from([[], ["19:00-21:00"], ["23:00-01:00"]])),
        peak_max_party_size=draw(st.none() | st.integers(1, 10)),
        last_seating_mins_before_close=draw(st.sampled_from([0, 60])),
        min_advance_booking_mins=draw(st.sampled_from([0, 30, 600])),
    )
    return business.model_copy(update={"operating_hours": OperatingHours.model_validate(hours)})


QUARTERS = st.integers(-4, 6 * 96).map(lambda quarter: NOW + timedelta(minutes=15 * quarter))


def allowed_slowly(business: Business, occupied: list[Occupancy], start: datetime, party: int) -> bool:
    """The same rules, minute by minute, as one would explain them to a waiter."""
    rules, tz = business.reservation_rules, business.tz
    if not rules.min_party_size <= party <= rules.max_phone_party_size:
        return False
    if start - NOW < timedelta(minutes=rules.min_advance_booking_mins):
        return False
    if (start.date() - NOW.date()).days > rules.max_advance_booking_days:
        return False
    open_now = False
    for days_back in (0, 1):
        day = start.date() - timedelta(days=days_back)
        minute = int((start - datetime.combine(day, time(), tz)).total_seconds() // 60)
        for span in business.open_spans(day):
            last = span.end - rules.last_seating_mins_before_close
            open_now |= span.start <= minute <= last and minute < span.end
        is_peak = any(span.start <= minute < span.end for span in rules.peak_hours)
        if is_peak and rules.peak_max_party_size is not None and party > rules.peak_max_party_size:
            return False
    stay = rules.dining_window_mins + rules.buffer_between_bookings_mins
    for minute_of_stay in range(stay):
        at = start.astimezone(UTC) + timedelta(minutes=minute_of_stay)
        present = [o.party_size for o in occupied if o.start <= at < o.start + timedelta(minutes=stay)]
        if sum(present) + party > rules.total_seats:
            return False
        if rules.max_concurrent_reservations and len(present) + 1 > rules.max_concurrent_reservations:
            return False
    return open_now


@settings(max_examples=250, deadline=None)
@given(
    business=businesses(),
    start=QUARTERS,
    party=st.integers(0, 12),
    others=st.lists(st.tuples(QUARTERS, st.integers(1, 8)), max_size=12),
)
def test_the_rules_agree_with_a_slow_reading_and_alternatives_are_really_free(
    business: Business, start: datetime, party: int, others: list[tuple[datetime, int]]
) -> None:
    occupied = [Occupancy(at, seats) for at, seats in others]
    request = TableRequest(start.date(), start.time(), party)
    answer = check(business, NOW, occupied, request)
    assert isinstance(answer, Free) == allowed_slowly(business, occupied, start, party)
    if isinstance(answer, Refusal):
        assert all(allowed_slowly(business, occupied, at, party) for at in answer.alternatives)
        distances = [abs(at - start) for at in answer.alternatives]
        assert distances == sorted(distances)
