"""Calls ended from outside: by the carrier's word, by a second stream, by the end of the server."""

from __future__ import annotations

import asyncio

from tests.support.call import ScriptedBrain, Stage
from tests.support.virtual_time import run_virtual
from vartalaap.core.events import TextTyped
from vartalaap.core.live_calls import LiveCalls


def test_a_server_that_goes_lets_the_sentence_end_and_keeps_the_call() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: ["one two three four five six."]))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("hello"))
        await stage.line.listen(0.5)
        assert len(calls) == 1
        await calls.wind_up(10)
        assert len(calls) == 0
        await running

    run_virtual(main())
    (record,) = stage.log.records
    assert record.context.turns[-1].text == "one two three four five six."
    assert stage.line.closed


def test_the_carrier_s_word_ends_the_call_and_an_unknown_call_is_no_error() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.5)
        await calls.hang_up("nobody", "gone")
        await calls.hang_up("call-1", "the carrier ended the call")
        await running

    run_virtual(main())
    assert len(stage.log.records) == 1


def test_a_second_stream_of_a_call_takes_the_place_of_the_first() -> None:
    first, second = Stage(), Stage()

    async def main() -> None:
        calls = LiveCalls()
        one = asyncio.ensure_future(calls.admit(first.session()).run())
        await first.line.listen(0.5)
        two = asyncio.ensure_future(calls.admit(second.session()).run())
        await asyncio.wait([one])
        assert first.line.closed
        assert not second.line.closed
        assert len(calls) == 1
        await calls.hang_up("call-1", "over")
        await two

    run_virtual(main())


def test_a_call_that_will_not_end_does_not_hold_the_server_for_ever() -> None:
    stage = Stage(brain=ScriptedBrain(delay=1000))

    async def main() -> float:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("hello"))
        await stage.line.listen(0.2)
        began = asyncio.get_running_loop().time()
        await calls.wind_up(2)
        waited = asyncio.get_running_loop().time() - began
        await running
        return waited

    assert run_virtual(main()) < 15
    assert len(stage.log.records) == 1
