"""Times of day in speech, before opening hours and dates are considered: every reading that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from ..readings import Reading
from ..text.corrections import Span
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .clock import Clock
from .numbers import Quantity, quantity_at
from .waits import duration_at, on_the_way, wait

DAYPARTS: tuple[Tag, ...] = (
    "morning", "noon", "evening", "night", "tonight", "am", "pm", "lunch", "dinner", "breakfast",
)  # fmt: skip
_OPENING = listed("opening")
_ABOUT_TO_STRIKE = listed("about to strike")
_KAR = listed("kar")
_TWO = listed("two")
"""Also how "to" is written."""
_TO = listed("minutes to")
_PAST = listed("minutes past")
_HOURS = listed("clock hours")
_OH = listed("oh")
_BETWEEN = listed("between two")
_SAID = listed("said before")
_BEYOND = 12
"""Tokens from a time beyond which a part of the day belongs to something else."""


TimeReader = Callable[[Speech, int], Span[Clock] | None]


@lru_cache(maxsize=16)
def time_readings(speech: Speech) -> tuple[Reading[Clock], ...]:
    """All of them, also those that overlap."""
    return tuple(_readings(speech))


def _readings(speech: Speech) -> Iterator[Reading[Clock]]:
    for i, token in enumerate(speech.tokens):
        if not _may_open(token):
            continue
        for rule, reader in _READERS:
            if span := reader(speech, i):
                yield Reading(span.start, span.end, span.value, "time", rule)


def _may_open(token: Token) -> bool:
    if token.counts or token.kind == "clock" or token.text in _OPENING or token.text in _SAID:
        return True
    return token.has("midday", "midnight", "same")


# Counted back from a time -------------------------------------------------------------------------
def _ahead_of(speech: Speech, i: int) -> Span[Clock] | None:
    """ "one hour before nine", "nau baje se ek ghanta pehle": counted back from a time that is said."""
    duration = duration_at(speech, i)
    if duration is not None and speech.at(duration[1]).has("before"):
        delta, j = duration
        hour = _plain_hour(speech, j + 1)
        return Span(i, hour.end, _back(hour.value, delta)) if hour else None
    hour = _plain_hour(speech, i)
    if hour is None or not speech.at(hour.end).has("from"):
        return None
    duration = duration_at(speech, hour.end + 1)
    if duration is None or not speech.at(duration[1]).has("before"):
        return None
    return Span(i, duration[1] + 1, _back(hour.value, duration[0]))


def _back(clock: Clock, minutes: Fraction) -> Clock:
    return replace(clock, before=timedelta(minutes=float(minutes)))


def _plain_hour(speech: Speech, i: int) -> Span[Clock] | None:
    q = quantity_at(speech, i)
    if found := _digital(speech, i) or _fractional(speech, i) or _with_unit(speech, i):
        return found
    if q is None or q.whole is None or not 1 <= q.whole <= 12:
        return None
    return Span(i, q.end, Clock(q.whole))


# Clock times ------------------------------------------------------------------------------------------
def _digital(speech: Speech, i: int) -> Span[Clock] | None:
    """ "7:30", "7.30 pm", "19:30"."""
    token = speech.at(i)
    if token.kind != "clock" or token.number is None or speech.at(i + 1).has("price"):
        return None
    if "." in token.text and speech.at(i + 1).has("hour") and speech.at(i + 1).text not in _HOURS:
        return None
    hour = token.number % 24
    clock = Clock(hour, token.minute or 0, fixed=hour == 0 or hour > 12)
    return _ended(speech, i, i + 1, clock)


def _fractional(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saadhe saat", "sava aath baje", "paune nau"."""
    fraction = speech.at(i).word.fraction
    if fraction in ("sava", "paune", "pauna") and speech.at(i + 1).has("baje"):
        return Span(i, i + 2, Clock(1, 15) if fraction == "sava" else Clock(12, 45))
    return _of_fraction(speech, i) if fraction in ("saadhe", "sava", "paune") else None


def _one_and_a_half(speech: Speech, i: int) -> Span[Clock] | None:
    """ "dedh baje", "dhai baje": also how long, or how much."""
    return _of_fraction(speech, i) if speech.at(i).word.fraction in ("dedh", "dhai") else None


def _of_fraction(speech: Speech, i: int) -> Span[Clock] | None:
    q = quantity_at(speech, i)
    if q is None or not 1 / 2 < q.value < 13:
        return None
    minutes = int(q.value * 60)
    return _ended(speech, i, q.end, Clock(minutes // 60 or 12, minutes % 60))


def _past_or_to(speech: Speech, i: int) -> Span[Clock] | None:
    """ "half past seven", "quarter to eight", "ten past nine", "half eight"."""
    minutes = _minutes_told(speech, i)
    if minutes is None or speech.at(i - 1).has("from", "between"):
        return None
    way = _way(speech, minutes)
    if way is None or (way < 0 and _may_be_a_range(speech, i, minutes)):
        return None
    hour = _hour_told(speech, minutes.end + (speech.at(minutes.end).text in (_TO | _PAST | _TWO)))
    if hour is None:
        return None
    clock, end = hour
    total = (clock.hour * 60 + way * int(minutes.value)) % (24 * 60 if clock.fixed else 12 * 60)
    told = total // 60 if clock.fixed else total // 60 or 12
    return _ended(speech, i, end, Clock(told, total % 60, fixed=clock.fixed))


def _way(speech: Speech, minutes: Quantity) -> int | None:
    """1 for minutes past an hour, -1 for minutes to it; "half eight" is half past."""
    link = speech.at(minutes.end).text
    if link in _TO or (link in _TWO and minutes.fraction == "quarter"):
        return -1
    half_next = minutes.fraction == "aadha" and quantity_at(speech, minutes.end) is not None
    return 1 if link in _PAST or half_next else None


def _minutes_told(speech: Speech, i: int) -> Quantity | None:
    start = i
    i += speech.at(i).text == "a"
    fraction = speech.at(i).word.fraction
    if fraction in ("aadha", "quarter"):
        return Quantity(start, i + 1, Fraction(30 if fraction == "aadha" else 15), fraction=fraction)
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 0 < q.whole < 60 or q.weak or q.fraction:
        return None
    return replace(q, start=start, end=q.end + speech.at(q.end).has("minute"))


def _may_be_a_range(speech: Speech, start: int, minutes: Quantity) -> bool:
    """ "7 to 9 pm"."""
    if minutes.fraction:
        return False
    return bool(minutes.value % 5) or (minutes.value <= 12 and speech.at(start).kind == "digits")


def _hour_told(speech: Speech, i: int) -> tuple[Clock, int] | None:
    if speech.at(i).has("midday", "midnight"):
        return Clock(12 if speech.at(i).has("midday") else 0, fixed=True), i + 1
    q = quantity_at(speech, i)
    return (Clock(q.whole), q.end) if q and q.whole is not None and 1 <= q.whole <= 12 else None


def _struck(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saat bajkar tees minute", "aath bajne mein das minute", "nau baj ke pachaas"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 0 < q.whole < 25 or not speech.at(q.end).has("bajkar", "baje"):
        return None
    before = speech.at(q.end).text in _ABOUT_TO_STRIKE
    j = q.end + 1
    j += speech.at(j).has("of", "within") or speech.at(j).text in _KAR
    j += speech.at(j).has("and")
    m = quantity_at(speech, j)
    if m is None or m.whole is None or not 0 < m.whole < 60 or speech.at(m.end).has("baje", "people"):
        return None
    if not (speech.at(m.end).has("minute") or (speech.at(q.end).has("bajkar") and not m.weak)):
        return None
    total = q.whole * 60 + (-m.whole if before else m.whole)
    hour = total // 60
    end = m.end + speech.at(m.end).has("minute")
    return _ended(speech, i, end, Clock(hour % 24 or 12, total % 60, fixed=hour > 12))


def _with_unit(speech: Speech, i: int) -> Span[Clock] | None:
    """ "8 baje", "8 pm", "eight o'clock", "19 baje"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or q.fraction or q.whole > 24:
        return None
    if not speech.at(q.end).has("baje", "am", "pm", "bajkar", "midday", "midnight"):
        return None
    return _ended(speech, i, q.end, Clock(q.whole % 24, fixed=not 1 <= q.whole <= 12))


def _four_figures(speech: Speech, i: int) -> Span[Clock] | None:
    """ "seven hundred hours", "at 1930", "730 pm"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 100 <= q.whole < 2400 or q.whole % 100 > 59 or q.fraction:
        return None
    hour, minute = divmod(q.whole, 100)
    marked = speech.at(q.end).has("baje", "pm", "am") or speech.at(q.end).text in _HOURS
    if not marked and not (speech.at(i).kind == "digits" and len(speech.at(i).text) == 4 and minute % 5 == 0):
        return None
    return _ended(speech, i, q.end, Clock(hour, minute, fixed=hour == 0 or hour > 12))


def _military(speech: Speech, i: int) -> Span[Clock] | None:
    """ "1930" without a word that says it is an hour."""
    found = _four_figures(speech, i)
    return found if found and found.end == i + 1 else None


def _marked_figures(speech: Speech, i: int) -> Span[Clock] | None:
    """ "1930 hours", "730 pm"."""
    found = _four_figures(speech, i)
    return found if found and found.end > i + 1 else None


def _pair(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saat tees", "seven thirty pm", "eight oh five", "19 45 hours"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or q.fraction or q.whole > 24 or q.end > i + 1:
        return None
    minutes = _minutes_after(speech, q)
    if minutes is None:
        return None
    return _ended(speech, i, minutes[1], Clock(q.whole % 24, minutes[0], fixed=not 1 <= q.whole <= 12))


def _usual_pair(speech: Speech, i: int) -> Span[Clock] | None:
    """A pair with a quarter of an hour."""
    found = _pair(speech, i)
    return found if found and found.value.minute in (15, 30, 45) else None


def _odd_pair(speech: Speech, i: int) -> Span[Clock] | None:
    found = _pair(speech, i)
    return found if found and found.value.minute not in (15, 30, 45) else None


def _minutes_after(speech: Speech, hour: Quantity) -> tuple[int, int] | None:
    j = hour.end + (speech.at(hour.end).text == "-" and speech.at(hour.start).kind == "word")
    if speech.at(j).text in _OH and (m := quantity_at(speech, j + 1)) and m.whole and m.whole < 10:
        return m.whole, m.end
    m = quantity_at(speech, j)
    return (m.whole, m.end) if m and m.whole is not None and 10 <= m.whole <= 59 and not m.fraction else None


def _first_of_two(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saat aath baje", "7-8 baje", "7 se 8 baje", "8 ya 8:30", "between 7 and 8": the first of two."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or q.fraction or q.whole > 24:
        return None
    between = speech.at(q.end)
    j = q.end + (between.text in _BETWEEN or between.has("from", "or", "and"))
    end = _end_of_second(speech, q.whole, j, linked=j > q.end)
    if end is None:
        return None
    return _ended(speech, i, end, Clock(q.whole % 24, fixed=not 1 <= q.whole <= 12))


def _end_of_second(speech: Speech, first: int, j: int, *, linked: bool) -> int | None:
    """Where the second of two times ends, if it begins at token `j`."""
    if linked and speech.at(j).kind == "clock":
        return j + 1
    second = quantity_at(speech, j)
    if second is None:
        return None
    if second.fraction and second.value == first + Fraction(1, 2):
        return second.end
    follows = second.whole and second.whole <= 24 and (linked or second.whole == first % 12 + 1)
    return second.end if follows and _closes_two(speech, second.end) else None


def _closes_two(speech: Speech, i: int) -> bool:
    between = speech.at(i).has("between") or (speech.at(i).has("of") and speech.at(i + 1).has("between"))
    return between or speech.at(i).has("baje", "am", "pm")


def _named(speech: Speech, i: int) -> Span[Clock] | None:
    """ "noon", "midnight", "aadhi raat"."""
    token = speech.at(i)
    if token.has("midday"):
        return Span(i, i + 1, Clock(12, fixed=True))
    if token.has("midnight"):
        return Span(i, i + 1, Clock(0, fixed=True, part="night"))
    if token.word.fraction == "aadha" and speech.at(i + 1).has("night"):
        return Span(i, i + 2, Clock(0, fixed=True, part="night"))
    return None


def _bare(speech: Speech, i: int) -> Span[Clock] | None:
    """ "shaam 7", "at 8", "kal 8", "7 in the evening", or any number from 1 to 24."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 1 <= q.whole <= 24 or q.fraction or speech.at(i).has("ord"):
        return None
    return Span(i, q.end, Clock(q.whole % 24, fixed=q.whole > 12))


def _same(speech: Speech, i: int) -> Span[Clock] | None:
    """ "same time", "usi samay": the time that was told before."""
    same = speech.at(i).has("same") or speech.at(i).text in _SAID
    return Span(i, i + 2, Clock(0, same=True)) if same and speech.at(i + 1).has("timing") else None


_READERS: tuple[tuple[str, TimeReader], ...] = (
    ("wait", wait), ("way", on_the_way), ("ahead", _ahead_of), ("digital", _digital), ("fraction", _fractional),
    ("dedh", _one_and_a_half), ("past", _past_or_to), ("struck", _struck), ("hour", _with_unit),
    ("figures", _marked_figures), ("military", _military), ("pair", _usual_pair), ("odd_pair", _odd_pair),
    ("range", _first_of_two), ("named", _named), ("bare", _bare), ("same", _same),
)  # fmt: skip


def _ended(speech: Speech, start: int, end: int, clock: Clock) -> Span[Clock]:
    """Take in the words that close a time: "baje", "o'clock", "pm"."""
    while True:
        token = speech.at(end)
        if token.has("am", "pm") and clock.part is None:
            clock = replace(clock, part="am" if token.has("am") else "pm")
        elif token.has("midday"):
            clock = replace(clock, hour=12, fixed=True)
        elif token.has("midnight") and clock.hour in (0, 12):
            clock = replace(clock, hour=0, fixed=True, part="night")
        elif not (token.has("baje", "bajkar") or token.text in _HOURS):
            return Span(start, end, clock)
        end += 1


def with_part(speech: Speech, span: Span[Clock], all_spans: Sequence[Span[Clock]]) -> Span[Clock]:
    """Give a time the part of the day said nearest to it, before it or after it, not beyond another time."""
    clock = span.value
    if clock.part or clock.after is not None:
        return span
    best: tuple[int, Token] | None = None
    for i, token in enumerate(speech.tokens):
        if not token.has(*DAYPARTS) or span.start <= i < span.end:
            continue
        distance = span.start - i if i < span.start else i - span.end + 1
        if any(s is not span and min(i, span.start) < s.start < max(i, span.start) for s in all_spans):
            distance += 3
        if best is None or distance < best[0]:
            best = (distance, token)
    if best is None or best[0] > _BEYOND:
        return span
    part = next(p for p in DAYPARTS if best[1].has(p))
    return Span(span.start, span.end, replace(clock, part=part))
