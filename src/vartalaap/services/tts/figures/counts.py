"""What is left: percent, measures, 1.5 lakh, ordinals, years, 2x, 1/2, B-12/3, ranges, decimals, numbers, codes."""

from __future__ import annotations

import re

from ....core import spoken_numbers
from ....core.language import Language
from .money import SCALE, SCALES
from .rule import BEGIN, DASH, END, LONGEST_AMOUNT, NUMBER, FigureRule, after, before, counted, in_language, rule, value

LONGEST_NUMBER = 4
"""Digits; a longer one without commas is a code, said digit by digit, unless it is round or counts something."""
_LEAST_OF_A_CODE = 3
"""Digits beside a letter, as in HR26DK8337."""
_LANDLINE, _MOBILE = 8, 10
# fmt: off
_UNITS: dict[str, tuple[str, str, str]] = {
    "ml": ("millilitre", "millilitres", "मिलीलीटर"), "ltr": ("litre", "litres", "लीटर"),
    "kg": ("kilogram", "kilograms", "किलो"), "kilo": ("kilo", "kilos", "किलो"), "gm": ("gram", "grams", "ग्राम"),
    "km": ("kilometre", "kilometres", "किलोमीटर"), "m": ("metre", "metres", "मीटर"), "mtr": ("metre", "metres", "मीटर"),
    "cm": ("centimetre", "centimetres", "सेंटीमीटर"), "mm": ("millimetre", "millimetres", "मिलीमीटर"),
    "ft": ("foot", "feet", "फ़ुट"), "sqft": ("square foot", "square feet", "वर्ग फ़ुट"),
    "hour": ("hour", "hours", "घंटे"), "min": ("minute", "minutes", "मिनट"), "sec": ("second", "seconds", "सेकंड"),
    "yr": ("year", "years", "साल"), "pc": ("piece", "pieces", "पीस"), "°c": ("degree", "degrees", "डिग्री"),
    "kcal": ("calorie", "calories", "कैलोरी"),
}
_SPELT = {
    r"ml|मि\.?\s?ली\.?": "ml", r"(?-i:[lL])|ltrs?\.?|litres?|liters?|लीटर": "ltr", r"kgs?\.?|कि\.?\s?ग्रा\.?": "kg",
    "kilos?|किलो": "kilo", r"(?-i:g)|gms?\.?|grams?|ग्राम": "gm", r"kms?\.?|किलोमीटर|कि\.?\s?मी\.?": "km",
    "(?-i:m)": "m", r"mtrs?\.?": "mtr", "cms?": "cm", "mm": "mm", r"ft\.?": "ft", r"sq\.?\s?ft\.?": "sqft",
    "hrs?|hours?|घंटे|घंटा": "hour", "mins?|minutes?|मिनट": "min", "secs?": "sec", "yrs?|years?": "yr", "pcs?": "pc",
    r"°\s?c?|℃": "°c", "kcal": "kcal",
}
_HINDI_ORDINALS = {1: "पहल", 2: "दूसर", 3: "तीसर", 4: "चौथ", 6: "छठ"}
# fmt: on
_UNIT = rf"(?P<unit>{'|'.join(_SPELT)}){END}(?:\.(?=\s(?-i:[a-z])))?"
_UNIT_NAMES = [(re.compile(spelt, re.IGNORECASE), name) for spelt, name in _SPELT.items()]
_PER_CENT = rf"(?:%|per\s?cent{END}|प्रतिशत)"
_RANGE = rf"(?P<first>{NUMBER})\s?{DASH}\s?(?P<last>{NUMBER})"
_PARTS = {"1/2": ("half", "आधा"), "1/4": ("quarter", "चौथाई"), "3/4": ("three quarters", "पौन")}
_PART_OF = (
    rf"(?=\s?(?:{'|'.join(_SPELT)}|plates?|portions?|cups?|glass|dozen|day|प्लेट|किलो|घंटे|घंटा|लीटर|कप|दर्जन|दिन){END})"
)
_SIGNS = {"½": _PARTS["1/2"], "¼": _PARTS["1/4"], "¾": _PARTS["3/4"]}
_YEAR_BEFORE = re.compile(
    rf"{BEGIN}(?:in|since|from|year|est|estd|established|of|till|until|during|सन|सन्|साल|वर्ष)[\s.:]*$", re.IGNORECASE
)
_YEAR_AFTER = re.compile(rf"\s?(?:में|से|mein|se){END}")
_COUNTED = (
    "people|persons?|guests?|customers?|members?|sq|students?|seats?|covers?|metres?|लोग|लोगों|मेहमान|मेहमानों|आदमी|वर्ग|सीट"
)
_COUNTED_AFTER = re.compile(rf"\s?(?:{_COUNTED}){END}", re.IGNORECASE)


def _percent(found: re.Match[str], language: Language) -> str | None:
    spoken = _one_or_range(found, language)
    return spoken and f"{spoken} {in_language(language, 'percent', 'प्रतिशत')}"


def _one_or_range(found: re.Match[str], language: Language, *, of: bool = False) -> str | None:
    first, last = counted(found["first"], language, of=of), found.groupdict().get("last")
    if last is None or first is None:
        return first
    end = counted(last, language, of=of)
    return end and f"{first} {in_language(language, 'to', 'से')} {end}"


def _measure(found: re.Match[str], language: Language) -> str | None:
    spoken = _one_or_range(found, language, of=True)
    singular, plural, hindi = _UNITS[next(name for spelt, name in _UNIT_NAMES if spelt.fullmatch(found["unit"]))]
    if spoken is None:
        return None
    minus = in_language(language, "minus ", "माइनस ") if found[0][0] in "-−" else ""
    return f"{minus}{spoken} {in_language(language, singular if spoken in ('one', 'half a') else plural, hindi)}"


def _scaled(found: re.Match[str], language: Language) -> str | None:
    """ "1.5 lakh", "2-3 crore" of anything."""
    spoken = _one_or_range(found, language, of=True)
    return spoken and f"{spoken} {in_language(language, *SCALES[found['scale'].lower()])}"


def _hindi_ordinal(found: re.Match[str], language: Language) -> str:
    """ "1ला", "6वीं", "10वें"."""
    del language
    number, suffix = int(found[1]), found[2]
    stem = _HINDI_ORDINALS.get(number)
    if stem is None:
        return f"{spoken_numbers.number(number, 'hi')}{suffix}"
    return f"{stem}{next(sign for sign in 'ाीे' if sign in suffix)}"


def _decade(found: re.Match[str], language: Language) -> str:
    del language
    return f"{spoken_numbers.year(int(found[1]), 'en').removesuffix('y')}ies"


def _year(found: re.Match[str], language: Language) -> str | None:
    """Four digits where the words around them tell of a year."""
    told = _YEAR_BEFORE.search(before(found)) or _YEAR_AFTER.match(after(found))
    return spoken_numbers.year(int(found[0]), language) if told and not _COUNTED_AFTER.match(after(found)) else None


def _years(found: re.Match[str], language: Language) -> str | None:
    """2026-27."""
    first, last = int(found[1]), int(found[2])
    if (first + 1) % 100 != last:
        return None
    begin, end = spoken_numbers.year(first, language), spoken_numbers.number(last, language)
    return f"{begin} {in_language(language, 'to', 'से')} {end}"


def _times_as_much(found: re.Match[str], language: Language) -> str:
    return f"{spoken_numbers.number(int(found[1]), language)} {in_language(language, 'times', 'गुना')}"


def _by(found: re.Match[str], language: Language) -> str:
    """3x4 and 12/3."""
    by = in_language(language, "by", "बटा" if found[2] in "/⁄" else "बाई")
    return f"{_plain(found[1], language)} {by} {_plain(found[3], language)}"


def _plain(written: str, language: Language) -> str:
    return counted(written, language) or spoken_numbers.digits(written, language)


def _part(found: re.Match[str], language: Language) -> str:
    return in_language(language, *_PARTS[found[0]])


def _part_sign(found: re.Match[str], language: Language) -> str:
    return in_language(language, *_SIGNS[found[0]])


def _range(found: re.Match[str], language: Language) -> str | None:
    if value(found["last"]) <= value(found["first"]) or found["last"][0] == "0" or found["first"][0] == "0":
        return None
    return _one_or_range(found, language)


def _number(found: re.Match[str], language: Language) -> str | None:
    """With commas or a point."""
    return counted(found[0], language)


def _pointed(found: re.Match[str], language: Language) -> str:
    """1.2.3, and decimals that are too long to be a number."""
    whole, *places = found[0].split(".")
    if len(places) == 1 and len(whole) <= LONGEST_AMOUNT:
        return spoken_numbers.decimal(int(whole), places[0], language)
    point = "दशमलव" if language == "hi" else "point"
    return f" {point} ".join(_digits_or_number(part, language) for part in (whole, *places))


def _fraction_of_one(found: re.Match[str], language: Language) -> str:
    """.5"""
    return spoken_numbers.decimal(0, found[1], language)


def _integer(found: re.Match[str], language: Language) -> str:
    digits, beside = found[0], found.string[max(0, found.start() - 1) : found.end() + 1]
    if _LEAST_OF_A_CODE <= len(digits) <= LONGEST_NUMBER and re.search(r"[^\W\d_]", beside):
        return spoken_numbers.in_groups([digits], language)
    if LONGEST_NUMBER < len(digits) <= LONGEST_AMOUNT and digits[0] != "0":
        is_round = digits.endswith("000") and len(digits) < _LANDLINE
        if is_round or _COUNTED_AFTER.match(after(found)):
            return spoken_numbers.amount(int(digits), language)
    return _digits_or_number(digits, language)


def _digits_or_number(digits: str, language: Language) -> str:
    if len(digits) <= LONGEST_NUMBER and (len(digits) == 1 or digits[0] != "0"):
        return spoken_numbers.number(int(digits), language)
    if len(digits) in (_LANDLINE, _MOBILE):
        return spoken_numbers.in_groups([digits[: len(digits) // 2], digits[len(digits) // 2 :]], language)
    return spoken_numbers.digits(digits, language)


RULES: tuple[FigureRule, ...] = (
    rule(rf"{_RANGE}\s?{_PER_CENT}", _percent, "measure"),
    rule(rf"(?P<first>{NUMBER})\s?{_PER_CENT}", _percent, "measure"),
    rule(rf"{_RANGE}\s?{_UNIT}", _measure, "measure"),
    rule(rf"(?P<first>{NUMBER})\s?{_UNIT}", _measure, "measure"),
    rule(rf"{_RANGE}\s?(?P<scale>{SCALE})", _scaled, "measure"),
    rule(rf"(?P<first>{NUMBER})\s?(?P<scale>{SCALE})", _scaled, "measure"),
    rule(rf"(\d{{1,4}})\s?(?:st|nd|rd|th){END}", lambda found, _: spoken_numbers.ordinal(int(found[1])), is_name=True),
    rule(rf"(\d{{1,3}})(वाँ|वां|वीं|वें|ला|ली|ले|रा|री|रे|था|थी|थे|ठा|ठी|ठे){END}", _hindi_ordinal),
    rule(rf"((?:19|20)[2-9]0)['’]?s{END}", _decade),
    rule(r"((?:19|20)\d\d)[-–—](\d\d)(?![,.]?\d)", _years),
    rule(r"(?:19|20)\d\d(?![,.]?\d)", _year),
    rule(rf"(\d{{1,2}})[x×]{END}", _times_as_much),
    rule(rf"(?:1/2|1/4|3/4)(?![\d/]){_PART_OF}", _part),
    rule(rf"({NUMBER})\s?([x×/⁄])\s?({NUMBER})", _by, is_name=True),
    rule(rf"{_RANGE}(?!(?:[,.]|[-/])?\d)", _range),
    rule(r"\d+(?:\.\d+){2,8}(?!\d)", _pointed),
    rule(rf"(?=\d{{1,12}}[.,]\d){NUMBER}", _number),
    rule(r"\d+\.\d+", _pointed),
    rule(r"\d+", _integer, is_name=True),
)
AT_SIGNS: tuple[FigureRule, ...] = (
    rule(r"(?<![\w.])\.(\d{1,12})(?!\d|\.\d)", _fraction_of_one),
    rule(r"[½¼¾]", _part_sign),
    rule(rf"[-−](?P<first>{NUMBER})\s?(?P<unit>°\s?c?|℃)", _measure, "measure"),
)
