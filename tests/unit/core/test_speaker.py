"""The voice of a call: one reply after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from tests.support.book import MemoryBook, make_desk
from tests.support.call import ByteVad, ScriptedBrain, ScriptedLine, ToneVoice
from tests.support.virtual_time import run_virtual
from vartalaap.core.business import Business
from vartalaap.core.call_tasks import CallTasks
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, Sentence, Utterance
from vartalaap.core.speaker import Speaker
from vartalaap.core.turns import TurnTaking


def speak(caller: Callable[[Speaker], Awaitable[None]], line: ScriptedLine, voice: ToneVoice) -> list[str]:
    """What the bot's turns hold after the caller did this."""

    async def main() -> list[str]:
        business = Business(id="test", name="Test")
        context = CallContext("call-1", business, make_desk(MemoryBook(), business), Clock(), language="en")
        async with CallTasks() as tasks:
            speaker = Speaker(
                context=context,
                conversation=ScriptedBrain().open(context),
                voice=voice,
                line=line,
                ears=ByteVad().open(lambda event: None),
                floor=TurnTaking(),
                tasks=tasks,
                survive=lambda error: None,
            )
            await caller(speaker)
            await asyncio.sleep(10)
            tasks.cancel()
        return [turn.text for turn in context.turns if turn.speaker == "bot"]

    return run_virtual(main())


def test_a_second_reply_thinks_when_the_first_has_thought_to_its_end() -> None:
    thought: list[str] = []

    async def slow() -> AsyncIterator[Sentence]:
        await asyncio.sleep(1)
        thought.append("slow")
        yield Sentence("slow.", "en")

    async def quick() -> AsyncIterator[Sentence]:
        thought.append("quick")
        yield Sentence("quick.", "en")

    async def caller(speaker: Speaker) -> None:
        speaker.say(slow)
        await asyncio.sleep(0.1)
        speaker.stop()
        speaker.say(quick)

    assert speak(caller, ScriptedLine(acknowledges=False), ToneVoice()) == ["quick."]
    assert thought == ["slow", "quick"]


def test_where_no_apology_can_be_said_the_line_is_hung_up() -> None:
    line = ScriptedLine()

    async def caller(speaker: Speaker) -> None:
        speaker.answer(Utterance("hello", typed=True))
        await asyncio.sleep(10)

    assert speak(caller, line, ToneVoice(fails=True)) == []
    assert line.closed


def test_a_backchannel_in_the_middle_of_a_reply_is_no_answer_and_after_it_is_one() -> None:
    verdicts: list[bool] = []

    async def caller(speaker: Speaker) -> None:
        speaker.tell("silence")
        await asyncio.sleep(0.2)
        speaker.caller_begins()
        verdicts.append(speaker.is_backchannel(Utterance("haan")))
        speaker.caller_is_done()
        await asyncio.sleep(10)
        speaker.caller_begins()
        verdicts.append(speaker.is_backchannel(Utterance("haan")))

    assert speak(caller, ScriptedLine(acknowledges=False), ToneVoice()) == ["pardon?"]
    assert verdicts == [True, False]
