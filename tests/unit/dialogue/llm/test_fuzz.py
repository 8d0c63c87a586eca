"""Any caller with any model: no crash, no booking that was not read back and agreed to, never an empty reply."""

from __future__ import annotations

import asyncio
import json
from datetime import date, time

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.book import TEST_NOW
from tests.unit.dialogue.caller import CALLER, book_with, existing
from tests.unit.dialogue.test_fuzz import ANSWERS, LINES
from vartalaap.core.phone import PhoneNumber
from vartalaap.dialogue.llm.tools import TOOLS
from vartalaap.dialogue.nlu import answer_yes_no, understand
from vartalaap.dialogue.state import ReadBack

from .stub import ModelCaller, Says, Script

SATURDAY = date(2026, 11, 28)
ODD = (
    "so what about the lanterns", "वो पहाड़ों वाली कहानी", "hum sab log aur woh bhi", "the other one, a bit later",
    "hmm well you see",
)  # fmt: skip
TEXTS = (
    "", "Sure.", "That sounds lovely.", "I do not know.", "Your table is booked.", "Momos are ten rupees.",
    "जी, हो गया।", "Shall I book it?", "Yes.", "क्या आप चार लोग हैं?", "Our manager will call you. Done. Bye.", "{}",
    "<think>", "🙂" * 30,
)  # fmt: skip
VALUES = st.sampled_from(
    [None, "2026-11-28", "2026-11-30", "20:00", "09:00", "tomorrow", 4, 30, -1, True, [], ["prices"], "Mallory"]
)


def arguments(name: str) -> st.SearchStrategy[str]:
    """Of the tool's own fields, with values of any kind; seldom no JSON at all."""
    properties = next(tool.parameters["properties"] for tool in TOOLS if tool.name == name)
    assert isinstance(properties, dict)
    made = st.fixed_dictionaries(dict.fromkeys(properties, VALUES)).map(json.dumps)
    return made | st.just('{"date"')


CALLS = st.sampled_from([tool.name for tool in TOOLS]).flatmap(lambda name: st.tuples(st.just(name), arguments(name)))
ANSWER = st.builds(
    Says, st.sampled_from(TEXTS), st.lists(CALLS, max_size=4).map(tuple), st.sampled_from([False, False, False, True])
)


def always_says(says: Says) -> Script:
    return lambda said: says


class Witness:
    """Remembers what was read back when the caller agreed."""

    def __init__(self, caller: ModelCaller) -> None:
        self.caller = caller
        self.conversation = caller.brain.open(caller.context)
        caller.call._conversation = self.conversation
        self.agreed: list[ReadBack] = []

    async def say(self, text: str) -> None:
        state = self.conversation.state
        before = state.confirmation.read_back if state.asked == "confirm" else None
        if before and (answer_yes_no(text) == "yes" or self._asks_to_book(text)):
            self.agreed.append(before)
        reply = await self.caller.say(text)
        assert reply.strip(), text

    def _asks_to_book(self, text: str) -> bool:
        """ "I want the table", said to a read-back, agrees to it; so say the rules, without any model."""
        return understand(text, now=TEST_NOW, business=self.caller.context.business).has("book")


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(LINES + ODD), ANSWER), min_size=3, max_size=14),
    st.booleans(),
    st.booleans(),
)
def test_no_model_can_make_a_call_go_wrong(turns: list[tuple[str, Says]], always: bool, has_booking: bool) -> None:
    async def call() -> None:
        own = existing(SATURDAY, time(13, 0), 2)
        other = existing(SATURDAY, time(14, 0), 2, phone="+919999912345", ref="other")
        caller = ModelCaller(book=book_with(*([own] if has_booking else []), other), always=always)
        witness = Witness(caller)
        for text, says in turns:
            caller.model.script = always_says(says)
            if caller.context.closing:
                break
            expected = ANSWERS.get(witness.conversation.state.asked or "")
            await witness.say(expected if expected and len(text) % 3 == 0 else text)
        check(caller, witness)

    asyncio.run(call())


def check(caller: ModelCaller, witness: Witness) -> None:
    assert caller.book.bookings["other"].status == "confirmed"
    number = PhoneNumber.parse(CALLER)
    for booking in caller.context.made:
        agreed = [(r.request.date, r.request.time, r.request.party_size, r.guest.name) for r in witness.agreed]
        assert (booking.date, booking.time, booking.party_size, booking.guest.name) in agreed
    for reference in caller.context.cancelled:
        assert caller.book.bookings[reference].guest.phone == number or reference.startswith("r")
    assert sum(caller.brain.turns.values()) == len(caller.replies)
