"""Times of day: 7:30 pm, 19:30, 7-11 pm, 11:00-22:30, 7.30 बजे, 1930 hrs, 24/7."""

from __future__ import annotations

import re
from datetime import time

from ....core import spoken_numbers
from ....core.language import Language
from .rule import DASH, END, FigureRule, after, before, in_language, rule

_NOON, _HOURS, _MINUTES = 12, 24, 60


def _half(name: str) -> str:
    return rf"(?:(?P<{name}>[ap])(?:m\b|\.\s?m\b(?:\.(?!\s*$))?|\s[m]\b))"


_HRS = rf"(?:hrs?|hours|h){END}"
_BAJE = rf"(?P<baje>बजे|baje){END}"
_PART_OF_DAY = re.compile(
    r"(?:सुबह|दोपहर|शाम|रात|subah|dopahar|dopehar|shaam|sham|raat)(?:\s(?:के|को|ke|ko))?\s$", re.IGNORECASE
)
_UNTIL = re.compile(rf"\s*(?:तक|tak){END}", re.IGNORECASE)


def _at(hour: str, minute: str | None, half: str | None) -> time | None:
    """The time of day, if there is one: 7:30 pm, 19:30, 24:00."""
    h, m = int(hour), int(minute or 0)
    if half and not 1 <= h <= _NOON:
        return None
    if half:
        h = h % _NOON + (_NOON if half in "pP" else 0)
    if h > _HOURS or m >= _MINUTES or (h == _HOURS and m):
        return None
    return time(h % _HOURS, m)


def _is_whole_day(hour: str) -> bool:
    """Of a clock of 24 hours."""
    return int(hour) == 0 or int(hour) > _NOON


def _time(found: re.Match[str], language: Language) -> str | None:
    part = found.groupdict()
    at = _at(part["hour"], part["minute"], part.get("half"))
    if at is None:
        return None
    told = language != "en" and _PART_OF_DAY.search(before(found))
    if (part.get("half") or _is_whole_day(part["hour"])) and not told:
        return spoken_numbers.clock(at, language)
    return _bare(at, language)


def _bare(at: time, language: Language) -> str:
    spoken = spoken_numbers.bare_clock(at, language)
    return f"{spoken} o'clock" if language == "en" and at.minute == 0 else spoken


def _span(found: re.Match[str], language: Language) -> str | None:
    """From one time to another; what is said of one half of the day or of 24 hours goes for both."""
    h1, m1, half1, h2, m2, half2 = found.group("h1", "m1", "half1", "h2", "m2", "half2")
    if half2 and not half1 and int(h1) <= _NOON:
        half1 = _earlier_half(h1, m1, h2, m2, half2)
    start, end = _at(h1, m1, half1), _at(h2, m2, half2)
    if start is None or end is None or not _tells_times(found):
        return None
    in_full = half2 or _is_whole_day(h1) or _is_whole_day(h2)
    told = language != "en" and _PART_OF_DAY.search(before(found))
    first = (spoken_numbers.clock if in_full and not told else spoken_numbers.bare_clock)(start, language)
    last = spoken_numbers.clock(end, language) if in_full else _bare(end, language)
    until = "" if language == "en" or _UNTIL.match(after(found)) else " तक"
    return f"{first} {in_language(language, 'to', 'से')} {last}{until}"


def _tells_times(found: re.Match[str]) -> bool:
    """7-11 pm, 11:00-22:30 and 11-22:30 do; 4-6, 4 to 7:30 and 1.30-2.30 need not."""
    if found["half2"]:
        return True
    with_minutes = (found["point"] == ":") + (found["point2"] == ":")
    with_points = "." in (found["point"], found["point2"])
    is_dashed = found["between"].strip() in "-–—"
    return not with_points and with_minutes >= (1 if is_dashed else 2)


def _earlier_half(h1: str, m1: str | None, h2: str, m2: str | None, half: str) -> str:
    """Of 7-11 pm the same half of the day, of 11-3 pm the other one."""
    if (int(h1) % _NOON, int(m1 or 0)) < (int(h2) % _NOON, int(m2 or 0)):
        return half
    return "a" if half in "pP" else "p"


def _always(_: re.Match[str], language: Language) -> str:
    return in_language(language, "twenty-four seven", "चौबीसों घंटे, सातों दिन")


RULES: tuple[FigureRule, ...] = (
    rule(r"24\s?[x×/]\s?7(?![\d/.-])", _always),
    rule(
        rf"(?P<h1>\d{{1,2}})(?:(?P<point>[:.])(?P<m1>\d\d))?(?:\s?{_half('half1')})?"
        rf"(?P<between>\s?{DASH}\s?|\sto\s|\still\s|\suntil\s|\sसे\s|\sse\s)"
        rf"(?P<h2>\d{{1,2}})(?:(?P<point2>[:.])(?P<m2>\d\d))?(?![\d:]|\.\d)(?:\s?{_half('half2')})?"
        rf"(?:\s?(?:{_HRS}|{_BAJE}))?",
        _span,
        "time",
    ),
    rule(
        rf"(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::\d\d)?(?![\d:])(?:\s?(?:{_half('half')}|o'clock|{_BAJE}|{_HRS}))?",
        _time,
        "time",
    ),
    rule(rf"(?P<hour>\d{{1,2}})(?:\.(?P<minute>\d\d))?\s?(?:{_half('half')}|{_BAJE})", _time, "time"),
    rule(rf"(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)\s?hrs{END}", _time, "time"),
)
