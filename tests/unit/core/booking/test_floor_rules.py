"""Pace, stays by party, special days, blocks and areas, each by its edge."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.booking.rules import Free, Refusal, Rule, check, slots
from vartalaap.core.booking.terms import Occupancy, TableRequest
from vartalaap.core.business import Business

FRIDAY = date(2026, 11, 27)
DELHI = test_business().tz


def house(**changed: object) -> Business:
    return Business.model_validate({**test_business(peak_max_party_size=None).model_dump(mode="json"), **changed})


def ask(business: Business, at: str, party: int = 4, taken: tuple[tuple[str, int], ...] = ()) -> Free | Refusal:
    occupied = [Occupancy(datetime.combine(FRIDAY, time.fromisoformat(when), DELHI), size) for when, size in taken]
    return check(business, TEST_NOW, occupied, TableRequest(FRIDAY, time.fromisoformat(at), party))


def rule(answer: Free | Refusal) -> Rule | None:
    return answer.rule if isinstance(answer, Refusal) else None


def test_no_more_begin_in_a_quarter_than_the_kitchen_sends() -> None:
    slow = house(pacing={"covers_per_15_mins": 12})
    there = (("20:00", 6), ("20:14", 4))
    assert [rule(ask(slow, at, 4, there)) for at in ("19:45", "20:00", "20:14", "20:15")] == [
        None,
        Rule.PACE,
        Rule.PACE,
        None,
    ]
    assert rule(ask(slow, "20:00", 2, there)) is None
    refusal = ask(slow, "20:00", 4, there)
    assert isinstance(refusal, Refusal)
    assert [start.time() for start in refusal.alternatives] == [time(19, 45), time(20, 15)]
    parties = house(pacing={"parties_per_15_mins": 2})
    assert rule(ask(parties, "20:00", 1, there)) == Rule.PACE


def test_who_eats_longer_keeps_the_seats_longer() -> None:
    small = house(dining_windows={"1-2": 45, "6+": 150})
    small = small.model_copy(update={"reservation_rules": test_business(total_seats=6).reservation_rules})
    assert rule(ask(small, "20:59", 6, (("20:00", 2),))) == Rule.FULL
    assert rule(ask(small, "21:00", 6, (("20:00", 2),))) is None
    assert rule(ask(small, "14:44", 2, (("12:00", 6),))) == Rule.FULL
    assert rule(ask(small, "14:45", 2, (("12:00", 6),))) is None
    assert rule(ask(small, "12:00", 4, (("13:44", 6),))) == Rule.FULL
    assert rule(ask(small, "12:00", 4, (("13:45", 6),))) is None


@pytest.mark.parametrize(
    ("special", "at", "party", "broken"),
    [
        ({"closed": True}, "20:00", 4, Rule.SPECIAL_CLOSURE),
        ({"hours": "closed"}, "20:00", 4, Rule.SPECIAL_CLOSURE),
        ({"hours": "18:00-23:30"}, "17:59", 4, Rule.OUTSIDE_HOURS),
        ({"hours": "18:00-23:30"}, "22:30", 4, None),
        ({"hours": "18:00-23:30"}, "22:31", 4, Rule.LAST_SEATING),
        ({"seats": 3}, "20:00", 4, Rule.FULL),
        ({"seats": 4}, "20:00", 4, None),
        ({"pacing": {"covers_per_15_mins": 3}}, "20:00", 4, Rule.PACE),
    ],
)
def test_a_special_day_goes_by_its_own_rules(
    special: dict[str, object], at: str, party: int, broken: Rule | None
) -> None:
    day = {"date": FRIDAY, "note": {"hi": "दिवाली", "en": "Diwali"}, **special}
    answer = ask(house(special_days=[day]), at, party)
    assert rule(answer) == broken
    if isinstance(answer, Refusal):
        assert answer.note is not None
        assert answer.note.in_("en") == "Diwali"


def test_a_block_closes_the_house_or_some_of_its_seats_for_its_time() -> None:
    whole = house(blocks=[{"date": FRIDAY, "from": "19:00", "to": "21:00"}])
    edges = ("17:15", "17:16", "20:59", "21:00")
    assert [rule(ask(whole, at)) for at in edges] == [None, Rule.FULL, Rule.FULL, None]
    some = house(blocks=[{"date": FRIDAY, "from": "19:00", "to": "21:00", "seats": 37}])
    assert (rule(ask(some, "20:00", 3)), rule(ask(some, "20:00", 4))) == (None, Rule.FULL)
    tables = [{"name": "T1", "seats": 4}, {"name": "T2", "seats": 2}]
    one = house(tables=tables, blocks=[{"date": FRIDAY, "from": "19:00", "to": "21:00", "tables": ["T1"]}])
    assert (rule(ask(one, "20:00", 2)), rule(ask(one, "20:00", 3)), rule(ask(one, "21:00", 3))) == (
        None,
        Rule.NO_TABLE,
        None,
    )


def test_slots_and_alternatives_are_free_under_the_rules_of_tables() -> None:
    room = house(tables=[{"name": "T1", "seats": 4}])
    there = [Occupancy(datetime.combine(FRIDAY, time(19, 0), DELHI), 2, "a", tables=("T1",))]
    refusal = check(room, TEST_NOW, there, TableRequest(FRIDAY, time(20, 0), 2))
    assert isinstance(refusal, Refusal)
    assert [start.time() for start in refusal.alternatives] == [time(20, 45), time(17, 15)]
    by_slot = {start.time(): broken for start, broken in slots(room, TEST_NOW, there, FRIDAY, 2)}
    assert (by_slot[time(17, 15)], by_slot[time(17, 30)]) == (None, Rule.NO_TABLE)
