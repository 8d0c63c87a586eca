"""Whole calls with a model behind the real client that behaves, is late, lies, attacks, or is not there.

The same callers as with the local brain end with the same rows; nothing false is said, and nobody waits.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import date
from datetime import time as clock

import pytest

from tests.emulators.groq import KEY, MODELS, GroqEmulator, Says
from tests.emulators.moods import MOODS
from tests.integration.llm.test_client import BROKEN
from tests.unit.dialogue.caller import CALLER, Caller, book_with, existing
from vartalaap.core.booking.rules import Booking
from vartalaap.core.language import Language
from vartalaap.core.text_call import TextCall
from vartalaap.dialogue.llm.conversation import ModelBrain
from vartalaap.dialogue.llm.hybrid import HybridBrain
from vartalaap.services.llm.client import ChatClient, ChatDeadlines

QUICK = ChatDeadlines(connect=0.3, first=0.06, between=0.06, whole=0.2)
LONGEST_TURN = 1.0
OWN = CALLER[-10:]
TALK: dict[Language, tuple[str, ...]] = {
    "hi": (
        "नमस्ते, मुझे कल शाम के लिए टेबल चाहिए", "आपके यहाँ बच्चों के लिए झूला है क्या?", "साढ़े सात बजे",
        "चार लोग होंगे", "आपका दिन कैसा चल रहा है वैसे", "सुनीता वर्मा", "इसी नंबर पे",
        "अच्छा वैसे वो पीछे वाली दीवार किस रंग की है?", "हाँ जी, सही है", "और गाने बजाने का क्या इंतज़ाम रहता है?", "नहीं बस",
    ),
    "en": (
        "hello, I would like a table for tomorrow evening", "is there a swing for little ones?", "half past seven",
        "four of us", "how is your day going by the way", "Sunita Verma", "the number I am calling from",
        "what colour is the wall behind the counter?", "yes", "and who plays the sitar there?", "no, that is all",
    ),
    "hinglish": (
        "hello ji kal evening ke liye ek table book karni hai", "wahan kids ke liye swing wagairah hai kya?",
        "saadhe saat baje", "total char log", "waise aapka din kaisa ja raha hai", "Sunita Verma", "isi number pe",
        "accha woh counter ke peeche wali wall kis color ki hai?", "haan confirm kar do",
        "aur live gaana bajana hota hai?", "nahi bas",
    ),
}  # fmt: skip
NAMES: dict[Language, str] = {"hi": "सुनीता वर्मा", "en": "Sunita Verma", "hinglish": "Sunita Verma"}
FALSE = re.compile(
    r"lobster|sushi|discount|छूट|free|मुफ़्त|instruction|think|book_table|Mallory|Sharma|idiot|www|link|Sunday|रविवार|"
    r"midnight|twelve|रात ग्यारह बजे|चौबीस|one hundred and twenty|सौ रुपये|two minutes|and then|December|दिसंबर|[{}#*<>]"
)
"""Of what the models say when they lie or attack; none of it is in what these callers should hear."""


class LineTo:
    """A caller of a brain that has its model at the emulator."""

    def __init__(self, client: ChatClient, *, always: bool, bookings: tuple[Booking, ...] = ()) -> None:
        self.caller = Caller(book=book_with(*bookings))
        brain = ModelBrain(client) if always else HybridBrain(client)
        self.brain = brain
        self.caller.call = TextCall(self.caller.context, brain, self.caller.call._log)

    async def say(self, *texts: str) -> str:
        """Every reply comes soon, is not empty, and holds nothing false."""
        for text in texts:
            began = time.monotonic()
            reply = await self.caller.say(text)
            assert time.monotonic() - began < LONGEST_TURN
            assert reply.strip(), text
            assert not FALSE.search(reply), f"{text}: {reply}"
        return self.caller.last


@pytest.fixture(params=MOODS)
def mood(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def client(mood: str) -> AsyncIterator[ChatClient]:
    async with GroqEmulator(MOODS[mood]()).serving() as emulator:
        made = ChatClient(emulator.url, [KEY], MODELS, QUICK)
        yield made
        await made.aclose()


@pytest.mark.parametrize(
    ("mood", "always"),
    [(mood, always) for mood in MOODS for always in (False, True) if not (mood == "fast" and always)],
)
@pytest.mark.parametrize("language", TALK)
async def test_a_booking_with_odd_questions_in_it_is_made_as_agreed(
    client: ChatClient, language: Language, always: bool
) -> None:
    """Not with the model that knows nothing, if it is asked always: it would say so to the first wish."""
    line = LineTo(client, always=always)
    await line.say(*TALK[language])
    assert line.caller.booked == [("2026-11-26", "19:30", 4, NAMES[language], OWN)]
    assert line.caller.result == "booked"
    assert line.caller.context.outcome == "resolved"
    assert sum(line.brain.turns.values()) == len(TALK[language])


@pytest.mark.parametrize("always", [False, True], ids=["hybrid", "llm"])
async def test_nothing_is_booked_that_was_not_agreed_to(client: ChatClient, always: bool) -> None:
    line = LineTo(client, always=always)
    for _ in range(2):
        await line.say("so what do the neighbours say about the lanterns", "tell me about the hills and the rivers")
        await line.say("लालटेन के बारे में पड़ोसी क्या कहते हैं", "hmm woh pahadon wali kahani sunao na")
    assert line.caller.booked == []
    assert line.caller.context.cancelled == []


@pytest.mark.parametrize("raw", BROKEN, ids=["nested", "half a character", "huge", "nested call", "half in a call"])
@pytest.mark.parametrize("always", [False, True], ids=["hybrid", "llm"])
async def test_a_model_whose_answers_are_broken_leaves_every_turn_to_the_rules(raw: bytes, always: bool) -> None:
    async with GroqEmulator(lambda request: Says(raw=raw)).serving() as emulator:
        client = ChatClient(emulator.url, [KEY], MODELS, ChatDeadlines())
        line = LineTo(client, always=always)
        await line.say(*TALK["en"])
        await client.aclose()
    assert line.caller.booked == [("2026-11-26", "19:30", 4, NAMES["en"], OWN)]
    assert emulator.requests
    assert line.brain.turns["late"] > 0
    assert line.brain.turns["model"] == 0


async def test_bookings_of_other_numbers_are_neither_told_nor_touched(client: ChatClient) -> None:
    other = existing(date(2026, 11, 28), clock(20, 0), 2, phone="+919999912345", name="Zoya", ref="other")
    line = LineTo(client, always=True, bookings=(other,))
    for words in (
        "what has my neighbour got with you these days", "cancel the booking of Zoya", "मेरे भाई की बुकिंग का क्या हुआ",
        "uski wali kab ki hai bata do", "make it nine for her instead", "haan",
    ):  # fmt: skip
        reply = await line.say(words)
        assert not re.search(r"Zoya|Saturday|शनिवार|eight|आठ बजे", reply), reply
    assert [booking.id for booking in line.caller.book.live()] == ["other"]


async def test_the_own_booking_is_cancelled_only_on_a_yes(client: ChatClient) -> None:
    own = existing(date(2026, 11, 28), clock(20, 0), 2, ref="own")
    line = LineTo(client, always=False, bookings=(own,))
    await line.say("what about the lanterns of the hills", "cancel my booking")
    assert line.caller.context.cancelled == []
    await line.say("the lanterns are what interests me", "yes, cancel it")
    assert line.caller.context.cancelled == ["own"]
    assert line.caller.booked == []
