"""Booking a table, or moving one: gather, check, read back, and only on a yes to that, save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from loguru import logger

from ...core.booking.rules import Booking, Refusal, TableRequest
from ...errors import ProviderError
from ..acts import PhraseKey
from ..nlu.understanding import BookingSlot, Slot, Understanding
from ..state import ReadBack
from ..turn import Turn
from . import clarification, consent, handover, refusals, slot_filling, special_requests

_OFFER_OWN_NUMBER_AFTER = 2
_MAY_BE_DOUBTFUL: tuple[BookingSlot, ...] = ("date", "time", "party_size")


async def go_on(turn: Turn) -> None:
    """Take what was said into the booking and lead it one step on."""
    state = turn.state
    state.events.note("tried_to_book", happened=state.mode == "booking")
    slot_filling.count_party(turn)
    if not slot_filling.amend_phone(turn) and clarification.asks_which(turn):
        return
    asked = state.asked
    corrected = slot_filling.fill(turn)
    state.slots.let_wait(turn.heard.also)
    if _is_too_large(turn) or _disagrees_with_itself(turn) or _names_no_day(turn):
        return
    _take_own_number(turn)
    _say_what_changed(turn, corrected)
    _say_what_is_doubtful(turn, asked)
    turn.progress |= slot_filling.names_part_of_day(turn)
    special_requests.take(turn)
    await _lead_on(turn)


def _is_too_large(turn: Turn) -> bool:
    """More people than may book by telephone: a person arranges it."""
    party_size, limit = turn.heard.party_size, turn.business.reservation_rules.max_phone_party_size
    if not party_size or party_size <= limit:
        return False
    turn.progress = True
    handover.offer(turn, "large_party", "party_too_large", number=limit)
    return True


def _disagrees_with_itself(turn: Turn) -> bool:
    """A weekday and a date that are not the same day."""
    when = turn.heard.when
    if not when or not when.conflict or turn.asks_about_hours:
        return False
    turn.state.slots.fill("date", None)
    turn.progress = True
    turn.say("day_and_date_disagree")
    turn.ask("date", "ask_day")
    return True


def _names_no_day(turn: Turn) -> bool:
    """The 31st of November."""
    if turn.heard.impossible_date is None:
        return False
    turn.progress = True
    turn.say("no_such_day", day=turn.heard.impossible_date.last)
    turn.ask("date", "ask_day")
    return True


def _take_own_number(turn: Turn) -> None:
    """A yes to the number that is calling."""
    state, heard = turn.state, turn.heard
    if state.asked == "phone" and state.number.own_offered and heard.answer == "yes" and not heard.phone:
        state.slots.fill("phone", turn.context.caller)
        turn.progress = True


def _say_what_changed(turn: Turn, corrected: dict[BookingSlot, object]) -> None:
    when, day = turn.heard.when, turn.state.slots.date
    if corrected.pop("phone", None) and not corrected:
        turn.say("changed_number")
    elif corrected:
        turn.say("changed", changes=corrected)
    elif when and when.date_ambiguous and day:
        turn.say("changed", changes={"date": day})


def _say_what_is_doubtful(turn: Turn, asked: Slot | None) -> None:
    """What was asked for and rather guessed than read is said back at once, not only in the long read-back."""
    if asked not in _MAY_BE_DOUBTFUL or turn.acts or turn.state.as_it_stands:
        return
    value = getattr(turn.state.slots, asked)
    if value is not None and turn.heard.is_doubtful(asked) and value in _values_of(turn.heard):
        turn.say("doubtful", changes={asked: value})


def _values_of(heard: Understanding) -> tuple[object, ...]:
    when = heard.when
    return (heard.party_size, when and when.date, when and when.time)


async def _lead_on(turn: Turn) -> None:
    state = turn.state
    if state.offer.refusal:
        taken = refusals.accepted(turn, state.offer.refusal)
        if state.offer.refusal:
            _stay_refused(turn, state.offer.refusal)
            return
        turn.progress = True
        if taken:
            turn.say("changed", changes=taken)
    if state.confirmation.read_back and state.awaits_confirmation:
        await _answer_to_read_back(turn, state.confirmation.read_back)
        return
    reopening = state.asked == "confirm" or turn.heard.has("change")
    if reopening and not turn.progress and _reopened(turn):
        return
    refusal = await refusals.find(turn)
    if refusal:
        refusals.explain(turn, refusal)
    else:
        ask_next(turn)


def _stay_refused(turn: Turn, refusal: Refusal) -> None:
    """Nothing of the offer was taken."""
    state = turn.state
    if turn.heard.has("question") and refusal.alternatives:
        turn.progress = True
        turn.ask("time", "ask_time")
    elif turn.heard.answer != "no":
        refusals.offer(turn, refusal)
    elif state.offer.declined or not (refusal.alternatives or refusal.next_open):
        turn.progress = True
        drop(turn)
    else:
        turn.progress = True
        state.offer.decline()
        turn.ask("date", "ask_day")


def ask_open(turn: Turn) -> None:
    """Say the booking's open question again."""
    state = turn.state
    if state.offer.refusal:
        refusals.offer(turn, state.offer.refusal)
    elif state.awaits_confirmation:
        turn.ask("confirm", "confirm_again")
    else:
        ask_next(turn)


def ask_next(turn: Turn) -> None:
    """Ask for the first thing that is missing; when nothing is, read back."""
    state, slots = turn.state, turn.state.slots
    if state.mode == "changing":
        _ask_next_of_change(turn)
    elif slots.date is None and slots.time is None and state.asked != "date":
        turn.ask("date", "ask_day_and_time")
    elif slots.date is None:
        _ask(turn, "date")
    elif slots.time is None:
        _ask(turn, "time")
    elif slots.party_size is None:
        _ask(turn, "party_size")
    elif slots.name is None:
        _say_free(turn)
        _ask(turn, "name")
    elif slots.phone is None:
        _say_free(turn)
        _ask_phone(turn)
    else:
        _read_back(turn)


def _say_free(turn: Turn) -> None:
    """Once for each table: it was asked whether there is one."""
    state = turn.state
    if not turn.acts and state.request != state.progress.told_free:
        turn.say("there_is_a_table")
    state.progress.tell_free(state.request)


_QUESTIONS: Mapping[BookingSlot, tuple[PhraseKey, PhraseKey]] = {
    "date": ("ask_day", "ask_day_again"),
    "time": ("ask_time", "ask_time_again"),
    "party_size": ("ask_party_size", "ask_party_size_again"),
    "name": ("ask_name", "ask_name_again"),
    "phone": ("ask_phone", "ask_phone_again"),
}
"""How a slot is asked for, and how when it was asked for in vain."""


def _ask(turn: Turn, slot: BookingSlot) -> None:
    first, again = _QUESTIONS[slot]
    turn.ask(slot, again if turn.state.asked == slot and not turn.progress else first)


def _ask_phone(turn: Turn) -> None:
    """The number that is calling is offered before any digit is dictated; another is asked for."""
    problem, number, asked = turn.number_problem, turn.state.number, turn.state.asked == "phone"
    if asked and problem != "phone_so_far":
        number.missed(not turn.progress or problem is not None)
    refused = asked and turn.heard.answer == "no" and not turn.progress
    turn.progress |= refused
    if _offers_own_number(turn, refused=refused):
        return
    if refused:
        _take_refusal_of_number(turn)
    elif problem:
        digits = turn.state.slots.digits
        turn.ask("phone", problem, digits=digits, number=len(digits))
    elif asked and not turn.progress:
        turn.ask("phone", "ask_phone_again")
    else:
        _ask_for_digits(turn)


def _take_refusal_of_number(turn: Turn) -> None:
    """The first no may want another number, the second none at all, the third no table."""
    number = turn.state.number
    if number.own_offered and not number.another_wanted:
        number.want_another()
        _ask_for_digits(turn)
    elif number.refused:
        drop(turn)
    else:
        number.refuse()
        turn.ask("phone", "number_needed")


def _ask_for_digits(turn: Turn) -> None:
    turn.ask("phone", "ask_phone" if turn.context.may_message else "ask_phone_plain")


def _offers_own_number(turn: Turn, *, refused: bool) -> bool:
    """At first, and once more where dictating did not succeed; never after a no to it."""
    number, caller = turn.state.number, turn.context.caller
    if caller is None or refused or number.another_wanted or turn.number_problem == "phone_so_far":
        return False
    key: PhraseKey
    if number.own_offers == 0:
        key = "offer_this_number" if turn.context.may_message else "offer_this_number_plain"
    elif number.own_offers == 1 and number.misses >= _OFFER_OWN_NUMBER_AFTER:
        key = "offer_own_number"
    else:
        return False
    number.offer_own()
    turn.state.slots.keep_digits("")
    turn.ask("phone", key, digits=caller.national)
    return True


def reopen_read_back(turn: Turn) -> bool:
    """Make what was read back the open question again; False if it was not, or if it has been changed since."""
    state = turn.state
    if state.confirmation.read_back is None or state.confirmation.read_back != state.as_it_stands:
        return False
    state.progress.ask("confirm")
    return True


def _read_back(turn: Turn) -> None:
    """Say all of it, and remember exactly that (R38)."""
    state = turn.state
    read_back = state.as_it_stands
    assert read_back
    state.confirmation.open(read_back)
    request, guest = read_back.request, read_back.guest
    key: PhraseKey
    if state.mode == "changing":
        key = "move_read_back"
    elif turn.context.consent.purpose_told or not turn.context.may_message:
        key = "read_back"
    else:
        key = "read_back_with_purpose"
    if request.area:
        turn.say("area_noted", area=request.area)
    turn.ask(
        "confirm",
        key,
        day=request.date,
        time=request.time,
        people=request.party_size,
        guest=guest.name,
        digits=guest.number.national,
    )


async def _answer_to_read_back(turn: Turn, agreed: ReadBack) -> None:
    heard, confirmation = turn.heard, turn.state.confirmation
    if heard.answer == "no":
        turn.progress = True
        if not _reopened(turn):
            confirmation.close()
            turn.ask("confirm", "ask_what_to_change")
    elif heard.answer == "yes" and not turn.read_back_was_heard():
        turn.progress = True
        _read_back(turn)
    elif consent.is_given(turn, asked_plainly=confirmation.asked_plainly) or _tells_to_book(turn):
        turn.progress = True
        await _save(turn, agreed)
    elif heard.slot_named and heard.shows("asks") and not turn.answered:
        turn.progress = True  # "what time did I say?"
        _read_back(turn)
    elif heard.answer == "yes" or not _reopened(turn):
        key: PhraseKey = "confirm_again" if turn.progress else "confirm_yes_or_no"
        turn.progress |= heard.answer == "yes"
        confirmation.ask_plainly()
        turn.ask("confirm", key)


def _tells_to_book(turn: Turn) -> bool:
    """ "Book the table", without a yes."""
    heard = turn.heard
    plainly = heard.has("book") and not (heard.unexplained or turn.answered or heard.shows("asks"))
    return plainly and turn.read_back_was_heard()


def _reopened(turn: Turn) -> bool:
    """ "The time is wrong": ask for that slot anew."""
    slot = turn.heard.slot_named
    if turn.answered or slot is None:
        return False
    turn.state.slots.fill(slot, None)
    turn.progress = True
    if turn.state.mode == "changing":
        _ask(turn, slot)
    else:
        ask_next(turn)
    return True


async def _save(turn: Turn, agreed: ReadBack) -> None:
    """Book or move what was agreed; say so only with the row in hand (R39)."""
    state = turn.state
    moving = state.target.chosen if state.mode == "changing" else None
    if moving:
        saved = await turn.desk.move(moving, agreed.request)
    else:
        context = turn.context
        agreed_to = context.may_message and context.consent.purpose_told
        confirm_in = context.language if agreed_to else None
        saved = await turn.desk.book(
            agreed.request, agreed.guest, notes=special_requests.notes(turn), confirm_in=confirm_in
        )
    if isinstance(saved, Refusal):
        refusals.explain(turn, saved)
        return
    earlier = [booking for booking in turn.context.made if booking.id == saved.id]
    turn.context.made = [booking for booking in turn.context.made if booking.id != saved.id] + [saved]
    if moving:
        state.events.note("moved", happened=not earlier)
        turn.say("moved", when=_when(saved))
        await special_requests.pass_on(turn, saved)
    else:
        await _tell_booked(turn, saved)
        state.slots.forget_requests()  # they are in its notes
    state.forget_table()
    state.progress.book(booked=True)
    if state.slots.waiting:
        await _begin_next(turn)
    else:
        turn.ask_more()


async def _begin_next(turn: Turn) -> None:
    """The other table that the caller asked for in the same breath."""
    turn.state.slots.take_next()
    turn.state.turn_to("booking")
    turn.say("the_other_table")
    refusal = await refusals.find(turn)
    if refusal:
        refusals.explain(turn, refusal)
    else:
        ask_next(turn)


async def _tell_booked(turn: Turn, booking: Booking) -> None:
    """Said whatever becomes of the message: the row is there."""
    context = turn.context
    messaged = context.may_message and context.consent.purpose_told
    try:
        if messaged:
            await turn.desk.allow_whatsapp(booking.guest.number)
            context.consent = context.consent.gives_number(context.clock.now(), context.language)
    except ProviderError:
        logger.warning("a booking was made without its message", call=context.call_id)
        messaged = False
    turn.say("booked_whatsapp" if messaged else "booked", when=_when(booking))


def _when(booking: Booking) -> datetime:
    return datetime.combine(booking.date, booking.time)


def _ask_next_of_change(turn: Turn) -> None:
    chosen = turn.state.target.chosen
    assert chosen
    if turn.state.as_it_stands == ReadBack(_unchanged(chosen), chosen.guest):
        turn.ask("date", "move_to_when", day=chosen.date, time=chosen.time)
    else:
        _read_back(turn)


def _unchanged(booking: Booking) -> TableRequest:
    return TableRequest(booking.date, booking.time, booking.party_size, booking.area)


def drop(turn: Turn) -> None:
    """The caller does not want it after all."""
    turn.state.forget_table()
    turn.say("booking_dropped")
    turn.ask_more()
