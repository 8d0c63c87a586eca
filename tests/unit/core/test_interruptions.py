"""Callers who speak over the bot, in three languages, with the real local brain, on virtual time (R76, R77)."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.call import loop_time
from tests.support.talk_over import DEMO, WISHES, Call, QuickCall, RecordedCall
from tests.support.virtual_time import run_virtual
from vartalaap.core.events import CallEnded, DigitPressed, PlayAudio, TextTyped

MOST_MS = 400
"""From the first sound of a voice to the bot's silence: 300 ms of speech, and what the ears need to be sure."""


@pytest.fixture(params=[Call, RecordedCall, QuickCall])
def kind(request: pytest.FixtureRequest) -> type[Call]:
    """How the caller speaks."""
    found: type[Call] = request.param
    return found


@pytest.mark.parametrize(
    ("language", "filler"),
    [
        ("hi", "हम्म"),
        ("hi", "हाँ जी"),
        ("en", "okay"),
        ("en", "hmm"),
        ("hinglish", "achha achha"),
        ("hinglish", "haan"),
    ],
)
def test_a_filler_in_the_middle_of_the_read_back_lets_it_go_on_and_agrees_to_nothing(
    kind: type[Call], language: str, filler: str
) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(filler)
        await call.line.listen_until_quiet()
        await call.line.listen(1.0)
        assert call.stops <= 1  # a short one does not even stop it
        assert call.parties == []
        assert call.state.state.confirmation.text in call.bot[-1]  # one turn, whole
        assert len(call.caller) == len(WISHES[language])
        await call.say("yes" if filler in ("hmm", "हम्म") else filler)
        assert call.parties == [4]

    kind().play(caller)


@pytest.mark.parametrize("language", ["hi", "en", "hinglish"])
def test_noise_over_the_read_back_never_leaves_silence(kind: type[Call], language: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        for _ in range(3):
            await call.over_it("")
            noise_ended = loop_time()
            await call.line.listen(1.0)
            again = [at for at in call.line.times(PlayAudio) if at > noise_ended]
            assert again
            assert again[0] - noise_ended < 0.7
        await call.line.listen_to_the_end()
        await call.line.listen(1.0)
        assert call.state.state.confirmation.text in call.bot[-1]
        await call.say("haan ji")
        assert call.parties == [4]

    kind().play(caller)


def test_a_cough_stops_nothing(kind: type[Call]) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back("hi")
        await call.over_it("", seconds=0.18)
        await call.line.listen_until_quiet()
        assert call.stops == 0
        assert call.state.state.confirmation.text in call.bot[-1]

    kind().play(caller)


@pytest.mark.parametrize(
    ("language", "wait", "go_on"),
    [
        ("hi", "रुको रुको", "हाँ बोलिए"),
        ("hi", "एक मिनट", "जी बताइए"),
        ("en", "wait a moment", "yes go on"),
        ("hinglish", "ek second rukiye", "haan boliye"),
    ],
)
def test_wait_stops_the_bot_which_then_waits_without_a_word(
    kind: type[Call], language: str, wait: str, go_on: str
) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(wait, seconds=1.0)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.least_ms <= call.stopped_after_ms <= MOST_MS
        turns = len(call.bot)
        await call.line.listen(20.0)
        assert len(call.bot) == turns
        await call.say(go_on)
        assert call.parties == []  # the read-back was not heard to its end
        assert (
            call.bot[-1].endswith(call.state.state.confirmation.text)
            or call.state.state.confirmation.text in call.bot[-1]
        )
        await call.say("haan ji")
        assert call.parties == [4]

    kind().play(caller)


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
def test_a_question_over_the_read_back_is_answered_and_books_nothing(
    kind: type[Call], language: str, question: str, answer: str
) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(question, seconds=1.5)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.least_ms <= call.stopped_after_ms <= MOST_MS
        assert call.caller[-1] == question
        assert call.parties == []
        assert answer.lower() in call.bot[-1].lower()

    kind().play(caller)


@pytest.mark.parametrize(
    ("language", "correction"),
    [("hi", "नहीं नहीं छह लोग"), ("en", "no actually six people"), ("hinglish", "actually 6 log, 4 nahi")],
)
def test_a_correction_over_the_read_back_is_what_is_booked(kind: type[Call], language: str, correction: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(correction, seconds=1.2)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.least_ms <= call.stopped_after_ms <= MOST_MS
        assert call.parties == []
        await call.say("haan ji")
        assert call.parties == [6]

    kind().play(caller)


@pytest.mark.parametrize(("language", "no"), [("hi", "नहीं"), ("en", "no no"), ("hinglish", "nahi nahi")])
def test_a_no_over_the_read_back_stops_it_and_books_nothing(kind: type[Call], language: str, no: str) -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back(language)
        await call.over_it(no)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.least_ms <= call.stopped_after_ms <= MOST_MS
        assert call.caller[-1] == no
        assert call.parties == []

    kind().play(caller)


def test_a_natural_voice_that_agrees_too_early_has_agreed_to_nothing() -> None:
    async def caller(call: Call) -> None:
        await call.come_to_the_read_back("hi")
        await call.over_it(DEMO["yes"].text)
        await call.line.listen_until_quiet()
        assert call.stops == 1
        assert call.least_ms <= call.stopped_after_ms <= MOST_MS
        assert call.parties == []
        assert call.state.state.confirmation.text in call.bot[-1]
        await call.say(DEMO["yes"].text)
        assert call.parties == [4]

    RecordedCall().play(caller)


def test_a_natural_voice_over_the_greeting_is_taken_up() -> None:
    call = RecordedCall()

    async def main() -> None:
        running = asyncio.ensure_future(call.session.run())
        await call.over_it(DEMO["wish"].text, after=1.0)
        await call.line.listen_until_quiet()
        call.line.put(CallEnded("caller"))
        await running

    run_virtual(main())
    assert call.stops == 1
    assert call.least_ms <= call.stopped_after_ms <= MOST_MS
    assert call.caller == [DEMO["wish"].text]
    assert call.state.state.mode == "booking"
    assert call.context.turns[0].interrupted
    assert len(call.bot[0]) < len(call.bot[1]), "of the greeting only what was heard is kept"


@pytest.mark.parametrize("words", ["kal raat 8 baje 4 log ke liye table chahiye", "I have a question please"])
def test_the_first_word_stops_the_bot_sooner_than_a_voice_does(words: str) -> None:
    stopped: dict[type[Call], int] = {}
    for how in (RecordedCall, QuickCall):
        call = how()

        async def over(call: Call) -> None:
            await call.come_to_the_read_back("hinglish")
            await call.over_it(words)
            await call.line.listen_until_quiet()

        call.play(over)
        assert (call.stops, call.caller[-1]) == (1, words)
        stopped[how] = call.stopped_after_ms
    assert stopped[QuickCall] < stopped[RecordedCall]


def test_keys_pressed_over_the_greeting_stop_it_at_once() -> None:
    call = Call()

    async def main() -> None:
        running = asyncio.ensure_future(call.session.run())
        await call.line.listen(1.0)
        for key in "98111#":
            call.line.put(DigitPressed(key))
        await call.line.listen(0.1)
        assert call.stops == 1
        call.line.put(CallEnded("caller"))
        await running

    run_virtual(main())
    assert call.caller == ["98111"]


def test_a_wish_over_the_greeting_is_taken_up(kind: type[Call]) -> None:
    call = kind()

    async def main() -> None:
        running = asyncio.ensure_future(call.session.run())
        await call.over_it("kal raat 8 baje 4 log ke liye table chahiye", after=1.0, seconds=2.0)
        await call.line.listen_until_quiet()
        call.line.put(CallEnded("caller"))
        await running

    run_virtual(main())
    assert call.stops == 1
    assert call.state.state.slots.party_size == 4
    assert call.context.turns[0].interrupted


def test_a_yes_before_the_read_back_has_begun_agrees_to_nothing(kind: type[Call]) -> None:
    async def caller(call: Call) -> None:
        *wishes, last = WISHES["hi"]
        for words in wishes:
            call.line.put(TextTyped(words))
            await call.line.listen_until_quiet()
        call.script[:] = ["हाँ"]
        call.line.put(TextTyped(last))
        await call.line.speak(0.5)
        await call.line.listen_until_quiet()
        await call.line.listen(1.0)
        assert call.parties == []
        assert call.state.state.confirmation.text in call.bot[-1]

    kind().play(caller)


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
