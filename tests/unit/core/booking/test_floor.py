"""Tables, pace and days that differ, as an owner writes them: what is read, and what is told of a mistake."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.book import DEMO
from vartalaap.core.business import Business
from vartalaap.core.doubts import doubts
from vartalaap.db.business_file import WrongBusinessFile, dump_business, parse_business

FLOOR = """
areas: [{id: hall, hi: हॉल, en: hall}, {id: roof, hi: छत, en: rooftop, aliases: [terrace]}]
tables:
  - {name: T1, seats: 4, area: hall}
  - {name: T2, seats: 4, min: 2, area: hall}
  - {name: T3, seats: 6, area: roof, walk_ins_only: true}
combinations: [{tables: [T1, T2], seats: 8, min: 5}]
pacing: {covers_per_15_mins: 12, parties_per_15_mins: 4}
dining_windows: {"1-2": 75, 3-4: 90, 5+: 120}
held_for_walk_ins: 4
special_days:
  - {date: 2026-11-08, hours: "18:00-23:00", note: {hi: दिवाली, en: Diwali}}
  - {date: 2026-11-09, closed: true}
  - {date: 2026-11-30, hours: "12:00-15:00", seats: 20, pacing: {parties_per_15_mins: 2}}
blocks:
  - {date: 2026-12-05, from: 19:00, to: "24:00", tables: [T1, T2], note: private party}
"""
LINES = {line: DEMO.read_text(encoding="utf-8").count("\n") + line for line in range(1, 18)}


def read(floor: str = FLOOR) -> Business:
    return parse_business(DEMO.read_text(encoding="utf-8") + floor, "house.yaml")


def test_a_room_that_is_written_down_is_read_back_the_same() -> None:
    business = read()
    assert parse_business(dump_business(business), "copy.yaml") == business
    assert business.blocks[0].from_ == 19 * 60, "without quotation marks YAML reads a time as its minutes"
    assert [window.parties for window in business.dining_windows] == ["1-2", "3-4", "5+"]


def test_how_long_a_party_stays_depends_on_its_size_and_else_on_the_rule() -> None:
    assert [read().stay_mins(party) for party in (1, 2, 3, 4, 5, 12)] == [75, 75, 90, 90, 120, 120]
    some = read(FLOOR.replace('{"1-2": 75, 3-4: 90, 5+: 120}', "{3: 45}"))
    assert [some.stay_mins(party) for party in (2, 3, 4)] == [90, 45, 90]
    assert some.longest_stay_mins == 90


def test_a_special_day_has_its_own_hours_pace_and_seats() -> None:
    business = read()
    diwali, closed, monday, sunday = (date(2026, 11, day) for day in (8, 9, 30, 29))
    assert [str(span) for span in business.open_spans(diwali)] == ["18:00-23:00"]
    assert business.open_spans(closed) == ()
    assert business.closed_on_date(closed)
    assert [str(span) for span in business.open_spans(monday)] == ["12:00-15:00"], "a Monday is closed otherwise"
    assert (business.seats_on(monday), business.seats_on(sunday)) == (20, 40)
    assert (business.pacing_on(monday).parties_per_15_mins, business.pacing_on(sunday).parties_per_15_mins) == (2, 4)


@pytest.mark.parametrize(
    ("written", "instead", "line", "told"),
    [
        ("T2], seats: 8", "T9], seats: 8", 7, "combinations.0.tables.1: there is no table T9; there are T1, T2, T3"),
        ("[T1, T2], seats: 8", "[T1, T1], seats: 8", 7, "combinations.0: names a table twice"),
        ("tables: [T1, T2], note", "tables: [T4], note", 16, "blocks.0.tables.0: there is no table T4"),
        ("area: roof", "area: rof", 6, "tables.2.area: there is no area rof; there are hall, roof"),
        ("name: T2", "name: T1", 5, "tables.1.name: T1 is there twice"),
        ("min: 2", "min: 5", 5, "tables.1: min is 5, and there are 4 seats"),
        ("covers_per_15_mins: 12", "covers_per_15_mins: 0", 8, "pacing.covers_per_15_mins: is 0, so that nobody"),
        ("5+: 120", "4+: 120", 9, "dining_windows: a party of 4 is in two of the windows"),
        ("3-4: 90", "4-3: 90", 9, 'dining_windows: "4-3" is empty'),
        ("3-4: 90", "some: 90", 9, 'dining_windows: "some" is no size of party'),
        ("2026-11-09", "2026-11-08", 13, "special_days.1.date: 2026-11-08 is in special_days already"),
        ("2026-11-09, closed: true", "2026-11-09", 13, "special_days.1: says nothing of the day"),
        ("2026-11-08, hours", "2026-11-08, closed: true, hours", 12, "special_days.0: is closed and has hours"),
        ('to: "24:00"', 'to: "02:00"', 16, "blocks.0: 19:00 to 02:00 ends before it begins, or passes midnight"),
        ("from: 19:00", "form: 19:00", 16, "blocks.0.form: there is no such field; did you mean from?"),
        ("en: hall}", "en: hall, fr: salle}", 2, "areas.0.fr: there is no such field"),
        ("note: private party", "seats: 3", 16, "blocks.0: names tables and seats"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(written: str, instead: str, line: int, told: str) -> None:
    assert written in FLOOR
    with pytest.raises(WrongBusinessFile) as wrong:
        read(FLOOR.replace(written, instead))
    assert any(f"house.yaml:{LINES[line]}: {told}" in mistake for mistake in wrong.value.mistakes), wrong.value.mistakes


def test_a_special_day_that_is_a_closure_too_is_said_once() -> None:
    closed = DEMO.read_text(encoding="utf-8").replace("special_closures: []", "special_closures: [2026-11-08]")
    with pytest.raises(WrongBusinessFile, match="2026-11-08 is in special_closures already"):
        parse_business(closed + FLOOR, "house.yaml")


def test_a_room_that_cannot_hold_what_is_sold_is_doubted() -> None:
    doubted = {".".join(map(str, doubt.path)): doubt.sentence for doubt in doubts(read())}
    assert "the tables have 14 seats" in doubted["reservation_rules.total_seats"]
    assert "no table or combination has more than 8 seats" in doubted["reservation_rules.max_phone_party_size"]
    assert "walk_ins_only" in doubted["held_for_walk_ins"]
    assert "blocks.0" not in doubted
    monday = read(FLOOR.replace("2026-12-05", "2026-12-07"))
    assert "is the date right?" in {doubt.path: doubt.sentence for doubt in doubts(monday)}[("blocks", 0)]
