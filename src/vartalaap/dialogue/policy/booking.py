"""Booking a table, or moving one: gather, check, read back, and only on a yes to that, save."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from ...core.booking.rules import Booking, Guest, Refusal, TableRequest
from ...errors import ProviderError
from ..nlu.types import Slot
from ..state import ReadBack, State, Turn
from . import clarification, handover, refusals, slot_filling, special_requests

_OFFER_OWN_NUMBER_AFTER = 2


async def go_on(turn: Turn) -> None:
    """Take what was said into the booking and lead it one step on."""
    state, heard = turn.state, turn.heard
    state.tried_to_book |= state.mode == "booking"
    slot_filling.count_party(turn)
    if not slot_filling.amend_phone(turn) and clarification.asks_which(turn):
        return
    heard = turn.heard
    corrected = slot_filling.fill(turn)
    limit = turn.business.reservation_rules.max_phone_party_size
    if heard.party_size and heard.party_size > limit:
        turn.progress = True
        handover.offer(turn, "large_party", "party_too_large", number=limit)
        return
    if state.asked == "phone" and state.own_number_offered and heard.answer == "yes" and not heard.phone:
        state.phone = turn.context.caller
        turn.progress = True
    if heard.when and heard.when.conflict and not turn.asks_about_hours:
        state.date = None
        turn.progress = True
        turn.say("day_and_date_disagree")
        turn.ask("date", "ask_day")
        return
    if corrected.pop("phone", None) and not corrected:
        turn.say("changed_number")
    elif corrected:
        turn.say("changed", changes=corrected)
    elif heard.when and heard.when.date_ambiguous and state.date:
        turn.say("changed", changes={"date": state.date})
    turn.progress |= slot_filling.names_part_of_day(turn)
    special_requests.take(turn)
    await _lead_on(turn)


async def _lead_on(turn: Turn) -> None:
    state = turn.state
    if state.refusal:
        taken = refusals.accepted(turn, state.refusal)
        if not taken:
            _stay_refused(turn, state.refusal)
            return
        turn.progress = True
        turn.say("changed", changes=taken)
    if state.asked == "confirm" and state.read_back and state.read_back == _as_it_stands(state):
        await _answer_to_read_back(turn, state.read_back)
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
    elif state.offer_declined or not (refusal.alternatives or refusal.next_open):
        turn.progress = True
        drop(turn)
    else:
        turn.progress = state.offer_declined = True
        turn.ask("date", "ask_day")


def ask_open(turn: Turn) -> None:
    """Say the booking's open question again."""
    state = turn.state
    if state.refusal:
        refusals.offer(turn, state.refusal)
    elif state.asked == "confirm" and state.read_back and state.read_back == _as_it_stands(state):
        turn.ask("confirm", "confirm_again")
    else:
        ask_next(turn)


def ask_next(turn: Turn) -> None:
    """Ask for the first thing that is missing; when nothing is, read back."""
    state = turn.state
    if state.mode == "changing":
        _ask_next_of_change(turn)
    elif state.date is None and state.time is None:
        _ask(turn, "date", "ask_day" if state.asked == "date" else "ask_day_and_time")
    elif state.date is None:
        _ask(turn, "date", "ask_day")
    elif state.time is None:
        _ask(turn, "time", "ask_time")
    elif state.party_size is None:
        _ask(turn, "party_size", "ask_party_size")
    elif state.name is None:
        _say_free(turn)
        _ask(turn, "name", "ask_name")
    elif state.phone is None:
        _say_free(turn)
        _ask_phone(turn)
    else:
        _read_back(turn)


def _say_free(turn: Turn) -> None:
    """Once for each table: it was asked whether there is one."""
    state = turn.state
    if not turn.acts and state.request != state.told_free:
        turn.say("there_is_a_table")
    state.told_free = state.request


def _ask(turn: Turn, slot: Slot, key: str) -> None:
    asked_in_vain = turn.state.asked == slot and not turn.progress
    turn.ask(slot, f"{key}_again" if asked_in_vain else key)


def _ask_phone(turn: Turn) -> None:
    state, problem = turn.state, turn.number_problem
    if state.asked == "phone" and problem != "phone_so_far":
        state.number_misses += not turn.progress or problem is not None
    refused = state.asked == "phone" and turn.heard.answer == "no" and not turn.progress
    enough = refused or state.number_misses >= _OFFER_OWN_NUMBER_AFTER
    still_offered = state.own_number_offered and not (refused or state.number_refused or problem)
    if turn.context.caller and (still_offered or (enough and not state.own_number_offered)):
        turn.progress |= refused
        state.own_number_offered = True
        state.digits = ""
        turn.ask("phone", "offer_own_number", digits=turn.context.caller.national)
    elif refused and state.number_refused:
        turn.progress = True
        drop(turn)
    elif refused:
        turn.progress = state.number_refused = True
        turn.ask("phone", "number_needed")
    elif problem:
        turn.ask("phone", problem, digits=state.digits, number=len(state.digits))
    elif state.asked == "phone" and not turn.progress:
        turn.ask("phone", "ask_phone_again")
    elif turn.context.may_message:
        turn.ask("phone", "ask_phone")
    else:
        turn.ask("phone", "ask_phone_plain")


def reopen_read_back(turn: Turn) -> bool:
    """Make what was read back the open question again; False if it was not, or if it has been changed since."""
    state = turn.state
    if state.read_back is None or state.read_back != _as_it_stands(state):
        return False
    state.asked = "confirm"
    return True


def _as_it_stands(state: State) -> ReadBack | None:
    request = state.request
    if request is None:
        return None
    if state.mode == "changing" and state.chosen:
        return ReadBack(request, state.chosen.guest)
    if state.name is None or state.phone is None:
        return None
    return ReadBack(request, Guest(state.name, state.phone))


def _read_back(turn: Turn) -> None:
    """Say all of it, and remember exactly that (R38)."""
    state = turn.state
    state.read_back = _as_it_stands(state)
    assert state.read_back
    request, guest = state.read_back.request, state.read_back.guest
    if state.mode == "changing":
        key = "move_read_back"
    elif turn.context.consent.purpose_told or not turn.context.may_message:
        key = "read_back"
    else:
        key = "read_back_with_purpose"
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
    heard, state = turn.heard, turn.state
    if heard.answer == "no":
        turn.progress = True
        if not _reopened(turn):
            state.read_back = None  # a yes to what comes now is no yes to what was wrong
            turn.ask("confirm", "ask_what_to_change")
    elif turn.agrees or (heard.has("book") and not (turn.answered or turn.progress)):
        turn.progress = True
        if turn.read_back_was_heard():
            await _save(turn, agreed)
        else:
            _read_back(turn)
    elif slot_filling.named(heard.text) and slot_filling.asks(heard.text) and not turn.answered:
        turn.progress = True  # "what time did I say?"
        _read_back(turn)
    elif not _reopened(turn):
        turn.ask("confirm", "confirm_again" if turn.progress else "confirm_yes_or_no")


def _reopened(turn: Turn) -> bool:
    """ "The time is wrong": ask for that slot anew."""
    slot = slot_filling.named(turn.heard.text) if not turn.answered else None
    if slot is None:
        return False
    setattr(turn.state, slot, None)
    turn.progress = True
    if turn.state.mode == "changing":
        _ask(turn, slot, f"ask_{'day' if slot == 'date' else slot}")
    else:
        ask_next(turn)
    return True


async def _save(turn: Turn, agreed: ReadBack) -> None:
    """Book or move what was agreed; say so only with the row in hand (R39)."""
    state = turn.state
    if state.mode == "changing" and state.chosen:
        saved = await turn.desk.move(state.chosen, agreed.request)
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
    moving = state.mode == "changing"
    earlier = [booking for booking in turn.context.made if booking.id == saved.id]
    turn.context.made = [booking for booking in turn.context.made if booking.id != saved.id] + [saved]
    if moving:
        state.moved |= not earlier
        turn.say("moved", when=_when(saved))
        await special_requests.pass_on(turn, saved)
    else:
        await _tell_booked(turn, saved)
        state.wishes = set()  # they are in its notes
    state.forget_table()
    state.just_booked = True
    turn.ask_more()


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
    state = turn.state
    assert state.chosen
    if _as_it_stands(state) == ReadBack(_unchanged(state.chosen), state.chosen.guest):
        turn.ask("date", "move_to_when", day=state.chosen.date, time=state.chosen.time)
    else:
        _read_back(turn)


def _unchanged(booking: Booking) -> TableRequest:
    return TableRequest(booking.date, booking.time, booking.party_size)


def drop(turn: Turn) -> None:
    """The caller does not want it after all."""
    turn.state.forget_table()
    turn.say("booking_dropped")
    turn.ask_more()
