"""Every path of consent in three languages, as rows of the database (R52-R63)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.core.business import Languages
from vartalaap.core.consent import Consent
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import CallerPreferenceRow, CallLogRow, FollowUpRow, ReservationRow
from vartalaap.db.repositories.calls import StoredCall

from .conftest import CALLER, GIVEN, text_call

Row = TypeVar("Row", bound=SQLModel)


@pytest.fixture
def url(sqlite: str) -> str:
    """The rules are the same on both; what differs between the databases is tested where it is written."""
    return sqlite


BOOKING: dict[Language, tuple[str, ...]] = {
    "en": ("A table for two tomorrow at 8 pm please, I will have a birthday", "Anil", "9811112222", "yes"),
    "hi": ("कल रात आठ बजे दो लोगों के लिए टेबल चाहिए", "अनिल", "9811112222", "हाँ"),
    "hinglish": ("kal raat 8 baje 2 logon ki table book karo", "Anil", "9811112222", "haan"),
}
OBJECTION: dict[Language, str] = {
    "en": "please do not record this call", "hi": "रिकॉर्ड मत करो", "hinglish": "transcribe mat karo",
}  # fmt: skip
NO_MESSAGES: dict[Language, str] = {
    "en": "no whatsapp messages please, stop messages", "hi": "मैसेज मत भेजना", "hinglish": "message mat bhejna",
}  # fmt: skip
QUESTION: dict[Language, str] = {
    "en": "what are your hours?", "hi": "आप कब तक खुले रहते हैं?", "hinglish": "aap kab tak khule rehte ho?",
}  # fmt: skip
PERSON: dict[Language, tuple[str, str, str]] = {
    "en": ("I want to talk to the manager", "yes", "no, leave it"),
    "hi": ("मैनेजर से बात करनी है", "हाँ", "नहीं रहने दो"),
    "hinglish": ("manager se baat karni hai", "haan", "nahi rehne do"),
}
WHEN = {"before": 0, "at its beginning": 1, "within": 2, "at the read-back": 3, "after": 4}

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@dataclass
class Stored:
    """What a call left."""

    call: StoredCall | None
    reservations: Sequence[ReservationRow]
    follow_ups: Sequence[FollowUpRow]
    preferences: Sequence[CallerPreferenceRow]


async def stored(office: Office, *words: str, caller: PhoneNumber | None = CALLER) -> Stored:
    await text_call(office, *words, caller=caller)

    async def rows(table: type[Row]) -> Sequence[Row]:
        async with office.database.read() as session:
            return (await session.scalars(select(table))).all()

    return Stored(
        await office.call_log.get("call-1"),
        await rows(ReservationRow),
        await rows(FollowUpRow),
        await rows(CallerPreferenceRow),
    )


def at(script: Sequence[str], position: int, words: str) -> list[str]:
    return [*script[:position], words, *script[position:]]


@in_each_language
async def test_r52_r53_of_who_hears_the_greeting_and_hangs_up_no_row_is_written(
    office: Office, language: Language
) -> None:
    business = test_business().model_copy(update={"language": Languages(primary=language)})
    call = await text_call(office, business=business)
    (greeting,) = call.context.turns
    assert greeting.language == language
    assert any(word in greeting.text for word in ("transcribe", "लिखी जा सकती"))
    async with office.database.read() as session:
        for table in (CallLogRow, ReservationRow, FollowUpRow, CallerPreferenceRow):
            assert (await session.scalars(select(table))).all() == []


@in_each_language
async def test_r54_who_goes_on_is_kept_with_a_receipt(office: Office, language: Language) -> None:
    left = await stored(office, QUESTION[language])
    assert left.call
    assert left.call.transcript
    assert (left.call.consent_type, left.call.outcome) == ("transcript", "resolved")
    assert left.call.consent_receipt
    assert [step["step"] for step in left.call.consent_receipt["steps"]] == ["told", "went_on"]
    assert left.call.consent_receipt["follows"] == ["transcript", "entities"]


@in_each_language
async def test_r57_r60_a_number_given_for_the_message_is_kept_for_it(office: Office, language: Language) -> None:
    left = await stored(office, *BOOKING[language])
    assert left.call
    assert (left.call.consent_type, left.call.result) == ("whatsapp", "booked")
    (message,) = left.follow_ups
    assert message.phone_sealed
    assert message.phone_hash == office.vault.hash(GIVEN)
    assert left.call.consent_receipt
    steps = [step.get("notice", step["step"]) for step in left.call.consent_receipt["steps"]]
    assert steps == ["own_greeting", "went_on", "offer_this_number", "gave_number"]
    assert GIVEN.national not in str(left.call.consent_receipt)


@in_each_language
@pytest.mark.parametrize("when", WHEN)
async def test_r55_r56_an_objection_takes_everything_back_and_the_booking_stands(
    office: Office, language: Language, when: str
) -> None:
    left = await stored(office, *at(BOOKING[language], WHEN[when], OBJECTION[language]))
    assert left.call
    kept = left.call.model_dump(exclude={"id", "business_id", "channel", "started_at", "ended_at", "duration_seconds"})
    assert kept == {
        "outcome": "privacy_opt_out", "consent_type": "none", "caller_id_hash": None, "result": None, "language": None,
        "transcript": None, "entities": None, "consent_receipt": None,
    }  # fmt: skip
    (booking,) = left.reservations
    assert (booking.party_size, booking.status, booking.notes) == (2, "confirmed", "")
    assert left.follow_ups == []  # no message, and none of an earlier yes


@in_each_language
@pytest.mark.parametrize("when", WHEN)
async def test_r59_an_objection_is_remembered_under_the_hash_and_holds_in_the_next_call(
    office: Office, language: Language, when: str
) -> None:
    left = await stored(office, *at(BOOKING[language], WHEN[when], OBJECTION[language]))
    (remembered,) = left.preferences
    assert (remembered.caller_id_hash, remembered.no_transcript) == (office.vault.hash(CALLER), True)
    await text_call(office, QUESTION[language], call_id="next")
    call = await office.call_log.get("next")
    assert call
    assert (call.outcome, call.transcript, call.caller_id_hash) == ("privacy_opt_out", None, None)


@in_each_language
async def test_r59_of_a_withheld_number_nothing_can_be_remembered(office: Office, language: Language) -> None:
    left = await stored(office, OBJECTION[language], caller=None)
    assert left.preferences == []
    assert left.call
    assert left.call.outcome == "privacy_opt_out"


@in_each_language
@pytest.mark.parametrize("when", WHEN)
async def test_r62_who_wants_no_messages_gets_none_and_is_offered_none_again(
    office: Office, language: Language, when: str
) -> None:
    left = await stored(office, *at(BOOKING[language], WHEN[when], NO_MESSAGES[language]))
    assert left.call
    assert left.call.transcript
    assert left.call.consent_type == "transcript"
    assert left.follow_ups == []
    (booking,) = left.reservations
    assert booking.status == "confirmed"
    (remembered,) = left.preferences
    assert (remembered.no_whatsapp, remembered.no_transcript) == (True, False)
    later = await text_call(office, *BOOKING[language], call_id="next")
    assert later.context.consent.kind == "transcript"
    assert not any("WhatsApp" in turn.text for turn in later.context.turns)


@in_each_language
async def test_r63_a_call_back_that_is_declined_leaves_no_number(office: Office, language: Language) -> None:
    asked, _, declined = PERSON[language]
    left = await stored(office, asked, declined)
    assert left.follow_ups == []
    assert left.call
    assert left.call.consent_type == "transcript"


@in_each_language
async def test_r63_one_that_is_taken_keeps_the_number_and_no_consent_to_messages(
    office: Office, language: Language
) -> None:
    asked, taken, _ = PERSON[language]
    left = await stored(office, asked, taken)
    (follow_up,) = left.follow_ups
    assert follow_up.phone_sealed
    assert left.call
    assert left.call.consent_type == "transcript"


@in_each_language
async def test_an_objection_after_a_call_back_was_promised_leaves_its_number_and_no_more(
    office: Office, language: Language
) -> None:
    asked, taken, _ = PERSON[language]
    left = await stored(office, asked, taken, OBJECTION[language])
    (follow_up,) = left.follow_ups
    assert follow_up.phone_sealed  # the caller is still to be called
    assert follow_up.summary == ""


async def test_the_store_decides_by_the_state_alone(office: Office) -> None:
    """Whoever writes a call with an objection, whatever else it holds: only that it was is kept."""
    context = await office.context(test_business(), "call-1", CALLER, "text")
    context.add_turn("caller", "something", "en").entities = {"name": "Anil"}
    context.consent = Consent(spoke=True, objected=True, number_given=True)
    await office.call_log.save(context.ended("resolved"))
    async with office.database.read() as session:
        row = await session.get(CallLogRow, "call-1")
    assert row
    assert (row.transcript, row.entities, row.consent_type) == (None, None, "none")
