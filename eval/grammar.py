"""Phrases with their meanings, to be combined into lines whose labels are computed and not copied from any reader.

It shares no code with the product: a mistake there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

Day = Callable[[date], date | None]
"""The date meant when said on a given day; None where a speaker would not say it or listeners would disagree."""


class Clock(NamedTuple):
    """A time of day: what is meant, and the other reading when the half of the day was not said."""

    said: str
    time: str
    other: str | None = None


class Tongue(NamedTuple):
    """One language in one script: its days, its times and the sentences that hold both."""

    lang: str
    script: str
    days: tuple[tuple[str, Day], ...]
    clocks: tuple[Clock, ...]
    frames: tuple[str, ...]


def plus(days: int) -> Day:
    """So many days later."""
    return lambda today: today + timedelta(days=days)


def coming(weekday: int) -> Day:
    """The next such weekday (0 is Monday); nothing on that weekday itself, where today may be meant."""
    return lambda today: today + timedelta(days=(weekday - today.weekday()) % 7) if weekday != today.weekday() else None


def next_week(weekday: int) -> Day:
    """That weekday of the week that begins next Monday."""
    return lambda today: today + timedelta(days=7 - today.weekday() + weekday)


def of_month(day: int) -> Day:
    """That day of this month, or of the next if it has gone by; nothing if it is today."""

    def meant(today: date) -> date | None:
        if day == today.day:
            return None
        month = today if day > today.day else (today.replace(day=1) + timedelta(days=32))
        return month.replace(day=day)

    return meant


def dated(day: int, month: int) -> Day:
    """That day of the year, next year if it has gone by."""

    def meant(today: date) -> date:
        found = date(today.year, month, day)
        return found if found >= today else found.replace(year=today.year + 1)

    return meant


_RULES: dict[str, Callable[..., Day]] = {
    "plus": plus, "coming": coming, "next_week": next_week, "of_month": of_month, "dated": dated,
}  # fmt: skip

MOMENTS = tuple(map(datetime.fromisoformat, ("2026-12-09T12:20:00", "2027-02-19T18:05:00", "2027-08-30T10:15:00")))
"""A Wednesday noon, a Friday evening, and a Monday morning at the end of a month."""

LINES_PER_TONGUE = 48


def _read() -> Iterator[tuple[str, str, str]]:
    """The heading, the name and the value of every line of the phrase file."""
    heading = ""
    for line in (Path(__file__).parent / "sources" / "grammar.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _, value = line.partition(": ")
            yield heading, name, value


def tongues() -> Iterator[Tongue]:
    """The languages and scripts in which sentences are made."""
    lines = [entry for entry in _read() if entry[0] != "numerals"]
    for heading in dict.fromkeys(heading for heading, _, _ in lines):
        said = {name: tuple(v for h, n, v in lines if (h, n) == (heading, name)) for name in ("day", "clock", "frame")}
        lang, script = heading.split()
        clocks = tuple(Clock(*value.split(" | ")) for value in said["clock"])
        yield Tongue(lang, script, tuple(map(_day, said["day"])), clocks, said["frame"])


def _day(value: str) -> tuple[str, Day]:
    phrase, rule = value.split(" | ")
    name, *numbers_ = rule.split()
    return phrase, _RULES[name](*map(int, numbers_))


def numerals(tongue: str) -> list[str]:
    """The words for 0 to 99 in "hi/deva" or "hi/latn"."""
    return next(value.split() for heading, name, value in _read() if (heading, name) == ("numerals", tongue))


def sentences() -> Iterator[dict[str, object]]:
    """Labelled lines of kind datetime: every day and every time of each tongue, in changing combinations."""
    for tongue in tongues():
        for n in range(LINES_PER_TONGUE):
            line = _sentence(tongue, n)
            if line:
                yield line


def _sentence(tongue: Tongue, n: int) -> dict[str, object] | None:
    said, day = tongue.days[n % len(tongue.days)]
    clock = tongue.clocks[(5 * n + n // len(tongue.days)) % len(tongue.clocks)]
    frame = tongue.frames[(3 * n + n // 5) % len(tongue.frames)]
    now = MOMENTS[(n + n // len(tongue.days)) % len(MOMENTS)]
    date_ = day(now.date())
    if date_ is None or f"{date_}T{clock.time}" <= now.isoformat():  # nobody books the past
        return None
    readings = [{"date": str(date_), "time": t} for t in (clock.time, clock.other) if t]
    return {
        "text": frame.format(d=said, t=clock.said), "now": now.isoformat(), "kind": "datetime", "lang": tongue.lang,
        "script": tongue.script, "accept": readings, "prefer": readings[0],
        "tags": ["grammar", *(["bare_hour"] if clock.other else [])],
    }  # fmt: skip


_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = dict(enumerate(_TO_NINETEEN)) | dict(zip(range(20, 100, 10), _TENS, strict=True))


def english(n: int) -> str:
    """A number under 1000 in words."""
    if n >= 100:
        rest = f" and {english(n % 100)}" if n % 100 else ""
        return f"{_ENGLISH[n // 100]} hundred{rest}"
    return _ENGLISH.get(n) or f"{_ENGLISH[n - n % 10]} {_ENGLISH[n % 10]}"


def numbers() -> Iterator[dict[str, object]]:
    """Labelled lines of kind numbers: every second number to 99, larger ones, parties, and dictated telephones."""
    deva, roman = numerals("hi/deva"), numerals("hi/latn")
    for n in range(1, 100, 2):
        tongue, words = (("hi", "deva"), deva) if n % 4 == 1 else (("hi", "latn"), roman)
        yield _number("cardinal", tongue, words[n], n)
    for n in range(4, 96, 8):
        yield _number("party_size", ("hi", "deva"), f"{deva[n]} लोगों की पार्टी है", n)
        yield _number("party_size", ("hi", "latn"), f"hum {roman[n]} log honge", n)
        yield _number("party_size", ("en", "latn"), f"there will be {english(n)} of us", n)
    for n in (140, 275, 360, 512, 808, 999):
        hundreds, rest = divmod(n, 100)
        tail = f" {roman[rest]}" if rest else ""
        yield _number("cardinal", ("hi", "latn"), f"{roman[hundreds]} sau{tail} rupaye", n)
        yield _number("cardinal", ("hi", "deva"), f"{deva[hundreds]} सौ {deva[rest]}".strip(), n)
        yield _number("cardinal", ("en", "latn"), english(n), n)
    for k, digits in enumerate(("9820317745", "7004419283", "8860552310", "6395178420", "9911027736")):
        ones = [int(c) for c in digits]
        yield _number("phone", ("hi", "deva"), "मेरा नंबर है " + " ".join(deva[c] for c in ones), digits)
        yield _number("phone", ("hi", "latn"), " ".join(roman[c] for c in ones) + " likh lijiye", digits)
        yield _number("phone", ("en", "latn"), "my number is " + _doubled(digits), digits)
        pairs = [int(digits[i : i + 2]) for i in range(0, 10, 2)]
        if all(pair > 9 for pair in pairs):
            yield _number("phone", ("hi", "latn"), "number " + " ".join(roman[p] for p in pairs), digits)
        cut = 6 + k % 3
        yield _number("phone", ("hi", "latn"), " ".join(roman[c] for c in ones[:cut]), None)


def _doubled(digits: str) -> str:
    words: list[str] = []
    i = 0
    while i < len(digits):
        twice = digits[i : i + 2] == digits[i] * 2
        words.append(("double " if twice else "") + _ENGLISH[int(digits[i])])
        i += 1 + twice
    return " ".join(words)


def _number(kind: str, tongue: tuple[str, str], text: str, value: int | str | None) -> dict[str, object]:
    return {"kind": kind, "lang": tongue[0], "script": tongue[1], "text": text, "accept": [value]}
