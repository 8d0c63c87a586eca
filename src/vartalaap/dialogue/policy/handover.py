"""Handing over to a person: connect the caller at once, or take the number and leave a note for the owner.

The same for what a person sends by WhatsApp afterwards: the purpose is said before a number is taken (R60).
"""

from __future__ import annotations

from typing import Literal

from ...core.phone import PhoneNumber
from ..acts import PhraseKey
from ..state import Reason
from ..turn import Turn
from . import consent, handover_summary

_FOR_A_PERSON: frozenset[Reason] = frozenset({"large_party", "event", "complaint", "person", "question"})
"""What ends with a person, whether or not the caller stays to be asked."""


def offer(turn: Turn, reason: Reason, lead: PhraseKey | None = None, **values: object) -> None:
    """Offer a call-back, after the phrase `lead` that says why."""
    state = turn.state
    state.handover.open(reason, turn.heard.party_size)
    state.events.note("handed_over", happened=reason in _FOR_A_PERSON)  # the others only when the offer is taken
    state.slots.keep_digits("")
    if lead:
        turn.say(lead, **values)
    ask(turn)


def offer_to_send(turn: Turn, reason: Reason) -> None:
    """Offer that a person sends the menu or the place; without WhatsApp, say that it cannot be."""
    context, state = turn.context, turn.state
    turn.progress = True
    if not context.can_message or context.consent.no_messages:
        turn.say("cannot_send")
        return
    state.handover.open_to_send(reason)
    state.slots.keep_digits("")
    ask(turn)


def ask(turn: Turn) -> None:
    """The question alone: to be connected now, where somebody is there; else to be called back."""
    handover = turn.state.handover
    near = turn.context.person_is_near and not handover.rather_later
    handover.offer_to_connect(near=near and not handover.of_sending)
    if handover.connect_offered:
        turn.ask("call_back", "offer_connect")
    else:
        _ask_to_call_back(turn)


def _ask_to_call_back(turn: Turn) -> None:
    handover = turn.state.handover
    key: PhraseKey
    if turn.context.caller:
        key = "offer_whatsapp" if handover.of_sending else "offer_person"
    else:
        key = "ask_whatsapp_number" if handover.of_sending else "ask_call_back_number"
    turn.ask("call_back", key, thing=handover.reason)


async def take_answer(turn: Turn) -> bool:
    """The answer to an offer that is open; False if the caller speaks of something else."""
    number = turn.heard.phone
    if _wants_a_table(turn):
        return False
    if _names_the_booking_s_number(turn):
        turn.progress = True
        turn.say("only_own_number")
        ask(turn)
        return True
    given = PhoneNumber.parse(number.digits) if number and number.complete else None
    if given:
        await _promise(turn, given)
        return True
    if turn.state.handover.connect_offered and number is None:
        return _take_connection(turn)
    return await _take_call_back(turn)


async def _take_call_back(turn: Turn) -> bool:
    slots, heard, number = turn.state.slots, turn.heard, turn.heard.phone
    about_the_offer = heard.has("person") or not turn.brings_content
    if (number and number.own_number) or (about_the_offer and _agrees(turn)):
        if turn.context.caller is None:
            ask(turn)  # of a number that is hidden there is nothing to agree to
        else:
            await _promise(turn, turn.context.caller)
        return True
    if number and number.digits and number.digits != slots.digits and len(number.digits) < 10:
        turn.progress = True
        slots.keep_digits(number.digits)
        turn.ask("call_back", "phone_so_far", digits=number.digits)
        return True
    if heard.answer == "no" and about_the_offer:
        decline(turn)
        turn.say("person_declined")
        return True
    return about_the_offer and _is_asked_again(turn)


def _agrees(turn: Turn) -> bool:
    """A yes to the offer, or words for a call or a connection with one."""
    heard = turn.heard
    meant = heard.has("person") or heard.shows("call", "connect", "message")
    return (heard.answer == "yes" and meant) or consent.is_given(turn, asked_plainly=turn.state.handover.asked_again)


def _is_asked_again(turn: Turn) -> bool:
    """Something like a yes, with more in it than a yes: is a call wanted or not?"""
    if turn.heard.answer != "yes" or turn.state.handover.asked_again:
        return False
    turn.progress = True
    turn.state.handover.ask_again()
    ask(turn)
    return True


def _wants_a_table(turn: Turn) -> bool:
    """All of a booking that can be made at once, its number included: no number to be called back on."""
    heard, limit = turn.heard, turn.business.reservation_rules.max_phone_party_size
    return bool(heard.when and heard.party_size and heard.party_size <= limit and heard.has("book"))


def answers_connection(turn: Turn) -> Literal["now", "later", "no"] | None:
    """What the caller makes of the offer to be connected; None if it is not open, or if it is not spoken of."""
    heard = turn.heard
    if not turn.state.handover.connect_offered or (turn.brings_content and not heard.has("person")):
        return None
    if heard.shows("call_later"):
        return "later"
    if heard.answer == "no":
        return "no"
    agrees = _agrees(turn) or heard.shows("connect") or heard.has("person")
    return "now" if agrees else None


def _take_connection(turn: Turn) -> bool:
    match answers_connection(turn):
        case "now":
            turn.state.events.note("handed_over")
            connect(turn)
        case "later":
            turn.progress = True
            turn.state.handover.prefer_later()
            _ask_to_call_back(turn)
        case "no":
            decline(turn)
            turn.say("person_declined")
        case None:
            return _is_asked_again(turn)
    return True


def connect(turn: Turn) -> None:
    """The caller's line is handed to a person when this has been said."""
    turn.progress = True
    turn.say("connecting")
    turn.context.transfer = "agreed"
    turn.context.closing = True


def is_being_connected(turn: Turn) -> bool:
    """Words into our last sentence before a transfer: thanks and the like change nothing, anything else ends it."""
    context, heard = turn.context, turn.heard
    if context.transfer != "agreed":
        return False
    other = turn.brings_content and not heard.has("person")
    if other or heard.answer == "no" or heard.has("wait", "bye", "wrong_number"):
        context.transfer, context.closing = "none", False
        return False
    connect(turn)
    return True


def take_back(turn: Turn) -> None:
    """Nobody answered: the caller is offered a call-back for the same reason."""
    context, state = turn.context, turn.state
    context.transfer, context.closing = "unanswered", False
    state.progress.get_on()
    offer(turn, state.handover.reason or "person", "nobody_answered")


def _names_the_booking_s_number(turn: Turn) -> bool:
    """ "It was made from 98...": whose booking it is, not where to call."""
    heard = turn.heard
    told = heard.phone is not None and not heard.phone.own_number and turn.context.caller is not None
    agreed = heard.answer == "yes" or heard.has("person") or heard.shows("call")
    return told and not agreed and turn.state.handover.reason == "booking_of_another_number"


async def _promise(turn: Turn, phone: PhoneNumber) -> None:
    state, context, handover = turn.state, turn.context, turn.state.handover
    reason, sending = handover.reason, handover.of_sending
    turn.progress = True
    await turn.desk.call_back(reason, phone, handover_summary.summary(state, private=context.privacy_opt_out))
    if sending:
        state.events.note("sent")
        context.consent = context.consent.gives_number(context.clock.now(), context.language)
    else:
        state.events.note("handed_over")
        handover.promise(phone)
        state.turn_to("talking")
    if reason in ("large_party", "event"):
        state.forget_table()
    _close(turn)
    turn.say("whatsapp_promised" if sending else "person_promised")


async def take_number_again(turn: Turn) -> bool:
    """The number of a call-back that was promised, said once more or put right; False if it is not spoken of."""
    state, heard, handover = turn.state, turn.heard, turn.state.handover
    number = heard.phone
    spoken_of = handover.promised and state.mode == "talking" and not heard.has("book")
    given = PhoneNumber.parse(number.digits) if spoken_of and number and number.complete else None
    if given is None:
        return False
    if given != handover.promised_to:
        handover.reopen()
        await _promise(turn, given)
    else:
        turn.progress = True
        turn.say("person_promised")
    turn.ask_more()
    return True


def decline(turn: Turn) -> None:
    """The offer is not taken: nothing is kept (R63)."""
    handover = turn.state.handover
    turn.progress = True
    was_tried = turn.context.transfer == "unanswered"
    handled = handover.promised or handover.reason in ("large_party", "event")
    turn.state.events.settle("handed_over", happened=handled or was_tried)
    _close(turn)


def _close(turn: Turn) -> None:
    turn.state.handover.close()
    turn.state.slots.keep_digits("")
