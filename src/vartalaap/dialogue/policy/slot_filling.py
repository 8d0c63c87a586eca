"""Filling the slots of a booking from what was heard, in whatever order it comes."""

from __future__ import annotations

from dataclasses import replace

from ...core.phone import PhoneNumber
from ..nlu.readers.phones import amended_number
from ..nlu.readers.times import DAYPARTS
from ..nlu.text.clauses import clauses_of
from ..nlu.text.tokens import listen
from ..nlu.types import PhoneHeard, Slot
from ..state import Turn
from . import refusals

_SLOT_WORDS: tuple[tuple[str, Slot], ...] = (
    ("name", "name"),
    ("number", "phone"),
    ("people", "party_size"),
    ("timing", "time"),
    ("when", "date"),
    ("day", "date"),
    ("date", "date"),
)
_PLAUSIBLE_NAME_WORDS = 3


def fill(turn: Turn) -> dict[str, object]:
    """Put what was heard into the slots; returns what replaced another value (R73)."""
    state, heard = turn.state, turn.heard
    values: dict[str, object] = {}
    if heard.when and not turn.asks_about_hours and not refusals.picked(turn):
        values |= {"date": heard.when.date, "time": heard.when.time}
    if heard.party_size and heard.party_size <= turn.business.reservation_rules.max_phone_party_size:
        values["party_size"] = heard.party_size
    values["name"] = _name(turn)
    values["phone"] = turn.amended_phone or (_phone(turn, heard.phone) if heard.phone else None)
    corrected: dict[str, object] = {}
    for slot, value in values.items():
        before = getattr(state, slot)
        if value is None:
            continue
        turn.progress = True
        if value == before:
            continue
        if before is not None:
            corrected[slot] = value
        setattr(state, slot, value)
        if slot in ("date", "time", "party_size"):
            _leave_refusal(turn, slot)
    return corrected


def count_party(turn: Turn) -> None:
    """ "Two more people": than were told, or than the booking is for."""
    heard, told = turn.heard, turn.state.wished_party_size
    if told and heard.party_change:
        turn.heard = replace(heard, party_size=max(told + heard.party_change, 1))


def amend_phone(turn: Turn) -> bool:
    """ "Last mein aath nahi saat", when the number was read back."""
    state = turn.state
    digits = amended_number(turn.heard.text, state.phone.national) if state.phone and state.asked == "confirm" else None
    turn.amended_phone = PhoneNumber.parse(digits) if digits else None
    return turn.amended_phone is not None


def _leave_refusal(turn: Turn, slot: str) -> None:
    """A new wish is judged anew; a time chosen from those offered is meant for the day it was offered for."""
    state = turn.state
    if state.refusal and slot == "time":
        offered = [start for start in state.refusal.alternatives if start.time() == state.time]
        if offered and not (turn.heard.when and turn.heard.when.date):
            state.date = offered[0].date()
    state.refusal = None


def keep_name(turn: Turn) -> None:
    """A name that comes before any wish ("namaste, mera naam Suresh hai"): it is not asked for again."""
    name = _name(turn)
    if name and turn.state.name is None:
        turn.state.name = name
        turn.progress = True


def _name(turn: Turn) -> str | None:
    """A name that is not asked for only fills a gap, unless it is given as one ("the name is Anil")."""
    state, heard = turn.state, turn.heard
    if heard.name and (_is_dish(heard.name, turn) or _is_of_the_question(turn, heard.name)):
        return None
    correcting = state.asked == "confirm" and heard.answer != "yes"
    if heard.name and (state.name is None or state.asked == "name" or correcting or named(heard.text) == "name"):
        return heard.name
    if state.asked == "name" and state.name is None and state.misses:
        return _as_name(turn)
    return None


def _is_dish(name: str, turn: Turn) -> bool:
    """ "Butter Chicken" is nobody's name in a sentence that asks for its price."""
    words = set(name.casefold().split())
    return any(words & set(dishes.said.casefold().split()) for dishes in turn.heard.dishes)


def _is_of_the_question(turn: Turn, name: str) -> bool:
    """A word of a question that was answered: not of what is said beside it ("Rohit, and is there parking?")."""
    text = turn.heard.text
    if not turn.answered or named(text) == "name" or text.casefold().startswith(name.casefold()):
        return False
    words = set(listen(name).words)
    return not any(words <= set(said.split()) for said, asking in clauses_of(listen(text)) if not asking)


def _as_name(turn: Turn) -> str | None:
    """Asked twice, whatever could be a name is one: the read-back shows whether it is right."""
    heard = turn.heard
    words = heard.text.strip(" .,!?।").split()
    said_something_else = heard.when or heard.party_size or heard.phone or heard.dishes or heard.answer != "unclear"
    if said_something_else or heard.intents or not 1 <= len(words) <= _PLAUSIBLE_NAME_WORDS:
        return None
    return " ".join(words) if all(word.isalpha() or _is_devanagari(word) for word in words) else None


def _is_devanagari(word: str) -> bool:
    return all("\u0900" <= letter <= "\u0963" for letter in word)


def _phone(turn: Turn, heard: PhoneHeard) -> PhoneNumber | None:
    """The whole number; what is incomplete is kept for the next turn, and `turn.number_problem` says what to ask."""
    state = turn.state
    if state.phone and not heard.complete and not heard.own_number:
        return None
    if heard.own_number:
        state.digits = ""
        if turn.context.caller is None:
            turn.number_problem = "no_caller_number"
        return turn.context.caller
    number = PhoneNumber.parse(heard.digits) if heard.complete else None
    if number:
        state.digits = ""
        return number
    if len(heard.digits) >= 10:
        state.digits = ""
        turn.number_problem = "phone_invalid"
    elif heard.digits != state.digits:
        in_pieces = bool(state.digits) and heard.digits.startswith(state.digits)
        state.digits = heard.digits
        turn.number_problem = "phone_so_far" if in_pieces or len(heard.digits) <= 7 else "phone_short"
        turn.progress = True
    return None


def names_part_of_day(turn: Turn) -> bool:
    """ "Shaam ko", to the question at what time: half an answer."""
    when = turn.heard.when
    return turn.state.asked == "time" and (when is None or when.time is None) and listen(turn.heard.text).any(*DAYPARTS)


def asks(text: str) -> bool:
    """Is it put as a question?"""
    return text.rstrip().endswith("?") or listen(text).any("what", "when", "where")


def named(text: str) -> Slot | None:
    """The slot that an utterance speaks of without a value ("the time is wrong")."""
    speech = listen(text)
    return next((slot for tag, slot in _SLOT_WORDS if speech.any(tag)), None)
