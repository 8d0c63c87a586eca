"""Handing over to a person: offer, take the number, leave a note for the owner."""

from __future__ import annotations

from ..core.phone import PhoneNumber
from .state import Turn


def offer(turn: Turn, reason: str, lead: str | None = None, **values: object) -> None:
    """Offer a call-back, after the phrase `lead` that says why."""
    state = turn.state
    state.call_back_reason = reason
    state.handed_over = True
    state.call_back_party = turn.heard.party_size or state.call_back_party
    state.digits = ""
    if lead:
        turn.say(lead, **values)
    ask(turn)


def ask(turn: Turn) -> None:
    """The question alone."""
    turn.ask("call_back", "offer_person" if turn.context.caller else "ask_call_back_number")


async def take_answer(turn: Turn) -> bool:
    """The answer to an offer that is open; False if the caller speaks of something else."""
    state, heard = turn.state, turn.heard
    number = heard.phone
    if number and number.complete:
        given = PhoneNumber.parse(number.digits)
        if given:
            await _promise(turn, given)
            return True
    about_the_offer = heard.has("person") or not turn.brings_content
    if (number and number.own_number) or (heard.answer == "yes" and about_the_offer):
        if turn.context.caller is None:
            turn.progress = True
            turn.ask("call_back", "ask_call_back_number")
        else:
            await _promise(turn, turn.context.caller)
        return True
    if number and number.digits and number.digits != state.digits and len(number.digits) < 10:
        turn.progress = True
        state.digits = number.digits
        turn.ask("call_back", "phone_so_far", digits=number.digits)
        return True
    if heard.answer == "no" and about_the_offer:
        _decline(turn)
        return True
    return False


async def _promise(turn: Turn, phone: PhoneNumber) -> None:
    state = turn.state
    turn.progress = state.handed_over = True
    await turn.desk.call_back(state.call_back_reason, phone, _summary(turn))
    _close(turn)
    turn.say("person_promised")
    state.mode = "talking"


def _decline(turn: Turn) -> None:
    """Nothing is kept (R63)."""
    turn.progress = True
    turn.state.handed_over = turn.state.call_back_reason in ("large_party", "event")
    _close(turn)
    turn.say("person_declined")


def _close(turn: Turn) -> None:
    state = turn.state
    state.call_back_reason = state.digits = ""


def _summary(turn: Turn) -> str:
    """Facts for the owner, never the caller's words (R64)."""
    state = turn.state
    party_size = state.call_back_party or state.party_size
    facts = [
        f"{party_size} people" if party_size else "",
        state.date.isoformat() if state.date else "",
        state.time.strftime("%H:%M") if state.time else "",
    ]
    return ", ".join(fact for fact in facts if fact)
