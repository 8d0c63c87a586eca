"""Puts acts into words: phrases.yaml says how each act is worded, this module how the values in it are spoken.

Figures in what the owner wrote (house numbers, prices in an answer) stay figures here; the voice has them in words.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from hashlib import sha256
from importlib import resources
from zlib import crc32

import yaml

from ...core import spoken_numbers
from ...core.booking.rules import Booking
from ...core.business import Business, MenuItem
from ...core.language import LANGUAGES, Language
from ..acts import Act, PhraseKey

Phrases = Mapping[PhraseKey, Mapping[Language, Sequence[str]]]

_SENTENCE_END = re.compile(r"(?<=[।?!])\s+|(?:(?<=\w\w[.])|(?<=\W\d[.]))\s+(?=[^\W\d_])")
_OF_THE_BUSINESS = {"business", "place", "minutes"}
"""What a phrase says of the business itself, whoever calls."""
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


@cache
def load_phrases() -> Phrases:
    """The whole table: act, language, ways to say it."""
    text = resources.files(__package__).joinpath("phrases.yaml").read_text(encoding="utf-8")
    table: Phrases = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return table


@cache
def wording(key: PhraseKey, language: Language) -> str:
    """A digest of the ways to say an act: it changes when they do (12 hexadecimal characters)."""
    return digest("\n".join(load_phrases()[key][language]))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def sentences(text: str) -> list[str]:
    """Split a text at the ends of its sentences."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


@dataclass(frozen=True, slots=True)
class Phraser:
    """Words for acts in one call: the wording varies from call to call and is always the same within one."""

    call_id: str
    business: Business

    def words(self, act: Act, language: Language, today: date, turn: int = 0) -> str:
        """The act in that language. Raises `KeyError` for an act that has no phrase or lacks a value."""
        ways = load_phrases()[act.key][language]
        way = ways[(crc32(f"{self.call_id}{act.key}".encode()) + turn) % len(ways)]
        return _worded(way, act.values, _Speaker(self.business, language, today))


def fixed_sentences(business: Business) -> list[tuple[str, Language]]:
    """Every sentence that is the same in all calls of a business: its own greeting and its phrases without values.

    Each once, those that calls begin with first.
    """
    found: list[tuple[str, Language]] = []
    for language in sorted(LANGUAGES, key=lambda one: one != business.language.primary):
        speaker = _Speaker(business, language, date.min)
        texts = [_worded(way, {}, speaker) for way in _ways(language) if set(_names(way)) <= _OF_THE_BUSINESS]
        texts.insert(0, getattr(business.greeting, language) or "")
        found.extend((part, language) for text in texts for part in sentences(text))
    return list(dict.fromkeys(found))


def _ways(language: Language) -> list[str]:
    return [way for ways in load_phrases().values() for way in ways[language]]


def _names(way: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(way) if name]


def _worded(way: str, values: Mapping[str, object], speaker: _Speaker) -> str:
    text = way.format(**{name: _SPOKEN[name](values.get(name), speaker) for name in _names(way)})
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """How values are said in this language, on this day."""

    business: Business
    language: Language
    today: date

    @property
    def english(self) -> bool:
        return self.language == "en"

    def day(self, value: date) -> str:
        return spoken_numbers.day(value, self.today, self.language)

    def soon(self, value: date) -> str:
        """ "कल"; in English "on Saturday the fifth of December"."""
        spoken = spoken_numbers.short_day(value, self.today, self.language)
        return f"on {spoken}" if self.english and " " in spoken else spoken

    def when(self, value: datetime) -> str:
        """ "कल रात आठ बजे"; in English "at eight in the evening tomorrow"."""
        day, at = self.soon(value.date()), self.clock(value.time())
        if self.english:
            return f"at {at} {day}"
        return f"{day}, {at}" if " " in day else f"{day} {at}"

    def clock(self, value: time) -> str:
        return spoken_numbers.clock(value, self.language)

    def areas(self, ids: Sequence[str]) -> str:
        """ "छत"; "hall or garden" where several would do."""
        names = [area.in_(self.language) for area in self.business.areas if area.id in ids]
        return (" or " if self.english else " या ").join(names)

    def number(self, value: int) -> str:
        return spoken_numbers.number(value, self.language)

    def people(self, value: int) -> str:
        """ "चार लोगों", for "चार लोगों की टेबल"; in English just "four"."""
        if self.english:
            return self.number(value)
        return "एक व्यक्ति" if value == 1 else f"{self.number(value)} लोगों"

    def people_can(self, value: int) -> str:
        return f"{self.number(value)} लोगों तक"

    def guest(self, value: str) -> str:
        return value if self.english else f"{value} जी"

    def starts(self, value: Sequence[datetime]) -> str:
        """Times to choose from, with their day if it is not the same for all."""
        days = {start.date() for start in value}
        spoken = [
            self.clock(start.time()) if len(days) == 1 else f"{self.soon(start.date())} {self.clock(start.time())}"
            for start in value
        ]
        return self.either(spoken)

    def either(self, parts: Sequence[str]) -> str:
        return spoken_numbers.join(parts, self.language, either=True)

    def listed(self, parts: Sequence[str]) -> str:
        return spoken_numbers.join(parts, self.language)

    def dishes(self, value: Sequence[MenuItem]) -> str:
        return self.listed([item.name for item in value])

    def prices(self, value: Sequence[MenuItem]) -> str:
        return self.listed([f"{item.name} {spoken_numbers.rupees(item.price, self.language)}" for item in value])

    def hours(self, value: Sequence[tuple[time, time]]) -> str:
        return self.listed([spoken_numbers.span(start, end, self.language) for start, end in value])

    def timetable(self, value: Sequence[tuple[Sequence[int], Sequence[tuple[time, time]]]]) -> str:
        """Days with the same hours together."""
        return self.listed(
            [f"{spoken_numbers.weekdays(days, self.language)} {self.hours(spans)}" for days, spans in value]
        )

    def weekdays(self, value: Sequence[int]) -> str:
        return spoken_numbers.weekdays(value, self.language)

    def weekday(self, value: date) -> str:
        return spoken_numbers.weekday(value.weekday(), self.language)

    def changes(self, value: Mapping[str, object]) -> str:
        """What was corrected, each value in its own words."""
        return self.listed([self._change(name, new) for name, new in value.items()])

    def _change(self, name: str, value: object) -> str:
        if name == "party_size" and isinstance(value, int):
            if self.english:
                return f"a table for {self.number(value)}"
            return "एक व्यक्ति" if value == 1 else f"{self.number(value)} लोग"
        return _SPOKEN[name](value, self)

    def minutes(self) -> str:
        return spoken_numbers.notice(self.business.handoff.promise_minutes, self.language, within=True)

    def bookings(self, value: Sequence[Booking]) -> str:
        return self.listed([f"{self.day(b.date)}, {self.clock(b.time)}" for b in value])

    def place(self) -> str:
        location = self.business.location
        return ", ".join(part for part in (location.address, location.landmark) if part)

    def sentence(self, value: str) -> str:
        """The owner's own words, as a sentence."""
        text = value.strip()
        if text[-1:] in ".!?।":
            return text
        return f"{text}{'।' if _DEVANAGARI.search(text) else '.'}"


@cache
def _names_of_things() -> Mapping[str, Mapping[Language, str]]:
    text = resources.files(__package__).joinpath("things.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[Language, str]] = yaml.safe_load(text)
    return table


def _named(thing: str, language: Language) -> str:
    """What is to be sent, or what the caller may want, as part of a sentence."""
    return _names_of_things()[thing][language]


_SPOKEN: Mapping[str, Callable[..., str]] = {
    "day": lambda value, s: s.day(value),
    "date": lambda value, s: s.day(value),
    "soon": lambda value, s: s.soon(value),
    "when": lambda value, s: s.when(value),
    "weekday": lambda value, s: s.weekday(value),
    "time": lambda value, s: s.clock(value),
    "last": lambda value, s: s.clock(value),
    "people": lambda value, s: s.people(value),
    "people_can": lambda value, s: s.people_can(value),
    "number": lambda value, s: s.number(value),
    "notice": lambda value, s: spoken_numbers.notice(value, s.language),
    "guest": lambda value, s: s.guest(value),
    "name": lambda value, s: s.guest(value),
    "digits": lambda value, s: spoken_numbers.digits(value, s.language),
    "phone": lambda value, s: spoken_numbers.digits(value.national, s.language),
    "changes": lambda value, s: s.changes(value),
    "starts": lambda value, s: s.starts(value),
    "bookings": lambda value, s: s.bookings(value),
    "dishes": lambda value, s: s.dishes(value),
    "prices": lambda value, s: s.prices(value),
    "cheapest": lambda value, s: spoken_numbers.rupees(value, s.language),
    "dearest": lambda value, s: spoken_numbers.rupees(value, s.language),
    "categories": lambda value, s: s.listed(value),
    "hours": lambda value, s: s.hours(value),
    "timetable": lambda value, s: s.timetable(value),
    "open_days": lambda value, s: s.weekdays(value),
    "closed_days": lambda value, s: s.weekdays(value),
    "area": lambda value, s: s.areas((value,)),
    "areas": lambda value, s: s.areas(value),
    "note": lambda value, s: value.in_(s.language),
    "said": lambda value, s: value,
    "answer": lambda value, s: s.sentence(value),
    "business": lambda value, s: s.business.name,
    "place": lambda value, s: s.place(),
    "minutes": lambda value, s: s.minutes(),
    "intent": lambda value, s: _named(value, s.language),
    "thing": lambda value, s: _named(value, s.language),
}
