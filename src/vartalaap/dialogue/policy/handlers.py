"""What to do with an utterance: one ordered table. The first handler that takes the turn ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from ..acts import PhraseKey
from ..nlu.understanding import OF_THE_HOUSE, IntentName
from ..state import Reason
from ..turn import Turn
from . import (
    booking,
    call_control,
    existing_bookings,
    handover,
    made_booking,
    matters,
    new_booking,
    questions,
    slot_filling,
    special_requests,
    stored_data,
)

Handler = Callable[[Turn], Awaitable[bool]]

_MATTERS: tuple[IntentName, ...] = ("book", "change", "cancel", "large_party", "person", "complaint", "question")
"""What takes the place of an open offer."""
_QUESTIONS_BACK: frozenset[PhraseKey] = frozenset({"price_which", "price_of_what"})


async def take_turn(turn: Turn) -> None:
    """Fill `turn.acts` with the reply; acts through the desk where the caller agreed to it."""
    turn.taken_by = await _first_taker(turn)
    if turn.taken_by in _MAY_END_WITH_GOODBYE:
        _end_with_goodbye(turn)
    call_control.count_misses(turn)


async def _first_taker(turn: Turn) -> str:
    for handler in HANDLERS:
        if await handler(turn):
            return handler.__name__
    raise AssertionError("the last handler takes every turn")


# What concerns the call itself ----------------------------------------------------------------------------------------
async def refuse_attack(turn: Turn) -> bool:
    """An attempt to turn the assistant against its owner is refused, and the conversation goes on."""
    if not turn.heard.has("attack"):
        return False
    turn.state.events.note("refused")
    turn.progress = True
    turn.say("cannot_do_that")
    call_control.resume(turn)
    return True


async def take_notice(turn: Turn) -> bool:
    """Consent and language are acknowledged at once; the utterance goes on to the other handlers."""
    call_control.take_notice(turn)
    matters.take_supposed(turn)
    turn.leave_the_day_of_a_question()
    return False


async def stay_connected(turn: Turn) -> bool:
    return handover.is_being_connected(turn)


async def close_call(turn: Turn) -> bool:
    return call_control.is_closing(turn) or call_control.is_over(turn)


async def hold(turn: Turn) -> bool:
    return call_control.is_held(turn)


# Other people, questions ----------------------------------------------------------------------------------------------
async def answer_offer_of_person(turn: Turn) -> bool:
    """The open offer of a person; not taken if the caller speaks of something else, which may take its place."""
    heard, offer = turn.heard, turn.state.handover
    if not offer.is_open:
        return False
    if heard.shows("agrees_after_refusal") and booking.reopen_read_back(turn):
        handover.decline(turn)
        turn.heard = replace(heard, answer="yes", unexplained=0)
    elif await handover.take_answer(turn):
        if not offer.is_open:
            call_control.resume(turn)
        return True
    if existing_bookings.tells_which(turn):
        turn.progress = True
        handover.ask(turn)
        return True
    if turn.brings_content and not _only_asks(turn):
        offer.close()
    return False


def _only_asks(turn: Turn) -> bool:
    """A question that leaves an open offer open."""
    heard = turn.heard
    wish = heard.when and not turn.asks_about_hours
    return not (wish or heard.party_size or heard.phone or heard.has(*_MATTERS))


async def send_something(turn: Turn) -> bool:
    """ "Send me the menu on WhatsApp"."""
    heard = turn.heard
    if heard.has("stop_messages") or not heard.shows("message"):
        return False
    reason: Reason = "send_menu" if heard.has("menu", "price") else "send_location" if heard.has("address") else ""
    if reason:
        handover.offer_to_send(turn, reason)
        if not turn.state.handover.is_open:
            questions.give(turn)
            call_control.resume(turn)
    return bool(reason)


async def take_number_again(turn: Turn) -> bool:
    return await handover.take_number_again(turn)


async def tell_own_booking(turn: Turn) -> bool:
    return await existing_bookings.tell(turn)


async def answer_questions(turn: Turn) -> bool:
    """Questions are answered, and the utterance goes on; while a person is offered, that is asked again."""
    questions.give(turn)
    await stored_data.tell(turn)
    if turn.answered and turn.state.handover.is_open:
        handover.ask(turn)
        return True
    return False


async def answer_matter(turn: Turn) -> bool:
    return matters.answer(turn)


async def suppose(turn: Turn) -> bool:
    return matters.suppose(turn)


async def offer_person(turn: Turn) -> bool:
    """What is a person's affair: a complaint, an event, too many people, what nobody has told us."""
    reason, lead = _why_a_person(turn)
    if not reason:
        return False
    if reason == "question" and (turn.state.mode != "talking" or turn.state.handover.promised):
        turn.say("not_known")  # whoever calls back can be asked
        turn.answered = turn.progress = True
        return False
    turn.progress = True
    if reason in ("event", "large_party"):
        slot_filling.fill(turn)  # the day of it is a fact for the manager
    limit = turn.business.reservation_rules.max_phone_party_size
    handover.offer(turn, reason, None if turn.answered else lead, number=limit)
    return True


def _why_a_person(turn: Turn) -> tuple[Reason, PhraseKey | None]:
    heard = turn.heard
    if heard.has("complaint"):
        return "complaint", "sorry"
    if _is_for_the_manager(turn):
        occasion = heard.shows("celebration") or heard.party_size is None
        return ("event", "events_by_manager") if occasion else ("large_party", "party_too_large")
    if heard.has("person"):
        return "person", None
    if heard.has(*OF_THE_HOUSE) and not turn.answered and not turn.state.offer.refusal and not _speaks_of_booking(turn):
        return "question", "not_known"  # "any other time?" is about what was offered
    return "", None


def _is_for_the_manager(turn: Turn) -> bool:
    """A celebration, or more people than may book by telephone; not a birthday at a table."""
    heard, limit = turn.heard, turn.business.reservation_rules.max_phone_party_size
    party_size = heard.party_size or turn.state.slots.party_size
    fits = party_size is not None and party_size <= limit
    return heard.has("large_party") and not fits and not heard.shows("private_celebration")


def _speaks_of_booking(turn: Turn) -> bool:
    heard = turn.heard
    return bool(heard.when or heard.party_size or heard.phone or heard.name or heard.has("book", "change", "cancel"))


# Bookings -------------------------------------------------------------------------------------------------------------
async def give_up(turn: Turn) -> bool:
    """The caller leaves it: a wish is dropped, a booking stays; one made just now may be cancelled."""
    state = turn.state
    if not turn.heard.has("give_up") or turn.brings_content or state.offer.refusal:
        return False
    if state.mode == "booking":
        turn.progress = True
        booking.drop(turn)
        return True
    if state.mode != "talking":
        existing_bookings.keep(turn)
        return True
    if not state.progress.just_booked or not turn.context.made:
        return False
    await existing_bookings.begin(turn, "cancelling")
    return True


async def wait_for_answer(turn: Turn) -> bool:
    """A question of ours was just asked back: which dish is meant?"""
    return bool(turn.acts) and turn.acts[-1].key in _QUESTIONS_BACK


async def cancel(turn: Turn) -> bool:
    """The wish in hand is dropped, or else the search for a booking to cancel begins."""
    if not turn.heard.has("cancel") or turn.state.mode == "cancelling":
        return False
    if turn.state.mode == "booking":
        turn.progress = True
        booking.drop(turn)
    else:
        await existing_bookings.begin(turn, "cancelling")
    return True


async def change(turn: Turn) -> bool:
    heard = turn.heard
    of_language = heard.has("speak_hindi", "speak_english")
    if turn.state.mode not in ("talking", "cancelling") or not heard.has("change") or of_language:
        return False
    await existing_bookings.begin(turn, "changing")
    return True


async def go_on_with_existing(turn: Turn) -> bool:
    if turn.state.mode not in ("changing", "cancelling"):
        return False
    await existing_bookings.go_on(turn)
    return True


async def go_on_booking(turn: Turn) -> bool:
    if turn.state.mode != "booking":
        return False
    await new_booking.go_on(turn)
    return True


async def note_late(turn: Turn) -> bool:
    if not existing_bookings.is_late(turn):
        return False
    await existing_bookings.note_late(turn)
    return True


async def pass_on_request(turn: Turn) -> bool:
    """A special request for the table that was just booked."""
    heard = turn.heard
    made = turn.state.progress.just_booked and turn.context.made and not heard.when and not heard.party_size
    if not made or not special_requests.take(turn):
        return False
    await special_requests.pass_on(turn, turn.context.made[-1])
    turn.ask_more()
    return True


async def speak_of_made_booking(turn: Turn) -> bool:
    return await made_booking.take(turn)


async def begin_booking(turn: Turn) -> bool:
    return await new_booking.begin(turn)


async def talk(turn: Turn) -> bool:
    """No booking in hand."""
    heard, state = turn.heard, turn.state
    slot_filling.keep_name(turn)
    if state.handover.is_open:
        handover.ask(turn)
        return True
    if heard.has("greeting") or (heard.answer == "yes" and state.asked == "anything_else"):
        turn.progress = True
    if turn.answered and len(turn.acts) > 1:
        state.progress.ask("anything_else")  # enough was said
    elif turn.answered:
        turn.ask_more()
    elif turn.acts:
        call_control.resume(turn)
    else:
        turn.ask(None, "how_help")
    return True


def _end_with_goodbye(turn: Turn) -> None:
    """ "... and that is all, bye": nothing more is asked."""
    asks_more = bool(turn.acts) and turn.acts[-1].key == "ask_more"
    if turn.heard.has("bye") and turn.state.mode == "talking" and asks_more:
        turn.acts.pop()
        call_control.say_goodbye(turn)


HANDLERS: tuple[Handler, ...] = (
    refuse_attack,
    take_notice,
    stay_connected,
    close_call,
    hold,
    answer_offer_of_person,
    send_something,
    take_number_again,
    tell_own_booking,
    answer_questions,
    answer_matter,
    offer_person,
    wait_for_answer,
    give_up,
    cancel,
    change,
    go_on_with_existing,
    go_on_booking,
    note_late,
    pass_on_request,
    speak_of_made_booking,
    begin_booking,
    suppose,
    talk,
)

_MAY_END_WITH_GOODBYE = frozenset(handler.__name__ for handler in HANDLERS[HANDLERS.index(wait_for_answer) :])
