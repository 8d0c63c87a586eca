"""Answers come from the business's own data, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.book import test_business
from vartalaap.core.business import Business, Faq, Location, Menu

from ..caller import Caller

DEMO = test_business()


async def test_two_dishes_get_two_prices() -> None:
    reply = await Caller().say("How much are the butter chicken and the masala chai?")
    assert "Butter Chicken three hundred and twenty rupees" in reply
    assert "Masala Chai fifty rupees" in reply


async def test_a_dish_of_two_kinds_is_answered_with_both_prices() -> None:
    reply = await Caller().say("thukpa ka price batao")
    assert "Veg Thukpa दो सौ रुपये" in reply
    assert "Chicken Thukpa दो सौ पचास रुपये" in reply


async def test_a_dish_of_many_kinds_is_asked_about_and_then_answered() -> None:
    caller = Caller()
    reply = await caller.say("momos kitne ke hain?")
    assert "एक सौ अस्सी रुपये से दो सौ चालीस रुपये" in reply
    assert reply.count("?") == 1
    assert "Paneer Momos दो सौ बीस रुपये" in await caller.say("paneer wale")


async def test_which_kind_may_be_said_by_its_adjective_alone() -> None:
    caller = Caller()
    reply = await caller.say("momos kitne ke hain?", "steam wale")
    assert "Veg Steam Momos एक सौ अस्सी रुपये" in reply
    assert "Chicken Steam Momos दो सौ बीस रुपये" in reply
    assert "Fried" not in reply


async def test_a_dish_that_is_not_on_the_menu_is_said_to_be_missing() -> None:
    reply = await Caller().say("do you have pizza?")
    assert "not on our menu" in reply


async def test_tonight_and_another_day_are_both_answered() -> None:
    reply = await Caller().say("aaj raat kab tak khule ho aur Monday ko khula hai kya?")
    assert "रात साढ़े दस बजे तक" in reply
    assert "closed" in reply or "बंद" in reply


async def test_in_a_booking_the_hours_are_those_of_its_day() -> None:
    caller = Caller()
    reply = await caller.say("a table for two on Saturday", "what time do you close?")
    assert "Saturday the twenty-eighth of November we are open from eleven" in reply
    assert reply.endswith("?")


async def test_the_week_is_said_with_its_closed_day() -> None:
    reply = await Caller().say("What are your opening hours?")
    assert "Tuesday to Sunday from eleven in the morning to half past ten at night" in reply
    assert "closed on Monday" in reply


async def test_days_with_different_hours_are_told_apart() -> None:
    hours = DEMO.operating_hours.model_validate(
        {"monday": "closed", "tuesday": "11:00-15:00, 19:00-22:00", "saturday": "18:00-02:00"}
    )
    reply = await Caller(business=DEMO.model_copy(update={"operating_hours": hours})).say(
        "What are your opening hours?"
    )
    assert "Tuesday from eleven in the morning to three in the afternoon and from seven" in reply
    assert "Saturday from six in the evening to two at night" in reply


async def test_the_address_comes_with_its_landmark() -> None:
    reply = await Caller().say("where are you located?")
    assert "Lajpat Nagar" in reply
    assert "metro station" in reply


async def test_without_an_address_nothing_is_invented() -> None:
    business = DEMO.model_copy(update={"location": Location()})
    assert "do not" in await Caller(business=business).say("where are you located?")


@pytest.mark.parametrize(
    "words", ["कार पार्किंग है क्या?", "is there any parking?", "parking milegi?", "gaadi kahan khadi karein, jagah hai?"]
)
async def test_a_frequent_question_is_found_in_any_script(words: str) -> None:
    assert "paid parking" in await Caller().say(words)


@pytest.mark.parametrize("words", ["बच्चों के लिए ऊँची कुर्सी है क्या?", "do you have a high chair?"])
async def test_a_frequent_question_is_found_by_its_meaning(words: str) -> None:
    assert "high chairs" in await Caller().say(words)


async def test_words_that_two_frequent_questions_share_decide_nothing() -> None:
    faqs = (
        Faq(question="kids menu", answer="For children there is."),
        Faq(question="kids chair", answer="Chairs too."),
    )
    business = DEMO.model_copy(update={"faqs": faqs})
    reply = await Caller(business=business).say("do you have a chair for kids?")
    assert "Chairs too." in reply
    assert "For children" not in reply


async def test_what_nobody_configured_is_handed_to_a_person() -> None:
    caller = Caller()
    reply = await caller.say("Do you have live music on Fridays?")
    assert "do not" in reply
    assert caller.result == "handoff"


async def test_an_unknown_question_in_a_booking_does_not_stop_it() -> None:
    caller = Caller()
    await caller.say("A table for two tomorrow at 8 pm")
    reply = await caller.say("what kind of music do you play?")
    assert "do not" in reply
    assert "name" in reply
    await caller.say("Anil", "9811112222", "yes")
    assert caller.result == "booked"


async def test_delivery_is_not_done() -> None:
    caller = Caller()
    reply = await caller.say("ghar pe delivery ho jayegi?")
    assert "delivery" in reply or "डिलीवरी" in reply
    assert caller.result == "info_only"


async def test_nothing_is_paid_on_a_call() -> None:
    assert "no payment" in await Caller().say("Can I pay by card over the phone?")


async def test_the_owner_s_own_words_on_payment_come_first() -> None:
    business = DEMO.model_copy(update={"faqs": (Faq(question="card payment", answer="We take all cards."),)})
    reply = await Caller(business=business).say("do you accept card payment?")
    assert "We take all cards." in reply
    assert "paid" not in reply


async def test_a_business_without_a_menu_answers_no_price() -> None:
    business: Business = DEMO.model_copy(update={"menu": Menu()})
    reply = await Caller(business=business).say("How much is the butter chicken?")
    assert "rupees" not in reply


async def test_vegetarian_dishes_are_those_marked_so() -> None:
    reply = await Caller().say("kya vegetarian milta hai?")
    assert "Veg Steam Momos" in reply
    assert "Chicken" not in reply
