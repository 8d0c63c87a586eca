"""Days: 27.11.2026, 2026-11-27, 27/11, 27 Nov, 25-27 December, November 2026, पाँच दिसंबर."""

from __future__ import annotations

import re

from ....core import spoken_numbers
from ....core.language import Language
from .rule import BEGIN, DASH, END, FigureRule, after, before, in_language, rule

# fmt: off
_LATIN = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|(?-i:May|MAY)|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_LATIN_BEGINNINGS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HINDI = {
    "जनवरी": 1, "फरवरी": 2, "फ़रवरी": 2, "मार्च": 3, "अप्रैल": 4, "मई": 5, "जून": 6, "जुलाई": 7, "अगस्त": 8,
    "सितंबर": 9, "सितम्बर": 9, "अक्टूबर": 10, "अक्तूबर": 10, "नवंबर": 11, "नवम्बर": 11, "दिसंबर": 12, "दिसम्बर": 12,
}
# fmt: on
_MONTH = rf"(?P<month>{_LATIN}|{'|'.join(_HINDI)}){END}"
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th)\b)?"
_FIRST_DAY = r"(?P<first>\d{1,2})(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?:\.?(?:,\s?|[-\s]\s?)(?P<year>(?:19|20)\d\d)(?![,.:]?\d)|\s?['’](?P<short>\d\d)(?!\d))?"
_SHORT_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_MONTHS = 12
_TOLD_BEFORE = re.compile(
    rf"{BEGIN}(?:on|from|till|until|by|before|after|date|dated|dt|closed|दिनांक|तारीख)[\s.:]*$", re.IGNORECASE
)
_TOLD_AFTER = re.compile(rf"\s*(?:को|तक|से|ko|tak|se){END}", re.IGNORECASE)
_ADDRESS_BEFORE = re.compile(
    rf"(?:[^\W\d_][-/]|{BEGIN}(?:no|shop|house|plot|flat|room|block|unit|मकान|दुकान|प्लॉट)[\s.:#]*)$", re.IGNORECASE
)
_ADDRESS_AFTER = re.compile(r"\s?[,-]?\s?[A-Z]|/")
_NO_DAY_AFTER = rf"(?!\d|[.:,/]\d|\s?(?:%|[ap]m{END}|people{END}|persons?{END}|guests?{END}|log{END}|लोग))"


def _month_of(name: str) -> int:
    return _HINDI.get(name) or _LATIN_BEGINNINGS.index(name[:3].lower()) + 1


def _exists(day: int, month: int) -> bool:
    return 1 <= month <= _MONTHS and 1 <= day <= _SHORT_MONTHS.get(month, 31)


def _date(found: re.Match[str], language: Language) -> str | None:
    """In figures, the day before the month, unless only the other order is a date."""
    day, month = int(found["day"]), int(found["month"])
    if not _exists(day, month):
        day, month = month, day
    return _in_words(found, day, month, f"20{found['year']}"[-4:], language) if _exists(day, month) else None


def _named(found: re.Match[str], language: Language) -> str | None:
    day, month = int(found["day"]), _month_of(found["month"])
    return _in_words(found, day, month, _year(found), language) if _exists(day, month) else None


def _year(found: re.Match[str]) -> str | None:
    return found["year"] or (f"20{found['short']}" if found["short"] else None)


def _in_words(found: re.Match[str], day: int, month: int, year: str | None, language: Language) -> str:
    the = "the " if language == "en" and not before(found).lower().endswith("the ") else ""
    spoken = the + spoken_numbers.day_of_month(day, month, language)
    return f"{spoken} {spoken_numbers.year(int(year), language)}" if year else spoken


def _days_of_month(found: re.Match[str], language: Language) -> str | None:
    """ "25-27 November"."""
    first, last, month = int(found["first"]), int(found["day"]), _month_of(found["month"])
    if not (_exists(first, month) and _exists(last, month)):
        return None
    end = _in_words(found, last, month, _year(found), language)
    begin = spoken_numbers.day_of_month(first, month, language).rpartition(" of " if language == "en" else " ")[0]
    the = "the " if end.startswith("the ") else ""
    between = in_language(language, *(("and", "और") if "&" in found["between"] else ("to", "से")))
    return f"{the}{begin} {between} {end}"


def _month_and_year(found: re.Match[str], language: Language) -> str:
    month = spoken_numbers.month(_month_of(found["month"]), language)
    return f"{month} {spoken_numbers.year(int(found['year']), language)}"


def _day_and_month(found: re.Match[str], language: Language) -> str | None:
    """27/11 without a year, where it cannot be a house number or where the words around it tell of a day."""
    told = _TOLD_BEFORE.search(before(found)) or _TOLD_AFTER.match(after(found))
    house = _ADDRESS_BEFORE.search(before(found)) or _ADDRESS_AFTER.match(after(found))
    day, month = int(found["day"]), int(found["month"])
    alone = found["mark"] == "/" and day > _MONTHS and len(found["month"]) > 1 and not house
    return _in_words(found, day, month, None, language) if _exists(day, month) and (told or alone) else None


def _first_to(found: re.Match[str], language: Language) -> str | None:
    """ "25th to 27th" without a month."""
    first, last = spoken_numbers.ordinal(int(found["first"])), spoken_numbers.ordinal(int(found["day"]))
    return f"{first} {in_language(language, 'to', 'से')} {last}"


RULES: tuple[FigureRule, ...] = (
    rule(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d|[-/.]\d)", _date, "date"),
    rule(r"(?P<day>\d{1,2})([-/.])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})(?!\d|[-/.]\d)", _date, "date"),
    rule(rf"{_FIRST_DAY}\s?(?P<between>{DASH}|to|&|से)\s?{_DAY}\s?(?:of\s)?{_MONTH}{_YEAR}", _days_of_month, "date"),
    rule(rf"{_DAY}[\s-]?(?:of\s)?{_MONTH}{_YEAR}", _named, "date"),
    rule(rf"{_FIRST_DAY}(?<=[tdh])\s?{DASH}\s?{_DAY}(?<=[tdh])", _first_to, "date"),
    rule(r"(?P<day>\d{1,2})(?P<mark>[-/])(?P<month>\d{1,2})(?!\d|[-/.:]\d)", _day_and_month, "date"),
)
AT_LETTERS: tuple[FigureRule, ...] = (
    rule(rf"{BEGIN}{_MONTH}\.?\s{_DAY}{_NO_DAY_AFTER}{_YEAR}", _named, "date"),
    rule(rf"{BEGIN}{_MONTH}\.?,?\s(?P<year>(?:19|20)\d\d)(?![,.:]?\d)", _month_and_year, "date"),
)
