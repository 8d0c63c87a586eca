"""Prices, days, times and numbers in a model's sentence, compared with the menu and with the booking in hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ..nlu.readers.clock import Clock
from ..nlu.readers.numbers import Quantity
from .model_sentence import ModelSentence

_SMALLEST_PRICE = 20
"""A number from here on, in a sentence about a dish or about money, is meant as a price."""

_MORNING = ("morning", "am", "breakfast")
_NIGHT_ENDS, _NOON = 4, 12


def wrong_price(said: ModelSentence) -> bool:
    """An amount that is not the price of just the dish beside it."""
    speech = said.speech
    if not (said.dishes or speech.any("price") or any(t.text in ("₹", "rs", "inr", "$") for t in speech.tokens)):
        return False
    amounts = [q for q in said.quantities if q.value >= _SMALLEST_PRICE]
    return any(not _is_price(said, amounts, number) for number in range(len(amounts)))


def _is_price(said: ModelSentence, amounts: list[Quantity], number: int) -> bool:
    """Does the amount belong to the one dish named before it, or else after it?"""
    amount = amounts[number]
    begin = amounts[number - 1].end if number else 0
    end = amounts[number + 1].start if number + 1 < len(amounts) else len(said.speech.tokens)
    named = said.dishes_between(begin, amount.start) or said.dishes_between(amount.end, end)
    return bool(named) and {item.price for dishes in named for item in dishes.items} == {amount.value}


def wrong_time(said: ModelSentence) -> bool:
    """A day or a time of day that is not that of the booking in hand, of an offer, or of a booking of the caller's."""
    days, times = _days(said), _times(said)
    if any(day not in days for day, _ in said.days):
        return True
    return any(not any(_same(span.value, at) for at in times) for span in said.times)


def _same(clock: Clock, at: dt.time) -> bool:
    if clock.after is not None or clock.minute != at.minute:
        return False
    if clock.fixed:
        return clock.hour == at.hour
    early = clock.part in _MORNING
    return clock.hour % 12 == at.hour % 12 and (clock.part is None or early == (_NIGHT_ENDS <= at.hour < _NOON))


def wrong_number(said: ModelSentence) -> bool:
    """A number that is neither the party nor a price, and not part of a day or a time."""
    state = said.turn.state
    known = {state.wished_party_size, *(item.price for item in said.items)}
    numbers = (q for q in said.quantities if not q.weak)
    return any(q.value not in known and q.start not in said.value_tokens for q in numbers)


def _days(said: ModelSentence) -> set[dt.date]:
    return {day for day, _ in _moments(said) if day}


def _times(said: ModelSentence) -> set[dt.time]:
    return {at for _, at in _moments(said) if at}


def _moments(said: ModelSentence) -> Iterator[tuple[dt.date | None, dt.time | None]]:
    """Days and times that this call's desk or caller has named."""
    state = said.turn.state
    yield state.wished_date, state.wished_time
    if refusal := state.offer.refusal:
        yield refusal.next_open, refusal.last_start
        for start in refusal.alternatives:
            yield start.date(), start.time()
    for booking in (*state.target.mine, *said.turn.context.made):
        yield booking.date, booking.time
