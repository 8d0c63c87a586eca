"""Handing over to a person: connect the caller at once, or take the number and leave a note for the owner.

The same for what a person sends by WhatsApp afterwards: the purpose is said before a number is taken (R60).
"""

from __future__ import annotations

from typing import Literal

from ...core.phone import PhoneNumber
from ..nlu.text.tokens import listen
from ..state import Turn
from . import handover_summary

_FOR_A_PERSON = frozenset({"large_party", "event", "complaint", "person", "question"})
"""What ends with a person, whether or not the caller stays to be asked."""
_JOIN = frozenset({"jod", "jodo", "jodiye", "lagao", "lagaiye", "through", "जोड", "जोडो", "जोडिए", "लगाओ", "लगाइए"})
_BACK = frozenset({"callback", "wapas", "waapas", "वापस"})


def offer(turn: Turn, reason: str, lead: str | None = None, **values: object) -> None:
    """Offer a call-back, after the phrase `lead` that says why."""
    state = turn.state
    state.call_back_reason = reason
    state.rather_later &= reason != "person"
    state.handed_over |= reason in _FOR_A_PERSON  # the others only when the offer is taken
    state.call_back_party = turn.heard.party_size or state.call_back_party
    state.digits = ""
    if lead:
        turn.say(lead, **values)
    ask(turn)


def offer_to_send(turn: Turn, reason: str) -> None:
    """Offer that a person sends the menu or the place; without WhatsApp, say that it cannot be."""
    context, state = turn.context, turn.state
    turn.progress = True
    if not context.can_message or context.consent.no_messages:
        turn.say("cannot_send")
        return
    state.call_back_reason = reason
    state.digits = ""
    ask(turn)


def ask(turn: Turn) -> None:
    """The question alone: to be connected now, where somebody is there; else to be called back."""
    state = turn.state
    near = turn.context.person_is_near and not state.rather_later
    state.connect_offered = near and state.call_back_reason not in handover_summary.SENT
    if state.connect_offered:
        turn.ask("call_back", "offer_connect")
    else:
        _ask_to_call_back(turn)


def _ask_to_call_back(turn: Turn) -> None:
    sending = turn.state.call_back_reason in handover_summary.SENT
    turn.state.connect_offered = False
    if turn.context.caller:
        key = "offer_whatsapp" if sending else "offer_person"
    else:
        key = "ask_whatsapp_number" if sending else "ask_call_back_number"
    turn.ask("call_back", key, thing=turn.state.call_back_reason)


async def take_answer(turn: Turn) -> bool:
    """The answer to an offer that is open; False if the caller speaks of something else."""
    state, heard = turn.state, turn.heard
    number = heard.phone
    if _wants_a_table(turn):
        return False
    if _names_the_booking_s_number(turn):
        turn.progress = True
        turn.say("only_own_number")
        ask(turn)
        return True
    if number and number.complete:
        given = PhoneNumber.parse(number.digits)
        if given:
            await _promise(turn, given)
            return True
    if state.connect_offered and number is None:
        return _take_connection(turn)
    return await _take_call_back(turn)


async def _take_call_back(turn: Turn) -> bool:
    state, heard, number = turn.state, turn.heard, turn.heard.phone
    about_the_offer = heard.has("person") or not turn.brings_content
    if (number and number.own_number) or (heard.answer == "yes" and about_the_offer):
        if turn.context.caller is None:
            ask(turn)  # of a number that is hidden there is nothing to agree to
        else:
            await _promise(turn, turn.context.caller)
        return True
    if number and number.digits and number.digits != state.digits and len(number.digits) < 10:
        turn.progress = True
        state.digits = number.digits
        turn.ask("call_back", "phone_so_far", digits=number.digits)
        return True
    if heard.answer == "no" and about_the_offer:
        decline(turn)
        turn.say("person_declined")
        return True
    return False


def _wants_a_table(turn: Turn) -> bool:
    """All of a booking that can be made at once, its number included: no number to be called back on."""
    heard, limit = turn.heard, turn.business.reservation_rules.max_phone_party_size
    return bool(heard.when and heard.party_size and heard.party_size <= limit and heard.has("book", at_least=0.7))


def answers_connection(turn: Turn) -> Literal["now", "later", "no"] | None:
    """What the caller makes of the offer to be connected; None if it is not open, or if it is not spoken of."""
    heard, speech = turn.heard, listen(turn.heard.text)
    if not turn.state.connect_offered or (turn.brings_content and not heard.has("person")):
        return None
    words = set(speech.words)
    rung_back = speech.any("call") and not speech.any("connect", "person")
    if speech.any("after", "back") or words & _BACK or rung_back:
        return "later"
    if heard.answer == "no":
        return "no"
    agrees = heard.answer == "yes" or speech.any("connect") or words & _JOIN or heard.has("person", at_least=0.7)
    return "now" if agrees else None


def _take_connection(turn: Turn) -> bool:
    match answers_connection(turn):
        case "now":
            turn.state.handed_over = True
            connect(turn)
        case "later":
            turn.progress = turn.state.rather_later = True
            _ask_to_call_back(turn)
        case "no":
            decline(turn)
            turn.say("person_declined")
        case None:
            return False
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
    state.misses = 0
    offer(turn, state.call_back_reason or "person", "nobody_answered")


def _names_the_booking_s_number(turn: Turn) -> bool:
    """ "It was made from 98...": whose booking it is, not where to call."""
    heard = turn.heard
    told = heard.phone is not None and not heard.phone.own_number and turn.context.caller is not None
    agreed = heard.answer == "yes" or heard.has("person") or listen(heard.text).any("call")
    return told and not agreed and turn.state.call_back_reason == "booking_of_another_number"


async def _promise(turn: Turn, phone: PhoneNumber) -> None:
    state, context = turn.state, turn.context
    sending = state.call_back_reason in handover_summary.SENT
    turn.progress = True
    await turn.desk.call_back(
        state.call_back_reason, phone, handover_summary.summary(state, private=context.privacy_opt_out)
    )
    if sending:
        state.sent = True
        context.consent = context.consent.gives_number(context.clock.now(), context.language)
    else:
        state.handed_over = state.promised = True
        state.promised_to, state.promised_for = phone, state.call_back_reason
        state.mode = "talking"
    if state.call_back_reason in ("large_party", "event"):
        state.forget_table()
    _close(turn)
    turn.say("whatsapp_promised" if sending else "person_promised")


async def take_number_again(turn: Turn) -> bool:
    """The number of a call-back that was promised, said once more or put right; False if it is not spoken of."""
    state, heard = turn.state, turn.heard
    number = heard.phone
    if not (state.promised and state.mode == "talking" and number and number.complete and not heard.has("book")):
        return False
    given = PhoneNumber.parse(number.digits)
    if given is None:
        return False
    if given != state.promised_to:
        state.call_back_reason = state.promised_for
        await _promise(turn, given)
    else:
        turn.progress = True
        turn.say("person_promised")
    turn.ask_more()
    return True


def decline(turn: Turn) -> None:
    """The offer is not taken: nothing is kept (R63)."""
    turn.progress = True
    was_tried = turn.context.transfer == "unanswered"
    handled = turn.state.promised or turn.state.call_back_reason in ("large_party", "event")
    turn.state.handed_over = handled or was_tried
    _close(turn)


def _close(turn: Turn) -> None:
    state = turn.state
    state.call_back_reason = state.digits = ""
    state.connect_offered = False
