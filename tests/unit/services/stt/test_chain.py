"""Who is asked, who is asked next, and what the call gets to know of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Protocol

import pytest
from prometheus_client import CollectorRegistry

from tests.support.ears import Reports
from tests.support.recogniser import ScriptedRecogniser
from tests.support.virtual_time import run_virtual
from vartalaap.core.audio import SILENCE, bytes_of
from vartalaap.core.events import Transcript
from vartalaap.errors import ProviderError, ProviderRefused
from vartalaap.services.breaker import REST
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import PRE_ROLL_MS, ChainStream, RecogniserChain, RecogniserProvider
from vartalaap.services.stt.recognised_words import is_lost, lost


class Scenario(Protocol):
    def __call__(self, *args: Any) -> Coroutine[object, object, None]: ...


def virtual(scenario: Scenario) -> Any:
    """Runs the test on a clock that jumps."""

    @wraps(scenario)
    def run(*args: Any, **named: Any) -> None:
        run_virtual(scenario(*args, **named))

    del run.__wrapped__
    return run


class Stage:
    """Three recognisers, of which the last is waited for without end."""

    def __init__(self, first: ScriptedRecogniser | None = None, second: ScriptedRecogniser | None = None) -> None:
        self.first = first or ScriptedRecogniser()
        self.second = second or ScriptedRecogniser()
        self.last = ScriptedRecogniser()
        self.metrics = ProviderMetrics()
        self.reports = Reports()
        self.chain = RecogniserChain(
            [
                RecogniserProvider("first", self.first),
                RecogniserProvider("second", self.second, final_seconds=2.0),
                RecogniserProvider("last", self.last, final_seconds=None),
            ],
            self.metrics,
            lambda: asyncio.get_running_loop().time(),
        )

    @asynccontextmanager
    async def call(self) -> AsyncIterator[ChainStream]:
        stream = await self.chain.open(self.reports, hints=("momos",))
        try:
            yield stream
        finally:
            await stream.aclose()

    def count(self, what: str, provider: str) -> float:
        registry = CollectorRegistry()
        registry.register(self.metrics)
        labels = {"kind": "stt", "provider": provider}
        return registry.get_sample_value(f"vartalaap_provider_{what}", labels) or 0.0


# Opening ----------------------------------------------------------------------------------------------------
@virtual
async def test_the_first_that_connects_hears_the_call_and_the_others_are_left_alone() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.feed(b"a" * 160)
        assert stage.first.hints == ("momos",)
        assert bytes(stage.first.stream.audio) == b"a" * 160
        assert (stage.second.opened, stage.last.opened) == (0, 0)
    assert stage.first.stream.closed


@pytest.mark.parametrize(
    "first", [{"error": ProviderError("gone")}, {"error": ProviderRefused("key")}, {"delay": 60.0}]
)
def test_one_that_cannot_be_opened_in_time_is_followed_by_the_next(first: dict[str, Any]) -> None:
    async def scenario() -> None:
        stage = Stage(ScriptedRecogniser(**first))
        async with stage.call() as stream:
            stream.finish_utterance()
            stage.second.stream.final("haan")
            assert stage.reports.texts == ["haan"]
        assert stage.count("failures_total", "first") == 1

    run_virtual(scenario())


@virtual
async def test_after_some_failures_it_is_left_alone_for_a_while_then_tried_by_one_call() -> None:
    stage = Stage(ScriptedRecogniser(error=ProviderError("gone")))
    for _ in range(5):
        async with stage.call():
            pass
    assert stage.first.opened == 3
    stage.first.error = None
    await asyncio.sleep(REST.first)
    async with stage.call() as trial, stage.call():
        assert stage.first.opened == 4
        trial.finish_utterance()
        stage.first.stream.final("haan")
    async with stage.call():
        assert stage.first.opened == 5


@virtual
async def test_when_all_are_left_alone_they_are_tried_all_the_same() -> None:
    first = ScriptedRecogniser(error=ProviderError("gone"))
    chain = RecogniserChain([RecogniserProvider("first", first)], ProviderMetrics())
    for _ in range(4):
        with pytest.raises(ProviderError, match="no recogniser"):
            await chain.open(Reports())
    first.error = None
    await (await chain.open(Reports())).aclose()


# Answers ----------------------------------------------------------------------------------------------------
@virtual
async def test_interims_and_finals_come_through() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.begin_utterance()
        stage.first.stream.interim("kal")
        stream.finish_utterance("name")
        await asyncio.sleep(0.25)
        stage.first.stream.final("kal shaam")
        await asyncio.sleep(3)
    assert [event.text for event in stage.reports.events] == ["kal", "kal shaam"]
    assert stage.first.stream.asked == ["name"]
    assert stage.first.stream.begun == 1
    assert stage.count("seconds_sum", "first") == pytest.approx(0.25)


@virtual
async def test_one_that_gives_no_final_in_time_is_followed_by_the_next_with_the_same_audio() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.feed(b"x" * 8000)
        stream.begin_utterance()
        stream.feed(b"y" * 800)
        stream.finish_utterance("phone")
        await asyncio.sleep(0.79)
        assert stage.second.opened == 0
        await asyncio.sleep(0.02)
        assert bytes(stage.second.stream.audio) == b"x" * bytes_of(PRE_ROLL_MS) + b"y" * 800
        assert stage.second.stream.asked == ["phone"]
        stage.second.stream.final("nau aath")
        assert stage.reports.texts == ["nau aath"]
        stage.first.stream.final("nau aath saat")  # too late: one final was asked for
        assert stage.reports.texts == ["nau aath"]
    assert stage.count("failures_total", "first") == 1
    assert stage.count("requests_total", "second") == 1


@virtual
async def test_one_that_says_it_lost_the_words_is_not_waited_for() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        stage.first.stream.say(lost())
        await asyncio.sleep(0.01)
        stage.second.stream.say(lost())
        await asyncio.sleep(0.01)
        stage.last.stream.final("haan")
    assert stage.reports.texts == ["haan"]


@virtual
async def test_one_that_is_late_and_then_says_it_lost_the_words_has_failed_once() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(1)
        stage.first.stream.say(lost())
        assert stage.count("failures_total", "first") == 1
        assert stage.second.stream.asked == ["anything"]
        assert stage.last.opened == 0


@virtual
async def test_a_late_final_is_taken_if_it_comes_before_the_others() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(1)
        stage.first.stream.final("late")
        stage.second.stream.final("later")
    assert stage.reports.texts == ["late"]


@virtual
async def test_a_late_final_without_words_does_not_forestall_who_was_asked_since() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(1)
        stage.first.stream.final("")
        assert stage.reports.texts == []
        stage.second.stream.final("later")
    assert stage.reports.texts == ["later"]


@virtual
async def test_every_pause_gets_its_final_from_whoever_answers() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(0.5)
        stream.finish_utterance()
        await asyncio.sleep(0.4)
        stage.second.stream.final("mez chahiye")
        assert stage.reports.texts == ["mez chahiye"] * 2
        await asyncio.sleep(3)
    assert stage.reports.texts == ["mez chahiye"] * 2


@virtual
async def test_pauses_while_the_next_is_being_connected_connect_it_once() -> None:
    stage = Stage(second=ScriptedRecogniser(delay=1.0))
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(0.9)
        stream.feed(b"y" * 800)
        stream.finish_utterance()
        await asyncio.sleep(1.0)
        assert stage.second.opened == 1
        assert bytes(stage.second.stream.audio) == b"y" * 800
        stage.second.stream.final("mez chahiye")
    assert stage.reports.texts == ["mez chahiye"] * 2


@virtual
async def test_a_call_that_ends_while_the_next_is_being_connected_leaves_nothing_behind() -> None:
    stage = Stage(second=ScriptedRecogniser(delay=1.0))
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(0.9)
    assert stage.first.stream.closed


@virtual
async def test_a_final_is_waited_for_though_all_the_others_have_failed() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        stage.first.stream.say(lost())  # the second is asked
        await asyncio.sleep(1.5)
        stage.first.stream.interim("haan")
        stream.finish_utterance()
        stage.first.stream.say(lost())  # the second is asked once more, and fails the first question by its time
        await asyncio.sleep(0.6)
        stage.last.stream.say(lost())
        assert not stage.reports.finals
        stage.second.stream.final("haan")
        stage.second.stream.final("haan")
    assert stage.reports.texts == ["haan", "haan"]


@virtual
async def test_when_all_fail_what_little_is_known_is_given() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        stage.first.stream.say(lost("mez"))
        await asyncio.sleep(0.01)
        stage.second.stream.say(lost())
        stage.last.error = ProviderError("gone")
        await asyncio.sleep(0.01)
        final = stage.reports.finals[0]
        assert (final.text, is_lost(final), len(stage.reports.finals)) == ("mez", True, 1)
        stream.finish_utterance()
        await asyncio.sleep(0.01)
        assert len(stage.reports.finals) == 2


@virtual
async def test_a_new_utterance_forgets_what_was_owed_and_nobody_is_blamed() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        stream.begin_utterance()
        await asyncio.sleep(5)
        assert stage.second.opened == 0
        stream.finish_utterance()
        stage.first.stream.final("haan")
    assert stage.reports.texts == ["haan"]
    assert stage.count("failures_total", "first") == 0


@virtual
async def test_one_that_recovers_is_asked_again_in_the_same_call() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        await asyncio.sleep(1)
        stage.second.stream.final("ek")
        stream.begin_utterance()
        stream.finish_utterance()  # the first has not been heard of: the second is asked at once
        assert stage.second.stream.asked == ["anything"] * 2
        stage.second.stream.final("do")
        stream.begin_utterance()
        stage.first.stream.interim("teen")
        stream.finish_utterance()
        assert stage.first.stream.asked == ["anything"] * 2
        stage.first.stream.final("teen")
    assert stage.reports.texts == ["ek", "do", "teen"]


@virtual
async def test_an_end_of_turn_that_was_not_asked_for_comes_through() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.finish_utterance()
        stage.first.stream.final("kal shaam", ends_turn=True)
        await asyncio.sleep(3)
    assert [(final.text, final.ends_turn) for final in stage.reports.finals] == [("kal shaam", True)]
    assert stage.second.opened == 0


@virtual
async def test_positions_count_from_the_beginning_of_the_call() -> None:
    stage = Stage()
    async with stage.call() as stream:
        stream.feed(SILENCE * 16000)
        stream.begin_utterance()
        stream.finish_utterance()
        await asyncio.sleep(1)
        stage.second.stream.say(Transcript("haan", is_final=True, end_ms=400))
    assert stage.reports.finals[0].end_ms == 2000 - PRE_ROLL_MS + 400
