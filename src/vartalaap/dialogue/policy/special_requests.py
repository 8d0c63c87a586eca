"""Special requests: never promised on the phone, but handed to the owner with the booking."""

from __future__ import annotations

from loguru import logger

from ...core.booking.rules import Booking
from ...errors import ProviderError
from ..turn import Turn
from . import handover_summary


def take(turn: Turn) -> bool:
    """Remember the wishes of an utterance, and say what becomes of them; False if it has none that was not known.

    A caller who is not to be recorded is asked to tell the people of the house: nothing is written down.
    """
    slots = turn.state.slots
    found = turn.heard.requests_told if turn.answered else turn.heard.requests  # "is there a high chair?" was answered
    if found <= slots.requests:
        return False
    if turn.context.privacy_opt_out:
        turn.say("wish_at_the_table")
    else:
        slots.add_requests(found)
        turn.say("wish_taken")
    turn.progress = True
    return True


def notes(turn: Turn) -> str:
    """The wishes, as the notes of the booking that is being saved."""
    return "" if turn.context.privacy_opt_out else ", ".join(sorted(turn.state.slots.requests))


async def pass_on(turn: Turn, booking: Booking) -> None:
    """Leave the owner a note about wishes for a booking that is saved already; without a number, it has one."""
    found = notes(turn)
    turn.state.slots.forget_requests()
    if not found:
        return
    table = handover_summary.table(booking.date, booking.time, booking.party_size)
    try:
        await turn.desk.call_back("special_request", None, f"{found.capitalize()} for the {table}")
    except ProviderError:
        logger.warning("a wish for a booking could not be passed on", call=turn.context.call_id)
