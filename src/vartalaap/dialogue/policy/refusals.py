"""A wish that the rules refuse: why, in words, and what to offer instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from ...core.booking.rules import Refusal, Rule, TableRequest
from ...core.business import Business
from ..acts import PhraseKey
from ..turn import Turn
from . import opening_hours

_DAY_RULES = frozenset({Rule.CLOSED_DAY, Rule.SPECIAL_CLOSURE, Rule.TOO_FAR, Rule.IN_THE_PAST})
"""What can be said against a day before the time is known."""
_NEAREST_WILL_DO = frozenset({Rule.OUTSIDE_HOURS, Rule.LAST_SEATING, Rule.TOO_SOON, Rule.IN_THE_PAST})
"""The caller wanted an hour that there is not: the nearest that there is says all."""
_NO_ROOM = frozenset({Rule.FULL, Rule.TOO_MANY_BOOKINGS, Rule.NO_TABLE, Rule.AREA_FULL, Rule.PACE})
_EARLIEST = time(4, 0)
"""Before this hour a night is not over."""
_LAST_MINUTE = time(23, 59)

_REASONS: Mapping[Rule, PhraseKey] = {
    Rule.PARTY_TOO_SMALL: "refused_small",
    Rule.PEAK_PARTY_TOO_LARGE: "refused_peak",
    Rule.IN_THE_PAST: "refused_past",
    Rule.TOO_SOON: "refused_too_soon",
    Rule.TOO_FAR: "refused_too_far",
    Rule.CLOSED_DAY: "refused_closed_day",
    Rule.SPECIAL_CLOSURE: "refused_special_closure",
    Rule.OUTSIDE_HOURS: "refused_outside_hours",
    Rule.LAST_SEATING: "refused_last_seating",
    Rule.FULL: "refused_full",
    Rule.TOO_MANY_BOOKINGS: "refused_full",
    Rule.PACE: "refused_pace",
    Rule.NO_TABLE: "refused_full",
    Rule.AREA_FULL: "refused_area",
}


async def find(turn: Turn) -> Refusal | None:
    """What the rules say against as much of the wish as is known."""
    state, smallest = turn.state, turn.business.reservation_rules.min_party_size
    day, start, party_size = state.wished_date, state.wished_time, state.wished_party_size
    if day is None:
        return None
    request = TableRequest(day, start or _LAST_MINUTE, party_size or smallest, state.wished_area)
    ask = turn.desk.hold if start and party_size else turn.desk.check
    verdict = await ask(request, moving=state.target.chosen)
    if not isinstance(verdict, Refusal) or (start is None and verdict.rule not in _DAY_RULES):
        return None
    if start and start < _EARLIEST and verdict.rule in (Rule.OUTSIDE_HOURS, Rule.CLOSED_DAY, Rule.SPECIAL_CLOSURE):
        return await _of_the_night_before(turn, verdict)
    return verdict


async def _of_the_night_before(turn: Turn, refusal: Refusal) -> Refusal:
    """ "Tomorrow, at midnight" means the end of tomorrow's evening, though by the calendar it is a day later."""
    evening = replace(refusal.request, date=refusal.request.date - timedelta(days=1), time=_LAST_MINUTE)
    verdict = await turn.desk.check(evening, moving=turn.state.target.chosen)
    if not isinstance(verdict, Refusal):
        return refusal
    turn.state.slots.fill("date", evening.date)
    return replace(verdict, request=replace(evening, time=refusal.request.time))


def explain(turn: Turn, refusal: Refusal) -> None:
    """Say why not, and ask the question that leads on."""
    turn.state.offer.make(refusal)
    turn.state.events.note("refused")
    turn.say(_reason(refusal), **_values(turn.business, refusal))
    offer(turn, refusal)


def _reason(refusal: Refusal) -> PhraseKey:
    """With why the date is unlike others, where the owner says it."""
    why = refusal.note is not None and bool(refusal.note.in_("hi"))
    return "refused_date" if why and refusal.rule is Rule.SPECIAL_CLOSURE else _REASONS[refusal.rule]


def _values(business: Business, refusal: Refusal) -> dict[str, object]:
    request = refusal.request
    return {
        "day": request.date,
        "soon": request.date,
        "weekday": request.date,
        "time": request.time,
        "when": datetime.combine(request.date, request.time),
        "number": refusal.limit,
        "people_can": refusal.limit,
        "notice": refusal.limit,
        "last": refusal.last_start,
        "hours": refusal.hours,
        "note": refusal.note,
        "area": request.area,
        "areas": refusal.elsewhere,
        "open_days": opening_hours.open_days(business),
    }


def offer(turn: Turn, refusal: Refusal) -> None:
    """The question alone."""
    if refusal.elsewhere:
        turn.ask("time", "offer_area", areas=refusal.elsewhere[:1])
    elif refusal.alternatives and refusal.rule not in _DAY_RULES - {Rule.IN_THE_PAST}:
        both = refusal.rule not in _NEAREST_WILL_DO
        turn.ask("time", "offer_times", starts=refusal.alternatives[: 2 if both else 1])
    elif refusal.next_open:
        turn.ask("date", "offer_day", day=refusal.next_open)
    elif refusal.rule is Rule.PARTY_TOO_SMALL:
        turn.ask("party_size", "ask_party_size")
    elif refusal.rule in _NO_ROOM:
        turn.ask("date", "no_other_time")
    else:
        turn.ask("date", "ask_day")


def picked(turn: Turn) -> datetime | None:
    """Which of the times that were offered: "the second one", "the later one"."""
    heard, refusal = turn.heard, turn.state.offer.refusal
    starts = refusal.alternatives if refusal else ()
    if not starts or heard.shows("asks"):
        return None
    if heard.order:
        return min(starts) if heard.order == "earlier" else max(starts)
    if heard.choice:
        return starts[heard.choice - 1] if 0 < heard.choice <= len(starts) else starts[-1]
    return None


def accepted(turn: Turn, refusal: Refusal) -> dict[str, object]:
    """Take up what was offered, if the caller agreed to it; returns the slots that hold it."""
    slots, offer_made = turn.state.slots, turn.state.offer
    chosen = picked(turn)
    if chosen is None and not turn.agrees:
        return {}
    if chosen is None and refusal.elsewhere:
        slots.prefer(refusal.elsewhere[0])
        offer_made.close()
        turn.progress = True
        return {}
    if chosen is None and refusal.alternatives:
        chosen = refusal.alternatives[0]
    elif chosen is None and refusal.next_open:
        slots.fill("date", refusal.next_open)
        offer_made.close()
        return {"date": slots.date}
    if chosen is None:
        return {}
    slots.take(chosen)
    offer_made.close()
    return {"time": slots.time}
