"""Values as words."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import TEST_NOW, test_business
from vartalaap.core import spoken_numbers
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.dialogue.nlu import read_number, read_phone, read_when

TODAY = date(2026, 11, 25)
SPOKEN_LANGUAGES = st.sampled_from(LANGUAGES)


@pytest.mark.parametrize(
    ("at", "hindi", "english"),
    [
        (time(19, 30), "शाम साढ़े सात बजे", "half past seven in the evening"),
        (time(13, 30), "दोपहर डेढ़ बजे", "half past one in the afternoon"),
        (time(14, 30), "दोपहर ढाई बजे", "half past two in the afternoon"),
        (time(20, 45), "रात पौने नौ बजे", "quarter to nine in the evening"),
        (time(12, 15), "दोपहर सवा बारह बजे", "quarter past twelve in the afternoon"),
        (time(12, 0), "दोपहर बारह बजे", "twelve noon"),
        (time(0, 0), "रात बारह बजे", "midnight"),
        (time(20, 10), "रात आठ बजकर दस मिनट", "eight ten in the evening"),
        (time(11, 0), "सुबह ग्यारह बजे", "eleven in the morning"),
        (time(22, 5), "रात दस बजकर पाँच मिनट", "ten oh five at night"),
    ],
)
def test_times_are_said_as_people_say_them(at: time, hindi: str, english: str) -> None:
    assert spoken_numbers.clock(at, "hi") == hindi
    assert spoken_numbers.clock(at, "hinglish") == hindi
    assert spoken_numbers.clock(at, "en") == english


@pytest.mark.parametrize(
    ("amount", "hindi", "english"),
    [
        (220, "दो सौ बीस रुपये", "two hundred and twenty rupees"),
        (50, "पचास रुपये", "fifty rupees"),
        (1, "एक रुपया", "one rupee"),
        (1000, "एक हज़ार रुपये", "one thousand rupees"),
        (125_340, "एक लाख पच्चीस हज़ार तीन सौ चालीस रुपये", "one lakh twenty-five thousand three hundred and forty rupees"),
    ],
)
def test_money_is_said_in_words(amount: int, hindi: str, english: str) -> None:
    assert spoken_numbers.rupees(amount, "hi") == hindi
    assert spoken_numbers.rupees(amount, "en") == english


def test_a_day_is_said_with_its_weekday_and_near_ones_with_their_nearness() -> None:
    assert spoken_numbers.day(date(2026, 11, 26), TODAY, "hi") == "कल, गुरुवार, छब्बीस नवंबर"
    assert spoken_numbers.day(date(2026, 12, 1), TODAY, "hi") == "मंगलवार, पहली दिसंबर"
    assert spoken_numbers.day(date(2026, 12, 1), TODAY, "en") == "Tuesday the first of December"
    assert spoken_numbers.day(date(2026, 12, 22), TODAY, "en") == "Tuesday the twenty-second of December"
    assert spoken_numbers.day(date(2026, 11, 28), TODAY, "hinglish") == "Saturday, twenty-eight November"


def test_a_phone_number_is_said_in_two_groups() -> None:
    assert spoken_numbers.digits("9876543210", "hi") == "नौ आठ सात छह पाँच, चार तीन दो एक शून्य"
    assert spoken_numbers.digits("9876543210", "en") == "nine eight seven six five, four three two one zero"


@pytest.mark.parametrize(
    ("minutes", "hindi", "within", "english"),
    [
        (30, "आधा घंटा", "आधे घंटे", "half an hour"),
        (60, "एक घंटा", "एक घंटे", "one hour"),
        (120, "दो घंटे", "दो घंटे", "two hours"),
        (10, "दस मिनट", "दस मिनट", "ten minutes"),
        (1, "एक मिनट", "एक मिनट", "one minute"),
        (90, "नब्बे मिनट", "नब्बे मिनट", "ninety minutes"),
    ],
)
def test_a_length_of_time_is_declined(minutes: int, hindi: str, within: str, english: str) -> None:
    assert spoken_numbers.notice(minutes, "hi") == hindi
    assert spoken_numbers.notice(minutes, "hi", within=True) == within
    assert spoken_numbers.notice(minutes, "en") == english


@pytest.mark.parametrize(
    ("days", "english"),
    [
        ((1, 2, 3, 4, 5, 6), "Tuesday to Sunday"),
        ((0, 1, 2, 3, 4, 5, 6), "every day"),
        ((0, 2), "Monday and Wednesday"),
        ((0, 4, 5, 6), "Friday to Monday"),
        ((0,), "Monday"),
    ],
)
def test_weekdays_are_grouped(days: tuple[int, ...], english: str) -> None:
    assert spoken_numbers.weekdays(days, "en") == english


@given(st.integers(0, 99_99_999), SPOKEN_LANGUAGES)
def test_every_number_is_words_only(value: int, language: Language) -> None:
    spoken = spoken_numbers.number(value, language)
    assert spoken
    assert not any(c.isdigit() for c in spoken)


@given(st.integers(1, 9999), SPOKEN_LANGUAGES)
def test_a_number_we_say_is_the_number_we_would_hear(value: int, language: Language) -> None:
    assert read_number(spoken_numbers.number(value, language)) == value


@given(st.times(), SPOKEN_LANGUAGES)
def test_a_time_we_say_is_the_time_we_would_hear(at: time, language: Language) -> None:
    at = at.replace(second=0, microsecond=0, minute=at.minute // 15 * 15, tzinfo=None)
    if at.hour in (3, 4):
        return  # nobody says which night these belong to
    heard = read_when(spoken_numbers.clock(at, language), TEST_NOW, test_business(), "time")
    assert heard is not None
    assert heard.time == at


@given(st.integers(6, 9), st.integers(0, 999_999_999), SPOKEN_LANGUAGES)
def test_a_phone_number_we_say_is_the_number_we_would_hear(first: int, rest: int, language: Language) -> None:
    number = f"{first}{rest:09d}"
    heard = read_phone(spoken_numbers.digits(number, language))
    assert heard is not None
    assert heard.digits == number
