"""Special requests: never promised on the phone, but passed on to the owner with the booking."""

from __future__ import annotations

from functools import lru_cache

from ..core.reservations import Booking
from .hear.keys import normalise
from .hear.tokens import listen
from .state import Turn

_SPOKEN = {
    "cake": "cake kek केक",
    "window table": "window khidki khidkee खिड़की विंडो",
    "corner table": "corner kone कोने कॉर्नर",
    "outdoor table": "outdoor outside terrace rooftop balcony bahar छत आउटडोर बालकनी",
    "decoration": "decoration decorate balloons balloon sajawat सजावट डेकोरेशन गुब्बारे",
    "flowers": "flowers bouquet phool फूल फूलों",
    "wheelchair access": "wheelchair व्हीलचेयर",
    "quiet table": "quiet shaant शांत",
}
"""What the owner reads, and the words that callers use for it."""


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {normalise(word): wish for wish, words in _SPOKEN.items() for word in words.split()}


def take(turn: Turn) -> bool:
    """Remember the wishes of an utterance; True if there is one that was not known."""
    known = _by_word()
    found = {known[word] for word in listen(turn.heard.text).words if word in known}
    fresh = found - turn.state.wishes
    turn.state.wishes |= found
    return bool(fresh)


async def pass_on(turn: Turn, booking: Booking) -> None:
    """Leave the owner a note about the wishes for this booking; without a number, it has one."""
    if turn.state.wishes:
        wishes = ", ".join(sorted(turn.state.wishes))
        summary = f"{booking.date.isoformat()} {booking.time.strftime('%H:%M')}, {booking.party_size} people: {wishes}"
        await turn.desk.call_back("special_request", None, summary)
        turn.state.wishes = set()
