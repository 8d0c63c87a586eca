"""Dates in speech: "kal", "28 tareekh", "26 January", "do din baad", "Diwali ke din": every reading that there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from ..readings import Reading
from ..text.corrections import Span
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .calendar import Day, dated, day_of_month, months_later
from .date_offsets import days_after, days_before
from .festivals import next_festival
from .numbers import quantity_at
from .weekdays import nth_weekday, risky_weekday, weekday, weekend

DayReader = Callable[[Speech, int, date], Span[Day] | None]

_RELATIVE: dict[Tag, int] = {"today": 0, "tonight": 0, "tomorrow": 1, "dayafter": 2, "threedays": 3, "yesterday": -1}
_OPENING_TAGS = frozenset({
    *_RELATIVE, "wd", "mo", "fest", "ord", "fr", "homo", "next", "this", "last", "coming", "date", "day", "weekend",
    "both", "same",
})  # fmt: skip
_THIS = listed("this")
_NEW = listed("new")
_OPENING = (
    _THIS | _NEW | listed("wale of dates") | listed("opening of dates") | listed("said before") | listed("of that")
)
_EVE = listed("eve")
_ARE = listed("are")
_KO = listed("ko")
_SAID = listed("said before")
_RISKY_FESTIVALS = listed("festivals that are names")
_MOST_DAYS = 39
"""Beyond it nobody names a day of a month, not even one that there is not."""


@lru_cache(maxsize=16)
def day_readings(speech: Speech, today: date, told: date | None = None) -> tuple[Reading[Day], ...]:
    """All of them, also those that overlap; `told` is the day that the dialogue has, for "the day after that"."""
    return tuple(dict.fromkeys(_readings(speech, today, told)))


def _readings(speech: Speech, today: date, told: date | None) -> Iterator[Reading[Day]]:
    readers = [(rule, reader) for rule, reader, said in _READERS if not said or not said.isdisjoint(speech.tags)]
    for i, token in enumerate(speech.tokens):
        if not _may_open(token):
            continue
        if told is not None and (span := _from_told(speech, i, told)):
            yield Reading(span.start, span.end, span.value, "day", "told")
        for rule, reader in readers:
            if span := reader(speech, i, today):
                yield Reading(span.start, span.end, span.value, "day", rule)
                yield from _shifted(speech, i, span)


def _may_open(token: Token) -> bool:
    """May a date begin with it? Most words cannot, and no reader needs to look."""
    if token.number is not None or token.kind in ("date", "decimal"):
        return True
    return not token.word.tags.isdisjoint(_OPENING_TAGS) or token.text in _OPENING


def _shifted(speech: Speech, i: int, span: Span[Day]) -> Iterator[Reading[Day]]:
    """ "the day after Christmas", "Holi ke agle din"."""
    later, end = days_after(speech, span.end)
    if later:
        yield _moved(i, end, span, later)
    for start in range(max(0, i - 5), i):
        earlier, place = days_before(speech, start)
        if earlier and place == i and span.value.kind != "relative":
            yield _moved(start, end, span, earlier + later)


def _moved(start: int, end: int, span: Span[Day], days: int) -> Reading[Day]:
    return Reading(start, end, Day(span.value.date + timedelta(days=days), "dated"), "day", "shifted")


def _from_told(speech: Speech, i: int, told: date) -> Span[Day] | None:
    """ "uske agle din", "the day after that", "same day": counted from the day that the dialogue has."""
    if (speech.at(i).has("same") or speech.at(i).text in _SAID) and speech.at(i + 1).has("day"):
        return Span(i, i + 2, Day(told, "dated"))
    if speech.at(i).text in listed("of that"):
        later, end = days_after(speech, i + 1 if speech.at(i + 1).has("of", "from") else i)
        if not later and speech.at(i + 1).has("next") and speech.at(i + 2).has("day"):
            later, end = 1, i + 3
        return Span(i, end, Day(told + timedelta(days=later), "dated")) if later else None
    count, place = days_before(speech, i)
    if not count or speech.at(place).text not in _SAID:
        return None
    return Span(i, place + 1, Day(told + timedelta(days=count), "dated"))


# In figures, by the month ------------------------------------------------------------------------------------------
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
    return dated(i, i + 1, day, month, year, today) if day <= 31 else None


def _with_month(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "26 January", "January 26", "Dec. 13", "the 3rd of March 2027", "pandrah agast do hazaar sattais"."""
    found = _month_first(speech, i) or _day_first(speech, i)
    if found is None:
        return None
    day, month, end = found
    year, end = _year(speech, end)
    return dated(i, end, day, month, year, today)


def _month_first(speech: Speech, i: int) -> tuple[int, int, int] | None:
    month = speech.at(i).word.month
    if month is None:
        return None
    j = i + 1
    while speech.at(j).has("of") or speech.at(j).text in ("the", "."):
        j += 1
    day, end, _ = _day_number(speech, j)
    if day is None or speech.at(end).has("baje", "people", "am", "pm"):
        return None
    return day, month, end + speech.at(end).has("date")


def _day_first(speech: Speech, i: int) -> tuple[int, int, int] | None:
    day, end, _ = _day_number(speech, i)
    if day is None:
        return None
    end += speech.at(end).has("date")
    end += speech.at(end).has("of") or speech.at(end).text == "-"
    month = speech.at(end).word.month
    if month is None or _jan_are_people(speech, i, end):
        return None
    return day, month, end + 1


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


# By the number alone ------------------------------------------------------------------------------------------
def _day_number(speech: Speech, i: int) -> tuple[int | None, int, bool]:
    """A number of a day, its end, and whether it was an ordinal ("28th", "twenty first", "pehli")."""
    token = speech.at(i)
    if token.word.ordinal:
        return (token.word.ordinal if token.word.ordinal <= _MOST_DAYS else None), i + 1, True
    if token.number in (20, 30) and token.word.english:
        j = i + 1 + (speech.at(i + 1).text == "-")
        unit = speech.at(j).word.ordinal
        if unit and unit < 10:
            return token.number + unit, j + 1, True
    q = quantity_at(speech, i)
    if q and q.whole is not None and 1 <= q.whole <= _MOST_DAYS and not q.fraction:
        return q.whole, q.end, False
    return None, i, False


def _tareekh(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "28 tareekh", "tareekh 28", "agle mahine ki 5 tareekh", "this month on the 28th"."""
    start, shift, i = _month_before(speech, i)
    announced = speech.at(i).has("date") and not speech.at(i).number
    day, end, _ = _day_number(speech, i + announced)
    dated_word = speech.at(end).has("date")
    if day is None or not (announced or dated_word or shift is not None):
        return None
    if shift is None:
        shift, end = _month_after(speech, end + dated_word)
    else:
        end += dated_word
    return day_of_month(start, end, day, today, shift)


def _of_month(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "28 of this month", "the 5th of next month"."""
    day, end, _ = _day_number(speech, i)
    if day is None:
        return None
    shift, end = _month_after(speech, end)
    return day_of_month(i, end, day, today, shift) if shift is not None else None


def _month_before(speech: Speech, i: int) -> tuple[int, int | None, int]:
    """Where it begins, how many months away, and where the day must stand."""
    if not (speech.at(i).has("next", "this", "last") and speech.at(i + 1).has("month")):
        return i, None, i
    j = i + 2
    while speech.at(j).has("of") or speech.at(j).text in ("on", "the"):
        j += 1
    return i, int(speech.at(i).has("next")) - int(speech.at(i).has("last")), j


def _month_after(speech: Speech, i: int) -> tuple[int | None, int]:
    j = i + speech.at(i).has("of")
    if speech.at(j).has("next", "this", "last") and speech.at(j + 1).has("month"):
        return int(speech.at(j).has("next")) - int(speech.at(j).has("last")), j + 2
    return None, i


def _ordinal(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "28th", "twenty first", "pehli": also a floor, a time, one of a list."""
    day, end, ordinal = _day_number(speech, i)
    if day is None or not ordinal:
        return None
    found = day_of_month(i, end, day, today, None)
    return Span(i, end, replace(found.value, lone_ordinal=True)) if found else None


def _bare(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "28 ko", "on the 28", or any number up to 31."""
    day, end, ordinal = _day_number(speech, i)
    return day_of_month(i, end, day, today, None) if day is not None and not ordinal else None


# Relative to today ------------------------------------------------------------------------------------------
def _relative(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "aaj", "kal", "parso", "aaj se teen din baad"."""
    token = speech.at(i)
    offset = next((days for tag, days in _RELATIVE.items() if token.has(tag)), None)
    if offset is None:
        return None
    if offset > 0 and speech.at(i - 1).has("last"):
        offset = -offset
    if speech.at(i + 1).has("from") and (span := _counted(speech, i + 2, today + timedelta(days=offset))):
        return Span(i, span.end, span.value)
    return _in_days(i, i + 1, today, offset)


def _around_a_day(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "day after tomorrow", "next day", "this evening", "day before yesterday"."""
    token, following = speech.at(i), speech.at(i + 1)
    if token.has("day") and following.text == "after":
        return _in_days(i, i + 2 + speech.at(i + 2).has("tomorrow"), today, 2)
    if token.has("day") and following.text == "before" and speech.at(i + 2).has("yesterday"):
        return _in_days(i, i + 3, today, -2)
    if (token.has("next") or token.text == "following") and following.has("day") and not following.number:
        return _in_days(i, i + 2, today, 1)
    if token.text in _THIS and following.has("noon", "evening", "morning", "night"):
        return _in_days(i, i + 1, today, 0)
    return None


def _in_days(start: int, end: int, today: date, days: int) -> Span[Day]:
    return Span(start, end, Day(today + timedelta(days=days), "relative"))


def _counted(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "do din baad", "in 3 days", "teen din mein", "ek hafte baad", "a week from today"."""
    start, announced = i, speech.at(i).has("within", "after") and not speech.at(i).counts
    i += announced
    count, i = _count(speech, i)
    unit = speech.at(i)
    if count is None or not unit.has("day", "week", "month", "fortnight"):
        return None
    i += 1 + speech.at(i + 1).has("of")
    tail = speech.at(i)
    back = tail.has("ago") or (tail.has("before") and not announced)
    if back or tail.has("after", "within") or (tail.has("from") and not announced):
        announced = True
        i += 1
        if tail.has("from"):
            today, i = _from_when(speech, i, today)
    if not announced:
        return None
    sign = -1 if back else 1
    if unit.has("month"):
        return Span(start, i, Day(months_later(today, sign * count), "relative", rough=True))
    days = count * (7 if unit.has("week") else 14 if unit.has("fortnight") else 1)
    return Span(start, i, Day(today + timedelta(days=sign * days), "relative", rough=not unit.has("day")))


def _from_when(speech: Speech, i: int, today: date) -> tuple[date, int]:
    if speech.at(i).has("now", "today"):
        return today, i + 1
    if speech.at(i).has("tomorrow"):
        return today + timedelta(days=1), i + 1
    if (number := speech.at(i).word.weekday) is not None:
        return today + timedelta(days=(number - today.weekday()) % 7 or 7), i + 1
    return today, i


def _count(speech: Speech, i: int) -> tuple[int | None, int]:
    if speech.at(i).text in ("a", "an"):
        i += 1
        return (2, i + 1 + (speech.at(i + 1).text == "of")) if speech.at(i).text == "couple" else (1, i)
    if speech.at(i).has("both"):
        return 2, i + 1
    q = quantity_at(speech, i)
    return (q.whole, q.end) if q and q.whole is not None and 0 < q.whole < 400 else (None, i)


# Festivals ------------------------------------------------------------------------------------------
def _festival(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "Diwali ke din", "New Year's eve", "Holi pe"."""
    found = _celebration(speech, i, today)
    return found if found and not _may_be_a_name(speech, found) else None


def _festival_or_name(speech: Speech, i: int, today: date) -> Span[Day] | None:
    """ "Gandhi Jayanti", "on Republic": or what is named like it."""
    found = _celebration(speech, i, today)
    return found if found and _may_be_a_name(speech, found) else None


def _may_be_a_name(speech: Speech, span: Span[Day]) -> bool:
    token = speech.at(span.start)
    risky = token.text in _RISKY_FESTIVALS or not token.word.exact
    return token.word.festival is not None and risky and span.end == span.start + 1


def _celebration(speech: Speech, i: int, today: date) -> Span[Day] | None:
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


_READERS: tuple[tuple[str, DayReader, frozenset[str]], ...] = (
    ("numeric", _numeric, frozenset()),
    ("nth_weekday", nth_weekday, frozenset({"wd"})),
    ("month", _with_month, frozenset({"mo"})),
    ("tareekh", _tareekh, frozenset({"date", "month"})),
    ("of_month", _of_month, frozenset({"month"})),
    ("ordinal", _ordinal, frozenset({"ord"})),
    ("counted", _counted, frozenset({"day", "week", "month", "fortnight"})),
    ("weekday", weekday, frozenset({"wd"})),
    ("short_weekday", risky_weekday, frozenset({"wd"})),
    ("relative", _relative, frozenset(_RELATIVE)),
    ("around", _around_a_day, frozenset({"day", "morning", "noon", "evening", "night"})),
    ("weekend", weekend, frozenset({"weekend"})),
    ("festival", _festival, frozenset({"fest", "year", "wd"})),
    ("festival_or_name", _festival_or_name, frozenset({"fest"})),
    ("bare", _bare, frozenset()),
)
"""Each with the tags of which an utterance has one wherever the reader can find anything; none for figures."""
