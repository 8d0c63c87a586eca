"""Whole calls in a readable form, from `calls/*.txt`, and how they are played.

    call: a change of mind                  its name
      given booking b1 2026-11-28 20:00 4   a booking of before (of the caller, or `of 98...`)
      given full 2026-11-28 19:00 38        so many seats are taken by others from then on
      given seated 2026-11-28 19:00 2 roof  a table that is taken, perhaps in one area; for `business room`
      given closure 2026-11-27 | now 2026-11-25 18:00 | anonymous | no messages | business night
      > table for two tomorrow              the caller; (silence) and (trouble) are no words
      - ask_name                            an act that the reply must contain
      never Meera                           words that no reply may contain
      = result booked                       how it ends; `booked` if it is left out and bookings are expected
      = booked 2026-11-26 20:00 2 Anil own  each booking made or moved; `own` is the caller's number
      = cancelled b1 | follow_up REASON [NUMBER] | summary TEXT | notes TEXT | closing | private
      = consent whatsapp | language hi
      misread WHAT                          the understanding does not read this yet: the call is known to fail

What is not expected must not be there: bookings, cancellations, follow-ups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from tests.support.book import TEST_NOW, MemoryBook, test_business
from vartalaap.core.business import Business, OperatingHours
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.business_file import load_business
from vartalaap.dialogue.rule_brain import LocalConversation

from .caller import CALLER, Caller, existing

CALLS = Path(__file__).parent / "calls"
ROOM = Path(__file__).parent / "room.yaml"
"""A house of tables and areas, with days that differ."""
SILENCE, TROUBLE = "(silence)", "(trouble)"
NIGHT = dict.fromkeys(("wednesday", "thursday", "friday", "saturday", "sunday"), "18:00-02:00")


@dataclass
class Script:
    """One call as it was written down."""

    name: str
    file: str
    given: list[str] = field(default_factory=list)
    lines: list[tuple[str, list[str]]] = field(default_factory=list)
    """What the caller says, and the acts that the reply must contain."""
    never: list[str] = field(default_factory=list)
    misread: str = ""
    expected: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}"

    def values(self, what: str) -> list[str]:
        """The expectations of that kind."""
        return [line.removeprefix(what).strip() for line in self.expected if line.split()[0] == what]

    @property
    def needs_a_change(self) -> bool:
        """Does it end with a booking made, moved or cancelled?"""
        return bool(self.values("booked") or self.values("cancelled"))


class NotedBook(MemoryBook):
    """Keeps the summaries too."""

    def __init__(self) -> None:
        super().__init__()
        self.summaries: list[str] = []

    async def ask_person(
        self, business_id: str, call_id: str, reason: str, summary: str, phone: PhoneNumber | None
    ) -> None:
        self.summaries.append(summary)
        await super().ask_person(business_id, call_id, reason, summary, phone)


@cache
def scripts() -> tuple[Script, ...]:
    """All calls of the folder."""
    return tuple(script for path in sorted(CALLS.glob("*.txt")) for script in _read(path))


def _read(path: Path) -> Iterator[Script]:
    script: Script | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        sign, _, rest = line.strip().partition(" ")
        if sign == "call:":
            if script:
                yield script
            script = Script(rest, path.stem)
        elif script and sign and sign != "#":
            _add(script, sign, rest)
    assert script
    yield script


def _add(script: Script, sign: str, rest: str) -> None:
    match sign:
        case ">":
            script.lines.append((rest, []))
        case "-":
            script.lines[-1][1].append(rest)
        case "given":
            script.given.append(rest)
        case "never":
            script.never.append(rest)
        case "misread":
            script.misread = rest
        case "=":
            script.expected.append(rest)
        case _:
            raise ValueError(f"{script.id}: {sign}")


@dataclass
class Played:
    """What came of a script: the transcript and what was wrong."""

    caller: Caller
    book: NotedBook
    transcript: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    """The acts of each reply."""
    wrong: list[str] = field(default_factory=list)


async def play(script: Script) -> Played:
    """Hold the call and compare."""
    caller, book = _opened(script)
    played = Played(caller, book)
    for line, acts in script.lines:
        if caller.context.closing:
            played.wrong.append(f"hung up before: {line}")
            break
        before = _times_said(caller)
        said = await _say(caller, line)
        reply = " ".join(said)
        played.replies.append(reply)
        played.keys.append(sorted(_times_said(caller) - before))
        played.transcript += [f"> {line}", f"  {' '.join(played.keys[-1])}: {reply}"]
        played.wrong += [f"no {act} after: {line}" for act in acts if act not in played.keys[-1]]
        played.wrong += [f"'{words}' was said" for words in script.never if words in reply]
    played.wrong += _differences(script, played)
    return played


def _opened(script: Script) -> tuple[Caller, NotedBook]:
    book, rules, now = NotedBook(), {}, TEST_NOW
    number: str | None = CALLER
    business, can_message = test_business(), True
    for line in script.given:
        match line.split():
            case ["booking", ref, day, at, people, *owner]:
                phone = f"+91{owner[1]}" if owner else CALLER
                book.bookings[ref] = existing(
                    date.fromisoformat(day), time.fromisoformat(at), int(people), phone=phone, ref=ref
                )
            case ["full", day, at, seats]:
                _fill(book, date.fromisoformat(day), time.fromisoformat(at), int(seats))
            case ["closure", day]:
                rules["special_closures"] = [day]
            case ["now", day, at]:
                now = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=TEST_NOW.tzinfo)
            case ["anonymous"]:
                number = None
            case ["no", "messages"]:
                can_message = False
            case ["business", "night"]:
                business = _night()
            case ["business", "room"]:
                business = load_business(ROOM)
            case ["seated", day, at, people, *area]:
                _seat(book, date.fromisoformat(day), time.fromisoformat(at), int(people), *area)
            case _:
                raise ValueError(f"{script.id}: {line}")
    if rules:
        business = test_business(**rules)
    caller = Caller(number=number, business=business, book=book, call_id=script.id, now=now)
    caller.context.can_message = can_message
    return caller, book


def _fill(book: NotedBook, day: date, at: time, seats: int) -> None:
    while seats > 0:
        ref = f"full{len(book.bookings)}"
        book.bookings[ref] = existing(day, at, min(10, seats), phone="+919000000000", name="Other", ref=ref)
        seats -= 10


def _seat(book: NotedBook, day: date, at: time, people: int, area: str | None = None) -> None:
    ref = f"there{len(book.bookings)}"
    there = existing(day, at, people, phone="+919000000000", name="Other", ref=ref)
    book.bookings[ref] = replace(there, area=area)


def _night() -> Business:
    hours = OperatingHours.model_validate(NIGHT)
    return test_business(closed_days=[], last_seating_mins_before_close=90).model_copy(
        update={"operating_hours": hours}
    )


def _talk(caller: Caller) -> LocalConversation:
    conversation = caller.call._conversation
    assert isinstance(conversation, LocalConversation)
    return conversation


def _times_said(caller: Caller) -> Counter[str]:
    return Counter(_talk(caller)._times_said)


async def _say(caller: Caller, line: str) -> list[str]:
    if line not in (SILENCE, TROUBLE):
        await caller.say(line)
        return [sentence.text for sentence in caller.replies[-1]]
    talk = _talk(caller)
    source = talk.event("silence") if line == SILENCE else talk.event("trouble")
    said = [sentence.text async for sentence in source]
    caller.context.add_turn("bot", " ".join(said), caller.context.language)
    return said


def _differences(script: Script, played: Played) -> list[str]:
    context = played.caller.context
    made = sorted(
        f"{b.date} {b.time:%H:%M} {b.party_size} {b.guest.name} {_number(b.guest.phone)}" for b in context.made
    )
    booked = script.values("booked")
    results = script.values("result") or (["booked"] if booked else [])
    cancelled = ["*"] * len(context.cancelled) if script.values("cancelled") == ["*"] else context.cancelled
    follow_ups = [f"{reason} {_number(phone)}".strip() for reason, phone in played.book.follow_ups]
    compared: dict[str, tuple[list[str], list[str]]] = {
        "booked": (sorted(booked), made),
        "cancelled": (script.values("cancelled"), cancelled),
        "follow_up": (script.values("follow_up"), follow_ups),
        "result": (results, [context.result] if results else []),
    }
    wished = script.values("notes")
    if wished:
        compared["notes"] = (wished, [booking.notes for booking in context.made])
    if script.values("summary"):
        compared["summary"] = (script.values("summary"), played.book.summaries)
    if script.values("consent"):
        compared["consent"] = (script.values("consent"), [context.consent.kind])
    if script.values("language"):
        compared["language"] = (script.values("language"), [context.language])
    wrong = [f"{what}: expected {a}, got {b}" for what, (a, b) in compared.items() if a != b]
    if "closing" in script.expected and not context.closing:
        wrong.append("not closing")
    if ("private" in script.expected) != context.privacy_opt_out:
        wrong.append("private")
    if "private" in script.expected and any(booking.notes for booking in context.made):
        wrong.append("notes of a caller who is not to be recorded")
    if any(booking not in played.book.live() for booking in context.made):
        wrong.append("told a booking that is not there")
    return wrong


def _number(phone: PhoneNumber | None) -> str:
    if phone is None:
        return ""
    return "own" if phone.e164 == CALLER else phone.national
