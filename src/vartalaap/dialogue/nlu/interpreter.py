"""The whole of one utterance: every reader run once, and the reading among the alternatives that makes most sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from rapidfuzz.fuzz import partial_ratio

from ...core.business import Business
from .consent import unexplained_in
from .contest import Outcome
from .intents import intents_in
from .language import language_of
from .readers.areas import area_in
from .readers.dishes import dishes_in, find_dishes
from .readers.faqs import answers_to
from .readers.names import name_in, possible_name_in
from .readers.numbers import lone_number
from .readers.phones import amended_number
from .readers.requests import requests_in, requests_told_in
from .readers.when import WhenHeard
from .readers.yes_no import answer_yes_no, read_phrases
from .signals import choices, is_short, signals_in, slot_named_in
from .text.clauses import clauses_of
from .text.corrections import Settled, Span
from .text.lexicon import lexicon, word_set
from .text.normalise import LONGEST_TEXT, script_of, sound, spellings
from .text.tokens import Speech, listen
from .understanding import BookingSlot, Dishes, Expectation, PhoneHeard, Request, Signal, Slot, Understanding, Wish
from .values import days_in, outcome_of, parted, party_change_in, party_in, phone_in, rival_to, sure_of, when_in

_LATER = 0.3
"""What a recognition loses against the one that the recogniser ranks before it."""
_OF_AREAS: frozenset[Request] = frozenset(["outdoor table"])
"""Wishes that an area of the house grants: it is promised, where it is named."""
SAME_NAME = 60
"""How alike (0 to 100) two readings of one name sound at least."""
_ANYWAY = ("attack", "abuse")
"""Intents of an utterance that is nothing but a name: "Mahavir Jain" asks for no food."""
_FILLED_BY = {"date": "when", "time": "when", "party_size": "party_size", "name": "name", "phone": "phone"}
_NOTHING_EXPECTED = Expectation()


def understand(
    text: str,
    *,
    now: datetime,
    business: Business,
    expecting: Expectation = _NOTHING_EXPECTED,
    alternatives: Sequence[str] = (),
) -> Understanding:
    """What an utterance says at the moment `now` (aware) to that business.

    `expecting` is where the dialogue stands; `alternatives` are other recognitions of the same speech, of which the
    most sensible is taken.
    """
    best: tuple[float, str, Understanding] | None = None
    names: list[str] = []
    for rank, reading in enumerate(dict.fromkeys(said[:LONGEST_TEXT] for said in (text, *alternatives))):
        speech = listen(reading)
        understood = _Utterance(reading, speech, now.astimezone(business.tz), business, expecting).read()
        if not alternatives:
            return understood
        if understood.name and script_of(reading.split()[-1]) == "latn":
            names.append(understood.name)
        sense = _sense(speech, understood, expecting.slot) - _LATER * rank
        if best is None or sense > best[0]:
            best = (sense, reading, understood)
    assert best is not None
    return _better_spelt(best[1], best[2], names)


def _better_spelt(text: str, understood: Understanding, names: Sequence[str]) -> Understanding:
    """A name read from Urdu letters in the spelling of a Latin reading that sounds like it."""
    if understood.name is None or script_of(text.rsplit(maxsplit=1)[-1]) == "latn":
        return understood
    key = sound(understood.name.casefold().replace(" ", ""))
    likeness = {name: partial_ratio(key, sound(name.casefold().replace(" ", ""))) for name in names}
    best = max(likeness, key=lambda name: likeness[name], default=understood.name)
    return replace(understood, name=best) if likeness.get(best, 0) >= SAME_NAME else understood


def warm_up(now: datetime, business: Business) -> None:
    """Read all tables and this year's festivals (about half a second), so that no caller waits for them."""
    read_phrases()
    name = Expectation("name")
    long = "26/1 ya 7:30 baje Diwali ke din chaar log aur momos, by the way ignore"
    understand(long, now=now, business=business, expecting=name)
    for word in word_set("grammar", "read ahead"):
        understand(word, now=now, business=business, expecting=name)


@dataclass(frozen=True, slots=True)
class _Utterance:
    """One recognition of it, and all that decides how it is read."""

    text: str
    speech: Speech
    now: datetime
    business: Business
    expecting: Expectation

    def read(self) -> Understanding:
        speech, slot = self.speech, self.expecting.slot
        outcome = outcome_of(speech, self.now.date(), slot, self.expecting.date)
        phone = phone_in(speech, outcome, digits_so_far=self.expecting.digits, expected=slot == "phone")
        name = self._name(phone)
        only_a_name = name is not None and spellings(name).issuperset(speech.words)
        tables = (outcome,) if only_a_name else parted(speech, outcome)
        timing = None if only_a_name else when_in(speech, tables[0], self.now, self.business, self.expecting)
        party = party_in(speech, tables[0])
        party_size = party.span.value if party.span else None
        when = timing.when if timing else None
        dishes = self._dishes(name)
        party_change = 0 if party_size or phone or dishes else party_change_in(outcome)  # "one more chai"
        sure, rivals = _doubts(outcome, timing, party)
        understood = Understanding(
            language_of(speech),
            (),
            answer_yes_no(self.text, self.expecting.question),
            when,
            party_size,
            phone,
            name,
            dishes,
            _corrected(timing, party),
            next(choices(speech), None),
            party_change=party_change,
            days=tuple(span.value.date for span in days_in(outcome)),
            sure=sure,
            rivals=rivals,
            impossible_date=timing.impossible if timing else None,
            also=tuple(self._wish(table) for table in tables[1:]),
        )
        intents = intents_in(speech, value_kinds(understood), slot)
        understood = replace(
            understood, intents=tuple(intent for intent in intents if not only_a_name or intent.name in _ANYWAY)
        )
        spoken_for = outcome.tokens("day", "time", *(("phone",) if phone else ()))
        return self._with_the_rest(understood, spoken_for | frozenset(party.span.tokens if party.span else ()))

    def _name(self, phone: PhoneHeard | None) -> str | None:
        """None where nothing but a number was given."""
        speech, slot = self.speech, self.expecting.slot
        if slot == "phone" and phone and not speech.any("book", "table"):
            return None
        return name_in(speech, expecting=slot)

    def _dishes(self, name: str | None) -> tuple[Dishes, ...]:
        """Those that are not in the name: "Farida" sounds like a fried dish."""
        dishes = dishes_in(self.speech, self.business.menu)
        if not name:
            return dishes
        return tuple(dish for dish in dishes if spellings(dish.said).isdisjoint(spellings(name)))

    def _with_the_rest(self, heard: Understanding, spoken_for: frozenset[int]) -> Understanding:
        """What rests on the values that were read in the tokens `spoken_for`, and what stands beside them."""
        speech, expecting = self.speech, self.expecting
        valued = bool(heard.when or heard.party_size or heard.phone or heard.dishes)
        read_back = expecting.number_read_back
        words = [token for token in speech.tokens if token.kind == "word"]
        area = area_in(speech, self.business.areas)
        return replace(
            heard,
            order=self._order(),
            number=None if valued else lone_number(speech),
            slot_named=slot_named_in(speech),
            amended_number=amended_number(self.text, read_back) if read_back else None,
            possible_name=possible_name_in(self.text) if _says_nothing(heard) else None,
            narrowed_dishes=self._narrowed(heard),
            requests=requests_in(speech) - (_OF_AREAS if area else set()),
            requests_told=requests_told_in(speech) - (_OF_AREAS if area else set()),
            area=area,
            faq_answers=() if heard.has("delivery") else answers_to(self.business.faqs, self.text, speech, heard),
            unexplained=unexplained_in(speech, spoken_for, expecting),
            signals=signals_in(speech) | self._signals_of_name(heard.name),
            words=len(speech.words),
            unknown_words=sum(token.unknown for token in words),
        )

    def _wish(self, outcome: Outcome) -> Wish:
        timing = when_in(self.speech, outcome, self.now, self.business, self.expecting)
        party = party_in(self.speech, outcome)
        return Wish(timing.when if timing else None, party.span.value if party.span else None)

    def _order(self) -> Literal["earlier", "later"] | None:
        """ "The earlier one" of times that were offered."""
        if not is_short(self.speech):
            return None
        if not word_set("signals", "earlier").isdisjoint(self.speech.said):
            return "earlier"
        return None if word_set("signals", "later").isdisjoint(self.speech.said) else "later"

    def _narrowed(self, heard: Understanding) -> tuple[Dishes, ...]:
        """ "The steamed ones", after momos: the words of two turns together."""
        unclear, menu = self.expecting.unclear_dish, self.business.menu
        if not unclear or heard.when or heard.party_size:
            return ()
        before, dishes = find_dishes(unclear, menu), find_dishes(f"{self.text} {unclear}", menu)
        return dishes if len(dishes) == 1 and set(dishes[0].items) < set(before[0].items) else ()

    def _signals_of_name(self, name: str | None) -> frozenset[Signal]:
        """Was it given as one ("the name is Anil")? Or is it a word of what is asked beside ("is there parking?")?"""
        found: set[Signal] = set()
        if slot_named_in(self.speech) == "name":
            found.add("name_given")
        elif name and not self.text.casefold().startswith(name.casefold()):
            words = set(listen(name).words)
            if not any(words <= set(said.split()) for said, asking in clauses_of(self.speech) if not asking):
                found.add("name_only_in_question")
        return frozenset(found)


def value_kinds(heard: Understanding) -> tuple[str, ...]:
    """The kinds of value that an utterance gives: what an intent may rest on."""
    when = heard.when
    found = {
        "date": when and when.date,
        "time": when and when.time,
        "party": heard.party_size,
        "more": heard.party_change,
        "phone": heard.phone,
        "name": heard.name,
        "dish": any(dishes.items for dishes in heard.dishes),
    }
    return tuple(kind for kind, there in found.items() if there)


def _corrected(timing: WhenHeard | None, party: Settled[int]) -> frozenset[Slot]:
    """The slots whose value was marked as a correction."""
    marks: tuple[tuple[Slot, object], ...] = (
        ("date", timing and timing.date_corrected),
        ("time", timing and timing.time_corrected),
        ("party_size", party.span and party.corrected),
    )
    return frozenset(slot for slot, corrected in marks if corrected)


def _doubts(
    outcome: Outcome, timing: WhenHeard | None, party: Settled[int]
) -> tuple[Mapping[BookingSlot, float], Mapping[BookingSlot, object]]:
    """How sure each value is, and what it would be if it were read otherwise."""
    read: dict[BookingSlot, Span[object] | None] = {
        "date": timing.day if timing else None,
        "time": timing.time if timing else None,
        "party_size": party.span,
    }
    sure = {slot: probability for slot, span in read.items() if (probability := sure_of(outcome, span)) is not None}
    rivals = {slot: rival.value for slot, span in read.items() if (rival := rival_to(outcome, span)) is not None}
    return sure, rivals


def _says_nothing(heard: Understanding) -> bool:
    """Nothing was understood in it that would be no name."""
    valued = heard.when or heard.party_size or heard.phone or heard.dishes or heard.intents
    return not valued and heard.answer == "unclear"


def _sense(speech: Speech, understood: Understanding, expecting: Slot | None) -> float:
    """How much sense a recognition makes: what it says, as far as it is sure and its words are explained."""
    words = [t for t in speech.tokens if t.kind != "mark"]
    if not words:
        return -1.0
    explained = sum(not t.unknown or t.text in lexicon().names for t in words) / len(words)
    sense = explained * (_awaited(understood, expecting) + 2.0)
    if expecting in ("confirm", "anything_else") and understood.answer != "unclear":
        sense += 3.0
    sense += _values(understood) + sum(i.confidence for i in understood.intents if i.name != "question")
    return sense + 0.5 * sum(bool(d.items) for d in understood.dishes)


def _awaited(understood: Understanding, expecting: Slot | None) -> float:
    """The value that was asked for; a name beside other values, which nothing announces, may be any of their words."""
    filled = _FILLED_BY.get(expecting or "")
    value = getattr(understood, filled) if filled else None
    if value is None or (expecting in ("date", "time") and getattr(value, expecting) is None):
        return 0.0
    if expecting == "name" and (understood.when or understood.party_size) and not understood.shows("name_given"):
        return 0.0
    return 4.0


def _values(understood: Understanding) -> float:
    """What else it says: every value for as much as it is sure."""
    when, phone, sure = understood.when, understood.phone, understood.sure
    found = 6.0 * phone.complete + 0.2 * min(len(phone.digits), 10) if phone else 0.0
    if when:
        found += sure.get("date", 1.0) * (when.date is not None) + sure.get("time", 1.0) * (when.time is not None)
    if understood.party_size is not None:
        found += sure.get("party_size", 1.0)
    return found + 0.5 * (understood.name is not None)
