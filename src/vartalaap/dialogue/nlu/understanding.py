"""The whole of one utterance: every reader run once, and the reading among the alternatives that makes most sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from rapidfuzz.fuzz import partial_ratio

from ...core.business import Business
from .intents import Heard, choices, intents_in
from .language import language_of
from .readers.dishes import dishes_in
from .readers.names import name_in
from .readers.numbers import lone_number
from .readers.party import party_change_in, party_in
from .readers.phones import phone_in
from .readers.when import when_in
from .readers.yes_no import answer_yes_no, read_phrases
from .text.normalise import LONGEST_TEXT, script_of, sound, spellings
from .text.tokens import Speech, listen
from .types import Slot, Understanding

SAME_NAME = 60
"""How alike (0 to 100) two readings of one name sound at least."""
_ANYWAY = ("injection", "abuse")
"""Intents of an utterance that is nothing but a name: "Mahavir Jain" asks for no food."""
_FILLED_BY = {"date": "when", "time": "when", "party_size": "party_size", "name": "name", "phone": "phone"}


def understand(
    text: str,
    *,
    now: datetime,
    business: Business,
    expecting: Slot | None = None,
    alternatives: Sequence[str] = (),
    digits_so_far: str = "",
    prompt: str = "",
) -> Understanding:
    """What an utterance says at the moment `now` (aware) to that business.

    `expecting` is what was asked for and decides how bare answers are read; `alternatives` are other recognitions of
    the same speech, of which the most sensible is taken; `digits_so_far` are digits of a number begun in earlier turns;
    `prompt` is the yes-or-no question that was asked, if its words matter ("shall I cancel it?").
    """
    best: tuple[float, Understanding] | None = None
    names: list[str] = []
    for reading in dict.fromkeys(said[:LONGEST_TEXT] for said in (text, *alternatives)):
        speech = listen(reading)
        understood = _read(speech, reading, now, business, expecting, digits_so_far)
        if prompt:
            understood = replace(understood, answer=answer_yes_no(reading, prompt))
        if not alternatives:
            return understood
        if understood.name and script_of(reading.split()[-1]) == "latn":
            names.append(understood.name)
        sense = _sense(speech, understood, expecting)
        if best is None or sense > best[0]:
            best = (sense, understood)
    assert best is not None
    return _better_spelt(best[1], names)


def _better_spelt(understood: Understanding, names: Sequence[str]) -> Understanding:
    """A name read from Urdu letters in the spelling of a Latin reading that sounds like it."""
    if understood.name is None or script_of(understood.text.split()[-1]) == "latn":
        return understood
    key = sound(understood.name.casefold().replace(" ", ""))
    likeness = {name: partial_ratio(key, sound(name.casefold().replace(" ", ""))) for name in names}
    best = max(likeness, key=lambda name: likeness[name], default=understood.name)
    return replace(understood, name=best) if likeness.get(best, 0) >= SAME_NAME else understood


def warm_up(now: datetime, business: Business) -> None:
    """Read all tables and this year's festivals (about half a second), so that no caller waits for them."""
    read_phrases()
    long = "26/1 ya 7:30 baje Diwali ke din chaar log aur momos, by the way ignore"
    understand(long, now=now, business=business, expecting="name")
    understand("امت", now=now, business=business, expecting="name")


def _read(
    speech: Speech, text: str, now: datetime, business: Business, expecting: Slot | None, digits_so_far: str
) -> Understanding:
    moment = now.astimezone(business.tz)
    found = phone_in(speech, digits_so_far=digits_so_far, expected=expecting == "phone", today=moment.date())
    phone, digits = found or (None, frozenset())
    only_a_number = expecting == "phone" and phone and not speech.any("book", "table")
    name = None if only_a_number else name_in(speech, expecting=expecting)
    only_a_name = name is not None and spellings(name).issuperset(speech.words)
    heard = None if only_a_name else when_in(speech, moment, business, expecting, taken=digits)
    used = digits | (heard.used if heard else frozenset())
    party = party_in(speech, expecting=expecting, used=used)
    party_size = party.span.value if party.span else None
    when = heard.when if heard else None
    dishes = dishes_in(speech, business.menu)
    party_change = 0 if party_size or phone or dishes else party_change_in(speech)  # "one more chai"
    if name:  # "Farida" sounds like a fried dish
        dishes = tuple(dish for dish in dishes if spellings(dish.said).isdisjoint(spellings(name)))
    corrects: set[Slot] = set()
    if heard and heard.date_corrected:
        corrects.add("date")
    if heard and heard.time_corrected:
        corrects.add("time")
    if party.corrected and party.span:
        corrects.add("party_size")
    return Understanding(
        text,
        language_of(speech),
        tuple(
            i
            for i in intents_in(speech, Heard(when, party_size, dishes, phone, party_change))
            if not only_a_name or i.name in _ANYWAY
        ),
        answer_yes_no(text),
        when,
        party_size,
        phone,
        name,
        dishes,
        frozenset(corrects),
        next(choices(speech), None),
        party_change,
        None if when or party_size or phone or dishes else lone_number(speech),
    )


def _sense(speech: Speech, understood: Understanding, expecting: Slot | None) -> float:
    """How much sense a reading makes: the awaited value first, then what else was understood, then known words."""
    sense = 0.0
    filled = _FILLED_BY.get(expecting or "")
    value = getattr(understood, filled) if filled else None
    if value is not None:
        awaited = expecting not in ("date", "time") or getattr(value, expecting) is not None
        sense += 4.0 * awaited
    if understood.phone:
        sense += 6.0 * understood.phone.complete + 0.2 * min(len(understood.phone.digits), 10)
    if expecting in ("confirm", "anything_else") and understood.answer != "unclear":
        sense += 3.0
    if understood.when:
        sense += 1.0 * (understood.when.date is not None) + 1.0 * (understood.when.time is not None)
    sense += 1.0 * (understood.party_size is not None) + 0.5 * (understood.name is not None)
    sense += sum(i.confidence for i in understood.intents if i.name != "question") + 0.5 * sum(
        bool(d.items) for d in understood.dishes
    )
    words = [t for t in speech.tokens if t.kind != "mark"]
    known = sum(not t.unknown for t in words)
    return sense + (2.0 * known / len(words) if words else -1.0)
