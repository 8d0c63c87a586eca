"""Callers who speak over the bot, in three languages, with the real local brain, on virtual time (R76, R77)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from tests.support.book import TEST_NOW, MemoryBook, test_business
from tests.support.call import ByteVad, MemoryLog, ScriptedLine, ScriptedRecogniser, ToneVoice, loop_time
from tests.support.virtual_time import run_virtual
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext
from vartalaap.core.desk import Desk
from vartalaap.core.events import CallEnded, ClearAudio, PlayAudio, TextTyped
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.session import CallParts, CallSession
from vartalaap.dialogue.local import LocalBrain, LocalConversation

BRAIN = LocalBrain()
WISHES = {
    "hi": ("कल रात आठ बजे चार लोगों के लिए टेबल चाहिए", "अनिल", "इसी नंबर पर"),
    "en": ("A table for four tomorrow at 8 pm please", "Anil", "use this number"),
    "hinglish": ("kal raat 8 baje 4 log ke liye table chahiye", "Anil", "isi number pe"),
}
Play = Callable[["Call"], Coroutine[object, object, None]]


class Call:
    """A call with a caller who can type, to come to the point, and speak, to be tested."""

    def __init__(self) -> None:
        self.line = ScriptedLine()
        self.recogniser = ScriptedRecogniser([])
        self.book = MemoryBook()
        caller = PhoneNumber("+919876501234")
        business = test_business()
        clock = Clock(TEST_NOW, monotonic=lambda: 0.0)
        desk = Desk(business, clock, self.book, self.book, call_id="call-1", caller=caller)
        self.context = CallContext("call-1", business, desk, clock, caller)
        self.failures: list[Exception] = []
        parts = CallParts(
            brain=BRAIN,
            ears=ByteVad(),
            recogniser=self.recogniser,
            voice=ToneVoice(),
            log=MemoryLog(),
            on_failure=lambda _, error: self.failures.append(error),
        )
        self.session = CallSession(self.context, self.line, parts)

    def play(self, caller: Play) -> None:
        async def main() -> None:
            running = asyncio.ensure_future(self.session.run())
            await self.line.listen_until_quiet()
            await caller(self)
            self.line.put(CallEnded("caller"))
            await running

        run_virtual(main())
        assert self.failures == []

    async def come_to_the_read_back(self, language: str) -> None:
        """A booking in hand; its read-back has just begun."""
        *wishes, last = WISHES[language]
        for words in wishes:
            self.line.put(TextTyped(words))
            await self.line.listen_until_quiet()
        self.line.sent.clear()
        self.line.put(TextTyped(last))
        await self.line.listen(0.3)

    async def over_it(self, words: str, *, after: float = 0.8, seconds: float = 0.7) -> None:
        """Say so, some seconds into the bot's speech."""
        await self.line.listen(after)
        self.recogniser.script[:] = [words]
        await self.line.speak(seconds)

    async def say(self, words: str) -> None:
        """Say so while the bot is silent, and hear the answer."""
        await self.over_it(words, after=0.3)
        await self.line.listen_until_quiet()

    @property
    def state(self) -> LocalConversation:
        talk = self.session._conversation
        assert isinstance(talk, LocalConversation)
        return talk

    @property
    def bot(self) -> list[str]:
        return [turn.text for turn in self.context.turns if turn.speaker == "bot"]

    @property
    def caller(self) -> list[str]:
        return [turn.text for turn in self.context.turns if turn.speaker == "caller"]

    @property
    def parties(self) -> list[int]:
        return [booking.party_size for booking in self.book.live()]

    @property
    def stops(self) -> int:
        return len(self.line.times(ClearAudio))


@pytest.mark.parametrize(
    ("language", "filler"),
    [("hi", "हम्म"), ("hi", "हाँ जी"), ("en", "okay"), ("en", "hmm"), ("hinglish", "achha achha"), ("hinglish", "haan")],
)
def test_a_filler_in_the_middle_of_the_read_back_lets_it_go_on_and_agrees_to_nothing(
    language: str, filler: str
) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(filler)
        await call.line.listen_until_quiet()
        await call.line.listen(1.0)
        assert call.stops == 1
        assert call.parties == []
        assert call.state.state.read_back_text in call.bot[-1]  # one turn, whole
        assert len(call.caller) == len(WISHES[language])
        await call.say("yes" if filler in ("hmm", "हम्म") else filler)
        assert call.parties == [4]

    Call().play(caller)


@pytest.mark.parametrize("language", ["hi", "en", "hinglish"])
def test_noise_over_the_read_back_never_leaves_silence(language: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        for _ in range(3):
            await call.over_it("")
            noise_ended = loop_time()
            await call.line.listen(1.0)
            again = [at for at in call.line.times(PlayAudio) if at > noise_ended]
            assert again
            assert again[0] - noise_ended < 0.7
        await call.line.listen_until_quiet()
        await call.line.listen(1.0)
        assert call.state.state.read_back_text in call.bot[-1]
        await call.say("haan ji")
        assert call.parties == [4]

    Call().play(caller)


def test_a_cough_stops_nothing() -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back("hi")
        await call.over_it("", seconds=0.18)
        await call.line.listen_until_quiet()
        assert call.stops == 0
        assert call.state.state.read_back_text in call.bot[-1]

    Call().play(caller)


@pytest.mark.parametrize(
    ("language", "wait", "go_on"),
    [
        ("hi", "रुको रुको", "हाँ बोलिए"),
        ("hi", "एक मिनट", "जी बताइए"),
        ("en", "wait a moment", "yes go on"),
        ("hinglish", "ek second rukiye", "haan boliye"),
    ],
)
def test_wait_stops_the_bot_which_then_waits_without_a_word(language: str, wait: str, go_on: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(wait, seconds=1.0)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        turns = len(call.bot)
        await call.line.listen(20.0)
        assert len(call.bot) == turns
        await call.say(go_on)
        assert call.parties == []  # the read-back was not heard to its end
        assert call.bot[-1].endswith(call.state.state.read_back_text) or call.state.state.read_back_text in call.bot[-1]
        await call.say("haan ji")
        assert call.parties == [4]

    Call().play(caller)


def test_after_a_long_moment_the_caller_is_asked_again() -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back("en")
        await call.over_it("wait a moment", seconds=1.0)
        await call.line.listen_until_quiet()
        turns = len(call.bot)
        await call.line.listen(32.0)
        assert len(call.bot) == turns + 1

    Call().play(caller)


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("hi", "पनीर मोमो कितने के हैं", "दो सौ बीस"),
        ("en", "how much are paneer momos", "two hundred and twenty"),
        ("hinglish", "address kya hai aapka", "Delhi"),
    ],
)
def test_a_question_over_the_read_back_is_answered_and_books_nothing(language: str, question: str, answer: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(question, seconds=1.5)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.caller[-1] == question
        assert call.parties == []
        assert answer.lower() in call.bot[-1].lower()

    Call().play(caller)


@pytest.mark.parametrize(
    ("language", "correction"),
    [("hi", "नहीं नहीं छह लोग"), ("en", "no actually six people"), ("hinglish", "actually 6 log, 4 nahi")],
)
def test_a_correction_over_the_read_back_is_what_is_booked(language: str, correction: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(correction, seconds=1.2)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.parties == []
        await call.say("haan ji")
        assert call.parties == [6]

    Call().play(caller)


@pytest.mark.parametrize(("language", "no"), [("hi", "नहीं"), ("en", "no no"), ("hinglish", "nahi nahi")])
def test_a_no_over_the_read_back_stops_it_and_books_nothing(language: str, no: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(no)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.caller[-1] == no
        assert call.parties == []

    Call().play(caller)


def test_a_wish_over_the_greeting_is_taken_up() -> None:
    call = Call()

    async def main() -> None:
        running = asyncio.ensure_future(call.session.run())
        await call.over_it("kal raat 8 baje 4 log ke liye table chahiye", after=1.0, seconds=2.0)
        await call.line.listen_until_quiet()
        call.line.put(CallEnded("caller"))
        await running

    run_virtual(main())
    assert call.stops == 1
    assert call.state.state.party_size == 4
    assert call.context.turns[0].interrupted


def test_a_yes_before_the_read_back_has_begun_agrees_to_nothing() -> None:
    async def caller(call: Call) -> None:
        *wishes, last = WISHES["hi"]
        for words in wishes:
            call.line.put(TextTyped(words))
            await call.line.listen_until_quiet()
        call.recogniser.script[:] = ["हाँ"]
        call.line.put(TextTyped(last))
        await call.line.speak(0.5)
        await call.line.listen_until_quiet()
        await call.line.listen(1.0)
        assert call.parties == []
        assert call.state.state.read_back_text in call.bot[-1]

    Call().play(caller)


def test_ten_digits_are_answered_at_once_and_half_a_number_is_waited_for() -> None:
    async def caller(call: Call) -> None:
        for words in ("A table for four tomorrow at 8 pm please", "Anil"):
            call.line.put(TextTyped(words))
            await call.line.listen_until_quiet()
        assert call.context.expecting == "phone"
        await call.over_it("98111", after=0.3)
        await call.line.listen(0.9)
        assert call.caller[-1] == "Anil"
        await call.over_it("98111 12222", after=0.0)
        ended = loop_time()
        call.line.sent.clear()
        await call.line.listen_until_quiet()
        assert call.caller[-1] == "98111 12222"
        assert call.line.times(PlayAudio)[0] - ended < 0.45

    Call().play(caller)


def test_after_silence_it_asks_again_offers_a_person_and_says_goodbye() -> None:
    async def caller(call: Call) -> None:
        for _ in range(40):
            await call.line.listen(2.0)
            if call.line.closed:
                break
        assert call.line.closed
        assert 4 <= len(call.bot) <= 7
        assert any("मैनेजर" in text for text in call.bot)
        assert "नमस्ते" in call.bot[-1]
        assert call.context.outcome == "fallback"

    Call().play(caller)
