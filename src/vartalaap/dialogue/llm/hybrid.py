"""The default brain with a model: rules answer at once what they surely understand, the model takes the rest."""

from __future__ import annotations

from ...core.chat_model import ChatModel
from ..nlu.understanding import OF_THE_HOUSE, IntentName
from ..turn import Turn
from .conversation import ModelBrain, concerns_the_desk

_FEW_WORDS = 5
"""Whoever says no more than this beside a dish asks for its price."""
_MANY_WORDS = 9
_STRANGE_SHARE = 0.5
"""Of a long utterance: from so many unknown words on it was hardly understood, whatever was found in it."""
_SELF_EXPLAINING: tuple[IntentName, ...] = (
    "book", "change", "cancel", "price", "menu", "vegetarian", "recommend", "hours", "address", "delivery",
    "large_party", "person", "complaint", "payment", "own_booking", "late", "food_safety", "lost_property", "job",
    "seller", "order_status", "robot", "other_language", "speak_hindi", "speak_english", "give_up",
    "greeting", "thanks", "bye", "hang_up", "wait", "repeat", "louder", "filler",
)  # fmt: skip


class HybridBrain(ModelBrain):
    """`ModelBrain` that asks the model only where the local brain is not sure."""

    def __init__(self, model: ChatModel, *, ahead: bool = True) -> None:
        super().__init__(model, surely_understood, ahead=ahead)


def surely_understood(turn: Turn) -> bool:
    """Would the local brain answer to the point?"""
    nothing_said = not turn.heard.words or turn.heard.has("filler")
    if nothing_said or concerns_the_desk(turn):
        return True
    return not _is_strange(turn) and _explains_itself(turn)


def _explains_itself(turn: Turn) -> bool:
    heard = turn.heard
    if heard.has(*OF_THE_HOUSE):
        return bool(heard.faq_answers)
    if heard.has(*_SELF_EXPLAINING):
        return True
    if heard.dishes:
        return heard.words <= _FEW_WORDS and any(dishes.items for dishes in heard.dishes)
    state = turn.state
    if (state.mode == "booking" or state.progress.just_booked) and heard.requests:
        return True
    return bool(heard.when or heard.party_size or (heard.name and state.mode != "talking"))


def _is_strange(turn: Turn) -> bool:
    """A long utterance of which most words mean nothing to us."""
    heard = turn.heard
    return heard.words >= _MANY_WORDS and heard.unknown_words >= _STRANGE_SHARE * heard.words
