"""Special requests: never promised on the phone, but handed to the owner with the booking."""

from __future__ import annotations

import itertools
from functools import lru_cache

from loguru import logger

from ...core.booking.rules import Booking
from ...errors import ProviderError
from ..nlu.text.clauses import clauses_of
from ..nlu.text.normalise import normalise
from ..nlu.text.tokens import listen
from ..state import Turn
from . import handover_summary

_SPOKEN = {
    "allergy": "allergy allergic allergies एलर्जी",
    "anniversary": "anniversary saalgirah salgirah सालगिरह एनिवर्सरी",
    "birthday": "birthday bday janamdin janmdin जन्मदिन बर्थडे",
    "cake": "cake kek केक",
    "corner table": "corner kone कोने कॉर्नर",
    "decoration": "decoration decorate decorations balloons balloon sajawat सजावट डेकोरेशन गुब्बारे",
    "flowers": "flowers bouquet phool फूल फूलों",
    "high chair": "highchair",
    "outdoor table": "outdoor outside terrace rooftop balcony bahar छत आउटडोर बालकनी",
    "quiet table": "quiet shaant शांत",
    "wheelchair access": "wheelchair व्हीलचेयर",
    "window table": "window khidki khidkee खिड़की विंडो",
}
"""What the owner reads, and the words that callers use for it."""
_PAIRS = {("high", "chair"): "high chair", ("baby", "chair"): "high chair", ("wheel", "chair"): "wheelchair access"}


_PARTY = frozenset(["party", "hall", "function", "celebration", "program", "पार्टी", "हॉल", "फंक्शन", "प्रोग्राम"])
"""Words beside which a birthday is an event for the manager."""


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {normalise(word): wish for wish, words in _SPOKEN.items() for word in words.split()}


def take(turn: Turn) -> bool:
    """Remember the wishes of an utterance, and say what becomes of them; False if it has none that was not known.

    A caller who is not to be recorded is asked to tell the people of the house: nothing is written down.
    """
    state = turn.state
    found = _wished_for(turn)
    if found <= state.wishes:
        return False
    if turn.context.privacy_opt_out:
        turn.say("wish_at_the_table")
    else:
        state.wishes |= found
        turn.say("wish_taken")
    turn.progress = True
    return True


def _wished_for(turn: Turn) -> set[str]:
    """The wishes of an utterance without what is only asked about: "is there a high chair?" was answered."""
    text = turn.heard.text
    if not turn.answered or listen(text).any("want"):
        return wished(text)
    clauses = list(clauses_of(listen(text)))
    if not any(asking for _, asking in clauses):
        return set()
    return {wish for words, asking in clauses if not asking for wish in wished(words)}


def celebrates(turn: Turn) -> bool:
    """A birthday at a table, and no party to be arranged."""
    speech = listen(turn.heard.text)
    occasion = wished(turn.heard.text) & {"birthday", "anniversary"}
    return bool(occasion) and not speech.any("large_party") and _PARTY.isdisjoint(speech.words)


def wished(text: str) -> set[str]:
    """The wishes that an utterance speaks of, as the owner reads them."""
    words = listen(text).words
    known = _by_word()
    found = {known[word] for word in words if word in known}
    return found | {_PAIRS[pair] for pair in itertools.pairwise(words) if pair in _PAIRS}


def notes(turn: Turn) -> str:
    """The wishes, as the notes of the booking that is being saved."""
    return "" if turn.context.privacy_opt_out else ", ".join(sorted(turn.state.wishes))


async def pass_on(turn: Turn, booking: Booking) -> None:
    """Leave the owner a note about wishes for a booking that is saved already; without a number, it has one."""
    found, turn.state.wishes = notes(turn), set()
    if not found:
        return
    table = handover_summary.table(booking.date, booking.time, booking.party_size)
    try:
        await turn.desk.call_back("special_request", None, f"{found.capitalize()} for the {table}")
    except ProviderError:
        logger.warning("a wish for a booking could not be passed on", call=turn.context.call_id)
