"""A call as a script on virtual time: who speaks when, what is sent, what is remembered."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.call import MemoryLog, ScriptedBrain, ScriptedLine, ScriptedRecogniser, Stage, ToneVoice, play, said
from tests.support.virtual_time import run_virtual
from vartalaap.core.context import CallContext, Utterance
from vartalaap.core.events import CallEnded, Caption, ClearAudio, DigitPressed, PlayAudio, TextTyped
from vartalaap.core.language import Language
from vartalaap.core.session import CallSession
from vartalaap.core.turns import TurnRules
from vartalaap.errors import ProviderError

LONG = "one two three four five six seven eight nine ten."


def test_the_bot_greets_listens_and_answers() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["a table please"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen_until_quiet()

    record = play(stage, caller)
    assert said(record, "bot") == ["welcome.", "you said a table please."]
    assert said(record, "caller") == ["a table please"]
    assert stage.log.records == [record]
    assert (stage.recogniser.opened, stage.recogniser.closed) == (1, 1)


def test_every_answer_has_its_times_in_order_and_its_latency() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["hello"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen_until_quiet()

    answer = play(stage, caller).context.turns[-1]
    assert answer.times
    t = answer.times
    assert t.t0_last_audio
    assert t.t1_transcript
    assert t.t2_first_token
    assert t.t3_first_audio
    assert t.t4_first_sent
    assert t.t0_last_audio < t.t1_transcript <= t.t2_first_token < t.t3_first_audio <= t.t4_first_sent
    # 700 ms of silence end the utterance, and the voice needs 50 ms
    assert t.response_ms == pytest.approx(750, abs=45)
    captions = [c for _, c in stage.line.sent if isinstance(c, Caption)]
    assert captions[-1].latency_ms == t.response_ms


def test_speech_over_the_bot_stops_it_within_100_ms_of_the_rule() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["stop that"]), brain=ScriptedBrain(lambda c, s: [LONG]))
    began: list[float] = []

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("go"))
        await line.listen(1.5)
        began.append(asyncio.get_running_loop().time())
        await line.speak(1.0)
        await line.listen(0.1)

    record = play(stage, caller)
    (cleared,) = stage.line.times(ClearAudio)[:1]
    assert 0.27 <= cleared - began[0] <= 0.4
    assert not [at for at in stage.line.times(PlayAudio) if cleared < at < began[0] + 1.0]
    interrupted = record.context.turns[-1]
    assert interrupted.interrupted
    assert LONG.startswith(interrupted.text)
    assert 0 < len(interrupted.text) < len(LONG) * 0.7


@pytest.mark.parametrize("heard", ["hmm", ""])
def test_a_filler_or_a_noise_over_the_bot_makes_it_go_on_with_what_was_not_heard(heard: str) -> None:
    sentences = ["first part of it.", "second part of it."]
    stage = Stage(recogniser=ScriptedRecogniser([heard]), brain=ScriptedBrain(lambda c, s: sentences))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("go"))
        await line.listen(0.5)
        await line.speak(0.7)
        await line.listen_until_quiet()
        await line.listen(2.0)

    record = play(stage, caller)
    assert stage.brain.heard == ["go"]
    assert said(record, "bot")[-1] == "first part of it. second part of it."


def test_a_caller_who_types_has_read_the_sentence_that_was_begun() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: [LONG, "never begun."]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("go"))
        await line.listen(0.5)
        line.put(TextTyped("yes"))
        await line.listen_until_quiet()

    assert said(play(stage, caller), "bot")[1] == LONG


def test_the_same_filler_answers_a_question_that_has_been_heard() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["haan"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(0.5)
        await line.listen_until_quiet()

    play(stage, caller)
    assert stage.brain.heard == ["haan"]


def test_a_hesitation_does_not_end_the_utterance() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["a table for four tomorrow"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(0.6)
        await line.listen(0.5)
        await line.speak(0.6)
        await line.listen_until_quiet()

    play(stage, caller)
    assert stage.brain.heard == ["a table for four tomorrow"]
    assert stage.recogniser.asked_for == ["anything", "anything"]


def test_a_caller_who_dictates_a_number_gets_longer_pauses() -> None:
    def expect_phone(context: CallContext, _: Utterance) -> list[str]:
        context.expecting = "phone"
        return ["your number?"]

    stage = Stage(recogniser=ScriptedRecogniser(["98765 43210"]), brain=ScriptedBrain(expect_phone))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("a table"))
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen(1.0)  # would end any other utterance
        await line.speak(1.0)
        await line.listen_until_quiet()

    play(stage, caller)
    assert stage.brain.heard == ["a table", "98765 43210"]
    assert stage.recogniser.asked_for == ["phone", "phone"]


def test_audio_is_sent_at_the_speed_of_speech_a_little_ahead() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: [LONG, LONG]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.sent.clear()
        line.put(TextTyped("go"))
        await line.listen_until_quiet()

    play(stage, caller)
    sends = [(at, len(c.mulaw) / 8000) for at, c in stage.line.sent if isinstance(c, PlayAudio)]
    start, sounded = sends[0][0], 0.0
    for at, seconds in sends:
        ahead = start + sounded + seconds - at
        assert -0.001 <= ahead <= 0.3
        sounded += seconds
    assert sounded == pytest.approx(0.06 * len(LONG) * 2, abs=0.1)


def test_after_a_voice_that_stalled_audio_leaves_at_the_speed_of_speech_again() -> None:
    class StallingVoice(ToneVoice):
        async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
            yield b"\x55" * 4000
            await asyncio.sleep(2.0)
            yield b"\x55" * 40_000

    stage = Stage(voice=StallingVoice())

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen(9.0)

    play(stage, caller)
    at_carrier, before, most = 0.0, 0.0, 0.0
    for at, command in stage.line.sent:
        if isinstance(command, PlayAudio):
            at_carrier = max(0.0, at_carrier - (at - before)) + len(command.mulaw) / 8000
            before, most = at, max(most, at_carrier)
    assert 0.15 <= most <= 0.3


def test_nothing_of_a_call_is_left_when_it_is_over() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["a table", "for two"]))
    sessions: list[weakref.ref[CallSession]] = []

    async def caller(line: ScriptedLine, session: CallSession) -> None:
        sessions.append(weakref.ref(session))
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen(1.0)
        await line.speak(0.8)
        await line.listen_until_quiet()

    for _ in range(3):
        play(stage, caller)
        stage.line = ScriptedLine()
    stage.log.records.clear()
    gc.collect()
    assert [session() for session in sessions] == [None] * 3


def test_a_recogniser_that_cannot_be_closed_costs_no_record() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["a table"], fails_to_close=True))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen_until_quiet()

    with pytest.raises(ProviderError):
        play(stage, caller)
    assert [said(record, "caller") for record in stage.log.records] == [["a table"]]
    assert stage.line.closed


def test_a_carrier_that_never_acknowledges_does_not_hold_the_call() -> None:
    stage = Stage(line=ScriptedLine(acknowledges=False), recogniser=ScriptedRecogniser(["hello"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.listen(1.5)
        await line.speak(0.5)
        await line.listen_until_quiet()

    record = play(stage, caller)
    assert said(record, "bot") == ["welcome.", "you said hello."]


def test_a_long_silence_is_broken_by_a_question() -> None:
    stage = Stage(rules=TurnRules(idle_ms=4000))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.listen(5.0)

    assert said(play(stage, caller), "bot") == ["welcome.", "pardon?"]


def test_the_bot_hangs_up_when_its_goodbye_has_been_heard() -> None:
    def goodbye(context: CallContext, _: Utterance) -> list[str]:
        context.closing, context.outcome = True, "resolved"
        return ["goodbye."]

    stage = Stage(brain=ScriptedBrain(goodbye))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("bye"))
        await line.listen_until_quiet()
        await line.listen(1.0)
        assert line.closed

    record = play(stage, caller)
    assert said(record, "bot")[-1] == "goodbye."
    assert record.outcome == "resolved"


def test_keys_pressed_together_are_one_answer() -> None:
    stage = Stage()

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        for digit in "9876543210":
            line.put(DigitPressed(digit))
            await line.listen(0.3)
        await line.listen_until_quiet()

    play(stage, caller)
    assert stage.brain.heard == ["9876543210"]


def test_a_hang_up_in_the_middle_of_a_booking_lets_the_desk_finish() -> None:
    done: list[str] = []

    def book(context: CallContext, _: Utterance) -> list[str]:
        done.append("booked")
        return ["booked."]

    stage = Stage(brain=ScriptedBrain(book, delay=0.5))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("yes"))
        await line.listen(0.1)

    record = play(stage, caller)
    assert done == ["booked"]
    assert said(record, "bot") == ["welcome."]


def test_a_call_has_a_longest_duration() -> None:
    stage = Stage(max_seconds=5)

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen(4)
        assert not stage.line.closed
        await line.listen(3)
        assert stage.line.closed

    record = play(stage, caller)
    assert record.outcome == "fallback"
    assert said(record, "bot")[-1] == "time is up."


def test_a_caller_who_talks_through_the_last_goodbye_is_not_served_for_ever() -> None:
    stage = Stage(max_seconds=5, recogniser=ScriptedRecogniser(["<never>"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen(4)
        for _second in range(40):
            await line.speak(1.0)
        assert stage.line.closed

    play(stage, caller)


def whole_call(stage: Stage) -> Callable[[ScriptedLine, CallSession], Awaitable[None]]:
    async def caller(line: ScriptedLine, _: CallSession) -> None:
        for seconds in (1.0, 0.6):
            await line.listen_until_quiet()
            await line.speak(seconds)
        await line.listen(2.0)
        await line.speak(0.8)  # a barge-in
        await line.listen_until_quiet()

    return caller


@pytest.mark.parametrize("point", range(50))
@pytest.mark.parametrize("manner", ["hang-up", "cancelled"])
def test_a_call_cut_at_any_moment_leaves_its_record_and_nothing_else(point: int, manner: str) -> None:
    stage = Stage(
        recogniser=ScriptedRecogniser(["a table", "for two", "wait"]),
        brain=ScriptedBrain(lambda c, s: [LONG, "and more."], delay=0.2),
        log=MemoryLog(),
    )

    async def main() -> None:
        session = stage.session()
        call = asyncio.ensure_future(session.run())
        caller = asyncio.ensure_future(whole_call(stage)(stage.line, session))
        await asyncio.sleep(0.013 + point * 0.29)
        caller.cancel()
        if manner == "hang-up":
            stage.line.put(CallEnded("caller"))
        else:
            call.cancel()
        await asyncio.wait([call, caller])
        assert call.cancelled() == (manner == "cancelled")

    run_virtual(main())  # fails if a task is left
    assert len(stage.log.records) == 1
    assert stage.recogniser.opened == stage.recogniser.closed
    assert stage.line.closed
