"""Cancelling and moving bookings that exist: only those of the caller's own number (R40)."""

from __future__ import annotations

from dataclasses import replace

from ...core.booking.rules import Booking
from ..state import Mode
from ..turn import Turn
from . import booking, consent, handover, special_requests

_MOST_READ_OUT = 3


async def begin(turn: Turn, mode: Mode) -> None:
    """Find the caller's booking, and go on with it."""
    state = turn.state
    turn.progress = True
    mine = await turn.desk.upcoming()
    state.forget_table()
    if not mine and mode == "cancelling" and turn.context.cancelled:
        turn.say("cancelled")  # it was asked for once more
        turn.ask_more()
        return
    if not mine:
        _offer_person(turn)
        return
    state.turn_to(mode)
    state.target.among(mine)
    state.target.choose(_pick(turn, mine))
    if state.target.chosen:
        await go_on(turn, just_chosen=True)
    else:
        turn.ask("which_booking", "which_booking", bookings=mine[:_MOST_READ_OUT])


def tells_which(turn: Turn) -> bool:
    """ "Tomorrow's, for four", after it was said that only its number can change a booking: no wish for another."""
    heard = turn.heard
    new = heard.has("book") or heard.shows("names_table", "wants") or turn.asks_about_hours
    told = heard.when or heard.party_size or heard.name
    return turn.state.handover.reason == "booking_of_another_number" and bool(told) and not new


def is_late(turn: Turn) -> bool:
    """ "We are running twenty minutes late"."""
    return turn.state.mode == "talking" and turn.heard.has("late")


async def note_late(turn: Turn) -> None:
    """Tell the house, for the next booking of this number."""
    turn.progress = True
    mine = await turn.desk.upcoming()
    if not mine:
        _offer_person(turn)
    elif turn.context.privacy_opt_out:
        turn.say("wish_at_the_table")
        turn.ask_more()
    else:
        turn.state.slots.add_requests(["running late"])
        await special_requests.pass_on(turn, mine[0])
        turn.say("wish_taken")
        turn.ask_more()


def _offer_person(turn: Turn) -> None:
    """The number that calls has no booking; one of another number is spoken of with a person only."""
    turn.state.events.note("not_found")
    elsewhere = turn.context.made or turn.heard.phone or turn.context.caller is None
    handover.offer(turn, "booking_of_another_number", "only_own_number" if elsewhere else "no_booking_found")


def _pick(turn: Turn, mine: tuple[Booking, ...]) -> Booking | None:
    """The booking that was meant, if only one can be."""
    heard = turn.heard
    if len(mine) == 1:
        return mine[0]
    if heard.choice and abs(heard.choice) <= len(mine):
        return mine[heard.choice - (heard.choice > 0)]
    when = heard.when
    by_when = [b for b in mine if when and _fits(b, turn)]
    by_day = [b for b in mine if when and when.date == b.date]  # with the time that it shall be moved to
    by_party = [b for b in mine if heard.party_size == b.party_size]
    fitting = by_when or by_day or by_party
    return fitting[0] if len(fitting) == 1 else None


def _fits(candidate: Booking, turn: Turn) -> bool:
    when = turn.heard.when
    if when is None:
        return False
    return (when.date is None or when.date == candidate.date) and (when.time is None or when.time == candidate.time)


async def tell(turn: Turn) -> bool:
    """ "When is my booking?": say it to the number that made it; False if that was not asked."""
    if not _asks_for_own(turn):
        return False
    if not await turn.desk.upcoming() and not turn.heard.shows("asks_when", "has_booking"):
        return False
    await tell_own(turn)
    return True


async def tell_own(turn: Turn) -> None:
    """Say the bookings of the caller's own number, or that there is none."""
    mine = await turn.desk.upcoming()
    turn.progress = True
    turn.state.events.note("answered")
    if mine:
        turn.say("your_booking", bookings=mine[:_MOST_READ_OUT])
        turn.ask_more()
    else:
        turn.state.events.note("not_found")
        handover.offer(turn, "booking_of_another_number", "no_booking_found")


async def speak_of(turn: Turn) -> None:
    """ "My booking on Friday, six people" changes it; "I am late for my booking" only speaks of it."""
    if turn.heard.when or turn.heard.party_size:
        await begin(turn, "changing")
    else:
        await tell_own(turn)


def _asks_for_own(turn: Turn) -> bool:
    heard = turn.heard
    other = heard.when or heard.party_size or heard.has("change", "cancel")
    return turn.state.mode == "talking" and not other and heard.has("own_booking")


async def go_on(turn: Turn, *, just_chosen: bool = False) -> None:
    """The next step of a change or a cancellation."""
    state, target = turn.state, turn.state.target
    if target.chosen is None:
        target.choose(_pick(turn, target.mine))
        just_chosen = True
    if target.chosen is None:
        turn.ask("which_booking", "which_booking", bookings=target.mine[:_MOST_READ_OUT])
        return
    if just_chosen:
        turn.progress = True
        _take_second_day(turn, target.chosen)
    if state.mode == "cancelling":
        await _cancel(turn, target.chosen, just_chosen=just_chosen)
    elif just_chosen and len(target.mine) > 1 and _fits(target.chosen, turn):
        booking.ask_next(turn)  # the words said which booking, not what it shall become
    elif _leaves_as_it_is(turn):
        keep(turn)
    else:
        await booking.go_on(turn)


def _take_second_day(turn: Turn, chosen: Booking) -> None:
    """ "My booking of tomorrow, make it Friday": the first day says which booking, the second when it shall be."""
    heard = turn.heard
    days = heard.days
    if heard.when and len(days) == 2 and days[0] == chosen.date == heard.when.date:
        turn.heard = replace(heard, when=replace(heard.when, date=days[1]))


async def _cancel(turn: Turn, chosen: Booking, *, just_chosen: bool) -> None:
    state, answer = turn.state, turn.heard.answer
    if just_chosen or state.asked != "confirm":
        ask_open(turn)
    elif _agrees_to_cancel(turn):
        turn.progress = True
        gone = await turn.desk.cancel(chosen)
        turn.context.cancelled.append(gone.id)
        turn.context.made = [made for made in turn.context.made if made.id != gone.id]
        state.forget_table()
        turn.say("cancelled")
        turn.ask_more()
    elif answer == "no":
        keep(turn)
    else:
        state.confirmation.ask_plainly()
        ask_open(turn)


def _agrees_to_cancel(turn: Turn) -> bool:
    """A yes to "shall I cancel it?", or to be told so once more."""
    heard = turn.heard
    told = heard.has("cancel") and heard.answer == "yes" and not heard.shows("asks")
    return told or consent.is_given(turn, asked_plainly=turn.state.confirmation.asked_plainly)


def _leaves_as_it_is(turn: Turn) -> bool:
    """ "Rehne do" in a change; a plain no to the question what it shall become."""
    heard, state = turn.heard, turn.state
    if turn.brings_content or heard.answer == "yes":
        return False
    left = heard.shows("leave_it") or heard.has("thanks")
    return left or (heard.answer == "no" and state.asked == "date" and state.offer.refusal is None)


def keep(turn: Turn) -> None:
    """Leave the booking as it is."""
    turn.progress = True
    turn.state.forget_table()
    turn.say("kept")
    turn.ask_more()


def ask_open(turn: Turn) -> None:
    """Say the open question of a change or a cancellation."""
    state = turn.state
    chosen = state.target.chosen
    if chosen is None:
        turn.ask("which_booking", "which_booking", bookings=state.target.mine[:_MOST_READ_OUT])
    elif state.mode == "changing":
        booking.ask_open(turn)
    else:
        turn.ask("confirm", "cancel_which_is_it", day=chosen.date, time=chosen.time, people=chosen.party_size)
