"""Being connected to a person: offered where somebody is there, agreed to, declined, and in vain."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.core.business import Handoff
from vartalaap.core.context import Utterance
from vartalaap.dialogue.llm.conversation import concerns_the_desk
from vartalaap.dialogue.rule_brain import LocalConversation

from ..caller import CALLER, Caller

NEAR = test_business().model_copy(update={"handoff": Handoff(phone_number="+919810000000")})
WANTS = "I want to speak to the manager"


def caller(*, on_the_phone: bool = True, now: datetime = TEST_NOW, number: str | None = CALLER) -> Caller:
    one = Caller(business=NEAR, now=now, number=number)
    one.context.can_transfer = on_the_phone
    return one


async def come_back(one: Caller) -> str:
    """Nobody answered: the session asks the conversation for what to say."""
    conversation = one.call._conversation
    return " ".join([sentence.text async for sentence in conversation.event("nobody_answered")])


@pytest.mark.parametrize(
    ("wish", "before", "offer"),
    [
        (WANTS, "", "connect you"),
        ("mujhe manager se baat karni hai", "", "manager"),
        ("मुझे मैनेजर से बात करनी है", "", "मैनेजर"),
        ("I have a complaint, the waiter was very rude", "sorry", "connect you"),
        ("I need a table for twenty people tomorrow", "more than ten", "connect you"),
    ],
)
async def test_a_person_who_is_there_is_offered_at_once(wish: str, before: str, offer: str) -> None:
    one = caller()
    said = await one.say(wish)
    assert before in said
    assert offer in said
    assert said.endswith("?")
    assert one.context.transfer == "none"
    assert not one.book.follow_ups, "nothing is promised yet"


@pytest.mark.parametrize(
    "answer",
    ["yes please", "haan", "theek hai connect kar do", "जोड़ दीजिए", "बात करा दो", "put me through", "connect the call",
     "manager ko phone lagao"],
)  # fmt: skip
async def test_who_agrees_is_told_and_then_connected(answer: str) -> None:
    one = caller()
    said = await one.say(WANTS, answer)
    assert "?" not in said
    assert (one.context.transfer, one.context.closing) == ("agreed", True)
    assert (one.result, one.context.outcome) == ("handoff", "fallback")
    assert not one.book.follow_ups


@pytest.mark.parametrize("answer", ["no", "nahi rehne do", "अभी नहीं", "no thanks"])
async def test_who_declines_is_not_connected(answer: str) -> None:
    one = caller()
    await one.say(WANTS, answer)
    assert one.context.transfer == "none"
    assert not one.context.closing
    assert one.result != "handoff"


@pytest.mark.parametrize("answer", ["no, call me back later", "baad mein call karna", "call me back"])
async def test_who_prefers_it_is_called_back(answer: str) -> None:
    one = caller()
    await one.say(WANTS, answer)
    assert one.context.transfer == "none"
    await one.say("yes")
    assert one.book.follow_ups == [("person", one.context.caller)]


async def test_a_number_that_is_given_is_called_back() -> None:
    one = caller()
    await one.say(WANTS, "call me on 9876543210")
    [(reason, phone)] = one.book.follow_ups
    assert reason == "person"
    assert phone
    assert phone.national == "9876543210"


@pytest.mark.parametrize("courtesy", ["thank you", "ok thank you so much", "please connect me to the manager"])
async def test_thanks_on_the_way_change_nothing(courtesy: str) -> None:
    one = caller()
    await one.say(WANTS, "yes", courtesy)
    assert (one.context.transfer, one.context.closing) == ("agreed", True)


@pytest.mark.parametrize("word", ["no wait, a table for four tomorrow at 8 pm", "wait", "what time do you close?"])
async def test_another_word_on_the_way_stops_the_transfer(word: str) -> None:
    one = caller()
    await one.say(WANTS, "yes", word)
    assert (one.context.transfer, one.context.closing) == ("none", False)


async def test_a_question_beside_the_offer_is_answered_and_the_offer_stays() -> None:
    one = caller()
    said = await one.say(WANTS, "what time do you close?")
    assert "half past ten" in said
    assert "connect you" in said
    await one.say("okay connect me")
    assert one.context.transfer == "agreed"


async def test_nobody_answered_so_a_call_back_is_offered_and_noted() -> None:
    one = caller()
    await one.say("mujhe manager se baat karni hai", "haan")
    said = await come_back(one)
    assert "Sorry" in said, "in the language of the call"
    assert not one.context.closing
    await one.say("haan kar dijiye")
    assert one.book.follow_ups == [("person", one.context.caller)]
    assert (one.result, one.context.outcome) == ("handoff", "fallback")
    again = await one.say(WANTS)
    assert "connect you" not in again, "a telephone that nobody answers is not rung twice"


async def test_an_anonymous_caller_whom_nobody_answered_is_asked_for_a_number() -> None:
    one = caller(number=None)
    await one.say(WANTS, "yes")
    assert "which phone number" in await come_back(one)


async def test_who_wants_nothing_after_a_vain_transfer_is_still_a_handoff_in_the_log() -> None:
    one = caller()
    await one.say(WANTS, "yes")
    await come_back(one)
    await one.say("no thanks", "bye")
    assert (one.result, one.context.outcome) == ("handoff", "fallback")
    assert not one.book.follow_ups


async def test_a_booking_in_hand_survives_a_vain_transfer() -> None:
    one = caller()
    await one.say("a table for four tomorrow at 8 pm", WANTS, "yes")
    await come_back(one)
    assert "name" in await one.say("no thanks")


@pytest.mark.parametrize("now", [datetime(2026, 11, 25, 23, 0, tzinfo=ZoneInfo("Asia/Kolkata"))])
async def test_outside_the_hours_only_a_call_back_is_offered(now: datetime) -> None:
    said = await caller(now=now).say(WANTS)
    assert "call you back" in said


async def test_a_line_that_cannot_be_handed_over_offers_a_call_back() -> None:
    assert "call you back" in await caller(on_the_phone=False).say(WANTS)


async def test_a_menu_to_be_sent_is_no_reason_to_ring_anybody() -> None:
    one = caller()
    assert "connect" not in await one.say("send me the menu on whatsapp")


async def test_a_technical_problem_leads_to_a_person_at_once() -> None:
    one = caller()
    said = " ".join([sentence.text async for sentence in one.call._conversation.event("trouble")])
    assert "तकनीकी" in said
    assert "मैनेजर" in said
    [_ async for _ in one.call._conversation.reply(Utterance("haan", typed=True))]
    assert one.context.transfer == "agreed"


@pytest.mark.parametrize(
    ("before", "word", "is_ours"),
    [
        ([WANTS], "jod dijiye", True),
        ([WANTS], "baad mein call karna", True),
        ([WANTS, "yes"], "thank you", True),
        ([WANTS], "do you also have a play area for children", False),
    ],
)
async def test_no_model_is_asked_about_a_transfer(before: list[str], word: str, is_ours: bool) -> None:
    one = caller()
    await one.say(*before)
    conversation = one.call._conversation
    assert isinstance(conversation, LocalConversation)
    assert concerns_the_desk(conversation.hear(Utterance(word, typed=True))) is is_ours


async def test_who_prefers_to_be_called_back_is_not_offered_a_connection_again() -> None:
    one = caller()
    said = await one.say(WANTS, "call me back later", "hmm what")
    assert "call you back" in said
    assert "connect" not in said
