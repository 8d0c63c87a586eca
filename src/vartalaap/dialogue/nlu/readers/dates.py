"""Dates in speech: "kal", "agle shanivaar", "28 tareekh", "26 January", "do din baad", "Diwali ke din"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from ..text.corrections import Span
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .calendar import Day, dated, day_of_month, months_later
from .date_offsets import days_after, days_before
from .festivals import next_festival
from .numbers import quantity_at

_Reader = Callable[[Speech, int, date], Span[Day] | None]

_RELATIVE: dict[Tag, int] = {"today": 0, "tonight": 0, "tomorrow": 1, "dayafter": 2, "threedays": 3, "yesterday": -1}
_RISKY_WEEKDAYS = listed("risky weekdays")
_OPENING_TAGS = frozenset({
    *_RELATIVE, "wd", "mo", "fest", "ord", "fr", "homo", "next", "this", "last", "coming", "date", "day", "weekend",
    "both",
})  # fmt: skip
_THIS = listed("this")
_NEW = listed("new")
_WALE = listed("wale of dates")
_OPENING = _THIS | _NEW | _WALE | listed("opening of dates")
_EVE = listed("eve")
_ARE = listed("are")
_KO = listed("ko")
_ONE = listed("one")


@lru_cache(maxsize=16)
def days_in(speech: Speech, today: date, *, wanted: bool) -> list[Span[Day]]:
    """All dates from left to right; `wanted` makes a bare number a day of the month."""
    readers = tuple(reader for reader, said in _READERS if not said or not said.isdisjoint(speech.tags))
    found = _scanned(speech, today, readers)
    named = [span for span in found if not span.value.lone_ordinal]
    found = named or found  # beside a day that is named "the second" counts something else
    return found if found or not wanted else _scanned(speech, today, (_bare_number,))


def _scanned(speech: Speech, today: date, readers: tuple[_Reader, ...]) -> list[Span[Day]]:
    found: list[Span[Day]] = []
    i = 0
    while i < len(speech.tokens):
        span = _counted_from(speech, i, today, readers) if _may_open(speech.tokens[i]) else None
        if span:
            found.append(span)
        i = span.end if span else i + 1
    return found


def _may_open(token: Token) -> bool:
    """May a date begin with it? Most words cannot, and no reader needs to look."""
    return (
        token.number is not None
        or not token.word.tags.isdisjoint(_OPENING_TAGS)
        or token.text in _OPENING
        or token.kind in ("date", "decimal")
    )


def _first(speech: Speech, i: int, today: date, readers: tuple[_Reader, ...]) -> Span[Day] | None:
    return next((span for reader in readers if (span := reader(speech, i, today))), None)


def _counted_from(speech: Speech, i: int, today: date, readers: tuple[_Reader, ...]) -> Span[Day] | None:
    """ "the day after Christmas", "Holi ke agle din"."""
    shift, start = days_before(speech, i)
    span = _first(speech, start, today, readers) if shift else None
    if span is None or span.value.kind == "relative":
        shift, span = 0, _first(speech, i, today, readers)
    if span is None:
        return None
    later, end = days_after(speech, span.end)
    shift += later
    return Span(i, end, Day(span.value.date + timedelta(days=shift), "dated")) if shift else span


def _numeric(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "26/1", "26-01-2027", "2027-01-26"."""
    token = speech.at(i)
    if token.kind != "date":
        return None
    parts = [int(p) for p in re.split("[/-]", token.text)]
    if len(parts) == 3 and parts[0] > 31:
        year, month, day = parts
    else:
        day, month = parts[:2]
        year = parts[2] if len(parts) == 3 else 0
        if month > 12:
            day, month = month, day
    if 0 < year < 100:
        year += 2000 if year < 70 else 1900
    return dated(i, i + 1, day, month, year, today)


def _relative(speech: Speech, i: int, today: date) -> Span[Day] | None:  # noqa: PLR0911 - a grammar: one return per form
    """ "aaj", "kal", "parso", "day after tomorrow"."""
    token = speech.at(i)
    if token.has("day") and speech.at(i + 1).text == "after":
        end = i + 2 + speech.at(i + 2).has("tomorrow")
        return Span(i, end, Day(today + timedelta(days=2), "relative"))
    if (token.has("next") or token.text == "following") and speech.at(i + 1).has("day") and not speech.at(i + 1).number:
        return Span(i, i + 2, Day(today + timedelta(days=1), "relative"))
    if token.text in _THIS and speech.at(i + 1).has("noon", "evening", "morning", "night"):
        return Span(i, i + 1, Day(today, "relative"))
    if token.has("day") and speech.at(i + 1).text == "before" and speech.at(i + 2).has("yesterday"):
        return Span(i, i + 3, Day(today - timedelta(days=2), "relative"))
    offset = next((days for tag, days in _RELATIVE.items() if token.has(tag)), None)
    if offset is None:
        return None
    if offset > 0 and speech.at(i - 1).has("last"):
        offset = -offset
    # "aaj se teen din baad"
    if speech.at(i + 1).has("from") and (span := _counted(speech, i + 2, today + timedelta(days=offset))):
        return Span(i, span.end, span.value)
    return Span(i, i + 1, Day(today + timedelta(days=offset), "relative"))


def _weekday(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "shanivaar", "is Sunday", "agle shanivaar", "agle hafte Saturday", "Saturday next week"."""
    start, next_week, last, this = i, False, False, False
    while speech.at(i).has("next", "this", "last", "coming") or speech.at(i).text in _WALE:
        next_week |= speech.at(i).has("next")
        last |= speech.at(i).has("last")
        this |= speech.at(i).has("this", "coming")
        i += 1
    if i > start and speech.at(i).has("week"):
        i += 1 + speech.at(i + 1).has("of") + (speech.at(i + 1).text in ("on", "ke"))
        in_week = True
    else:
        in_week = False
    token = speech.at(i)
    weekday = token.word.weekday
    if weekday is None or (token.text in _RISKY_WEEKDAYS and not _surely_weekday(speech, i, qualified=i > start)):
        return None
    end = i + 1 + (speech.at(i + 1).has("day") and not speech.at(i + 1).number)
    j = end + speech.at(end).has("of")
    if not in_week and speech.at(j).has("next") and speech.at(j + 1).has("week"):
        next_week, in_week, end = True, True, j + 2
    ahead = (weekday - today.weekday()) % 7
    if speech.at(end).has("after") and speech.at(end + 1).text == "next":  # "the Saturday after next"
        return Span(start, end + 2, Day(today + timedelta(days=7 + (ahead or 7)), "weekday", weekday, ambiguous=True))
    if last and in_week:
        return Span(start, end, Day(today + timedelta(days=weekday - today.weekday() - 7), "weekday", weekday))
    if last:
        return Span(start, end, Day(today - timedelta(days=(-ahead) % 7 or 7), "weekday", weekday))
    if next_week:
        following = today + timedelta(days=7 - today.weekday() + weekday)
        return Span(start, end, Day(following, "weekday", weekday, ambiguous=not in_week and ahead > 0))
    soonest = today + timedelta(days=ahead or (0 if this else 7))
    return Span(start, end, Day(soonest, "weekday", weekday, ambiguous=ahead == 0))


def _surely_weekday(speech: Speech, i: int, *, qualified: bool) -> bool:
    """Short forms are other words as well ("sun", "sat"): believed beside "on", a time, or alone."""
    after = speech.at(i + 1)
    return not after.has("baje") and (
        qualified
        or speech.at(i - 1).text in ("on", "for")
        or after.text in _KO
        or after.text in ("ke", "at", ".")
        or (after.has("of") and speech.at(i + 2).has("morning", "evening", "night", "noon"))
        or after.has("day", "morning", "evening", "night", "noon", "num")
        or after.kind in ("clock", "digits")
        or len(speech.words) <= 2
    )


def _nth_weekday(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "first Friday of December", "agle mahine ka pehla shukravar"."""
    month, j = _which_month(speech, i, today)
    if month:
        j += speech.at(j).has("of")
    nth, weekday = speech.at(j).word.ordinal, speech.at(j + 1).word.weekday
    if not nth or nth > 5 or weekday is None:
        return None
    end = j + 2
    if month is None:
        month, end = _which_month(speech, end + (speech.at(end).has("of") or speech.at(end).has("within")), today)
    if month is None:
        return None
    day = 1 + (weekday - month.weekday()) % 7 + 7 * (nth - 1)
    return dated(i, end, day, month.month, month.year, today)


def _which_month(speech: Speech, i: int, today: date) -> tuple[date | None, int]:
    """The first day of a month named by itself or as this or next month, and where its name ends."""
    i += speech.at(i).text == "the"
    if speech.at(i).has("next", "this") and speech.at(i + 1).has("month"):
        return months_later(today.replace(day=1), int(speech.at(i).has("next"))), i + 2
    if (number := speech.at(i).word.month) is not None:
        return date(today.year + (number < today.month), number, 1), i + 1
    return None, i


def _of_month(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "28 tareekh", "tareekh 28", "agle mahine ki 5 tareekh", "28th", "28 ko"."""
    start, month_shift = i, None
    if speech.at(i).has("next", "this", "last") and speech.at(i + 1).has("month"):
        month_shift, i = speech.at(i).has("next") - speech.at(i).has("last"), i + 2
        i += speech.at(i).has("of") + (speech.at(i).text in ("on", "the"))
    announced = speech.at(i).has("date") and not speech.at(i).number
    i += announced
    day, end, ordinal = _day_number(speech, i)
    if day is None or speech.at(end).has("people", "adults"):
        return None
    lone = False
    if speech.at(end).has("date"):
        end += 1
    elif announced:
        if speech.at(end).has("baje"):
            return None
    elif ordinal:
        lone = month_shift is None
        if not _ordinal_may_be_a_day(speech, start, i, end):
            return None
    elif month_shift is None and not _is_ko_of_a_day(speech, end, day):
        return None
    if month_shift is None:
        j = end + (speech.at(end).text in ("of",))
        if speech.at(j).has("next", "this", "last") and speech.at(j + 1).has("month"):
            month_shift, end, lone = speech.at(j).has("next") - speech.at(j).has("last"), j + 2, False
    found = day_of_month(start, end, day, today, month_shift)
    return Span(start, end, replace(found.value, lone_ordinal=True)) if found and lone else found


def _ordinal_may_be_a_day(speech: Speech, start: int, i: int, end: int) -> bool:
    """ "the 28th", "28th ko"; not "the third time", "the first floor", "the second one", "the first table"."""
    following = speech.at(end)
    if following.has("timing", "floor", "table", "call", "seat") or following.text in _ONE:
        return False
    return speech.at(start - 1).text == "the" or _numeric_ordinal(speech, i) or following.text in _KO


def _is_ko_of_a_day(speech: Speech, end: int, day: int) -> bool:
    """ "28 ko"; "8 ko ... raat" is an hour."""
    return speech.at(end).text in _KO and (day > 12 or not speech.at(end + 1).has("night", "evening"))


def _numeric_ordinal(speech: Speech, i: int) -> bool:
    return speech.at(i).kind == "digits"


def _day_number(speech: Speech, i: int) -> tuple[int | None, int, bool]:
    """A number from 1 to 31, its end, and whether it was an ordinal ("28th", "twenty first", "pehli")."""
    token = speech.at(i)
    if token.word.ordinal:
        return (token.word.ordinal if token.word.ordinal <= 31 else None), i + 1, True
    if token.number in (20, 30) and token.word.english:
        j = i + 1 + (speech.at(i + 1).text == "-")
        unit = speech.at(j).word.ordinal
        if unit and unit < 10:
            return token.number + unit, j + 1, True
    q = quantity_at(speech, i)
    if q and q.whole is not None and 1 <= q.whole <= 31 and not q.fraction:
        return q.whole, q.end, False
    return None, i, False


def _with_month(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "26 January", "January 26", "the 3rd of March 2027", "pandrah agast do hazaar sattais"."""
    if (month := speech.at(i).word.month) is not None:
        j = i + 1 + speech.at(i + 1).has("of") + (speech.at(i + 1).text == "the")
        day, end, _ = _day_number(speech, j)
        if day is None or speech.at(end).has("baje", "people", "am", "pm"):
            return None
        end += speech.at(end).has("date")
    else:
        day, end, _ = _day_number(speech, i)
        if day is None:
            return None
        end += speech.at(end).has("date")
        end += speech.at(end).has("of") or speech.at(end).text == "-"
        month = speech.at(end).word.month
        if month is None or _jan_are_people(speech, i, end):
            return None
        end += 1
    year, end = _year(speech, end)
    return dated(i, end, day, month, year, today)


def _jan_are_people(speech: Speech, start: int, at: int) -> bool:
    """ "hum paanch jan hain": people, whom Hindi calls as English calls January; "5 jan ko" is a date."""
    if speech.at(at).text != "jan" or speech.at(at + 1).text in _KO:
        return False
    number, after = speech.at(start), speech.at(at + 1)
    hindi = number.kind == "word" and not number.word.english
    return hindi or speech.at(start - 1).has("we") or after.text in _ARE or after.has("come")


def _year(speech: Speech, i: int) -> tuple[int, int]:
    j = i + (speech.at(i).text == ",") + (speech.at(i).text == "in")
    q = quantity_at(speech, j)
    if q is None or q.whole is None or speech.at(q.end).has("baje", "people"):
        return 0, i
    if 1900 <= q.whole < 2200:
        return q.whole, q.end
    century = q.whole
    rest = quantity_at(speech, q.end)
    if century in (19, 20) and rest and rest.whole is not None and 10 <= rest.whole < 100:
        return century * 100 + rest.whole, rest.end
    return 0, i


def _counted(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "do din baad", "in 3 days", "teen din mein", "ek hafte baad", "a week from today"."""
    start, announced = i, speech.at(i).text in ("in", "after", "within")
    i += announced
    count, i = _count(speech, i)
    unit = speech.at(i)
    if count is None or not unit.has("day", "week", "month", "fortnight"):
        return None
    i += 1 + speech.at(i + 1).has("of")
    tail = speech.at(i)
    back = tail.text == "ago" or (tail.has("before") and not announced)
    if back or tail.has("after", "within") or (tail.has("from") and not announced):
        announced = True
        i += 1
        if tail.has("from"):
            if speech.at(i).has("now", "today"):
                i += 1
            elif speech.at(i).has("tomorrow"):
                today, i = today + timedelta(days=1), i + 1
            elif (weekday := speech.at(i).word.weekday) is not None:
                today, i = today + timedelta(days=(weekday - today.weekday()) % 7 or 7), i + 1
    if not announced:
        return None
    sign = -1 if back else 1
    if unit.has("month"):
        return Span(start, i, Day(months_later(today, sign * count), "relative", rough=True))
    days = count * (7 if unit.has("week") else 14 if unit.has("fortnight") else 1)
    found = Day(today + timedelta(days=sign * days), "relative", rough=not unit.has("day"))
    return Span(start, i, found)


def _count(speech: Speech, i: int) -> tuple[int | None, int]:
    if speech.at(i).text in ("a", "an"):
        i += 1
        return (2, i + 1 + (speech.at(i + 1).text == "of")) if speech.at(i).text == "couple" else (1, i)
    if speech.at(i).has("both"):
        return 2, i + 1
    q = quantity_at(speech, i)
    return (q.whole, q.end) if q and q.whole is not None and 0 < q.whole < 400 else (None, i)


def _weekend(speech: Speech, i: int, today: date) -> Span[Day] | None:
    if not speech.at(i).has("weekend"):
        return None
    ahead = (5 - today.weekday()) % 7 + (7 if speech.at(i - 1).has("next") else 0)
    return Span(i, i + 1, Day(today + timedelta(days=ahead), "weekday", ambiguous=True))


def _festival(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "Diwali ke din", "New Year's eve", "Holi pe"."""
    name, end = speech.at(i).word.festival, i + 1
    if speech.at(i).text in _NEW and (speech.at(i + 1).has("year") or speech.at(i + 1).text == "years"):
        name, end = "newyear", i + 2
    if speech.at(i).text == "good" and speech.at(i + 1).text == "friday":
        name, end = "goodfriday", i + 2
    if name is None:
        return None
    eve = speech.at(end).text in _EVE
    end += eve or speech.at(end).has("day")
    found = next_festival(name, today, eve=eve)
    return Span(i, end, Day(found, "dated")) if found else None


def _bare_number(speech: Speech, i: int, today: date) -> Span[Day] | None:
    day, end, _ = _day_number(speech, i)
    before, after = speech.at(i - 1), speech.at(end)
    if (
        day is None
        or before.has("we", "people")  # "hum log paanch hain"
        or (speech.at(i).weak and len(speech.words) > 1)  # "kar do"
        or after.has("baje", "people", "am", "pm", "minute", "hour", "price")
        or after.kind in ("clock", "digits")
    ):
        return None
    return day_of_month(i, end, day, today, None)


_READERS: tuple[tuple[_Reader, frozenset[str]], ...] = (
    (_numeric, frozenset()),
    (_nth_weekday, frozenset({"wd"})),
    (_with_month, frozenset({"mo"})),
    (_of_month, frozenset({"date", "month", "ord", "post"})),
    (_counted, frozenset({"day", "week", "month", "fortnight"})),
    (_weekday, frozenset({"wd"})),
    (_relative, frozenset({*_RELATIVE, "day", "morning", "noon", "evening", "night"})),
    (_weekend, frozenset({"weekend"})),
    (_festival, frozenset({"fest", "year", "wd"})),
)
"""Each with the tags of which an utterance has one wherever the reader can find anything; none for figures."""
