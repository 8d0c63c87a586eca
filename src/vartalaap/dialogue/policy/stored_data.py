"""What is kept of a caller, told to the caller: kinds and numbers of things, never what is in them."""

from __future__ import annotations

from ..turn import Turn


async def tell(turn: Turn) -> None:
    """Answer "what do you store about me?": of this call, and under the number that is calling."""
    if not turn.heard.has("what_data") or turn.heard.phone:  # "note my number"
        return
    context = turn.context
    if context.privacy_opt_out:
        turn.say("nothing_is_kept")
    else:
        turn.say("what_is_kept", number=context.words_kept_days)
    if bookings := await turn.desk.upcoming():
        turn.say("bookings_kept", number=len(bookings))
    turn.answered = turn.progress = True
    turn.state.events.note("answered")
