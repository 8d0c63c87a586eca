"""Nothing reaches a voice that it would read wrongly."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import TEST_NOW, test_business
from vartalaap.core import spoken_numbers
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.dialogue.nlu import read_number, read_phone, read_when
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


LANGUAGE = st.sampled_from(LANGUAGES)
FIGURES = [
    line.split(" | ")
    for line in Path(__file__).with_name("spoken_figures.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PHONES: tuple[Callable[[str], str], ...] = (
    lambda n: n, lambda n: f"+91 {n[:5]} {n[5:]}", lambda n: f"+91-{n}", lambda n: f"{n[:5]} {n[5:]}",
    lambda n: f"91{n}", lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}", lambda n: f"{n[:5]}-{n[5:]}",
    lambda n: f"{n[:2]} {n[2:6]} {n[6:]}",
)  # fmt: skip
SIZES = (({"crore", "करोड़"}, 10**7), ({"lakh", "लाख"}, 10**5), ({"thousand", "हज़ार"}, 1000), ({"hundred", "सौ"}, 100))
PARTS = {"आधा": Fraction(1, 2), "डेढ़": Fraction(3, 2), "ढाई": Fraction(5, 2)}
BESIDE = {"साढ़े": Fraction(1, 2), "सवा": Fraction(1, 4), "पौने": Fraction(-1, 4)}


def indian(value: int) -> str:
    head, tail = divmod(value, 1000)
    pairs = f"{head:,}" if head < 1000 else re.sub(r"(?<=\d)(?=(?:\d\d)+$)", ",", str(head))
    return f"{pairs},{tail:03}" if head else str(value)


def devanagari(value: int) -> str:
    return str(value).translate({ord("0") + n: chr(0x966 + n) for n in range(10)})


def value_of(words: Sequence[str]) -> Fraction:
    """A number in words, read in the plainest way: what stands before the largest size, times it, and the rest."""
    words = [part for word in words for part in word.replace("-", " ").split() if part != "and"]
    for names, size in SIZES:
        if places := [i for i, word in enumerate(words) if word in names]:
            before, after = words[: places[-1]], words[places[-1] + 1 :]
            return (value_of(before) if before else Fraction(1)) * size + value_of(after)
    point = next((i for i, word in enumerate(words) if word in ("point", "दशमलव")), None)
    if point is not None:
        places_after = "".join(str(small(word)) for word in words[point + 1 :])
        return value_of(words[:point]) + Fraction(f"0.{places_after}")
    if words[-2:] == ["a", "half"] or words == ["half", "a"]:
        return value_of(words[:-2]) + Fraction(1, 2)
    if words and words[0] in BESIDE:
        return BESIDE[words[0]] + (value_of(words[1:]) or 1)
    return sum((PARTS.get(word) or Fraction(small(word)) for word in words), Fraction(0))


@cache
def small(word: str) -> int:
    """Below a hundred, as our ears know it: they have a table of their own."""
    value = {"zero": 0, "शून्य": 0}.get(word, read_number(word))
    assert value is not None, word
    return value


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
        ("on November 1st", "en", "on the first of November"),
        ("24/11/2026 को", "hinglish", "twenty-four November twenty twenty-six को"),
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


@pytest.mark.parametrize(("language", "written", "spoken"), FIGURES)
def test_figures_are_spoken_as_people_say_them(language: Language, written: str, spoken: str) -> None:
    assert normalise(written, language) == spoken


def test_an_owner_s_address_is_said_by_its_words() -> None:
    said = (
        "हम Shop twelve, Central Market, New Delhi one one zero, zero two four, near the metro station, gate तीन पर हैं।"
    )
    text = "हम Shop 12, Central Market, New Delhi 110024, near the metro station, gate 3 पर हैं।"
    assert normalise(text, "hi") == said


@given(WRITTEN, LANGUAGE)
def test_no_digit_and_no_colon_survives_and_a_second_pass_changes_nothing(text: str, language: Language) -> None:
    once = normalise(text, language)
    assert not any(letter.isdigit() or letter in ":₹" for letter in once)
    assert normalise(once, language) == once


@given(st.text(), LANGUAGE)
def test_any_text_at_all_can_be_spoken(text: str, language: Language) -> None:
    once = normalise(text, language)
    assert not any(letter.isdigit() for letter in once)
    assert normalise(once, language) == once


def test_no_digit_of_any_script_reaches_a_voice() -> None:
    digits = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isdigit() or chr(code).isnumeric()]
    assert len(digits) > 1000
    for digit in digits:
        for text in (digit, f"₹{digit}", f"at 1{digit}:00", f"a{digit}b"):
            once = normalise(text, "en")
            assert not any(map(str.isdigit, once)), digit
            assert normalise(once, "en") == once, digit


@pytest.mark.parametrize(
    "text", ["₹5 lakhſ", "5 ſep", "1 mıllıon rs", "₹5 \u212a", "２ ｒｓ．", "5 JUİN", "＊5＊", "1\u0660"]
)
def test_letters_that_look_alike_in_another_case_do_no_harm(text: str) -> None:
    once = normalise(text, "en")
    assert once
    assert normalise(once, "en") == once


@given(
    st.integers(0, 10**11), LANGUAGE, st.sampled_from([str, "{:,}".format, indian, devanagari]),
    st.sampled_from(["₹{}", "Rs. {}/-", "INR {}", "{} रुपये", "{} rupees", "{} rs.", "₹ {}.00"]),
)  # fmt: skip
def test_an_amount_keeps_its_value(value: int, language: Language, grouped: Callable[[int], str], way: str) -> None:
    spoken = normalise(way.format(grouped(value)), language)
    words = spoken.split()
    assert words[-1].rstrip(".") in ("rupee", "rupees", "रुपया", "रुपये")
    assert value_of(words[:-1]) == value


@given(
    st.integers(0, 999), st.sampled_from(["5", "25", "75", "1", "05", "125"]), LANGUAGE,
    st.sampled_from([("lakh", 10**5), ("crore", 10**7), ("लाख", 10**5), ("करोड़", 10**7)]),
    st.sampled_from(["₹", "Rs. "]),
)  # fmt: skip
def test_so_many_lakh_keep_their_value(
    whole: int, places: str, language: Language, scale: tuple[str, int], sign: str
) -> None:
    words = normalise(f"{sign}{whole}.{places} {scale[0]}", language).split()[:-1]
    assert value_of(words) == Fraction(f"{whole}.{places}") * scale[1]


@given(st.integers(0, 9999), st.integers(1, 99), LANGUAGE)
def test_paise_are_kept(whole: int, paise: int, language: Language) -> None:
    words = normalise(f"₹{whole}.{paise:02}", language).split()[:-1]
    cut = next((i for i, word in enumerate(words) if word in ("rupee", "rupees", "रुपया", "रुपये")), -1)
    assert value_of(words[:cut] if cut >= 0 else []) == whole
    assert value_of(words[cut + 1 :]) == paise


@given(st.integers(1, 9999), LANGUAGE, st.sampled_from(["{} लोग", "{} people", "Shop No. {}", "B-{}", "({})", "x {}"]))
def test_a_number_keeps_its_value(value: int, language: Language, way: str) -> None:
    words = normalise(way.format(value), language).replace(way[:1], "", way[0] in "Bx").strip("()").split()
    number = [word for word in words if word not in ("लोग", "people", "Shop", "number", "नंबर")]
    assert value_of(number) == value


@given(st.from_regex(r"[6-9][0-9]{9}", fullmatch=True), LANGUAGE, st.sampled_from(PHONES))
def test_a_telephone_number_keeps_its_digits(number: str, language: Language, way: Callable[[str], str]) -> None:
    heard = read_phone(normalise(way(number), language))
    assert heard is not None
    assert heard.digits == number


@given(st.from_regex(r"0[1-9][0-9]{1,3}[ -][2-7][0-9]{5,7}|[1-9][0-9]{4,40}", fullmatch=True), LANGUAGE)
def test_a_code_keeps_its_digits_and_their_zeros(written: str, language: Language) -> None:
    if written.endswith("000"):
        return  # "25000" is a number
    spoken = normalise(f"code {written}", language).removeprefix("code ").replace(",", "").split()
    assert "".join(str(value_of([word])) for word in spoken) == re.sub(r"\D", "", written)


@given(st.times(), LANGUAGE, st.sampled_from(["{:%I:%M %p}", "{:%I.%M%p}", "{:%H:%M} hrs"]))
def test_a_time_is_the_time_we_would_hear(at: time, language: Language, way: str) -> None:
    at = time(at.hour, at.minute // 15 * 15)
    if at.hour in (3, 4) or (at.hour < 13 and "hrs" in way):
        return  # nobody says which night these belong to; half a day is not told
    heard = read_when(normalise(way.format(at), language), TEST_NOW, test_business(), "time")
    assert heard is not None
    assert heard.time == at


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_ways_to_write_a_day_are_said_alike(language: Language) -> None:
    for number in range(366):
        day = date(2028, 1, 1) + timedelta(number)
        ways = (
            "{:%d.%m.%Y}",
            "{:%d/%m/%Y}",
            "{:%Y-%m-%d}",
            "{:%d-%m-%y}",
            "{:%d %b %Y}",
            "{:%B %d, %Y}",
            "{:%d-%b-%Y}",
        )
        said = {normalise(way.format(day), language) for way in ways}
        assert len(said) == 1
        words = said.pop().removeprefix("the ")
        assert words.startswith(spoken_numbers.day_of_month(day.day, day.month, language))
        assert words.endswith(spoken_numbers.year(2028, language))


@pytest.mark.parametrize(
    "piece",
    [
        "1", "1 ", "1-", "1,", "1.", "1:", "1/", "+1", "₹", "₹1", "₹1-", "12:30-", "1,000", "9 8", "0", "no ", "no. 1 ",
        "5 Nov ", "1st ", "1 x ", "½", "१", "Rs. ", "h.", " - ", "1 से ", "[", "*1", "𝟙", "&", "@ ", "mr. ",
    ],
)  # fmt: skip
def test_a_long_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    begun = process_time()
    normalise(text, "hi")
    assert process_time() - begun < 4  # a quadratic one would take minutes
