"""The table that was booked a moment ago, in this call."""

from __future__ import annotations

from ..turn import Turn
from . import existing_bookings


async def take(turn: Turn) -> bool:
    """New values correct it, and "yes, book it" only confirms; False where the utterance is not about it."""
    if not turn.state.progress.just_booked or not _is_about_it(turn):
        return False
    if turn.heard.when or turn.heard.party_size:
        await existing_bookings.begin(turn, "changing")
    else:
        turn.progress = True
        turn.say("already_booked")
        turn.ask_more()
    return True


def _is_about_it(turn: Turn) -> bool:
    """It takes "another", or a whole table with all its values, to begin a second one."""
    heard = turn.heard
    if heard.shows("one_more") or turn.asks_about_hours:
        return False
    whole = heard.when and heard.when.date and heard.when.time and heard.party_size
    if whole and heard.has("book") and not heard.corrects:
        return False
    return bool(heard.when or heard.party_size) or heard.has("book") or heard.answer == "yes"
