"""What a caller is owed beside the stream: no line free, its end, a person rung; the same for every carrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request
from loguru import logger

from ..bootstrap import Parts
from ..core.business import Business
from ..core.language import Language
from ..core.live_calls import AfterStream
from ..core.phone import PhoneNumber
from ..dialogue.nlg import carrier_messages
from ..errors import ProviderError
from ..services.telephony.carrier_control import Person, Spoken


class _Apology(Protocol):
    def __call__(self, business: Business, language: Language, *, connecting: bool) -> str: ...


@dataclass(frozen=True, slots=True)
class NextStep:
    """A sentence in the carrier's voice, or none; then a person's telephone, or the end of the call."""

    spoken: Spoken | None = None
    person: Person | None = None
    elsewhere: str = ""
    """Or all of it is asked for at this URL."""


def others_asked(request: Request) -> int:
    """How many processes had no place for this call, before it came here; the query is signed by the carrier."""
    count = request.query_params.get("asked", "")
    return int(count) if count.isascii() and count.isdecimal() and len(count) <= 2 else 0


async def if_full(
    call_id: str, called: PhoneNumber | None, parts: Parts, answer: str = "", asked: int = 0
) -> NextStep | None:
    """For a call that finds every line of this process busy; None where there is a place.

    Another process may have one: it is asked at the path `answer` (none for a call that belongs here), and each of
    them once, since `asked` counts them.
    """
    if parts.calls.has_place_for(call_id):
        return None
    if answer and (url := parts.settings.next_url(asked)):
        logger.info("call {} finds this process full: the next one is asked", call_id)
        return NextStep(elsewhere=f"{url}{answer}?asked={asked + 1}")
    logger.warning("call {} finds every line busy", call_id)
    return _last_resort(call_id, called, parts, await _owed_to_unknown(called, parts), carrier_messages.busy)


async def after_stream(call_id: str, called: PhoneNumber | None, parts: Parts) -> NextStep:
    """Nothing after our goodbye, a person who was agreed on, or an apology for a call that broke.

    A call of which this process knows nothing was broken by the end of the process that knew it.
    """
    owed = parts.calls.after_stream(call_id) or await _owed_to_unknown(called, parts)
    await parts.calls.stream_over(call_id)
    logger.info("the stream of call {} is over: {}", call_id, owed.step)
    return NextStep() if owed.step == "hang_up" else _last_resort(call_id, called, parts, owed, carrier_messages.lost)


async def after_dial(call_id: str, called: PhoneNumber | None, status: str, parts: Parts) -> NextStep | None:
    """The end after a talk with the person, or with a regret; None if the caller goes on with us."""
    logger.info("a person was rung for call {}: {}", call_id, status)
    if status == "completed":
        return NextStep()
    if parts.calls.is_away(call_id):
        return None
    owed = parts.calls.after_stream(call_id) or await _owed_to_unknown(called, parts)
    return NextStep(Spoken(carrier_messages.nobody_there(owed.business, owed.language), owed.language))


async def _owed_to_unknown(called: PhoneNumber | None, parts: Parts) -> AfterStream:
    try:
        business = await parts.business_called(called)
    except ProviderError:
        business = parts.business  # the database is away as well: the one of the start
    return AfterStream("apologise", business, business.language.primary)


def _last_resort(
    call_id: str, called: PhoneNumber | None, parts: Parts, owed: AfterStream, apologise: _Apology
) -> NextStep:
    """A person's telephone if one is near or was agreed on; else an apology, and the end."""
    business, language = owed.business, owed.language
    number = PhoneNumber.parse(business.handoff.phone_number)
    near = number is not None and business.person_answers(parts.clock.now())
    apology = Spoken(apologise(business, language, connecting=near), language)
    if number is None or not (near or owed.step == "connect"):
        return NextStep(apology)
    parts.calls.rings(call_id, business.handoff.ring_seconds)
    announced = apology if owed.step == "apologise" else None  # whoever agreed to it was told by us
    return NextStep(announced, Person(number, called, business.handoff.ring_seconds))
