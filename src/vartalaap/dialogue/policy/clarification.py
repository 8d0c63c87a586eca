"""A number alone at the read-back: "make it six" may be the people or the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from ...core.opening import likely_hour, open_on
from ..nlu.understanding import When
from ..turn import Turn

_HALF_A_DAY, _LAST_HOUR = 12, 24


def asks_which(turn: Turn) -> bool:
    """Take the number for what it can be; if it can be both, ask, once. True if it was asked."""
    state, heard = turn.state, turn.heard
    pending = state.confirmation.pop_unclear_number()
    if pending is not None:
        if heard.when is None and heard.party_size is None:
            _take(turn, pending, party=heard.shows("counts_people"), hour=heard.shows("counts_hours"))
        return False
    number = heard.number
    if state.asked != "confirm" or number is None:
        return False
    party, hour = _is_party(turn, number), _hour(turn, number) is not None
    if party and hour:
        state.confirmation.puzzle_over(number)
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
    day, business = turn.state.wished_date, turn.business
    if day is None or not 1 <= number <= _LAST_HOUR:
        return None
    hour = likely_hour(number, 0, day, turn.now, business) if number <= _HALF_A_DAY else number % 24
    minute, kept = hour * 60, business.reservation_rules.last_seating_mins_before_close
    seated = any(span.start <= minute <= span.end - kept for span in open_on(business, day))
    return time(hour) if seated and time(hour) != turn.state.wished_time else None
