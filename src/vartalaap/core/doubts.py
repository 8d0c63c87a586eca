"""What an owner wrote, is allowed, and was hardly meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers

from .business import WEEKDAYS, Business, OpenSpan, OperatingHours
from .phone import PhoneNumber

LATEST_CLOSE = 24 * 60 + 6 * 60
"""Minutes: a house that closes after six in the morning was rather written with its times exchanged."""

_LETTERS = {"Devanagari": re.compile("[\u0900-\u097f]"), "Latin letters": re.compile("[A-Za-z]")}

Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place in the business's file and a sentence on it, with what to do."""

    path: Path
    sentence: str


def doubts(business: Business) -> tuple[Doubt, ...]:
    """None of them stops a start."""
    return (*_numbers(business), *_hours(business), *_closed_days(business), *_twins(business), *_languages(business))


def _numbers(business: Business) -> Iterator[Doubt]:
    handoff = business.handoff
    numbers: tuple[tuple[Path, str], ...] = (
        *((("phone_numbers", at), number) for at, number in enumerate(business.phone_numbers)),
        (("handoff", "whatsapp_number"), handoff.whatsapp_number),
        (("handoff", "phone_number"), handoff.phone_number),
    )
    for path, number in numbers:
        if number and not _is_given_out(number):
            yield Doubt(path, "is no telephone number that can be reached; write it like +919810000000")


def _is_given_out(text: str) -> bool:
    number = PhoneNumber.parse(text)
    return number is not None and phonenumbers.is_valid_number(phonenumbers.parse(number.e164))


def _hours(business: Business) -> Iterator[Doubt]:
    places: tuple[tuple[Path, OperatingHours | None], ...] = (
        (("operating_hours",), business.operating_hours),
        (("handoff", "hours"), business.handoff.hours),
    )
    for path, hours in places:
        for day in WEEKDAYS if hours else ():
            yield from _late((*path, day), getattr(hours, day))
    yield from _late(("reservation_rules", "peak_hours"), business.reservation_rules.peak_hours)


def _late(path: Path, spans: Iterable[OpenSpan]) -> Iterator[Doubt]:
    for span in spans:
        if span.end > LATEST_CLOSE:
            opens, closes = str(span).split("-")
            yield Doubt(path, f'"{span}" is read as past midnight until {closes}; was "{closes}-{opens}" meant?')


def _closed_days(business: Business) -> Iterator[Doubt]:
    closed = business.reservation_rules.closed_days
    for at, day in enumerate(closed):
        if spans := getattr(business.operating_hours, day):
            hours = ", ".join(map(str, spans))
            said = f'{day} is closed, although operating_hours say "{hours}"; callers hear "closed". Change one of them'
            yield Doubt(("reservation_rules", "closed_days", at), said)
    if not any(getattr(business.operating_hours, day) for day in WEEKDAYS if day not in closed):
        yield Doubt(("operating_hours",), "no day is open, so no table can be booked; write the hours of each day")


def _twins(business: Business) -> Iterator[Doubt]:
    dishes = (
        (("menu", "categories", at, "items", place), item.name)
        for at, category in enumerate(business.menu.categories)
        for place, item in enumerate(category.items)
    )
    yield from _named_twice(dishes, "dishes")
    yield from _named_twice(((("faqs", at), faq.question) for at, faq in enumerate(business.faqs)), "questions")


def _named_twice(named: Iterable[tuple[Path, str]], kind: str) -> Iterator[Doubt]:
    seen: set[str] = set()
    for path, name in named:
        key = " ".join(name.casefold().split())
        if key in seen:
            yield Doubt(path, f"two {kind} are called {name}: callers cannot tell them apart; rename or remove one")
        seen.add(key)


def _languages(business: Business) -> Iterator[Doubt]:
    """Answers are spoken as they are written, whatever the caller's language."""
    if not business.faqs or not {"hi", "en"} <= {*business.language.supported}:
        return
    answers = "".join(faq.answer for faq in business.faqs)
    for script, letters in _LETTERS.items():
        if not letters.search(answers):
            said = f"no answer has a word in {script}, and each is spoken as it stands; write it in both languages"
            yield Doubt(("faqs",), said)
