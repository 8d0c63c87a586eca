"""What to do with an utterance: the order in which its parts are taken up.

A turn first deals with what concerns the call itself (consent, language, goodbye, "wait"), then with an offer of a
person that is open, then answers questions, and then goes on with the booking in hand, so that a question in the
middle of a booking is followed by the booking's own open question.
"""

from __future__ import annotations

from dataclasses import replace

from ...core.booking.rules import Refusal
from ..nlu.readers.yes_no import agrees_after_refusal
from ..nlu.text.tokens import listen
from ..nlu.types import IntentName
from ..state import Turn
from . import booking, call_control, existing_bookings, handover, questions, slot_filling, special_requests, stored_data

_OFFER_PERSON_AFTER = 3
_GIVE_UP_AFTER = 5
_ANOTHER = frozenset(
    [
        "aur",
        "another",
        "second",
        "extra",
        "bhi",
        "new",
        "naya",
        "nayi",
        "naye",
        "doosra",
        "doosri",
        "dusra",
        "dusri",
        "alag",
        "और",
        "भी",
        "नया",
        "नयी",
        "नई",
        "दूसरा",
        "दूसरी",
        "अलग",
        "اور",
        "دوسری",
        "نئی",
        "بھی",
    ]
)
_MATTERS: tuple[IntentName, ...] = ("book", "change", "cancel", "large_party", "person", "complaint", "question")
"""What takes the place of an open offer."""
_QUESTIONS_BACK = frozenset({"price_which", "price_of_what"})
_NEED_A_LEAD = frozenset({None, "date", "time", "party_size", "anything_else", "confirm"})
"""The other slots' second questions apologise themselves."""


async def take_turn(turn: Turn) -> None:
    """Fill `turn.acts` with the reply; acts through the desk where the caller agreed to it."""
    await _take(turn)
    _count_misses(turn)


async def _take(turn: Turn) -> None:
    heard, state = turn.heard, turn.state
    if heard.has("injection"):
        state.refused = True
        turn.progress = True
        turn.say("cannot_do_that")
        call_control.resume(turn)
        return
    call_control.take_notice(turn)
    turn.leave_the_day_of_a_question()
    heard = turn.heard
    if (
        handover.is_being_connected(turn)
        or call_control.is_closing(turn)
        or call_control.is_over(turn)
        or call_control.is_held(turn)
    ):
        return
    if state.call_back_reason and await _answers_offer(turn):
        return
    if _wants_sent(turn) or await handover.take_number_again(turn) or await existing_bookings.tell(turn):
        return
    questions.give(turn)
    await stored_data.tell(turn)
    if turn.answered and state.call_back_reason:
        handover.ask(turn)
        return
    if _wants_person(turn):
        return
    await _go_on(turn)
    if heard.has("bye") and state.mode == "talking" and turn.acts and turn.acts[-1].key == "ask_more":
        turn.acts.pop()
        call_control.say_goodbye(turn)


async def _answers_offer(turn: Turn) -> bool:
    """The open offer of a person; False if the caller speaks of something else, which may take its place."""
    heard, state = turn.heard, turn.state
    if agrees_after_refusal(listen(heard.text)) and booking.reopen_read_back(turn):
        handover.decline(turn)
        turn.heard = replace(heard, answer="yes")
    elif await handover.take_answer(turn):
        if not state.call_back_reason:
            call_control.resume(turn)
        return True
    if existing_bookings.tells_which(turn):
        turn.progress = True
        handover.ask(turn)
        return True
    if turn.brings_content and not _only_asks(turn):
        state.call_back_reason = ""
    return False


def _only_asks(turn: Turn) -> bool:
    """A question that leaves an open offer open."""
    heard = turn.heard
    wish = heard.when and not turn.asks_about_hours
    return not (wish or heard.party_size or heard.phone or heard.has(*_MATTERS))


def _wants_sent(turn: Turn) -> bool:
    """ "Send me the menu on WhatsApp"."""
    heard, speech = turn.heard, listen(turn.heard.text)
    if heard.has("stop_messages") or not speech.any("message"):
        return False
    reason = "send_menu" if heard.has("menu", "price") else "send_location" if heard.has("address") else ""
    if reason:
        handover.offer_to_send(turn, reason)
        if not turn.state.call_back_reason:
            questions.give(turn)
            call_control.resume(turn)
    return bool(reason)


def _wants_person(turn: Turn) -> bool:
    heard, state = turn.heard, turn.state
    limit = turn.business.reservation_rules.max_phone_party_size
    party_size = heard.party_size or state.party_size
    reason, lead = "", None
    if heard.has("complaint", at_least=0.6):
        reason, lead = "complaint", "sorry"
    elif (
        heard.has("large_party")
        and (party_size is None or party_size > limit)
        and not special_requests.celebrates(turn)
    ):
        occasion = heard.has("large_party", at_least=0.8) or not (heard.when or heard.has("book", at_least=0.9))
        reason, lead = ("event", "events_by_manager") if occasion else ("large_party", "party_too_large")
    elif heard.has("person", at_least=0.7):
        reason = "person"
    elif heard.has("question") and not turn.answered and not _speaks_of_booking(turn):
        if state.refusal:
            return False  # "any other time?" is about the offer
        if state.mode != "talking" or state.promised:  # whoever calls back can be asked
            turn.say("not_known")
            turn.answered = turn.progress = True
            return False
        reason, lead = "question", "not_known"
    if not reason:
        return False
    turn.progress = True
    if reason in ("event", "large_party"):
        slot_filling.fill(turn)  # the day of it is a fact for the manager
    handover.offer(turn, reason, None if turn.answered else lead, number=limit)
    return True


def _speaks_of_booking(turn: Turn) -> bool:
    heard = turn.heard
    return bool(heard.when or heard.party_size or heard.phone or heard.name or heard.has("book", "change", "cancel"))


async def _go_on(turn: Turn) -> None:
    """The booking in hand, or the beginning of one."""
    heard, state = turn.heard, turn.state
    if turn.acts and turn.acts[-1].key in _QUESTIONS_BACK:
        return
    if state.mode == "booking" and heard.has("cancel", at_least=0.7):
        turn.progress = True
        booking.drop(turn)
    elif state.mode != "cancelling" and heard.has("cancel", at_least=0.7):
        await existing_bookings.begin(turn, "cancelling")
    elif state.mode in ("talking", "cancelling") and heard.has("change") and not _is_about_language(turn):
        await existing_bookings.begin(turn, "changing")
    elif state.mode in ("changing", "cancelling"):
        await existing_bookings.go_on(turn)
    elif state.mode == "booking":
        await _go_on_booking(turn)
    elif existing_bookings.is_late(turn):
        await existing_bookings.note_late(turn)
    elif _wishes_for_made_booking(turn):
        await special_requests.pass_on(turn, turn.context.made[-1])
        turn.ask_more()
    elif state.just_booked and _is_about_made_booking(turn):
        await _speak_of_made_booking(turn)
    elif _begins_booking(turn) and await _has_one_already(turn):
        await existing_bookings.speak_of(turn)
    elif _begins_booking(turn):
        state.mode = "booking"
        state.just_booked = False
        turn.progress = True
        _take_day_asked_about(turn)
        await booking.go_on(turn)
    else:
        _talk(turn)


def _is_about_language(turn: Turn) -> bool:
    return turn.heard.has("speak_hindi", "speak_english")


def _take_day_asked_about(turn: Turn) -> None:
    """ "Are you open tomorrow?" - "We are." - "A table for two": for tomorrow."""
    state, when = turn.state, turn.heard.when
    day, state.day_asked_about = state.day_asked_about, None
    if day and state.date is None and not turn.answered and not (when and (when.date or when.conflict)):
        state.date = day
        turn.say("changed", changes={"date": day})


async def _go_on_booking(turn: Turn) -> None:
    heard, state = turn.heard, turn.state
    speech = listen(heard.text)
    leaves_it = speech.any("leave_it") and heard.answer != "yes"
    refuses = leaves_it or (heard.answer == "no" and (state.misses or speech.any("want")))
    not_wanted = refuses and not turn.brings_content and not heard.name
    if state.refusal:
        dropped = leaves_it and not _wishes_otherwise(turn, state.refusal)
    else:
        dropped = bool(not_wanted) and state.asked in ("date", "time", "party_size", "name")
    if dropped:
        turn.progress = True
        booking.drop(turn)
    else:
        await booking.go_on(turn)


def _wishes_otherwise(turn: Turn, refusal: Refusal) -> bool:
    """Does the caller name anything but what was refused?"""
    heard, refused = turn.heard, refusal.request
    when = (heard.when.date, heard.when.time) if heard.when else (None, None)
    same = when[0] in (None, refused.date) and when[1] in (None, refused.time)
    return not same or heard.party_size not in (None, refused.party_size)


def _begins_booking(turn: Turn) -> bool:
    heard = turn.heard
    if turn.answered:  # "are you open on Monday?" asks, and does not book
        return heard.has("book", at_least=0.7) or bool(heard.when and heard.party_size)
    return heard.has("book") or heard.party_size is not None or (heard.when is not None and not turn.asks_about_hours)


async def _has_one_already(turn: Turn) -> bool:
    """ "My booking on Friday: six people": not a wish for another."""
    speech = listen(turn.heard.text)
    another = (_ANOTHER - {"aur", "और", "اور"}) & set(speech.words)
    if not speech.any("book") or not existing_bookings.speaks_of_own(speech) or another:
        return False
    return bool(await turn.desk.upcoming())


def _wishes_for_made_booking(turn: Turn) -> bool:
    heard = turn.heard
    told = turn.state.just_booked and turn.context.made and not heard.when and not heard.party_size
    return bool(told) and special_requests.take(turn)


def _is_about_made_booking(turn: Turn) -> bool:
    """After a booking, new values correct it, and "yes, book it" only confirms.

    It takes "another", or a whole table with all its values, to begin a second one.
    """
    heard = turn.heard
    if _ANOTHER & set(listen(heard.text).words) or turn.asks_about_hours:
        return False
    whole = heard.when and heard.when.date and heard.when.time and heard.party_size
    if whole and heard.has("book") and not heard.corrects:
        return False
    return bool(heard.when or heard.party_size) or heard.has("book") or heard.answer == "yes"


async def _speak_of_made_booking(turn: Turn) -> None:
    heard = turn.heard
    if heard.when or heard.party_size:
        await existing_bookings.begin(turn, "changing")
        return
    turn.progress = True
    turn.say("already_booked")
    turn.ask_more()


def _talk(turn: Turn) -> None:
    """No booking in hand."""
    heard, state = turn.heard, turn.state
    slot_filling.keep_name(turn)
    if state.call_back_reason:
        handover.ask(turn)
        return
    if heard.has("greeting") or (heard.answer == "yes" and state.asked == "anything_else"):
        turn.progress = True
    if turn.answered and len(turn.acts) > 1:
        state.asked = "anything_else"  # enough was said
    elif turn.answered:
        turn.ask_more()
    elif turn.acts:
        call_control.resume(turn)
    else:
        turn.ask(None, "how_help")


def ask_again(turn: Turn, lead: str) -> None:
    """Nothing came of the last turn: `lead`, and the open question; in the end a person, and then goodbye."""
    turn.progress = turn.state.misses == 0  # nobody has answered wrongly yet
    call_control.resume(turn)
    turn.progress = False
    _count_misses(turn, lead)


def _count_misses(turn: Turn, lead: str = "not_understood") -> None:
    """Ask differently, then offer a person, then give up: a call never goes round in circles."""
    state = turn.state
    if turn.progress:
        state.misses = 0
        return
    state.misses += 1
    if state.misses >= _GIVE_UP_AFTER:
        turn.acts = []
        turn.say("give_up")
        state.gave_up = turn.context.closing = True
    elif state.misses == _OFFER_PERSON_AFTER and not state.call_back_reason:
        turn.acts = []
        handover.offer(turn, "misunderstood", "offer_person_unheard")
    elif (state.asked in _NEED_A_LEAD or lead != "not_understood") and not turn.heard.has("filler"):
        question = turn.acts.pop()
        turn.acts = []
        turn.say(lead if state.misses == 1 else f"{lead}_again")
        turn.acts.append(question)
