"""The engine against the slow reference: the same answer, the same reason, the same alternatives."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.book import test_business
from tests.unit.core.booking.reference import DAY, SlowBook
from vartalaap.core.booking.rules import Free, Occupancy, Refusal, TableRequest, check, window_of
from vartalaap.core.business import Business, OperatingHours
from vartalaap.core.floor import Block, Floor, Pacing, SpecialDay

SUNDAY = date(2026, 11, 22)
ZONES = ("Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo")
HOURS = st.sampled_from(
    ["closed", "11:00-22:30", "12:10-15:00, 19:00-23:30", "18:00-02:00", "00:00-24:00", "20:00-05:00"]
)
MINUTES = st.integers(0, 6 * DAY) | st.integers(0, 6 * 96).map(lambda quarter: quarter * 15)
POINTLESS = ("min_party_size", "max_phone_party_size", "max_advance_booking_days")


@st.composite
def businesses(draw: st.DrawFn) -> Business:
    business = test_business(
        total_seats=draw(st.integers(2, 20)),
        dining_window_mins=draw(st.sampled_from([1, 30, 90, 120])),
        buffer_between_bookings_mins=draw(st.sampled_from([0, 15, 20])),
        max_concurrent_reservations=draw(st.none() | st.integers(1, 4)),
        closed_days=draw(st.sampled_from([[], ["monday"], ["friday", "saturday"]])),
        special_closures=draw(st.sampled_from([[], [SUNDAY + timedelta(days=3)]])),
        peak_hours=draw(st.sampled_from([[], ["19:00-21:00"], ["23:00-01:00"]])),
        peak_max_party_size=draw(st.none() | st.integers(1, 8)),
        last_seating_mins_before_close=draw(st.sampled_from([0, 60, 600])),
        min_advance_booking_mins=draw(st.sampled_from([0, 30, 600])),
        max_advance_booking_days=draw(st.integers(0, 5)),
        min_party_size=draw(st.integers(1, 2)),
    )
    hours = OperatingHours.model_validate({day: draw(HOURS) for day in OperatingHours.model_fields})
    floor = draw(st.just({}) | floors(business.reservation_rules.special_closures))
    return business.model_copy(update={"operating_hours": hours, "timezone": draw(st.sampled_from(ZONES)), **floor})


@st.composite
def floors(draw: st.DrawFn, closures: tuple[date, ...]) -> dict[str, object]:
    """Pace, stays, special days and blocks."""
    pace = st.builds(
        Pacing, covers_per_15_mins=st.none() | st.integers(2, 9), parties_per_15_mins=st.sampled_from([None, 1, 2])
    )
    days = st.sampled_from([day for n in range(5) if (day := SUNDAY + timedelta(days=n)) not in closures])
    kinds: list[dict[str, object]] = [
        {"closed": True},
        {"hours": "18:00-02:00"},
        {"hours": "closed"},
        {"seats": 4},
        {"pacing": draw(pace)},
    ]
    special = st.builds(
        lambda day, kind: SpecialDay.model_validate({"date": day, "note": {"en": "x"}, **kind}),
        days,
        st.sampled_from(kinds),
    )
    block = st.builds(
        lambda day, start, length, seats: Block.model_validate(
            {"date": day, "from": start, "to": min(start + length, DAY), "seats": seats}
        ),
        days, st.integers(600, 1400), st.integers(10, 300), st.none() | st.integers(1, 8),
    )  # fmt: skip
    read = Floor.model_validate({"dining_windows": draw(st.sampled_from([{}, {"1-2": 45, "5+": 180}, {"3": 10}]))})
    return {
        "pacing": draw(pace),
        "dining_windows": read.dining_windows,
        "special_days": tuple(draw(st.lists(special, max_size=2, unique_by=lambda one: one.date))),
        "blocks": tuple(draw(st.lists(block, max_size=2))),
        "held_for_walk_ins": draw(st.sampled_from([0, 0, 2])),
    }


REQUESTS = 8
SITUATIONS: dict[str, st.SearchStrategy[Any]] = {
    "business": businesses(),
    "now": st.integers(DAY, 2 * DAY),
    "requests": st.lists(st.tuples(MINUTES, st.integers(0, 12)), min_size=REQUESTS, max_size=REQUESTS),
    "bookings": st.lists(st.tuples(MINUTES, st.integers(1, 8)), max_size=10),
    "crowd": st.lists(st.tuples(st.integers(-150, 150), st.integers(1, 8)), max_size=6),
}


@settings(max_examples=250)
@given(**SITUATIONS)
def test_the_engine_and_the_reference_never_differ(
    business: Business,
    now: int,
    requests: list[tuple[int, int]],
    bookings: list[tuple[int, int]],
    crowd: list[tuple[int, int]],
) -> None:
    """Two thousand situations: eight requests of each business; the crowd sits around the first four of them."""
    bookings = bookings + [(start + apart, size) for start, _ in requests[:4] for apart, size in crowd]
    slow = SlowBook(business, SUNDAY, now, bookings)
    for start, party in requests:
        _compare(business, slow, start, party)


def _compare(business: Business, slow: SlowBook, start: int, party: int) -> None:
    request = request_at(business, start, party)
    earliest, latest = window_of(business, request)
    starts = [(instant(business, minute), size) for minute, size in slow.bookings]
    loaded = [Occupancy(at, size) for at, size in starts if earliest <= at < latest]
    must_agree(check(business, instant(business, slow.now), loaded, request), slow, start, party)


def instant(business: Business, minute: int) -> datetime:
    return datetime.combine(SUNDAY, time(), business.tz) + timedelta(minutes=minute)


def request_at(business: Business, minute: int, party: int) -> TableRequest:
    at = instant(business, minute)
    return TableRequest(at.date(), at.time(), party)


def must_agree(answer: Free | Refusal, slow: SlowBook, start: int, party: int) -> None:
    """The same rule, the same alternatives, the same hours."""
    expected = slow.first_broken_rule(start, party)
    if isinstance(answer, Free):
        assert expected is None
        return
    assert answer.rule == expected
    free = [] if answer.rule in POINTLESS else slow.nearest_free(start, party)
    assert list(answer.alternatives) == [instant(slow.business, minute) for minute in free]
    shifts = slow.shifts(slow.service_day(start))
    assert len(answer.hours) == len(shifts)
    assert (answer.next_open is None) == bool(shifts) or not any(slow.shifts(day) for day in range(14))
