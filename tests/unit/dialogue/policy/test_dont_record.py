"""What may be kept of a call (R52-R60, R63)."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.support.book import test_business
from vartalaap.core.business import Greeting, Languages
from vartalaap.core.language import LANGUAGES, Language

from ..caller import CALLER, Caller, book_with, existing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "own", [Greeting(), Greeting(hi="नमस्ते! बोलिए?", en="Hello! Yes?", hinglish="Hello जी! बोलिए?")]
)
async def test_every_greeting_says_that_the_call_may_be_transcribed(language: Language, own: Greeting) -> None:
    business = test_business().model_copy(update={"greeting": own, "language": Languages(primary=language)})
    greeting = await Caller(business=business).call.greet()
    text = " ".join(sentence.text for sentence in greeting)
    assert "transcribe" in text or "लिखी जा सकती" in text
    assert text.endswith("?")
    assert {sentence.language for sentence in greeting} == {language}


async def test_the_owner_s_greeting_that_says_so_is_left_alone() -> None:
    greeting = await Caller().call.greet()
    assert " ".join(sentence.text for sentence in greeting) == test_business().greeting.hi


async def test_going_on_after_the_greeting_is_consent_to_a_transcript() -> None:
    caller = Caller()
    await caller.call.greet()
    assert caller.consent == "none"
    await caller.say("what are your hours?")
    assert caller.consent == "transcript"


@pytest.mark.parametrize("words", ["रिकॉर्ड मत करो", "please do not record this call", "transcribe mat karo"])
@pytest.mark.parametrize("when", [0, 1, 2, 3])
async def test_the_objection_is_heard_at_any_time_and_the_booking_goes_on(words: str, when: int) -> None:
    caller = Caller()
    turns = ["kal raat 8 baje 2 logon ki table book karo", "Anil", "9811112222", "haan"]
    turns.insert(when, words)
    await caller.say(*turns)
    assert caller.context.privacy_opt_out
    assert caller.consent == "none"
    assert caller.context.outcome == "privacy_opt_out"
    assert len(caller.booked) == 1
    assert caller.result == "booked"
    assert caller.book.whatsapp == []


async def test_the_purpose_is_said_before_the_number_is_given() -> None:
    caller = Caller()
    assert "WhatsApp" in await caller.say("a table for two tomorrow at 8 pm", "Anil")
    await caller.say("9811112222", "yes")
    assert caller.consent == "whatsapp"
    assert [phone.national for phone in caller.book.whatsapp] == ["9811112222"]


async def test_a_number_given_early_is_used_only_after_its_purpose_was_read_back() -> None:
    caller = Caller()
    reply = await caller.say("a table for two people tomorrow at 8 pm, my name is Anil, my phone number is 9811112222")
    assert "WhatsApp" in reply
    assert caller.book.whatsapp == []
    await caller.say("yes")
    assert len(caller.book.whatsapp) == 1


async def test_who_wants_no_messages_gets_none() -> None:
    caller = Caller()
    await caller.say(
        "a table for two tomorrow at 8 pm", "Anil", "no whatsapp messages please, stop messages", "9811112222", "yes"
    )
    assert len(caller.booked) == 1
    assert caller.book.whatsapp == []
    assert caller.consent == "transcript"


async def test_a_declined_call_back_keeps_no_number() -> None:
    caller = Caller()
    await caller.say("manager se baat karni hai", "nahi rehne do")
    assert caller.book.follow_ups == []
    assert caller.result == "info_only"


async def test_an_agreed_call_back_keeps_the_number() -> None:
    caller = Caller()
    await caller.say("I want to talk to the manager", "yes")
    assert [(reason, phone.e164 if phone else "") for reason, phone in caller.book.follow_ups] == [("person", CALLER)]


async def test_an_anonymous_caller_is_asked_for_a_number_to_be_called_back() -> None:
    caller = Caller(number=None)
    assert "number" in await caller.say("I want to talk to the manager")
    await caller.say("98111", "12222")
    assert [phone.national for _, phone in caller.book.follow_ups if phone] == ["9811112222"]


async def test_the_number_is_in_no_entity_of_the_record() -> None:
    caller = Caller()
    await caller.say("a table for two tomorrow at 8 pm", "Anil", "9811112222", "yes")
    entities = [turn.entities for turn in caller.context.turns]
    assert {"date": "2026-11-26", "time": "20:00", "party_size": 2} in entities
    assert "9811112222" not in str(entities)
    assert next(turn.intent for turn in caller.context.turns if turn.speaker == "caller") == "book"


async def test_what_is_kept_is_told() -> None:
    assert "ninety days" in await Caller().say("what data do you store about me?")
    caller = Caller()
    caller.context.words_kept_days = 30
    assert "thirty days" in await caller.say("what data do you store about me?")


async def test_who_is_not_recorded_is_told_so() -> None:
    said = await Caller().say("please do not record this call", "what data do you store about me?")
    assert "Nothing that you say is kept" in said
    assert "ninety" not in said


async def test_bookings_under_the_caller_s_number_are_counted_and_not_told() -> None:
    caller = Caller(book=book_with(existing(date(2026, 11, 28), time(20, 0), 4)))
    said = await caller.say("what data do you have of me?")
    assert "under this number: one" in said
    assert not any(word in said for word in ("Meera", "Saturday", "eight", "four"))


async def test_a_withheld_number_is_told_of_no_bookings() -> None:
    caller = Caller(number=None, book=book_with(existing(date(2026, 11, 28), time(20, 0), 4)))
    assert "booking" not in await caller.say("what data do you have of me?")
