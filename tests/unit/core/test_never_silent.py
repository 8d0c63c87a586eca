"""Whatever is late or fails, the caller hears something (R86)."""

from __future__ import annotations

import asyncio

from tests.support.call import ScriptedBrain, ScriptedLine, ScriptedRecogniser, Stage, ToneVoice, play, said
from vartalaap.core.context import CallContext, CallRecord, Utterance
from vartalaap.core.events import PlayAudio, TextTyped
from vartalaap.core.session import CallSession


def never_silent(stage: Stage, words: bool = True) -> CallRecord:
    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        if words:
            line.put(TextTyped("hello"))
        else:
            await line.speak(1.0)
            await line.listen(8)
        await line.listen_until_quiet(20)

    return play(stage, caller)


def test_a_recogniser_that_cannot_be_reached_is_apologised_for() -> None:
    stage = Stage(recogniser=ScriptedRecogniser([], fails_to_open=True))
    assert "sorry." in said(never_silent(stage, words=False), "bot")
    assert stage.failures == ["ProviderError"]


def test_a_recogniser_that_falls_silent_is_apologised_for_after_a_word_that_keeps_company() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["<never>"]))
    assert said(never_silent(stage, words=False), "bot")[1:3] == ["one moment.", "sorry."]


def test_a_late_recogniser_is_waited_for_in_company() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["table"], delay=3))
    spoke_until: list[float] = []

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        spoke_until.append(asyncio.get_running_loop().time())
        await line.listen(5)

    record = play(stage, caller)
    assert said(record, "bot") == ["welcome.", "one moment.", "you said table."]
    assert min(at for at in stage.line.times(PlayAudio) if at > spoke_until[0]) - spoke_until[0] <= 1.6


def test_a_long_thought_is_waited_for_in_company_and_measured_without_it() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["table"]), brain=ScriptedBrain(delay=9))
    spoke_until: list[float] = []

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        spoke_until.append(asyncio.get_running_loop().time())
        await line.listen(12)

    record = play(stage, caller)
    assert said(record, "bot")[1:] == ["one moment. one moment. you said table."]
    sounds = [at - spoke_until[0] for at in stage.line.times(PlayAudio) if at > spoke_until[0]]
    assert min(sounds) <= 1.5
    answer = record.context.turns[-1].times
    assert answer
    assert answer.response_ms is not None
    assert answer.response_ms > 9000, "a word meanwhile is not the answer"


def test_who_speaks_again_while_the_bot_thinks_is_kept_company_too() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["table", "hello?"]), brain=ScriptedBrain(delay=6))
    spoke_until: list[float] = []

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen(3)
        await line.speak(0.5)
        spoke_until.append(asyncio.get_running_loop().time())
        await line.listen(12)

    record = play(stage, caller)
    assert said(record, "bot")[-1].endswith("you said hello?.")
    sounds = [at - spoke_until[0] for at in stage.line.times(PlayAudio) if at > spoke_until[0]]
    assert min(sounds) <= 1.5


def test_a_quick_answer_needs_no_word_before_it() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["table"]), brain=ScriptedBrain(delay=0.3))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen_until_quiet()
        await line.listen(8)

    assert said(play(stage, caller), "bot") == ["welcome.", "you said table."]


def test_a_brain_that_fails_is_apologised_for_and_the_call_goes_on() -> None:
    def fail_once(context: CallContext, said: Utterance) -> list[str]:
        if said.text == "hello":
            raise RuntimeError("bug")
        return ["fine."]

    stage = Stage(brain=ScriptedBrain(fail_once), recogniser=ScriptedRecogniser(["again"]))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen_until_quiet()
        line.put(TextTyped("hello"))
        await line.listen_until_quiet()
        await line.speak(0.5)
        await line.listen_until_quiet()

    record = play(stage, caller)
    assert said(record, "bot") == ["welcome.", "sorry.", "fine."]
    assert record.outcome == "error"


def test_words_that_cannot_be_judged_are_apologised_for_and_the_call_goes_on() -> None:
    stage = Stage(recogniser=ScriptedRecogniser(["cursed", "again"]))

    async def caller(line: ScriptedLine, session: CallSession) -> None:
        await line.listen_until_quiet()
        for _ in range(2):
            await line.speak(0.5)
            await line.listen_until_quiet()

    record = play(stage, caller)
    assert said(record, "bot") == ["welcome.", "sorry.", "you said again."]
    assert stage.failures == ["RuntimeError"]


def test_without_any_voice_the_bot_hangs_up_so_that_the_carrier_can_speak() -> None:
    stage = Stage(voice=ToneVoice(fails=True))

    async def caller(line: ScriptedLine, _: CallSession) -> None:
        await line.listen(1.0)
        assert line.closed

    assert play(stage, caller).outcome == "error"
    assert stage.failures == ["ProviderError", "ProviderError"]
