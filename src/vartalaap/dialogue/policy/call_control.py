"""What concerns the call itself: consent, goodbyes, waiting, saying it again, and the open question."""

from __future__ import annotations

from dataclasses import replace

from ..nlu.text.tokens import listen
from ..state import Turn
from . import booking, existing_bookings, handover

_COURTESIES = ("thanks", "bye", "sorry", "yes", "no", "ok", "right", "good", "hon", "filler", "is", "hello")


def take_notice(turn: Turn) -> None:
    """Consent and language: acknowledged at once, whatever else is going on."""
    heard, context = turn.heard, turn.context
    before = len(turn.acts)
    if heard.has("dont_record"):
        context.consent = context.consent.objects(context.clock.now(), context.language)
        turn.say("not_recorded")
    if heard.has("stop_messages"):
        context.consent = context.consent.refuses_messages(context.clock.now(), context.language)
        turn.say("no_messages")
    if heard.has("speak_hindi", "speak_english"):
        turn.say("in_this_language")
    if heard.has("abuse"):
        turn.say("stay_polite")
    if heard.answer == "no" and heard.has("dont_record", "stop_messages"):
        turn.heard = replace(heard, answer="unclear")  # that was the no
    turn.progress |= len(turn.acts) > before


def is_closing(turn: Turn) -> bool:
    """Words into our goodbye: courtesies get it once more, anything else takes it back."""
    if not turn.context.closing:
        return False
    tokens = [token for token in listen(turn.heard.text).tokens if token.kind != "mark"]
    if turn.state.gave_up or (not turn.brings_content and all(token.has(*_COURTESIES) for token in tokens)):
        say_goodbye(turn)
        return True
    turn.context.closing = False
    return False


def is_over(turn: Turn) -> bool:
    heard, state = turn.heard, turn.state
    if heard.has("wrong_number"):
        turn.progress = True
        turn.say("wrong_number")
        turn.context.closing = True
        return True
    if turn.brings_content or (state.asked == "confirm" and heard.answer == "yes"):
        return False
    if state.asked == "confirm" and heard.answer == "no" and not heard.has("bye"):
        return False
    leaving = heard.has("bye") or (
        state.mode == "talking"
        and not state.call_back_reason
        and (heard.has("thanks") or (state.asked == "anything_else" and heard.answer == "no"))
    )
    if leaving:
        if state.call_back_reason and heard.answer == "no":
            handover.decline(turn)
        say_goodbye(turn)
    return leaving


def say_goodbye(turn: Turn) -> None:
    turn.progress = True
    turn.say("goodbye_guest" if turn.context.made else "goodbye")
    turn.context.closing = True


def is_held(turn: Turn) -> bool:
    """ "Wait" and "what did you say?" change nothing."""
    heard, state = turn.heard, turn.state
    if turn.brings_content or heard.name:
        return False
    if heard.has("repeat", "louder"):
        turn.progress = True
        turn.acts.extend(state.said)
        if not state.said:
            resume(turn)
        return True
    if heard.has("wait") and heard.answer != "no":
        turn.progress = state.waited = True
        turn.say("here")
        return True
    turn.progress |= state.waited  # "yes, go on" is no answer that went wrong
    state.waited = False
    return False


def resume(turn: Turn) -> None:
    """Say the open question again."""
    state = turn.state
    if state.call_back_reason:
        handover.ask(turn)
    elif state.mode == "booking":
        booking.ask_open(turn)
    elif state.mode != "talking":
        existing_bookings.ask_open(turn)
    elif state.answered or state.just_booked or state.handed_over or state.asked in ("anything_else", "call_back"):
        turn.ask_more()
    else:
        turn.ask(None, "how_help")
