"""What is allowed and was hardly meant: each doubt has its place, and what is plausible raises none."""

from __future__ import annotations

import pytest

from vartalaap.core.business import Business
from vartalaap.core.doubts import doubts

PLAIN = {
    "id": "plain",
    "name": "Plain",
    "phone_numbers": ["+911140001234"],
    "operating_hours": {"monday": "11:00-22:30", "friday": "18:00-02:00"},
    "handoff": {"whatsapp_number": "+919810000000", "phone_number": "+919810000000"},
    "menu": {"categories": [{"name": "Soups", "items": [{"name": "Thukpa", "price": 200}]}]},
    "faqs": [{"question": "parking", "answer": "Yes, behind."}, {"question": "खेल", "answer": "जी हाँ।"}],
}


def places(**changed: object) -> list[str]:
    return [".".join(map(str, doubt.path)) for doubt in doubts(Business.model_validate({**PLAIN, **changed}))]


def test_an_ordinary_business_raises_no_doubt() -> None:
    assert places() == []


@pytest.mark.parametrize("number", ["12345", "call me", "+910112345678"])
def test_a_whatsapp_number_that_is_none_is_doubted(number: str) -> None:
    assert places(handoff={"whatsapp_number": number}) == ["handoff.whatsapp_number"]


@pytest.mark.parametrize(
    ("span", "doubted"),
    [
        ("22:30-11:00", True),
        ("18:00-06:01", True),
        ("18:00-06:00", False),
        ("12:00-15:00, 23:00-10:00", True),
        ("11:00-24:00", False),
    ],
)
def test_a_close_after_six_in_the_morning_was_written_the_wrong_way_round(span: str, doubted: bool) -> None:
    expected = {True: ["operating_hours.monday"], False: []}[doubted]
    assert places(operating_hours={"monday": span}) == expected


def test_the_sentence_says_how_the_hours_were_meant() -> None:
    (doubt,) = doubts(Business.model_validate({**PLAIN, "operating_hours": {"monday": "22:30-11:00"}}))
    assert '"11:00-22:30" meant?' in doubt.sentence


def test_hours_of_the_person_and_of_the_peak_are_looked_at_too() -> None:
    handoff = {"hours": {"tuesday": "20:00-09:00"}}
    rules = {"peak_hours": ["21:00-19:00"]}
    assert places(handoff=handoff, reservation_rules=rules) == ["handoff.hours.tuesday", "reservation_rules.peak_hours"]


def test_a_closed_day_with_hours_contradicts_itself() -> None:
    assert places(reservation_rules={"closed_days": ["tuesday", "friday"]}) == ["reservation_rules.closed_days.1"]


def test_a_house_that_is_never_open_is_doubted() -> None:
    assert places(operating_hours={}) == ["operating_hours"]


def test_two_dishes_of_one_name_are_doubted_across_categories_and_spellings() -> None:
    soups = {"name": "Soups", "items": [{"name": "Thukpa", "price": 200}]}
    mains = {"name": "Mains", "items": [{"name": "Momos", "price": 1}, {"name": "thukpa ", "price": 250}]}
    assert places(menu={"categories": [soups, mains]}) == ["menu.categories.1.items.1"]


def test_a_question_that_stands_there_twice_is_doubted() -> None:
    faqs = [*PLAIN["faqs"], {"question": "Parking", "answer": "No."}]
    assert places(faqs=faqs) == ["faqs.2"]


@pytest.mark.parametrize(
    ("supported", "answers", "doubted"),
    [
        (["hi", "en", "hinglish"], ["Yes.", "No."], True),
        (["hi", "en"], ["जी हाँ।"], True),
        (["hi", "en"], ["Yes, we have. जी हाँ, है।"], False),
        (["en"], ["Yes."], False),
        (["hi", "hinglish"], ["Yes."], False),
        (["hi", "en"], [], False),
    ],
)
def test_answers_in_one_script_are_doubted_where_two_languages_are_spoken(
    supported: list[str], answers: list[str], doubted: bool
) -> None:
    faqs = [{"question": f"question {number}", "answer": answer} for number, answer in enumerate(answers)]
    assert places(language={"supported": supported}, faqs=faqs) == (["faqs"] if doubted else [])
