"""A wish for a table: when one begins, when it is given up, and the booking between."""

from __future__ import annotations

from ...core.booking.rules import Refusal
from ..turn import Turn
from . import booking, existing_bookings


async def begin(turn: Turn) -> bool:
    """Take up a wish for a table; a booking that exists is spoken of instead. False where there is no wish."""
    state = turn.state
    if not _is_wished(turn):
        return False
    if await _has_one_already(turn):
        await existing_bookings.speak_of(turn)
        return True
    state.turn_to("booking")
    state.progress.book(booked=False)
    turn.progress = True
    _take_day_asked_about(turn)
    await booking.go_on(turn)
    return True


def _is_wished(turn: Turn) -> bool:
    heard = turn.heard
    if turn.answered:  # "are you open on Monday?" asks, and does not book
        return heard.has("book") or bool(heard.when and heard.party_size)
    return heard.has("book") or heard.party_size is not None or (heard.when is not None and not turn.asks_about_hours)


async def _has_one_already(turn: Turn) -> bool:
    """ "My booking on Friday: six people": not a wish for another."""
    heard = turn.heard
    own = heard.shows("names_booking") and heard.shows("own_booking") and not heard.shows("another")
    return own and bool(await turn.desk.upcoming())


def _take_day_asked_about(turn: Turn) -> None:
    """ "Are you open tomorrow?" - "We are." - "A table for two": for tomorrow."""
    slots, when = turn.state.slots, turn.heard.when
    day = turn.state.topic.pop_day()
    if day and slots.date is None and not turn.answered and not (when and (when.date or when.conflict)):
        slots.fill("date", day)
        turn.say("changed", changes={"date": day})


async def go_on(turn: Turn) -> None:
    """The next step of the booking in hand, or its end where the caller does not want it any more."""
    if _is_given_up(turn):
        turn.progress = True
        booking.drop(turn)
    else:
        await booking.go_on(turn)


def _is_given_up(turn: Turn) -> bool:
    heard, state = turn.heard, turn.state
    leaves_it = heard.shows("leave_it") and heard.answer != "yes"
    if state.offer.refusal:
        return leaves_it and not _wishes_otherwise(turn, state.offer.refusal)
    refuses = leaves_it or (heard.answer == "no" and (state.progress.misses > 0 or heard.shows("wants")))
    not_wanted = refuses and not turn.brings_content and not heard.name
    return not_wanted and state.asked in ("date", "time", "party_size", "name")


def _wishes_otherwise(turn: Turn, refusal: Refusal) -> bool:
    """Does the caller name anything but what was refused?"""
    heard, refused = turn.heard, refusal.request
    when = (heard.when.date, heard.when.time) if heard.when else (None, None)
    same = when[0] in (None, refused.date) and when[1] in (None, refused.time)
    return not same or heard.party_size not in (None, refused.party_size)
