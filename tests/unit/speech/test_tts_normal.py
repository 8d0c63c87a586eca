"""Nothing reaches a voice that it would read wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.language import LANGUAGES, Language
from vartalaap.services.tts.normal import normalise

WRITTEN = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "₹",
                "Rs.",
                "8:00",
                "220",
                "/-",
                "am",
                "PM",
                "pm",
                "25",
                "Nov",
                "नवंबर",
                "बजे",
                "+91",
                "98765",
                "43210",
                "3.5",
                "1,20,000",
                "%",
                "no.",
                "#",
                "-",
                "–",
                "24/11/2026",
                "th",
                "No.7",
                "डॉ.",
                "&",
                ":",
            ]
        ),
        st.from_regex(r"[0-9:.,/₹ -]{1,12}", fullmatch=True),
        st.text(max_size=4),
    ),
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("टेबल 8:00 बजे मिलेगी।", "hi", "टेबल आठ बजे मिलेगी।"),
        ("शाम 7:30 पर", "hi", "शाम साढ़े सात बजे पर"),
        ("We open at 8:00.", "en", "We open at eight o'clock."),
        ("Come at 7:30 pm, please", "en", "Come at half past seven in the evening, please"),
        ("आज 22:30 तक", "hinglish", "आज रात साढ़े दस बजे तक"),
        ("From 9 am", "en", "From nine in the morning"),
        ("यह ₹220 का है", "hi", "यह दो सौ बीस रुपये का है"),
        ("It is Rs. 1,250/- only", "en", "It is one thousand two hundred and fifty rupees only"),
        ("₹99.50", "en", "ninety-nine rupees fifty paise"),
        ("Call +91 98765 43210.", "en", "Call nine eight seven six five, four three two one zero."),
        ("25 Nov को", "hi", "पच्चीस नवंबर को"),
        ("on November 1st", "en", "on first of November"),
        ("24/11/2026 को", "hinglish", "twenty-four November को"),
        ("4-6 लोग", "hi", "चार से छह लोग"),
        ("4.5 stars, 10% off", "en", "four point five stars, ten percent off"),
        ("No. 12, PIN 110017", "en", "number twelve, PIN one one zero, zero one seven"),
        ("Mr. Sharma & Dr. Rao", "en", "Mister Sharma and Doctor Rao"),
        ("समय ४:०० बजे", "hi", "समय चार बजे"),
        ("The ratio is 25:99", "en", "The ratio is twenty-five, ninety-nine"),
        ("आपका शुभ नाम?", "hi", "आपका शुभ नाम?"),
    ],
)
def test_a_sentence_is_said_in_words_of_its_language(text: str, language: Language, spoken: str) -> None:
    assert normalise(text, language) == spoken


@given(WRITTEN, st.sampled_from(LANGUAGES))
def test_no_digit_and_no_colon_survives_and_a_second_pass_changes_nothing(text: str, language: Language) -> None:
    once = normalise(text, language)
    assert not any(letter.isdigit() or letter in ":₹" for letter in once)
    assert normalise(once, language) == once


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_text_at_all_can_be_spoken(text: str, language: Language) -> None:
    assert not any(letter.isdigit() for letter in normalise(text, language))
