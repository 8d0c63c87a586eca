"""Days of the week: "agle shanivaar", "Saturday next week", "the last Friday of this month"."""

from __future__ import annotations

from datetime import date, timedelta

from ..text.corrections import Span
from ..text.lexicon import listed
from ..text.tokens import Speech
from .calendar import Day, dated, months_later

RISKY = listed("risky weekdays")
"""Short forms that are other words as well ("sun", "sat")."""
_WALE = listed("wale of dates")
_ON = listed("on the week")


def weekday(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "shanivaar", "is Sunday", "agle shanivaar", "agle hafte Saturday", "Saturday next week"."""
    found = _named(speech, i, today)
    return found if found and not _is_risky(speech, found) else None


def risky_weekday(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """One that may be another word: "sun", "sat"."""
    found = _named(speech, i, today)
    return found if found and _is_risky(speech, found) else None


def _is_risky(speech: Speech, span: Span[Day]) -> bool:
    token = speech.at(span.start)
    return token.word.weekday is not None and token.text in RISKY


def _named(speech: Speech, i: int, today: date) -> Span[Day] | None:
    start = i
    while speech.at(i).has("next", "this", "last", "coming") or speech.at(i).text in _WALE:
        i += 1
    said = frozenset[str]().union(*(t.word.tags for t in speech.tokens[start:i]))
    in_week = i > start and speech.at(i).has("week")
    if in_week:
        i += 1 + speech.at(i + 1).has("of") + (speech.at(i + 1).text in _ON)
    number = speech.at(i).word.weekday
    if number is None:
        return None
    end = i + 1 + (speech.at(i + 1).has("day") and not speech.at(i + 1).number)
    if speech.at(end).has("after") and speech.at(end + 1).text == "next":  # "the Saturday after next"
        return _day(start, end + 2, today, 7 + ((number - today.weekday()) % 7 or 7), number, ambiguous=True)
    j = end + speech.at(end).has("of")
    if not in_week and speech.at(j).has("next") and speech.at(j + 1).has("week"):
        said, in_week, end = said | {"next"}, True, j + 2
    ahead, ambiguous = _days_ahead(number, today, said, in_week=in_week)
    return _day(start, end, today, ahead, number, ambiguous=ambiguous)


def _days_ahead(number: int, today: date, said: frozenset[str], *, in_week: bool) -> tuple[int, bool]:
    """How many days there are to that weekday, and whether it may be another week."""
    ahead = (number - today.weekday()) % 7
    if "last" in said:
        return (number - today.weekday() - 7 if in_week else -((-ahead) % 7 or 7)), False
    if "next" in said:
        return 7 - today.weekday() + number, not in_week and ahead > 0
    this = "this" in said or "coming" in said
    return ahead or (0 if this else 7), ahead == 0


def _day(start: int, end: int, today: date, ahead: int, weekday: int, *, ambiguous: bool = False) -> Span[Day]:
    return Span(start, end, Day(today + timedelta(days=ahead), "weekday", weekday, ambiguous=ambiguous))


def nth_weekday(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "first Friday of December", "agle mahine ka pehla shukravar", "the last Friday of this month"."""
    month, j = which_month(speech, i, today)
    if month:
        j += speech.at(j).has("of")
    nth, number = _nth(speech, j), speech.at(j + 1).word.weekday
    if not nth or number is None:
        return None
    end = j + 2
    if month is None:
        month, end = which_month(speech, end + (speech.at(end).has("of") or speech.at(end).has("within")), today)
    if month is None:
        return None
    if nth < 0:
        final = months_later(month, 1) - timedelta(days=1)
        return Span(i, end, Day(final - timedelta(days=(final.weekday() - number) % 7), "dated"))
    day = 1 + (number - month.weekday()) % 7 + 7 * (nth - 1)
    return dated(i, end, day, month.month, month.year, today)


def _nth(speech: Speech, i: int) -> int:
    """First to fifth; -1 for the last; 0 for none."""
    if speech.at(i).has("last") or speech.at(i).text in listed("end"):
        return -1
    nth = speech.at(i).word.ordinal or 0
    return nth if nth <= 5 else 0


def which_month(speech: Speech, i: int, today: date) -> tuple[date | None, int]:
    """The first day of a month named by itself or as this or next month, and where its name ends."""
    i += speech.at(i).text == "the"
    if speech.at(i).has("next", "this") and speech.at(i + 1).has("month"):
        return months_later(today.replace(day=1), int(speech.at(i).has("next"))), i + 2
    if (number := speech.at(i).word.month) is not None:
        return date(today.year + (number < today.month), number, 1), i + 1
    return None, i


def weekend(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "this weekend", "next weekend": its Saturday."""
    j = i
    while speech.at(j).has("next", "this", "coming"):
        j += 1
    if not speech.at(j).has("weekend"):
        return None
    ahead = (5 - today.weekday()) % 7 + (7 if any(t.has("next") for t in speech.tokens[i:j]) else 0)
    return Span(i, j + 1, Day(today + timedelta(days=ahead), "weekday", ambiguous=True))
