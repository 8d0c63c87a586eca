"""Telephone numbers and codes, digit by digit: +91 98765 43210, 011-40001234, 1800 123 4567, PIN 110 024, ext. 12."""

from __future__ import annotations

import re

from ....core import spoken_numbers
from ....core.language import Language
from .rule import BEGIN, FigureRule, after, before, in_language, rule

_MOBILE = 10
_LEAST, _MOST = 8, 15
"""Digits of a number with its country's code."""
_HALF = 4
_LONGEST_GROUP = 5
_INDIA = "91"
_PHONE_BEFORE = re.compile(
    rf"{BEGIN}(?:ph|tel|phone|telephone|call|landline|mobile|whatsapp|number|फ़ोन|फोन|नंबर|कॉल)[\s.:,-]*$",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    rf"{BEGIN}(?:pin(?:\s?code)?|otp|extn?|extension|पिन(?:\s?कोड)?|ओटीपी|एक्सटेंशन)[\s.:-]*$", re.IGNORECASE
)
_PLACE_BEFORE = re.compile(r"[A-Z][a-z]+\s?[-–—,]?\s?$")
_END_AFTER = re.compile(r"\s?(?:[.,;)।]|$)")
_ROOM = "shop|house|plot|flat|room|table|gate|counter|block|platform|ward|unit|cabin|hall|office"
_PIN = 6


def _in_groups(digits: str) -> list[str]:
    """As a telephone number is told: 5 and 5, 4 and 4, 3 and 4."""
    if len(digits) <= _LONGEST_GROUP:
        return [digits]
    begin = len(digits) // 2
    return [digits[:begin], digits[begin:]]


def _international(found: re.Match[str], language: Language) -> str | None:
    groups = re.findall(r"\d+", found[0])
    digits = "".join(groups)
    if not _LEAST <= len(digits) <= _MOST:
        return None
    national = digits.removeprefix(_INDIA)
    if len(national) == _MOBILE and len(digits) > _MOBILE:
        is_landline = national[0] < "6" and len(groups) > 1
        groups = [g for g in groups[1:] if g] if is_landline and groups[0] == _INDIA else _in_groups(national)
        return spoken_numbers.in_groups([part for group in groups for part in _in_groups(group)], language)
    spoken = spoken_numbers.in_groups([part for group in groups for part in _in_groups(group)], language)
    return f"{in_language(language, 'plus', 'प्लस')} {spoken}"


def _mobile(found: re.Match[str], language: Language) -> str:
    digits = re.sub(r"\D", "", found["number"])
    zero = ["0"] if found["zero"] else []
    return spoken_numbers.in_groups([*zero, *_in_groups(digits)], language)


def _with_area(found: re.Match[str], language: Language) -> str:
    """The area's code with its zero, then the number."""
    rest = re.sub(r"\D", "", found["rest"])
    return spoken_numbers.in_groups([found["area"], *_in_groups(rest)], language)


def _toll_free(found: re.Match[str], language: Language) -> str:
    groups = re.findall(r"\d+", found["rest"])
    parts = groups if len(groups) > 1 else _in_groups(groups[0])
    return spoken_numbers.in_groups([found["begin"], *parts], language)


def _landline(found: re.Match[str], language: Language) -> str | None:
    """Eight digits in two groups; with a dash it could be a range, were it not for the word before it."""
    if found[2] == "-" and not _PHONE_BEFORE.search(before(found)):
        return None
    return spoken_numbers.in_groups([found[1], found[3]], language)


def _code(found: re.Match[str], language: Language) -> str | None:
    """ "110 024" is a postal code where a word, a zero or a place says so."""
    digits = found[0].replace(" ", "")
    spoken = (
        spoken_numbers.digits(digits, language)
        if len(digits) > _LONGEST_GROUP
        else spoken_numbers.in_groups([digits], language)
    )
    if _CODE_BEFORE.search(before(found)):
        return spoken
    if len(digits) != _PIN or " " not in found[0]:
        return None
    is_place = _PLACE_BEFORE.search(before(found)) and _END_AFTER.match(after(found))
    return spoken if found[0][4] == "0" or is_place else None


def _number_sign(found: re.Match[str], language: Language) -> str:
    word = in_language(language, "number", "नंबर") if language != "hinglish" else "number"
    if found["room"]:
        return f"{found['room']} {word}"
    return f"{in_language(language, 'house', 'मकान')} {word}" if found["house"] else word


RULES: tuple[FigureRule, ...] = (
    rule(r"(?P<begin>18[06]0)[ -]?(?P<rest>\d{3}[ -]?\d{3,4}|\d{2}[ -]?\d{4})(?!\d)", _toll_free, "phone"),
    rule(
        r"(?:(?P<zero>0)[ -]?|91[ -]?)?(?P<number>[6-9]\d{4}[ -]?\d{5}|[6-9]\d{2}[ -]\d{3}[ -]?\d{4}|"
        r"[6-9]\d{3}[ -]\d{3}[ -]\d{3}|[6-9]\d{3}[ -]\d{6}|[6-9]\d[ -]\d{4}[ -]\d{4}|[6-9]\d(?:[ -]\d\d){4})(?!\d)",
        _mobile,
        "phone",
    ),
    rule(r"(?P<area>0\d{2,4})[ -]\s?(?P<rest>\d{3,4}[ -]?\d{3,4})(?!\d)", _with_area, "phone"),
    rule(r"(\d{4})([ -])(\d{4})(?![,.]?\d)", _landline, "phone"),
    rule(r"\d{3} \d{3}(?![,.]?\d)|\d{1,12}(?![,.]?\d)", _code, is_name=True),
)
AT_SIGNS: tuple[FigureRule, ...] = (
    rule(r"\+\s?\d{1,5}(?:[ -]?\d{1,5}){1,6}(?!\d)", _international, "phone"),
    rule(r"\((?P<area>0\d{2,4})\)\s?(?P<rest>\d{3,4}[ -]?\d{3,4})(?!\d)", _with_area, "phone"),
)
AT_LETTERS: tuple[FigureRule, ...] = (
    rule(
        rf"(?:{BEGIN}(?:(?P<room>{_ROOM})\sno\.?|(?P<house>h\.?\s?no\.)|nos?\.)|#|№)\s?(?=\d)",
        _number_sign,
        is_name=True,
    ),
)
