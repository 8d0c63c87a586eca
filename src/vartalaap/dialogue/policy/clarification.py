"""A number alone at the read-back: "make it six" may be the people or the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from ..nlu import When, read_when
from ..nlu.readers.when import open_on
from ..nlu.text.tokens import listen
from ..state import Turn


def asks_which(turn: Turn) -> bool:
    """Take the number for what it can be; if it can be both, ask, once. True if it was asked."""
    state, heard = turn.state, turn.heard
    pending, state.unclear_number = state.unclear_number, None
    if pending is not None:
        speech = listen(heard.text)
        if heard.when is None and heard.party_size is None:
            _take(turn, pending, party=speech.any("people", "seat", "table"), hour=speech.any("timing", "baje"))
        return False
    number = heard.number
    if state.asked != "confirm" or number is None:
        return False
    party, hour = _is_party(turn, number), _hour(turn, number) is not None
    if party and hour:
        state.unclear_number = number
        turn.progress = True
        turn.ask(None, "people_or_hour", number=number)
        return True
    _take(turn, number, party=party, hour=hour)
    return False


def _take(turn: Turn, number: int, *, party: bool, hour: bool) -> None:
    if party and not hour:
        turn.heard = replace(turn.heard, answer="unclear", party_size=number)
    elif hour and not party:
        turn.heard = replace(turn.heard, answer="unclear", when=When(None, _hour(turn, number), time_inferred=True))


def _is_party(turn: Turn, number: int) -> bool:
    rules = turn.business.reservation_rules
    return rules.min_party_size <= number <= rules.max_phone_party_size and number != turn.state.wished_party_size


def _hour(turn: Turn, number: int) -> time | None:
    """The hour that it is on the day in question, if a table may begin then and it is not the one read back."""
    day = turn.state.wished_date
    when = read_when(f"{number} baje", turn.now, turn.business) if 1 <= number <= 24 else None
    if when is None or when.time is None or day is None or when.time == turn.state.wished_time:
        return None
    minute, kept = when.time.hour * 60, turn.business.reservation_rules.last_seating_mins_before_close
    return when.time if any(s.start <= minute <= s.end - kept for s in open_on(turn.business, day)) else None
