"""Matters with one answer: what is said to each, and what comes after it. A new matter is a line here and a phrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..acts import PhraseKey
from ..nlu.understanding import Intent, IntentName
from ..state import Reason
from ..turn import Turn
from . import call_control, handover

SUPPOSABLE: frozenset[IntentName] = frozenset(
    {"book", "change", "cancel", "own_booking", "late", "person", "hours", "menu", "address"}
)
"""What a caller is asked about where it is likely and not sure; `nlg` has words for each."""


@dataclass(frozen=True, slots=True)
class _Answer:
    say: PhraseKey
    then: Callable[[Turn], None]


def _hand_over(reason: Reason) -> Callable[[Turn], None]:
    def then(turn: Turn) -> None:
        handover.offer(turn, reason)

    return then


def _ask_language(turn: Turn) -> None:
    turn.state.progress.ask(None)


def _hang_up(turn: Turn) -> None:
    turn.context.closing = True


_ANSWERS: Mapping[IntentName, _Answer] = {
    "food_safety": _Answer("food_safety", _hand_over("food_safety")),
    "lost_property": _Answer("lost_property", _hand_over("lost_property")),
    "job": _Answer("job_by_manager", _hand_over("job")),
    "order_status": _Answer("orders_elsewhere", _hand_over("order_status")),
    "seller": _Answer("no_sellers", _hang_up),
    "other_language": _Answer("which_language", _ask_language),
    "small_talk": _Answer("small_talk", call_control.resume),
}
"""In the order in which they count, where several are there."""


def answer(turn: Turn) -> bool:
    """The answer to the first such matter of the utterance; False if there is none, or it brings more than that."""
    heard = turn.heard
    matter = next((intent for intent in _ANSWERS if heard.has(intent)), None)
    if matter is None or (matter == "small_talk" and (turn.brings_content or turn.answered)):
        return False
    turn.progress = True
    turn.state.events.note("answered")
    turn.say(_ANSWERS[matter].say)
    _ANSWERS[matter].then(turn)
    return True


def suppose(turn: Turn) -> bool:
    """Ask whether the caller wants what is likely; False where something is sure, or nothing is likely."""
    heard = turn.heard
    if turn.answered or turn.brings_content or heard.has(*(intent.name for intent in heard.intents)):
        return False
    likely = [intent for intent in heard.intents if intent.name in SUPPOSABLE]
    if not likely or turn.state.mode != "talking":
        return False
    turn.progress = True
    turn.state.progress.suppose(likely[0].name)
    turn.ask("intent", "suppose", intent=likely[0].name)
    return True


def take_supposed(turn: Turn) -> None:
    """A yes to "would you like to ...?" is what was asked about."""
    supposed = turn.state.progress.pop_supposed()
    if supposed and turn.state.asked == "intent" and turn.heard.answer == "yes":
        turn.heard = replace(turn.heard, answer="unclear", intents=(Intent(supposed, 1.0), *turn.heard.intents))
