"""The contest among readings: what is chosen never overlaps, whatever is said, and what decides is told apart."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import test_business as business
from vartalaap.dialogue.nlu import Expectation, Slot, read_party, read_when, understand
from vartalaap.dialogue.nlu.contest import calibrated, grouped_of, strengths, weights, worth
from vartalaap.dialogue.nlu.jsonl import HOURS
from vartalaap.dialogue.nlu.text.tables import table
from vartalaap.dialogue.nlu.text.tokens import listen
from vartalaap.dialogue.nlu.values import all_readings, outcome_of

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
TODAY = NOW.date()
DEMO = business()
SLOTS: list[Slot | None] = [None, "date", "time", "party_size", "name", "phone", "confirm", "anything_else"]
PIECES = st.sampled_from(
    "8 7:30 9811022334 do ek one table for chaar log baje kal aaj saturday 12 december nahi aur ko ke the of 28th "  # noqa: SIM905
    "ghante baad pm in evening half past main wife , . ? आठ बजे कल चार लोग دو بجے".split()
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join))


@given(TEXTS, st.sampled_from(SLOTS))
def test_readings_that_are_chosen_do_not_overlap_and_are_likely(text: str, slot: Slot | None) -> None:
    outcome = outcome_of(listen(text), TODAY, slot)
    taken: set[int] = set()
    for one in outcome.chosen:
        assert taken.isdisjoint(one.reading.tokens)
        taken.update(one.reading.tokens)
        assert 0 <= one.probability <= 1
        assert 0 <= one.aside <= 1


@pytest.mark.parametrize("text", ["8 " * 290, "do " * 190, "chaar log aur " * 40, "12 december saturday kal " * 24])
def test_a_flood_of_numbers_is_read_in_time(text: str) -> None:
    outcome_of(listen("8 baje"), TODAY, None)
    start = clock.process_time()
    outcome_of(listen(text), TODAY, "time")
    assert clock.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "slot", "expected"),
    [
        ("party of three tomorrow 9 pm", None, (time(21), 3)),
        ("team of eleven tonight at 8", None, (time(20), 11)),
        ("do table chahiye nau logon ki kal 9 baje", None, (time(21), 9)),
        ("can we do 9:15 then", None, (time(21, 15), None)),
        ("a table for 7 in the evening", None, (time(19), None)),
        ("for nine at night please", "time", (time(21), None)),
        ("shukravar ko ek function hai, table chahiye", None, (None, None)),
        ("one second, I ask", "time", (None, None)),
        ("our bus comes at five so rather six thirty", "time", (time(18, 30), None)),
        ("it was three, it is five now", "party_size", (None, 5)),
        ("can you help me with a table for 3 tonight at 9", None, (time(21), 3)),
        ("for 5 people and I need a ramp", "party_size", (None, 5)),
        ("paanch log, aur main veg khata hoon", "party_size", (None, 5)),
        ("for me and my wife", "party_size", (None, 2)),
        ("say that one more time", "confirm", (None, None)),
    ],
)
def test_every_number_goes_where_it_belongs(
    text: str, slot: Slot | None, expected: tuple[time | None, int | None]
) -> None:
    heard = understand(text, now=NOW, business=DEMO, expecting=Expectation(slot))
    assert (heard.when.time if heard.when else None, heard.party_size) == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a table on Nov. 28 at 8 pm", date(2026, 11, 28)),
        ("Dec. the third", date(2026, 12, 3)),
        ("on the last Saturday of this month", date(2026, 11, 28)),
        ("on 27 of this month", date(2026, 11, 27)),
        ("this weekend, Sunday at one", date(2026, 11, 29)),
        ("the Gandhi room on Friday", date(2026, 11, 27)),
        ("we like eastern food, tomorrow please", date(2026, 11, 26)),
    ],
)
def test_days_that_were_lost_are_read(text: str, day: date) -> None:
    when = read_when(text, NOW, HOURS)
    assert when
    assert when.date == day


def test_a_time_is_counted_back_from_one_that_is_said() -> None:
    when = read_when("tonight, half an hour before nine", NOW, HOURS)
    assert when
    assert when.time == time(20, 30)
    hindi = read_when("aaj raat nau baje se ek ghanta pehle", NOW, HOURS)
    assert hindi
    assert hindi.time == time(20)


def test_what_was_told_before_is_counted_from() -> None:
    told = Expectation("confirm", date=date(2026, 11, 28), time=time(19))
    for text in ("uske agle din", "the day after that"):
        heard = understand(text, now=NOW, business=DEMO, expecting=told)
        assert heard.when
        assert heard.when.date == date(2026, 11, 29)
    later = understand("ek ghanta baad", now=NOW, business=DEMO, expecting=told)
    assert later.when
    assert (later.when.date, later.when.time) == (None, time(20))
    same = understand("sunday at the same time", now=NOW, business=DEMO, expecting=told)
    assert same.when
    assert (same.when.date, same.when.time) == (date(2026, 11, 29), time(19))
    now = understand("in one hour", now=NOW, business=DEMO, expecting=told)
    assert now.when
    assert now.when.time == time(15)


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [
        ("table for four on 31st November at 8 pm", 31, 11),
        ("31 november ko", 31, 11),
        ("30 february", 30, 2),
        ("29 february", 29, 2),
        ("32 december", 32, 12),
    ],
)
def test_a_date_that_does_not_exist_is_told_and_no_other_is_taken(text: str, day: int, month: int) -> None:
    heard = understand(text, now=NOW, business=DEMO)
    assert heard.impossible_date
    assert (heard.impossible_date.day, heard.impossible_date.month) == (day, month)
    assert heard.when is None or heard.when.date is None


def test_a_second_table_in_the_same_breath_is_kept_apart() -> None:
    heard = understand("kal 8 baje 2 log aur sunday ko 1 baje 6 log", now=NOW, business=DEMO)
    assert heard.when
    assert (heard.when.date, heard.when.time, heard.party_size) == (date(2026, 11, 26), time(20), 2)
    (other,) = heard.also
    assert other.when
    assert (other.when.date, other.when.time, other.party_size) == (date(2026, 11, 29), time(13), 6)


@pytest.mark.parametrize("text", ["kal 8 baje nahi 9 baje, 4 log", "4 log kal 8 baje", "8 ya 9 baje 4 ya 5 log kal"])
def test_other_values_of_one_table_are_no_second_table(text: str) -> None:
    assert not understand(text, now=NOW, business=DEMO).also


def test_a_plain_value_is_surer_than_a_guess() -> None:
    plain = understand("table for four tomorrow at 8 pm", now=NOW, business=DEMO)
    assert plain.sure["party_size"] > 0.9
    assert not plain.is_doubtful("party_size")
    assert "phone" not in plain.sure


def test_probabilities_are_calibrated_in_order() -> None:
    steps = [calibrated(p / 20) for p in range(21)]
    assert steps == sorted(steps)
    assert all(0 <= step <= 1 for step in steps)


def test_of_two_recognitions_the_one_whose_words_are_known_wins() -> None:
    heard = understand(
        "Sorry, make that five people.",
        now=NOW,
        business=DEMO,
        expecting=Expectation("name"),
        alternatives=("سوری میک دیٹ فائیو پیپل",),
    )
    assert heard.party_size == 5
    assert heard.name is None


def test_two_readings_are_never_worth_more_than_one_of_the_same_tokens() -> None:
    assert 2 * worth(50.0, 1) < worth(50.0, 2)
    assert worth(-5.0, 1) < worth(0.0, 1) < worth(5.0, 1)


def test_the_table_names_only_rules_that_a_reader_has() -> None:
    said = " ".join(line for lines in table("contest").values() for line in lines)
    kinds = ("day", "time", "party", "party_change", "phone")
    named = {word.rstrip(":") for word in said.split() if "." in word and word.partition(".")[0] in kinds}
    found: set[str] = set()
    for text in _EVERY_RULE:
        found |= {r.name for r in all_readings(listen(text), TODAY, date(2026, 12, 1))}
    assert named <= found, named - found


_EVERY_RULE = (
    "8 baje 7:30 kal 28 tareekh", "do ghante baad", "das minute lagenge", "one hour before nine", "saadhe saat",
    "dedh baje", "half past seven", "saat bajkar das minute", "730 pm", "at 1930", "seven thirty", "seven twenty two",
    "7 se 8 baje", "noon", "same time", "26/1", "last friday of december", "26 january", "shanivaar", "sun ko",
    "28 of this month", "the 28th", "do din baad", "weekend", "next day", "diwali", "gandhi", "the day after christmas",
    "the day after that", "chaar log", "four of us", "main aur meri wife", "total 6 log", "half a dozen people",
    "akela", "hum dono", "hum chaar", "family of five", "table for 4", "for 4", "4 seats", "a couple", "4 tables",
    "two more people, make it six", "for people", "won", "9811022334", "98110 22334 5", "98 1 10 22 33 45 6",
    "12345", "981, 22", "9812, 3", "98112 22, 1", "98110, 22", "981", "1", "two more, do badh gaye", "ek aadmi kam",
    "do log aur badh gaye",
)  # fmt: skip


def test_weights_are_found_by_head_and_tail() -> None:
    parts = grouped_of({"time.bare": 1.0, "time.bare>people": 2.0, "time<~=at": 3.0, "day.bare@date": 4.0})
    assert parts["time.bare"] == {"": 1.0, ">people": 2.0}
    assert parts["time"] == {"<~=at": 3.0}
    assert parts["day.bare"] == {"@date": 4.0}


def test_what_is_learned_are_departures_from_the_table() -> None:
    known, learned = strengths(), weights()
    assert set(known) <= set(learned)
    assert max(abs(learned[name] - value) for name, value in known.items()) < 3


def test_a_bare_number_counts_what_was_asked_for() -> None:
    assert read_party("six") == 6
    assert read_party("six", expecting=None) is None
    assert read_when("six", NOW, HOURS) is None
    asked = read_when("six", NOW, HOURS, "time")
    assert asked
    assert asked.time == time(18)
