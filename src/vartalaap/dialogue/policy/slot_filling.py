"""Filling the slots of a booking from what was heard, in whatever order it comes."""

from __future__ import annotations

from dataclasses import replace

from ...core.phone import PhoneNumber
from ..nlu.understanding import BookingSlot, PhoneHeard
from ..turn import Turn
from . import refusals


def fill(turn: Turn) -> dict[BookingSlot, object]:
    """Put what was heard into the slots; returns what replaced another value (R73)."""
    slots = turn.state.slots
    corrected: dict[BookingSlot, object] = {}
    _prefer_area(turn)
    for slot, value in _values(turn).items():
        before = getattr(slots, slot)
        if value is None:
            continue
        turn.progress = True
        if value == before:
            continue
        if before is not None:
            corrected[slot] = value
        slots.fill(slot, value)
        if slot in ("date", "time", "party_size"):
            _leave_refusal(turn, slot)
    return corrected


def _values(turn: Turn) -> dict[BookingSlot, object]:
    """What the utterance gives for each slot."""
    heard = turn.heard
    values: dict[BookingSlot, object] = {}
    if heard.when and not turn.asks_about_hours and not refusals.picked(turn):
        values |= {"date": heard.when.date, "time": heard.when.time}
    if heard.party_size and heard.party_size <= turn.business.reservation_rules.max_phone_party_size:
        values["party_size"] = heard.party_size
    values["name"] = _name(turn)
    values["phone"] = turn.amended_phone or (_phone(turn, heard.phone) if heard.phone else None)
    return values


def _prefer_area(turn: Turn) -> None:
    """ "On the roof, please": a new wish, which is judged anew."""
    heard, slots = turn.heard, turn.state.slots
    if heard.area and heard.area != slots.area and not turn.answered:
        slots.prefer(heard.area)
        turn.progress = True
        turn.state.offer.close()


def count_party(turn: Turn) -> None:
    """ "Two more people": than were told, or than the booking is for."""
    heard, told = turn.heard, turn.state.wished_party_size
    if told and heard.party_change:
        turn.heard = replace(heard, party_size=max(told + heard.party_change, 1))


def amend_phone(turn: Turn) -> bool:
    """ "Last mein aath nahi saat", when the number was read back."""
    digits = turn.heard.amended_number
    turn.amended_phone = PhoneNumber.parse(digits) if digits else None
    return turn.amended_phone is not None


def _leave_refusal(turn: Turn, slot: BookingSlot) -> None:
    """A new wish is judged anew; a time chosen from those offered is meant for the day it was offered for."""
    slots, offer = turn.state.slots, turn.state.offer
    if offer.refusal and slot == "time":
        offered = [start for start in offer.refusal.alternatives if start.time() == slots.time]
        if offered and not (turn.heard.when and turn.heard.when.date):
            slots.fill("date", offered[0].date())
    offer.close()


def keep_name(turn: Turn) -> None:
    """A name that comes before any wish ("namaste, mera naam Suresh hai"): it is not asked for again."""
    name = _name(turn)
    if name and turn.state.slots.name is None:
        turn.state.slots.fill("name", name)
        turn.progress = True


def _name(turn: Turn) -> str | None:
    """A name that is not asked for only fills a gap, unless it is given as one ("the name is Anil")."""
    state, heard = turn.state, turn.heard
    known = state.slots.name
    if heard.name and turn.answered and heard.shows("name_only_in_question"):
        return None  # "Rohit, and is there parking?"
    correcting = state.asked == "confirm" and heard.answer != "yes"
    if heard.name and (known is None or state.asked == "name" or correcting or heard.shows("name_given")):
        return heard.name
    if state.asked == "name" and known is None and state.progress.misses:
        return heard.possible_name  # asked twice, whatever could be a name is one: the read-back shows it
    return None


def _phone(turn: Turn, heard: PhoneHeard) -> PhoneNumber | None:
    """The whole number; what is incomplete is kept for the next turn, and `turn.number_problem` says what to ask."""
    slots = turn.state.slots
    if slots.phone and not heard.complete and not heard.own_number:
        return None
    if heard.own_number:
        slots.keep_digits("")
        if turn.context.caller is None:
            turn.number_problem = "no_caller_number"
        return turn.context.caller
    number = PhoneNumber.parse(heard.digits) if heard.complete else None
    if number:
        slots.keep_digits("")
        return number
    if len(heard.digits) >= 10:
        slots.keep_digits("")
        turn.number_problem = "phone_invalid"
    elif heard.digits != slots.digits:
        in_pieces = bool(slots.digits) and heard.digits.startswith(slots.digits)
        slots.keep_digits(heard.digits)
        turn.number_problem = "phone_so_far" if in_pieces or len(heard.digits) <= 7 else "phone_short"
        turn.progress = True
    return None


def names_part_of_day(turn: Turn) -> bool:
    """ "Shaam ko", to the question at what time: half an answer."""
    when = turn.heard.when
    timed = when is not None and when.time is not None
    return turn.state.asked == "time" and not timed and turn.heard.shows("part_of_day")
