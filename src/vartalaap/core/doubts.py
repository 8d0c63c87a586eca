"""What an owner wrote, is allowed, and was hardly meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import phonenumbers

from .business import WEEKDAYS, Business, OpenSpan, OperatingHours
from .floor import DAY_MINUTES, Combination, DiningTable
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
    kinds = (_numbers, _hours, _closed_days, _twins, _languages, _tables, _special_days, _blocks)
    return tuple(doubt for kind in kinds for doubt in kind(business))


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


def _tables(business: Business) -> Iterator[Doubt]:
    """What a room can hold against what the rules sell."""
    tables, rules = business.tables, business.reservation_rules
    if not tables:
        return
    sold = [table for table in tables if not table.walk_ins_only]
    seats, total = sum(table.seats for table in tables), rules.total_seats
    if seats < total:
        yield Doubt(("reservation_rules", "total_seats"), f"is {total}, and the tables have {seats} seats; set it so")
    by_name = {table.name: table for table in tables}
    together = [one.seats for one in business.combinations if not any(by_name[t].walk_ins_only for t in one.tables)]
    largest = max([*(table.seats for table in sold), *together], default=0)
    if largest < rules.max_phone_party_size:
        said = f"is {rules.max_phone_party_size}, and no table or combination has more than {largest} seats for callers"
        yield Doubt(("reservation_rules", "max_phone_party_size"), f"{said}; lower it, or add a combination")
    units: list[DiningTable | Combination] = [*sold, *business.combinations]
    for party in range(rules.min_party_size, min(largest, rules.max_phone_party_size) + 1):
        if not any(unit.min <= party <= unit.seats for unit in units):
            yield Doubt(("tables",), f"no table takes a party of {party}; lower the min of one")
    if business.held_for_walk_ins:
        said = "seats are not a table: mark tables with walk_ins_only: true to have one free for who walks in"
        yield Doubt(("held_for_walk_ins",), said)


def _special_days(business: Business) -> Iterator[Doubt]:
    for at, day in enumerate(business.special_days):
        yield from _late(("special_days", at, "hours"), day.hours or ())
        seats = business.reservation_rules.total_seats
        if day.seats and day.seats > seats and business.tables:
            said = f"is {day.seats} of {seats}; more chairs need more tables to be sold, or combinations"
            yield Doubt(("special_days", at, "seats"), said)


def _blocks(business: Business) -> Iterator[Doubt]:
    for at, block in enumerate(business.blocks):
        shifts = [
            (span.start - ago, span.end - ago)
            for ago in (0, DAY_MINUTES)
            for span in business.open_spans(block.date - timedelta(minutes=ago))
        ]
        if not any(begin < block.to and block.from_ < end for begin, end in shifts):
            yield Doubt(("blocks", at), f"the house is not open then on {block.date}; is the date right?")
