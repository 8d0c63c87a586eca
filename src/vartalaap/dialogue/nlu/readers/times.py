"""Times of day in speech, before opening hours and dates are considered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from ..text.corrections import Span, was_told
from ..text.lexicon import listed
from ..text.tags import Tag
from ..text.tokens import Speech, Token
from .durations import amount_at
from .numbers import Quantity, quantity_at

DAYPARTS: tuple[Tag, ...] = (
    "morning",
    "noon",
    "evening",
    "night",
    "tonight",
    "am",
    "pm",
    "lunch",
    "dinner",
    "breakfast",
)
DAYS: tuple[Tag, ...] = ("today", "tonight", "tomorrow", "dayafter", "threedays", "wd")
_BEFORE_TIME = listed("before time")
_OPENING = listed("opening")
"""Words that may begin a time besides its numbers."""
_SMALL_WORDS = listed("small words")
_MEIN = listed("mein")
_LASTS = listed("lasts")
_ABOUT_TO_STRIKE = listed("about to strike")
_KAR = listed("kar")
_TWO = listed("two")
"""Also how "to" is written."""
_OTHER_UNITS: tuple[Tag, ...] = (
    "people",
    "adults",
    "kids",
    "seat",
    "price",
    "scale",
    "hour",
    "minute",
    "day",
    "week",
    "month",
    "date",
    "mo",
    "partner",
    "relative",
    "friends",
    "table",
    "year",
    "number",
    "family",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as said. `hour` is 0-23 when `fixed`, else 1-12 and the half of the day is open."""

    hour: int
    minute: int = 0
    fixed: bool = False
    part: str | None = None
    """The part of the day said with it."""
    after: timedelta | None = None
    """For "in two hours": the wait from the moment of speaking; hour and minute mean nothing then."""


def times_in(speech: Speech, *, wanted: bool, taken: frozenset[int] = frozenset()) -> list[Span[Clock]]:
    """All times from left to right; `wanted` makes a bare number a time, `taken` tokens are something else."""
    found: list[Span[Clock]] = []
    i = 0
    while i < len(speech.tokens):
        span = None if i in taken else _time_at(speech, i, wanted=wanted)
        if span and taken.isdisjoint(span.tokens):
            found.append(span)
            i = span.end
        else:
            i += 1
    if not found:
        return []
    corrects = speech.any("no", "not", "sorry", "actually", "change", "from", "or", "between") or was_told(speech)
    if corrects and not wanted:
        found = _with_bare_numbers(speech, found, taken)
    return [replace_part(speech, span, found) for span in found]


@lru_cache(maxsize=512)
def _time_at(speech: Speech, i: int, *, wanted: bool) -> Span[Clock] | None:
    token = speech.at(i)
    if not (token.counts or token.kind == "clock" or token.text in _OPENING or token.has("midday", "midnight")):
        return None
    for reader in _READERS:
        if span := reader(speech, i):
            return span
    return _bare(speech, i, wanted=wanted)


def _wait(speech: Speech, i: int) -> Span[Clock] | None:
    """ "do ghante baad", "in half an hour", "20 minute mein", "two hours from now"."""
    start, announced = i, speech.at(i).text in ("in", "within", "after")
    i += announced
    amount, i = amount_at(speech, i)
    unit = speech.at(i)
    days = Fraction(0)
    if amount and unit.has("day") and speech.at(i + 1).has("and"):  # "do din aur teen ghante baad"
        days = amount
        amount, i = amount_at(speech, i + 2)
        unit = speech.at(i)
    if amount is None or not unit.has("hour", "minute"):
        return None
    delta = days * 24 * 60 + amount * (60 if unit.has("hour") else 1)
    i += 1
    half = i + 1 + (speech.at(i + 1).text == "a")
    if speech.at(i).has("and") and speech.at(half).word.fraction == "aadha":
        delta, i = delta + 30, half + 1
    elif (extra := quantity_at(speech, i + speech.at(i).has("and"))) and speech.at(extra.end).has("minute"):
        delta, i = delta + extra.value, extra.end + 1
    i += speech.at(i).has("of")
    tail = speech.at(i)
    if tail.text in ("ago",) or (tail.has("before") and not announced):
        delta, i, announced = -delta, i + 1, True
    elif tail.has("after", "within") or (tail.has("from") and speech.at(i + 1).has("now")):
        i += 1 + tail.has("from")
        announced = True
    announced = announced or _on_the_way(speech, i)
    if not announced or abs(delta) > 60 * 24 * 60:
        return None
    return Span(start, i, Clock(0, after=timedelta(minutes=float(delta)), fixed=True))


def _on_the_way(speech: Speech, i: int) -> bool:
    """ "aadhe ghante mai aa rahe hain", "das minute lagenge": a wait without "baad" or "mein"; a question is none."""
    i += speech.at(i).text in _MEIN
    following = [speech.at(k) for k in range(i, i + 2)]
    return any(t.has("come") or t.text in _LASTS for t in following) and not speech.any("what", "price", "sorry")


def _digital(speech: Speech, i: int) -> Span[Clock] | None:
    """ "7:30", "7.30 pm", "19:30"."""
    token = speech.at(i)
    if token.kind != "clock" or token.number is None or speech.at(i + 1).has("price"):
        return None
    if "." in token.text and speech.at(i + 1).has("hour") and speech.at(i + 1).text not in ("hours", "hrs"):
        return None
    hour = token.number % 24
    clock = Clock(hour, token.minute or 0, fixed=hour == 0 or hour > 12)
    return _ended(speech, i, i + 1, clock)


def _fractional(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saadhe saat", "sava aath baje", "paune nau", "dedh baje", "dhai baje"."""
    fraction = speech.at(i).word.fraction
    if fraction in ("sava", "paune", "pauna") and speech.at(i + 1).has("baje"):
        return Span(i, i + 2, Clock(1, 15) if fraction == "sava" else Clock(12, 45))
    if fraction not in ("saadhe", "sava", "paune", "dedh", "dhai"):
        return None
    q = quantity_at(speech, i)
    if q is None or not 1 / 2 < q.value < 13 or speech.at(q.end).has(*_OTHER_UNITS):
        return None
    if fraction in ("dedh", "dhai") and not (speech.at(q.end).has("baje", *DAYPARTS) or _announced(speech, i)):
        return None
    minutes = int(q.value * 60)
    return _ended(speech, i, q.end, Clock(minutes // 60 or 12, minutes % 60))


def _past_or_to(speech: Speech, i: int) -> Span[Clock] | None:
    """ "half past seven", "quarter to eight", "ten past nine", "half eight"."""
    start = i
    i += speech.at(i).text == "a"
    fraction = speech.at(i).word.fraction
    if fraction in ("aadha", "quarter"):
        minutes, i = (30 if fraction == "aadha" else 15), i + 1
    elif (q := quantity_at(speech, i)) and q.whole is not None and 0 < q.whole < 60 and not q.weak:
        minutes, i = q.whole, q.end
        i += speech.at(i).has("minute")
    else:
        return None
    link = speech.at(i)
    as_two = link.text in _TWO and fraction == "quarter"
    to = as_two or link.text in ("to", "till", "before")
    if to and not fraction and (minutes % 5 or (minutes <= 12 and speech.at(start).kind == "digits")):
        return None  # "7 to 9 pm" is a range
    if speech.at(start - 1).has("from", "between"):
        return None
    if not (to or link.text in ("past", "after") or (minutes == 30 and fraction and quantity_at(speech, i))):
        return None
    i += as_two or link.text in ("to", "till", "before", "past", "after")
    if speech.at(i).has("midday", "midnight"):
        hour, end, fixed = (12 if speech.at(i).has("midday") else 0), i + 1, True
    else:
        q = quantity_at(speech, i)
        if q is None or q.whole is None or not 1 <= q.whole <= 12 or speech.at(q.end).has(*_OTHER_UNITS):
            return None
        hour, end, fixed = q.whole, q.end, False
    total = (hour * 60 + (-minutes if to else minutes)) % (24 * 60 if fixed else 12 * 60)
    hour = total // 60 if fixed else total // 60 or 12
    return _ended(speech, start, end, Clock(hour, total % 60, fixed=fixed))


def _struck(speech: Speech, i: int) -> Span[Clock] | None:
    """ "saat bajkar tees minute", "aath bajne mein das minute", "nau baj ke pachaas"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 0 < q.whole < 25:
        return None
    j = q.end
    if not speech.at(j).has("bajkar", "baje"):
        return None
    before = speech.at(j).text in _ABOUT_TO_STRIKE
    j += 1
    j += speech.at(j).has("of", "within") or speech.at(j).text in _KAR
    j += speech.at(j).has("and")
    m = quantity_at(speech, j)
    if m and m.whole is not None and 0 < m.whole < 60 and not speech.at(m.end).has("baje", "people"):
        if speech.at(m.end).has("minute"):
            end = m.end + 1
        elif speech.at(q.end).has("bajkar") and not m.weak and not speech.at(m.end).has(*_OTHER_UNITS):
            end = m.end
        else:
            return None
        total = q.whole * 60 + (-m.whole if before else m.whole)
        hour = total // 60
        return _ended(speech, i, end, Clock(hour % 24 or 12, total % 60, fixed=hour > 12))
    return None


def _on_the_hour(speech: Speech, i: int) -> Span[Clock] | None:  # noqa: PLR0911 - a grammar: one return per form
    """ "8 baje", "8 pm", "eight o'clock", "saat tees", "seven thirty pm", "19 baje"."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or q.fraction:
        return None
    if q.whole >= 100:  # "seven hundred hours" or 1930 written together
        hour, minute = divmod(q.whole, 100)
        marked = speech.at(q.end).has("baje", "pm", "am") or speech.at(q.end).text in ("hours", "hrs")
        told = speech.at(i - 1).text == "at" or (speech.at(i - 1).has(*DAYS) and hour > 12 and minute % 5 == 0)
        marked |= told and speech.at(i).kind == "digits" and len(speech.at(i).text) == 4
        if not (marked and hour < 24 and minute < 60):
            return None
        return _ended(speech, i, q.end, Clock(hour, minute, fixed=hour == 0 or hour > 12))
    if q.whole > 24:
        return None
    minutes = _minutes_after(speech, q)
    if minutes:
        return _ended(speech, i, minutes[1], Clock(q.whole % 24, minutes[0], fixed=not 1 <= q.whole <= 12))
    if speech.at(q.end).has("baje", "am", "pm", "bajkar", "midday", "midnight") and not speech.at(q.end).has("minute"):
        return _ended(speech, i, q.end, Clock(q.whole % 24, fixed=not 1 <= q.whole <= 12))
    # "saat aath baje", "7-8 baje", "7 se 8 baje", "7 ya 8 baje": the first of two
    j = q.end + (
        speech.at(q.end).text in ("-", "/")
        or speech.at(q.end).has("from", "or", "and")
        or speech.at(q.end).text == "to"
    )
    second = quantity_at(speech, j)
    half_later = second and second.fraction and second.value == q.whole + Fraction(1, 2)
    if half_later or (j > q.end and speech.at(j).kind == "clock"):
        return Span(i, q.end, Clock(q.whole % 24, fixed=not 1 <= q.whole <= 12))
    closing = second and speech.at(second.end).has("baje", "am", "pm", "between")
    closing = closing or (second and speech.at(second.end).has("of") and speech.at(second.end + 1).has("between"))
    follows = second and second.whole and (j > q.end or second.whole == q.whole % 12 + 1)
    if second and closing and follows and 0 < second.value <= 24:
        return Span(i, q.end, Clock(q.whole % 24, fixed=not 1 <= q.whole <= 12))
    return None


def _minutes_after(speech: Speech, hour: Quantity) -> tuple[int, int] | None:
    if hour.end > hour.start + 1:
        return None
    j = hour.end + (speech.at(hour.end).text == "-" and speech.at(hour.start).kind == "word")
    if speech.at(j).text in ("oh", "o", "zero") and (m := quantity_at(speech, j + 1)) and m.whole and m.whole < 10:
        sure = speech.at(m.end).has("am", "pm", "baje") or len(speech.words) == m.end - hour.start
        return (m.whole, m.end) if sure else None
    m = quantity_at(speech, j)
    if m is None or m.whole is None or not 10 <= m.whole <= 59:
        return None
    if speech.at(m.end).text in ("hours", "hrs") and speech.at(hour.start).number in range(13, 24):
        return m.whole, m.end
    if speech.at(m.end).has(*_OTHER_UNITS) and not (speech.at(m.end).has("table") and m.whole in (15, 30, 45)):
        return None
    told = speech.at(m.end).has("baje", *DAYPARTS) or _announced(speech, hour.start)
    alone = len(speech.words) == m.end - hour.start
    usual = alone or (
        m.whole in (15, 30, 45) and not quantity_at(speech, m.end) and not quantity_at(speech, hour.start - 1)
    )
    return (m.whole, m.end) if told or usual else None


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


def _bare(speech: Speech, i: int, *, wanted: bool) -> Span[Clock] | None:
    """ "shaam 7", "at 8", "kal 8", "7 in the evening"; any number when a time was asked for."""
    q = quantity_at(speech, i)
    if q is None or q.whole is None or not 1 <= q.whole <= 24 or speech.at(i).has("ord"):
        return None
    if _is_other(speech, q):
        return None
    if not wanted and (
        (q.weak and not _announced(speech, i)) or not (_announced(speech, i) or _told_after(speech, q.end))
    ):
        return None
    return Span(i, q.end, Clock(q.whole % 24, fixed=q.whole > 12))


_READERS: tuple[Callable[[Speech, int], Span[Clock] | None], ...] = (
    _wait, _digital, _fractional, _past_or_to, _struck, _on_the_hour, _named,
)  # fmt: skip


def _is_other(speech: Speech, q: Quantity) -> bool:
    """Is the number counted in people, days, rupees, or a part of a longer number?"""
    after, before = speech.at(q.end), speech.at(q.start - 1)
    if after.has(*_OTHER_UNITS) or after.text in ("percent", "%", "st", "th"):
        return True
    if after.has("of") and (speech.at(q.end + 1).has("for") or speech.at(q.end + 1).text == "us"):
        return True  # "4 ke liye", "four of us"
    if (
        (before.text == "be" and speech.any("we"))
        or before.has("for", "mo", "we", "people", "number", "date")
        or before.text in ("₹", "$", "+")
    ):
        return True
    return quantity_at(speech, q.end) is not None or (before.kind == "digits" and before.number is not None)


def _announced(speech: Speech, i: int) -> bool:
    """Does something before token `i` lead to a time: "at", a part of the day, a day?"""
    for back in (1, 2, 3):
        before = speech.at(i - back)
        if before.text in _BEFORE_TIME or before.has(*DAYPARTS) or (before.has(*DAYS) and not before.unknown):
            return True
        if before.text not in _SMALL_WORDS and before.text != ",":
            return False
    return False


def _told_after(speech: Speech, i: int) -> bool:
    if speech.at(i).has("today", "tonight", "tomorrow", "dayafter"):
        return True
    for ahead in (0, 1, 2):
        after = speech.at(i + ahead)
        if after.has(*DAYPARTS, "until", "between") or after.text == "ish":
            return True
        if after.has("after") and ahead:
            return True
        if after.text not in _SMALL_WORDS:
            return False
    return False


def _with_bare_numbers(speech: Speech, found: list[Span[Clock]], taken: frozenset[int]) -> list[Span[Clock]]:
    """ "8 nahi, 8:30" and "8:30, not 8": beside a time, a bare number that was refused or preferred is one too."""
    used = {k for span in found for k in span.tokens} | taken
    extra: list[Span[Clock]] = []
    told = was_told(speech)
    for i in range(len(speech.tokens)):
        if i in used or (q := quantity_at(speech, i)) is None or q.weak or q.whole is None or not 1 <= q.whole <= 12:
            continue
        if _is_other(speech, q) or speech.at(i - 1).has("num") or speech.at(i).has("ord"):
            continue
        near = [speech.at(k) for k in (*range(i - 2, i), *range(q.end, q.end + 2))]
        made = told and any(t.has("do_it", "do") for t in near[2:])
        if made or any(t.has("no", "not", "sorry", "actually", "change", "from", "or", "between") for t in near):
            extra.append(Span(i, q.end, Clock(q.whole)))
    return sorted((*found, *extra), key=lambda span: span.start)


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
        elif not (token.has("baje", "bajkar") or token.text in ("hrs", "hours")):
            return Span(start, end, clock)
        end += 1


def replace_part(speech: Speech, span: Span[Clock], all_spans: list[Span[Clock]]) -> Span[Clock]:
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
    if best is None or best[0] > 12:
        return span
    part = next(p for p in DAYPARTS if best[1].has(p))
    return Span(span.start, span.end, replace(clock, part=part))
