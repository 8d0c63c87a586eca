"""A model that is asked while the caller may still go on: what it saves, and that it changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from tests.support.call import ScriptedLine, ScriptedRecogniser, Stage, loop_time, play, said
from tests.support.virtual_time import run_virtual
from vartalaap.core.chat_model import ChatMessage, Delta, Finished, TextDelta, ToolSpec
from vartalaap.core.context import Utterance
from vartalaap.core.session import CallSession
from vartalaap.dialogue.llm.conversation import ModelBrain
from vartalaap.dialogue.llm.prefetch import AskedAhead
from vartalaap.errors import ProviderError

FIRST_S = 0.3
SAYS = ("That sounds lovely.", "How very kind.")
ODD = "why is the wall behind you red"
QUESTION = [ChatMessage("user", ODD)]
TOOLS = [ToolSpec("book", "", {})]


class SlowModel:
    """Says the next of `SAYS`, or the last again, `FIRST_S` after it is asked."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[str] = []
        self.given_up = 0
        self._fails = fails

    async def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        says = SAYS[min(len(self.asked), len(SAYS) - 1)]
        self.asked.append(messages[-1].text)
        try:
            await asyncio.sleep(FIRST_S)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self._fails:
            raise ProviderError("late")
        yield TextDelta(says)
        yield Finished("stop")

    async def warm(self) -> None:
        """Nothing is cold."""


async def answer(model: AskedAhead, question: Sequence[ChatMessage] = QUESTION) -> str:
    return "".join([delta.text async for delta in model.stream(question, TOOLS) if isinstance(delta, TextDelta)])


def test_what_was_asked_ahead_is_not_asked_again_and_comes_earlier() -> None:
    async def main() -> None:
        slow = SlowModel()
        model = AskedAhead(slow)
        model.ask(QUESTION, TOOLS)
        model.ask(list(QUESTION), TOOLS)
        await asyncio.sleep(0.2)
        began = loop_time()
        assert await answer(model) == "That sounds lovely."
        assert loop_time() - began == pytest.approx(FIRST_S - 0.2)
        assert await answer(model) == "How very kind."
        assert len(slow.asked) == 2

    run_virtual(main())


def test_another_question_is_asked_from_its_beginning_and_the_first_is_given_up() -> None:
    async def main() -> None:
        slow = SlowModel()
        model = AskedAhead(slow)
        model.ask(QUESTION, TOOLS)
        await asyncio.sleep(0.1)
        other = [ChatMessage("user", "and the door")]
        assert await answer(model, other) == "How very kind."
        assert slow.given_up == 1

    run_virtual(main())


def test_a_failure_ahead_is_a_failure_of_the_answer() -> None:
    async def main() -> None:
        model = AskedAhead(SlowModel(fails=True))
        model.ask(QUESTION, TOOLS)
        await asyncio.sleep(1)
        with pytest.raises(ProviderError):
            await answer(model)

    run_virtual(main())


def asked_by_voice(model: SlowModel, *, going_on: bool = False, ahead: bool = True) -> tuple[int, list[str]]:
    """A call in which one odd thing is asked: response in ms, and the turns."""
    stage = Stage(recogniser=ScriptedRecogniser([ODD]))
    stage.brain = ModelBrain(model, ahead=ahead)  # type: ignore[assignment]

    async def caller(line: ScriptedLine, session: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        if going_on:
            await line.listen(0.4)
            stage.recogniser.script[:] = [f"{ODD} and not blue"]
            await line.speak(0.5)
        await line.listen_until_quiet()

    record = play(stage, caller)
    assert stage.failures == []
    times = record.context.turns[-1].times
    assert times
    assert times.response_ms
    return times.response_ms, [turn.text for turn in record.context.turns[1:]]


def test_a_caller_s_pause_hides_the_model_s_time() -> None:
    model = SlowModel()
    with_it, turns = asked_by_voice(model)
    assert turns[0] == ODD
    assert turns[1].startswith("That sounds lovely.")
    assert model.asked == [ODD]
    without, _ = asked_by_voice(SlowModel(), ahead=False)
    assert without - with_it == pytest.approx(1000 * FIRST_S, abs=25)


def test_a_caller_who_goes_on_after_the_pause_is_answered_as_a_whole() -> None:
    model = SlowModel()
    _, turns = asked_by_voice(model, going_on=True)
    assert turns[0] == f"{ODD} and not blue"
    assert turns[1].startswith("How very kind.")
    assert (model.asked, model.given_up) == ([ODD, f"{ODD} and not blue"], 0)


def test_a_call_that_ends_in_a_pause_leaves_nothing_behind() -> None:
    stage = Stage(recogniser=ScriptedRecogniser([ODD]))
    model = SlowModel()
    stage.brain = ModelBrain(model)  # type: ignore[assignment]

    async def caller(line: ScriptedLine, session: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen(0.4)

    record = play(stage, caller)
    assert (model.asked, model.given_up) == ([ODD], 1)
    assert [turn.speaker for turn in record.context.turns] == ["bot"]


async def test_preparing_takes_nothing_in() -> None:
    stage = Stage()
    conversation = ModelBrain(SlowModel()).open(stage.session().context)
    before = repr((conversation.state, conversation.context.language, conversation.context.turns))
    for words in ("kal raat aath baje chaar log", ODD, "हाँ जी", "cancel my booking"):
        conversation.prepare(Utterance(words))
    conversation.prepare(None)
    assert repr((conversation.state, conversation.context.language, conversation.context.turns)) == before


def test_an_answer_that_is_being_read_is_read_to_its_end_whatever_is_asked_ahead_or_dropped() -> None:
    async def main() -> None:
        slow = SlowModel()
        model = AskedAhead(slow)
        model.ask(QUESTION, TOOLS)
        reading = asyncio.ensure_future(answer(model))
        await asyncio.sleep(0.1)
        model.ask([ChatMessage("user", "and the door")], TOOLS)
        await asyncio.sleep(0.1)
        model.drop()
        async with asyncio.timeout(1):
            assert await reading == "That sounds lovely."
        assert slow.given_up == 1

    run_virtual(main())


def test_an_answer_that_is_no_longer_read_leaves_the_next_one_alone() -> None:
    async def main() -> None:
        slow = SlowModel()
        model = AskedAhead(slow)
        model.ask(QUESTION, TOOLS)
        reading = asyncio.ensure_future(answer(model))
        await asyncio.sleep(0.1)
        other = [ChatMessage("user", "and the door")]
        model.ask(other, TOOLS)
        next_reading = asyncio.ensure_future(answer(model, other))
        await asyncio.sleep(0)
        reading.cancel()
        async with asyncio.timeout(1):
            assert await next_reading == "How very kind."
        assert slow.asked == [ODD, "and the door"]

    run_virtual(main())


def test_a_short_remark_over_an_answer_is_answered_too() -> None:
    remark = "so lovely colour"
    stage = Stage(recogniser=ScriptedRecogniser([ODD, remark]))
    stage.brain = ModelBrain(SlowModel())  # type: ignore[assignment]

    async def caller(line: ScriptedLine, session: CallSession) -> None:
        await line.listen_until_quiet()
        await line.speak(1.0)
        await line.listen(0.8)
        await line.speak(0.2)
        await line.listen(12.0)

    record = play(stage, caller)
    assert stage.failures == []
    assert said(record, "caller") == [ODD, remark]
    assert SAYS[-1] in said(record, "bot")[-1]
    assert not record.context.turns[-1].interrupted
