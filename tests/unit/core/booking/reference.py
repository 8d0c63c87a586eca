"""The booking rules once more, slow and obvious: every minute of some days, counted one by one.

Times are whole minutes since the midnight that began day 0; nothing here knows of instants or zones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from vartalaap.core.booking.rules import Rule
from vartalaap.core.business import Business
from vartalaap.core.floor import SpecialDay

DAY = 24 * 60


@dataclass
class SlowBook:
    """A business, its bookings as (start, party), and the present minute."""

    business: Business
    first_day: date
    now: int
    bookings: list[tuple[int, int]]

    def __post_init__(self) -> None:
        self.seats: Counter[int] = Counter()
        self.tables: Counter[int] = Counter()
        self.begun: Counter[int] = Counter()
        self.covers: Counter[int] = Counter()
        for start, party in self.bookings:
            self.begun[start // 15] += 1
            self.covers[start // 15] += party
            for minute in range(start, start + self.stay(party)):
                self.seats[minute] += party
                self.tables[minute] += 1
        self.blocked: Counter[int] = Counter()
        for block in self.business.blocks:
            first = (block.date - self.first_day).days * DAY
            for minute in range(first + block.from_, first + block.to):
                self.blocked[minute] += block.seats or 10**6

    def stay(self, party: int) -> int:
        rules = self.business.reservation_rules
        for window in self.business.dining_windows:
            if window.smallest <= party and (window.largest is None or party <= window.largest):
                return window.minutes + rules.buffer_between_bookings_mins
        return rules.dining_window_mins + rules.buffer_between_bookings_mins

    def special(self, day: int) -> SpecialDay | None:
        return next((one for one in self.business.special_days if one.date == self._date(day)), None)

    def first_broken_rule(self, start: int, party: int) -> Rule | None:
        broken = self.broken_rules(start, party)
        return next((rule for rule in ORDER if rule in broken), None)

    def broken_rules(self, start: int, party: int) -> set[Rule]:
        """Every rule that refuses, however many."""
        rules = self.business.reservation_rules
        broken = set()
        if party < rules.min_party_size:
            broken.add(Rule.PARTY_TOO_SMALL)
        if party > rules.max_phone_party_size:
            broken.add(Rule.PARTY_TOO_LARGE)
        if start < self.now:
            broken.add(Rule.IN_THE_PAST)
        if start < self.now + rules.min_advance_booking_mins:
            broken.add(Rule.TOO_SOON)
        if self.service_day(start) - self.now // DAY > rules.max_advance_booking_days:
            broken.add(Rule.TOO_FAR)
        broken |= self._broken_hours(start)
        at_peak = any(
            minute in range(span.start, span.end)
            for span in rules.peak_hours
            for minute in (start % DAY, start % DAY + DAY)
        )
        if at_peak and rules.peak_max_party_size and party > rules.peak_max_party_size:
            broken.add(Rule.PEAK_PARTY_TOO_LARGE)
        minutes = range(start, start + self.stay(party))
        special = self.special(self.service_day(start))
        seats = special.seats if special and special.seats else rules.total_seats
        sold = seats - self.business.held_for_walk_ins
        if any(self.seats[minute] + self.blocked[minute] + party > sold for minute in minutes):
            broken.add(Rule.FULL)
        pacing = special.pacing if special and special.pacing else self.business.pacing
        too_many = pacing.covers_per_15_mins and self.covers[start // 15] + party > pacing.covers_per_15_mins
        if too_many or (pacing.parties_per_15_mins and self.begun[start // 15] >= pacing.parties_per_15_mins):
            broken.add(Rule.PACE)
        limit = rules.max_concurrent_reservations
        if limit and any(self.tables[minute] + 1 > limit for minute in minutes):
            broken.add(Rule.TOO_MANY_BOOKINGS)
        return broken

    def _broken_hours(self, start: int) -> set[Rule]:
        rules = self.business.reservation_rules
        ends = [
            end for day in (start // DAY - 1, start // DAY) for begin, end in self.shifts(day) if begin <= start < end
        ]
        if any(start + rules.last_seating_mins_before_close <= end for end in ends):
            return set()
        if ends:
            return {Rule.LAST_SEATING}
        special = self.special(start // DAY)
        if self._date(start // DAY) in rules.special_closures or (special and (special.closed or special.hours == ())):
            return {Rule.SPECIAL_CLOSURE}
        return {Rule.OUTSIDE_HOURS if self.shifts(start // DAY) else Rule.CLOSED_DAY}

    def shifts(self, day: int) -> list[tuple[int, int]]:
        rules = self.business.reservation_rules
        when = self._date(day)
        special = self.special(day)
        if special and special.closed:
            return []
        own = special is not None and special.hours is not None
        if not own and (when.strftime("%A").lower() in rules.closed_days or when in rules.special_closures):
            return []
        spans = self.business.operating_hours.on(when)
        spans = spans if special is None or special.hours is None else special.hours
        return [(day * DAY + span.start, day * DAY + span.end) for span in spans]

    def service_day(self, start: int) -> int:
        for day in (start // DAY, start // DAY - 1):
            if any(start in range(begin, end) for begin, end in self.shifts(day)):
                return day
        return start // DAY

    def nearest_free(self, start: int, party: int) -> list[int]:
        """Of the full quarters of the day's shifts that break nothing the nearest on each side, or two of one side."""
        quarters = {
            minute
            for begin, end in self.shifts(self.service_day(start))
            for minute in range(begin, end)
            if minute % 15 == 0 and minute != start and self.first_broken_rule(minute, party) is None
        }
        before = sorted((minute for minute in quarters if minute < start), reverse=True)
        after = sorted(minute for minute in quarters if minute > start)
        chosen = [*before[:1], *after[:1]] if before and after else [*before[:2], *after[:2]]
        return sorted(chosen, key=lambda minute: (abs(minute - start), minute))

    def _date(self, day: int) -> date:
        return self.first_day + timedelta(days=day)


ORDER = (
    Rule.PARTY_TOO_SMALL,
    Rule.PARTY_TOO_LARGE,
    Rule.IN_THE_PAST,
    Rule.TOO_SOON,
    Rule.TOO_FAR,
    Rule.LAST_SEATING,
    Rule.SPECIAL_CLOSURE,
    Rule.OUTSIDE_HOURS,
    Rule.CLOSED_DAY,
    Rule.PEAK_PARTY_TOO_LARGE,
    Rule.PACE,
    Rule.FULL,
    Rule.TOO_MANY_BOOKINGS,
)
"""The order in which reasons are given: what no other time can mend comes first."""
