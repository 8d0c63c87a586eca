"""What concerns the call itself: consent, goodbyes, waiting, saying it again, and the open question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...core.context import CallEvent
from ..acts import PhraseKey
from ..nlu.understanding import SURE, Slot
from ..state import State
from ..turn import Turn
from . import booking, existing_bookings, handover

_OFFER_PERSON_AFTER = 3
_GIVE_UP_AFTER = 5
_NEED_A_LEAD: frozenset[Slot | None] = frozenset({None, "date", "time", "party_size", "anything_else", "confirm"})
"""The other slots' second questions apologise themselves."""
_AGAIN: Mapping[PhraseKey, PhraseKey] = {
    "not_understood": "not_understood_again",
    "not_heard": "not_heard_again",
    "too_noisy": "too_noisy_again",
}


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
    only_courtesies = not turn.brings_content and turn.heard.shows("only_courtesies")
    if "gave_up" in turn.state.events or only_courtesies:
        say_goodbye(turn)
        return True
    turn.context.closing = False
    return False


def is_over(turn: Turn) -> bool:
    """A goodbye, or a call that was never meant for us."""
    heard = turn.heard
    if heard.has("hang_up", at_least=SURE) and not turn.brings_content:
        say_goodbye(turn)
        return True
    if heard.has("wrong_number"):
        turn.progress = True
        turn.say("wrong_number")
        turn.context.closing = True
        return True
    if turn.brings_content or not _is_leaving(turn):
        return False
    if turn.state.handover.is_open and heard.answer == "no":
        handover.decline(turn)
    say_goodbye(turn)
    return True


def _is_leaving(turn: Turn) -> bool:
    """A farewell; thanks or a no where nothing is open; never the answer to a read-back."""
    heard, state = turn.heard, turn.state
    if heard.has("bye"):
        return state.asked != "confirm" or heard.answer != "yes"
    if state.asked == "confirm" or state.mode != "talking" or state.handover.is_open:
        return False
    return heard.has("thanks") or (state.asked == "anything_else" and heard.answer == "no")


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
        turn.acts.extend(state.progress.said)
        if not state.progress.said:
            resume(turn)
        return True
    if heard.has("wait") and heard.answer != "no":
        turn.progress = True
        state.progress.wait(waiting=True)
        turn.say("here")
        return True
    turn.progress |= state.progress.waited  # "yes, go on" is no answer that went wrong
    state.progress.wait(waiting=False)
    return False


def resume(turn: Turn) -> None:
    """Say the open question again."""
    state = turn.state
    if state.handover.is_open:
        handover.ask(turn)
    elif state.mode == "booking":
        booking.ask_open(turn)
    elif state.mode != "talking":
        existing_bookings.ask_open(turn)
    elif _has_achieved_something(state) or state.asked in ("anything_else", "call_back"):
        turn.ask_more()
    else:
        turn.ask(None, "how_help")


def _has_achieved_something(state: State) -> bool:
    return "answered" in state.events or state.progress.just_booked or "handed_over" in state.events


def take_event(turn: Turn, kind: CallEvent) -> None:
    """Something else than words has come."""
    match kind:
        case "silence":
            _ask_again(turn, "not_heard")
        case "noise":
            _ask_again(turn, "too_noisy")
        case "nobody_answered":
            handover.take_back(turn)
        case "trouble":
            _apologise(turn)
        case "time_is_up":
            _give_up(turn, "time_is_up")


def _ask_again(turn: Turn, lead: PhraseKey) -> None:
    """Nothing came of the last turn: `lead`, and the open question; in the end a person, and then goodbye."""
    turn.progress = turn.state.progress.misses == 0  # nobody has answered wrongly yet
    resume(turn)
    turn.progress = False
    count_misses(turn, lead)


def _apologise(turn: Turn) -> None:
    """Something of ours failed: offer a person; if nothing but that happens any more, say goodbye."""
    turn.state.progress.miss()
    if turn.state.progress.misses >= _GIVE_UP_AFTER:
        _give_up(turn)
    else:
        handover.offer(turn, "trouble", "trouble")


def _give_up(turn: Turn, farewell: PhraseKey = "give_up") -> None:
    turn.acts = []
    turn.say(farewell)
    turn.state.events.note("gave_up")
    turn.context.closing = True


def count_misses(turn: Turn, lead: PhraseKey = "not_understood") -> None:
    """Ask differently, then offer a person, then give up: a call never goes round in circles."""
    state, progress = turn.state, turn.state.progress
    if turn.progress:
        progress.get_on()
        return
    progress.miss()
    if progress.misses >= _GIVE_UP_AFTER:
        _give_up(turn)
    elif progress.misses == _OFFER_PERSON_AFTER and not state.handover.is_open:
        turn.acts = []
        handover.offer(turn, "misunderstood", "offer_person_unheard")
    elif (state.asked in _NEED_A_LEAD or lead != "not_understood") and not turn.heard.has("filler"):
        question = turn.acts.pop()
        turn.acts = []
        turn.say(lead if progress.misses == 1 else _AGAIN[lead])
        turn.acts.append(question)
