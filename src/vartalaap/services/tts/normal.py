"""What a voice reads wrongly, as words: times, prices, dates, telephone numbers, numbers, abbreviations.

Engines read "8:00" as two numbers and "₹220" as a sign and a number, each in its own way; here it is decided once,
in the sentence's language. Nothing that is returned holds a digit, "₹" or a colon, and a second pass changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import time
from functools import partial

from ...core import spoken_numbers
from ...core.language import Language

Spoken = Callable[[re.Match[str], Language], str | None]
"""What was found, in words; None leaves it to the next."""

LONGEST_NUMBER = 4
"""Digits; a longer one without commas is a code, said digit by digit."""
LONGEST_AMOUNT = 9
MOST_DIGITS_OF_A_PHONE = 13

# fmt: off
_MONTHS = (
    ("jan", "जनवरी"), ("feb", "फ़रवरी|फरवरी|फ़रवरी"), ("mar", "मार्च"), ("apr", "अप्रैल"), ("may", "मई"), ("jun", "जून"),
    ("jul", "जुलाई"), ("aug", "अगस्त"), ("sep", "सितंबर|सितम्बर"), ("oct", "अक्टूबर|अक्तूबर"), ("nov", "नवंबर|नवम्बर"),
    ("dec", "दिसंबर|दिसम्बर"),
)
_ABBREVIATIONS: dict[str, tuple[str, str]] = {
    "mr.": ("Mister", "Mister"), "mrs.": ("Missus", "Missus"), "dr.": ("Doctor", "Doctor"), "डॉ.": ("Doctor", "डॉक्टर"),
    "approx.": ("approximately", "लगभग"), "e.g.": ("for example", "जैसे"), "i.e.": ("that is", "यानी"),
    "etc.": ("and so on", "वगैरह"), "hrs": ("hours", "घंटे"), "mins": ("minutes", "मिनट"), "&": ("and", "और"),
    "@": ("at", "at"), "w/o": ("without", "बिना"),
}
# fmt: on
_MONTH_NAMES = "|".join(f"{latin}[a-z]*|{hindi}" for latin, hindi in _MONTHS)
_WORD_BEGIN, _WORD_END = r"(?<![^\W_])", r"(?![^\W_])"
_SHORT = re.compile(
    "|".join(
        (_WORD_BEGIN if key[0].isalpha() else "")
        + re.escape(key)
        + (_WORD_END if key[-1].isalpha() else r"(?=\s|$)" if key[-1] == "." else "")
        for key in _ABBREVIATIONS
    ),
    re.IGNORECASE,
)
_NUMBER_SIGN = re.compile(r"(?<![^\W_])(?:no\.|#)\s*(?=\d)", re.IGNORECASE)
_MERIDIEM = r"(?P<half>[ap])\.?\s?m\b\.?"
_CLOCK = re.compile(
    rf"(?<![\d:.])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::\d{{2}})?(?![\d:])"
    rf"(?:\s*(?:{_MERIDIEM}|o'clock|(?P<baje>बजे|baje\b)))?",
    re.IGNORECASE,
)
_HOUR = re.compile(rf"(?<![\d:.])(?P<hour>\d{{1,2}})(?:\.(?P<minute>\d{{2}}))?\s*{_MERIDIEM}", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?<!\d)(?:\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_DATE = re.compile(r"(?<![\d/.-])(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?:\d{4}|\d{2})(?![\d/-])")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH_NAMES}){_WORD_END}", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"{_WORD_BEGIN}(?P<name>{_MONTH_NAMES})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)", re.IGNORECASE
)
_AMOUNT = r"(?P<whole>\d[\d,]*)(?:\.(?P<part>\d{1,2})(?!\d))?"
_MONEY = re.compile(rf"(?:₹|{_WORD_BEGIN}(?:rs\.?|inr|रु\.?))\s*{_AMOUNT}(?:\s*/-)?", re.IGNORECASE)
_MONEY_AFTER = re.compile(rf"(?<!\d){_AMOUNT}\s*(?:/-|₹|(?:rs\.?|inr){_WORD_END})", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+\s?)?\d(?:[ -]?\d){8,}")
_PERCENT = re.compile(r"(?<=\d)\s*%")
_ORDINAL = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_RANGE = re.compile(r"(?<![\d.,-])(\d{1,4})\s?[-–—]\s?(\d{1,4})(?![\d.,]*[\d-])")
_GROUPED = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{2,3})+(?![\d,])")
_DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?!\.?\d)")
_INTEGER = re.compile(r"\d+")
_COLON = re.compile(r"\s*[:\uff1a]+")
_BEFORE_MARK = re.compile(r"\s+(?=[,.?!;।])")
_SPACES = re.compile(r"\s+")


def normalise(text: str, language: Language) -> str:
    """The sentence with nothing left that is not a word or a mark of punctuation. Never fails."""
    text = _SPACES.sub(" ", "".join(map(_plain, text)))
    text = _SHORT.sub(lambda found: _padded(_ABBREVIATIONS[found[0].lower()][language != "en"]), text)
    text = _NUMBER_SIGN.sub("number " if language != "hi" else "नंबर ", text)
    for pattern, spoken in _STEPS:
        text = pattern.sub(partial(_spoken, spoken, language), text)
    text = _COLON.sub(", ", text.replace("₹", " "))
    return _BEFORE_MARK.sub("", _SPACES.sub(" ", text)).strip()


def _plain(letter: str) -> str:
    """Digits of any script are ASCII's; marks of lists and of emphasis are a space."""
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    return " " if letter in "*_`~|<>\\{}[]" else letter


def _spoken(spoken: Spoken, language: Language, found: re.Match[str]) -> str:
    words = spoken(found, language)
    return found[0] if words is None else _padded(words)


def _padded(words: str) -> str:
    return f" {words} "


def _time(found: re.Match[str], language: Language) -> str | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").lower()
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    if half:
        return spoken_numbers.clock(time(hour % 12 + (12 if half == "p" else 0), minute), language)
    if hour == 0 or hour > 12:
        return spoken_numbers.clock(time(hour, minute), language)
    spoken = spoken_numbers.bare_clock(time(hour, minute), language)
    return f"{spoken} o'clock" if language == "en" and minute == 0 else spoken


def _date(found: re.Match[str], language: Language) -> str | None:
    return _day_of_month(int(found["day"]), int(found["month"]), language)


def _named_date(found: re.Match[str], language: Language) -> str | None:
    name = found["name"].lower()
    month = next(n for n, (latin, hindi) in enumerate(_MONTHS, 1) if name[:3] == latin or name in hindi.split("|"))
    return _day_of_month(int(found["day"]), month, language)


def _day_of_month(day: int, month: int, language: Language) -> str | None:
    return spoken_numbers.day_of_month(day, month, language) if 1 <= day <= 31 and 1 <= month <= 12 else None


def _money(found: re.Match[str], language: Language) -> str | None:
    whole = found["whole"].replace(",", "")
    if len(whole) > LONGEST_AMOUNT:
        return None
    spoken = spoken_numbers.rupees(int(whole), language)
    paise = int((found["part"] or "0").ljust(2, "0"))
    if not paise:
        return spoken
    return f"{spoken} {spoken_numbers.number(paise, language)} {'paise' if language == 'en' else 'पैसे'}"


def _phone(found: re.Match[str], language: Language) -> str | None:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) > MOST_DIGITS_OF_A_PHONE:
        return None
    if len(digits) > 10 and (found[0].startswith("+") or len(digits) == 12):
        digits = digits.removeprefix("91")
    return spoken_numbers.digits(digits, language)


def _range(found: re.Match[str], language: Language) -> str:
    between = " to " if language == "en" else " से "
    return between.join(spoken_numbers.number(int(found[n]), language) for n in (1, 2))


def _decimal(found: re.Match[str], language: Language) -> str | None:
    if len(found[1]) > LONGEST_AMOUNT:
        return None
    point = "point" if language != "hi" else "दशमलव"
    places = " ".join(spoken_numbers.digits(digit, language) for digit in found[2])
    return f"{spoken_numbers.number(int(found[1]), language)} {point} {places}"


def _grouped(found: re.Match[str], language: Language) -> str | None:
    digits = found[0].replace(",", "")
    return spoken_numbers.number(int(digits), language) if len(digits) <= LONGEST_AMOUNT else None


def _ordinal(found: re.Match[str], language: Language) -> str:
    return spoken_numbers.ordinal(int(found[1])) if language != "hi" else spoken_numbers.number(int(found[1]), language)


def _integer(found: re.Match[str], language: Language) -> str:
    is_code = len(found[0]) > LONGEST_NUMBER or (len(found[0]) > 1 and found[0][0] == "0")
    return spoken_numbers.digits(found[0], language) if is_code else spoken_numbers.number(int(found[0]), language)


_STEPS: tuple[tuple[re.Pattern[str], Spoken], ...] = (
    (_ISO_DATE, _date),
    (_DATE, _date),
    (_CLOCK, _time),
    (_HOUR, _time),
    (_DAY_MONTH, _named_date),
    (_MONTH_DAY, _named_date),
    (_MONEY, _money),
    (_MONEY_AFTER, _money),
    (_PHONE, _phone),
    (_PERCENT, lambda _, language: "percent" if language == "en" else "प्रतिशत"),
    (_ORDINAL, _ordinal),
    (_RANGE, _range),
    (_GROUPED, _grouped),
    (_DECIMAL, _decimal),
    (_INTEGER, _integer),
)
