"""How full a day is, against counting every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import test_business
from vartalaap.admin.paging import day_window
from vartalaap.admin.routes.audit import differences
from vartalaap.admin.seats import QUARTER, fill_of
from vartalaap.core.booking.rules import Occupancy

HOUSE = test_business()
WEDNESDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 30)
MIDNIGHT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
STAY = timedelta(
    minutes=HOUSE.reservation_rules.dining_window_mins + HOUSE.reservation_rules.buffer_between_bookings_mins
)

bookings = st.lists(
    st.builds(
        lambda minute, size: Occupancy(MIDNIGHT + timedelta(minutes=minute), size),
        st.integers(600, 1400),
        st.integers(1, 10),
    ),
    max_size=12,
)


@given(bookings)
def test_a_quarter_counts_whoever_sits_at_any_of_its_minutes(live: list[Occupancy]) -> None:
    for quarter in fill_of(HOUSE, WEDNESDAY, live).quarters:
        minutes = [quarter.at + timedelta(minutes=minute) for minute in range(15)]
        sitting = [one for one in live if any(one.start <= minute < one.start + STAY for minute in minutes)]
        assert quarter.seats == sum(one.party_size for one in sitting)


def test_the_day_is_shown_from_opening_to_closing_and_a_closed_one_not_at_all() -> None:
    fill = fill_of(HOUSE, WEDNESDAY, [])
    assert (fill.quarters[0].at.hour, fill.quarters[0].at.minute) == (11, 0)
    assert (fill.quarters[-1].at + QUARTER).strftime("%H:%M") == "22:30"
    assert fill.peak is None
    assert fill_of(HOUSE, MONDAY, []).quarters == ()


def test_the_peak_is_the_first_fullest_quarter() -> None:
    live = [Occupancy(MIDNIGHT + timedelta(hours=19), 4), Occupancy(MIDNIGHT + timedelta(hours=20), 6)]
    peak = fill_of(HOUSE, WEDNESDAY, live).peak
    assert peak is not None
    assert (peak.at.strftime("%H:%M"), peak.seats) == ("20:00", 10)


def test_days_as_a_filter_hold_their_first_and_their_last_instant() -> None:
    begin, end = day_window(WEDNESDAY, WEDNESDAY, HOUSE.tz)
    assert begin == MIDNIGHT
    assert end is not None
    assert end < MIDNIGHT + timedelta(days=1) <= end + timedelta(microseconds=1)
    assert day_window(None, None, HOUSE.tz) == (None, None)


def test_a_change_is_shown_by_what_differs() -> None:
    before = {"status": "confirmed", "party_size": 4, "version": 1, "tags": ["a"]}
    after = {"status": "seated", "party_size": 4, "version": 2, "tags": ["b"]}
    assert differences(before, after) == [("status", "confirmed", "seated"), ("tags", "…", "…")]
    assert differences(None, {"time": "19:00", "notes": None}) == [("time", "", "19:00")]
    assert differences(None, None) == []
