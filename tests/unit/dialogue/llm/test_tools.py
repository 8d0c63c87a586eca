"""The model's tools: strict schemas, validated arguments, and no more power than a caller's own words."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import TEST_NOW, MemoryBook, make_desk, test_business
from vartalaap.core.chat_model import ToolCall
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext
from vartalaap.dialogue.llm.tools import TOOLS, as_understood, faq_of, read_calls
from vartalaap.dialogue.nlu import Expectation, Slot, Understanding, understand
from vartalaap.dialogue.state import Progress, State
from vartalaap.dialogue.turn import Turn

BUSINESS = test_business()
SATURDAY = "2026-11-28"


def call(name: str, **arguments: object) -> ToolCall:
    return ToolCall(name, json.dumps(arguments))


def book(**given: object) -> ToolCall:
    empty = {"date": None, "time": None, "party_size": None, "guest_name": None, "use_calling_number": False}
    return call("book_table", **{**empty, **given})


def taken(said: str, *calls: ToolCall, asked: Slot | None = None, mode: str = "talking") -> Understanding:
    """What the calls make of these words."""
    context = CallContext("call", BUSINESS, make_desk(MemoryBook(), BUSINESS), Clock(TEST_NOW))
    state = State(mode="booking" if mode == "booking" else "talking", progress=Progress(asked=asked))
    turn = Turn(context, state, understand(said, now=TEST_NOW, business=BUSINESS, expecting=Expectation(asked)))
    tools = read_calls(calls)
    assert tools
    return as_understood(tools, turn, said)


def test_every_schema_is_strict() -> None:
    assert {tool.name for tool in TOOLS} == {
        "check_table", "book_table", "find_my_bookings", "move_booking", "cancel_booking", "ask_person", "tell",
        "end_call",
    }  # fmt: skip
    for tool in TOOLS:
        properties = tool.parameters["properties"]
        assert isinstance(properties, dict)
        assert tool.parameters["additionalProperties"] is False
        assert tool.parameters["required"] == list(properties)
        assert all("type" in field for field in properties.values())
        assert "phone" not in properties
        assert tool.description


@pytest.mark.parametrize(
    "calls",
    [
        [ToolCall("book_table", "not json")],
        [ToolCall("book_table", "{}")],
        [ToolCall("book_table", "[]")],
        [ToolCall("drop_database", "{}")],
        [book(date="tomorrow")],
        [book(date="2026-13-40")],
        [book(time="25:99")],
        [book(party_size=0)],
        [book(party_size=10_000)],
        [book(party_size="4")],
        [book(party_size=4.5)],
        [book(phone="9810123456")],
        [call("tell", about=["secrets"], dishes=[], faq=None)],
        [call("cancel_booking", id="other")],
        [call("end_call")] * 4,
        [],
    ],
)
def test_a_call_that_breaks_its_schema_is_refused_with_all_beside_it(calls: list[ToolCall]) -> None:
    assert read_calls(calls) is None
    if calls:
        assert read_calls([call("cancel_booking"), *calls]) is None


@given(st.text(max_size=200), st.sampled_from([tool.name for tool in TOOLS]))
def test_arguments_of_any_kind_are_read_or_refused(arguments: str, name: str) -> None:
    read = read_calls([ToolCall(name, arguments)])
    assert read is None or len(read) == 1


def test_values_that_the_words_can_have_given_are_taken() -> None:
    heard = taken("me, my husband and our three boys, the later one for dinner", book(party_size=5, time="20:30"))
    assert heard.party_size == 5
    assert heard.when
    assert heard.when.time == dt.time(20, 30)
    assert heard.has("book")


def test_values_out_of_nowhere_are_not() -> None:
    heard = taken("the lanterns are lovely", book(date=SATURDAY, time="20:00", party_size=4, guest_name="Mallory"))
    assert (heard.when, heard.party_size, heard.name) == (None, None, None)


def test_what_hear_understood_goes_before_what_the_model_says() -> None:
    heard = taken("Saturday at eight, four people", book(date="2026-11-29", time="21:00", party_size=6))
    assert heard.when
    assert (heard.when.date, heard.when.time, heard.party_size) == (dt.date(2026, 11, 28), dt.time(20, 0), 4)


@pytest.mark.parametrize(
    ("said", "name", "taken_name"),
    [
        ("likh lo bhaiya Gurmukh wale", "Gurmukh", "Gurmukh"),
        ("लिख लीजिए गुरमुख वाले", "Gurmukh", "Gurmukh"),
        ("put Annapurna there", "Mallory", None),
        ("put Annapurna there", "Annapurna<script>", None),
        ("put Annapurna there", "Annapurna " * 20, None),
    ],
)
def test_a_name_is_taken_only_if_it_was_said(said: str, name: str, taken_name: str | None) -> None:
    assert taken(said, book(guest_name=name)).name == taken_name


def test_a_model_gives_no_telephone_number_but_the_caller_s_own() -> None:
    own = taken("just the one I ring from", book(use_calling_number=True)).phone
    assert own
    assert (own.own_number, own.digits) == (True, "")
    assert taken("just the one", book()).phone is None


def test_a_model_agrees_to_nothing() -> None:
    for tool in (book(), call("cancel_booking"), call("move_booking", date=None, time=None, party_size=None)):
        heard = taken("well you see", tool, asked="confirm", mode="booking")
        assert not heard.has("book", "cancel", "change")
        assert heard.answer == "unclear"


def test_a_booking_in_hand_is_dropped_only_if_the_caller_refuses() -> None:
    assert not taken("the lanterns are lovely", call("cancel_booking"), mode="booking").has("cancel")
    assert taken("nah, forget about the whole thing", call("cancel_booking"), mode="booking").has("cancel")
    assert taken("the lanterns are lovely", call("cancel_booking")).has("cancel")


def test_who_asks_for_a_whole_table_cancels_nothing() -> None:
    heard = taken("a table for four tomorrow at eight", call("cancel_booking"))
    assert heard.has("book")
    assert not heard.has("cancel")


def test_the_call_ends_only_after_we_asked_for_more() -> None:
    assert not taken("so well", call("end_call")).has("bye")
    assert taken("so well", call("end_call"), asked="anything_else").has("bye")


def test_questions_become_topics_and_dishes_of_the_menu() -> None:
    tool = call("tell", about=["prices", "hours"], dishes=["Butter Tea", "Lobster"], faq=None)
    heard = taken("what does that salty drink cost and when are you there", tool)
    assert heard.has("price")
    assert heard.has("hours")
    assert [item.name for dishes in heard.dishes for item in dishes.items] == ["Butter Tea"]


@pytest.mark.parametrize(("number", "answer"), [(1, BUSINESS.faqs[0].answer), (0, None), (99, None), (-1, None)])
def test_an_answer_of_the_owner_s_is_chosen_by_its_number(number: int, answer: str | None) -> None:
    tools = read_calls([call("tell", about=[], dishes=[], faq=number)])
    assert tools
    assert faq_of(tools, BUSINESS) == answer
