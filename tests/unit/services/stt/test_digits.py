"""Dictated digits, as Whisper writes them down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.phone import is_mobile
from vartalaap.services.stt.digits import digits_in

URDU = ["زیرو", "ایک", "دو", "تین", "چار", "پانچ", "چھے", "سات", "آٹھ", "نو"]
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@given(st.lists(st.integers(0, 9), min_size=4, max_size=10))
def test_plain_digit_words_are_read_in_both_languages(digits: list[int]) -> None:
    expected = "".join(map(str, digits))
    assert digits_in(" ".join(ENGLISH[digit] for digit in digits)) == expected
    assert digits_in("، ".join(URDU[digit] for digit in digits)) == expected
    assert digits_in("-".join(map(str, digits))) == expected


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("دنو ایک تین", "2913"),
        ("اٹھ چارتین نوزیرو", "84390"),
        ("میرا نمبر ہے سات سنی چھے سات", "7067"),
        ("دبل چھے ٹرپل چار سات", "664447"),
        ("8 ٣ چھے ڈبل 5", "83655"),
    ],
)
def test_urdu_letters_are_read_by_sound_whatever_the_word_boundaries(text: str, digits: str) -> None:
    assert digits_in(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("My number is double nine, eight oh triple seven.", "9980777"),
        ("nine-eighth-double-six", "9866"),
        ("It's 98 860-11", "9886011"),
        ("double", ""),
        ("", ""),
    ],
)
def test_english_words_and_figures_are_read_with_what_repeats_them(text: str, digits: str) -> None:
    assert digits_in(text) == digits


@pytest.mark.parametrize(
    "text",
    ["رکو ایک منٹ", "میں اپنا نمبر نہیں دینا چاہتا", "اسی نمبر پہ کال کر لینا", "مجھے شام ساڑھے سات بجے ٹیبل چاہیے"],
)
def test_a_sentence_that_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert digits_in(text) == ""


@given(st.text(alphabet="ادنوچارتیےھہ abc9 �،\n", max_size=60))
def test_any_text_gives_digits_or_nothing(text: str) -> None:
    assert all("0" <= digit <= "9" for digit in digits_in(text))


def test_a_mobile_number_has_ten_digits_and_begins_with_six_to_nine() -> None:
    assert is_mobile("6000000000")
    assert not is_mobile("5000000000")
    assert not is_mobile("900000000")
