"""Does the caller agree to what was asked? Whatever commits to something, commits only on this.

The answer agrees, every word of it is accounted for, no value differs from what was read back, and nothing is asked.
Anything else gets one short question, "yes or no?"; to that a plain yes is enough, if nothing speaks against it.
"""

from __future__ import annotations

from ..nlu.understanding import LIKELY, IntentName
from ..turn import Turn

_AGAINST: tuple[IntentName, ...] = (
    "give_up", "cancel", "change", "wait", "person", "complaint", "dont_record", "stop_messages", "wrong_number",
)  # fmt: skip
_A_WORD_OR_TWO = 2
"""A voice that rises at the end of "yes?" asks nothing."""


def is_given(turn: Turn, *, asked_plainly: bool = False) -> bool:
    """Is it a yes to the question that is open? `asked_plainly` says that it was just "yes or no?"."""
    heard = turn.heard
    if heard.answer != "yes" or turn.answered or heard.has(*_AGAINST, at_least=LIKELY):
        return False
    if heard.shows("asks") and heard.words > _A_WORD_OR_TWO:
        return False
    return not heard.unexplained or (asked_plainly and not heard.shows("refusing"))
