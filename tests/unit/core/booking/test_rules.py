"""The booking rules, each by its edge."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.rules import Free, Occupancy, Refusal, Rule, TableRequest, check, window_of
from vartalaap.core.business import Business, OperatingHours

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


def test_a_refusal_offers_the_nearest_free_time_before_and_after() -> None:
    refusal = ask(FRIDAY, "20:00", taken=[taken(FRIDAY, "19:30", 38)])
    assert isinstance(refusal, Refusal)
    assert [alternative.strftime("%H:%M") for alternative in refusal.alternatives] == ["21:15", "17:45"]
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


def test_a_full_night_offers_times_of_the_same_night() -> None:
    business = late_night()
    full = [taken(MONDAY, "00:30", 40)]  # after midnight of Sunday's shift
    refusal = ask(MONDAY, "00:30", 4, business, full)
    assert isinstance(refusal, Refusal)
    assert [alternative.strftime("%a %H:%M") for alternative in refusal.alternatives] == ["Sun 22:45", "Sun 22:30"]
    assert (refusal.hours, refusal.last_start, refusal.next_open) == (((time(18), time(2)),), time(1), None)


def test_the_horizon_s_last_night_ends_after_midnight() -> None:
    business = late_night()
    last_day = WEDNESDAY + timedelta(days=30)  # a Friday
    assert rule(ask(last_day + timedelta(days=1), "00:30", business=business)) is None
    assert rule(ask(last_day + timedelta(days=1), "18:00", business=business)) == Rule.TOO_FAR


def test_without_notice_one_may_come_at_once() -> None:
    assert rule(ask(WEDNESDAY, "14:00", business=test_business(min_advance_booking_mins=0))) is None


def test_a_shift_shorter_than_its_last_seating_names_no_last_start() -> None:
    short = test_business(last_seating_mins_before_close=12 * 60)
    refusal = ask(FRIDAY, "20:00", business=short)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.last_start, refusal.alternatives) == (Rule.LAST_SEATING, None, ())


def test_only_bookings_that_can_matter_are_asked_for() -> None:
    business = test_business()
    earliest, latest = window_of(business, TableRequest(FRIDAY, time(20), 4))
    assert earliest == datetime.combine(FRIDAY, time(9, 15), DELHI)  # still sitting at eleven
    assert latest == datetime.combine(FRIDAY + timedelta(days=1), time(0), DELHI)  # begins while the last ones sit


def test_half_an_hour_asked_for_in_the_course_of_a_minute_is_half_an_hour() -> None:
    request = TableRequest(WEDNESDAY, time(14, 30), 4)
    assert check(test_business(), NOW + timedelta(seconds=59), [], request) == Free(request)
    assert rule(check(test_business(), NOW + timedelta(seconds=60), [], request)) is Rule.TOO_SOON
