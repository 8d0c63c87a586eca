"""Cancelling and moving bookings that exist: only those of the caller's own number (R40)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...core.booking.rules import Booking
from ..nlu.readers.dates import days_in
from ..nlu.text.tokens import Speech, listen
from ..state import Turn
from . import booking, handover, special_requests

_MOST_READ_OUT = 3
_LATE = re.compile(
    r"\b(?:running|be|am|are|bit|little|minutes?|mins?|min|thoda|thodi|hum)\W+(?:\w+\W+)?(?:late|delayed)\b"
    r"|\blate (?:ho|aa|pahu?nch)|\bder (?:ho|se)\b|लेट (?:हो|आ|पहुँच|पहुंच)|देर (?:हो|से)"
    r"|\bstuck in\b|\btraffic (?:mein|me|jam)\b|ट्रैफ़?िक (?:में|जाम)|ट्रैफ\u093cिक में"
)
_BOOKING = frozenset(["booking", "reservation", "बुकिंग", "रिज़र्वेशन", "रिजर्वेशन", "بکنگ"])
_OWN = ("my", "our", "i have", "we have", "i had", "already", "meri", "mera", "mere", "hamari", "hamara", "apni",
        "wali booking", "wala booking", "वाली बुकिंग", "मेरी", "मेरा", "हमारी", "अपनी", "میری", "ہماری")  # fmt: skip
"""Beside "booking", they speak of one that exists, if the caller has one."""
_HAS = (
    "i have",
    "we have",
    "i had",
    "already have",
    "under the name",
    "booking hai",
    "booking thi",
    "बुकिंग है",
    "बुकिंग थी",
)


async def begin(turn: Turn, mode: str) -> None:
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
    state.mine = mine
    state.mode = "changing" if mode == "changing" else "cancelling"
    state.chosen = _pick(turn, mine)
    if state.chosen:
        await go_on(turn, just_chosen=True)
    else:
        turn.ask("which_booking", "which_booking", bookings=mine[:_MOST_READ_OUT])


def tells_which(turn: Turn) -> bool:
    """ "Tomorrow's, for four", after it was said that only its number can change a booking: no wish for another."""
    heard = turn.heard
    new = heard.has("book", at_least=0.7) or listen(heard.text).any("table", "want") or turn.asks_about_hours
    told = heard.when or heard.party_size or heard.name
    return turn.state.call_back_reason == "booking_of_another_number" and bool(told) and not new


def is_late(turn: Turn) -> bool:
    """ "We are running twenty minutes late"."""
    return turn.state.mode == "talking" and _LATE.search(turn.heard.text.lower()) is not None


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
        turn.state.wishes |= {"running late"}
        await special_requests.pass_on(turn, mine[0])
        turn.say("wish_taken")
        turn.ask_more()


def _offer_person(turn: Turn) -> None:
    """The number that calls has no booking; one of another number is spoken of with a person only."""
    turn.state.not_found = True
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
    speech = listen(turn.heard.text)
    if not await turn.desk.upcoming() and not speech.any("when", "timing") and not _has_one(speech):
        return False
    await tell_own(turn)
    return True


async def tell_own(turn: Turn) -> None:
    """Say the bookings of the caller's own number, or that there is none."""
    mine = await turn.desk.upcoming()
    turn.progress = turn.state.answered = True
    if mine:
        turn.say("your_booking", bookings=mine[:_MOST_READ_OUT])
        turn.ask_more()
    else:
        turn.state.not_found = True
        handover.offer(turn, "booking_of_another_number", "no_booking_found")


async def speak_of(turn: Turn) -> None:
    """ "My booking on Friday, six people" changes it; "I am late for my booking" only speaks of it."""
    if turn.heard.when or turn.heard.party_size:
        await begin(turn, "changing")
    else:
        await tell_own(turn)


def _asks_for_own(turn: Turn) -> bool:
    heard, speech = turn.heard, listen(turn.heard.text)
    if turn.state.mode != "talking" or heard.when or heard.party_size or heard.has("change", "cancel"):
        return False
    asks = speech.any("what", "when", "timing") or heard.text.rstrip().endswith("?") or _has_one(speech)
    return asks and not _BOOKING.isdisjoint(speech.words) and speaks_of_own(speech)


def _has_one(speech: Speech) -> bool:
    """ "I have a reservation": says that there is one."""
    return _says(speech, _HAS)


def speaks_of_own(speech: Speech) -> bool:
    """ "My booking", "the Friday one": one that exists."""
    return _says(speech, _OWN)


def _says(speech: Speech, phrases: Sequence[str]) -> bool:
    text = f" {' '.join(speech.words)} "
    return any(f" {words} " in text for words in phrases)


async def go_on(turn: Turn, *, just_chosen: bool = False) -> None:
    """The next step of a change or a cancellation."""
    state = turn.state
    if state.chosen is None:
        state.chosen = _pick(turn, state.mine)
        just_chosen = True
    if state.chosen is None:
        turn.ask("which_booking", "which_booking", bookings=state.mine[:_MOST_READ_OUT])
        return
    if just_chosen:
        turn.progress = True
        _take_second_day(turn, state.chosen)
    if state.mode == "cancelling":
        await _cancel(turn, state.chosen, just_chosen=just_chosen)
    elif just_chosen and len(state.mine) > 1 and _fits(state.chosen, turn):
        booking.ask_next(turn)  # the words said which booking, not what it shall become
    elif _leaves_as_it_is(turn):
        _keep(turn)
    else:
        await booking.go_on(turn)


def _take_second_day(turn: Turn, chosen: Booking) -> None:
    """ "My booking of tomorrow, make it Friday": the first day says which booking, the second when it shall be."""
    heard = turn.heard
    days = [span.value.date for span in days_in(listen(heard.text), turn.now.date(), wanted=False)]
    if heard.when and len(days) == 2 and days[0] == chosen.date == heard.when.date:
        turn.heard = replace(heard, when=replace(heard.when, date=days[1]))


async def _cancel(turn: Turn, chosen: Booking, *, just_chosen: bool) -> None:
    state, answer = turn.state, turn.heard.answer
    if just_chosen or state.asked != "confirm":
        ask_open(turn)
    elif turn.agrees or (answer != "no" and turn.heard.has("cancel")):
        turn.progress = True
        gone = await turn.desk.cancel(chosen)
        turn.context.cancelled.append(gone.id)
        turn.context.made = [made for made in turn.context.made if made.id != gone.id]
        state.forget_table()
        turn.say("cancelled")
        turn.ask_more()
    elif answer == "no":
        _keep(turn)
    else:
        ask_open(turn)


def _leaves_as_it_is(turn: Turn) -> bool:
    """ "Rehne do" in a change; a plain no to the question what it shall become."""
    heard, state = turn.heard, turn.state
    if turn.brings_content or heard.answer == "yes":
        return False
    left = listen(heard.text).any("leave_it") or heard.has("thanks")
    return left or (heard.answer == "no" and state.asked == "date" and state.refusal is None)


def _keep(turn: Turn) -> None:
    turn.progress = True
    turn.state.forget_table()
    turn.say("kept")
    turn.ask_more()


def ask_open(turn: Turn) -> None:
    """Say the open question of a change or a cancellation."""
    state = turn.state
    if state.chosen is None:
        turn.ask("which_booking", "which_booking", bookings=state.mine[:_MOST_READ_OUT])
    elif state.mode == "changing":
        booking.ask_open(turn)
    else:
        chosen = state.chosen
        turn.ask("confirm", "cancel_which_is_it", day=chosen.date, time=chosen.time, people=chosen.party_size)
