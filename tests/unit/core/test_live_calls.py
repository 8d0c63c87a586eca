"""Calls ended from outside: by the carrier's word, by a second stream, by the end of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.support.call import Script, ScriptedBrain, ScriptedLine, Stage
from tests.support.virtual_time import run_virtual
from vartalaap.core.admission import EXPECTED_SECONDS, LoopLag
from vartalaap.core.context import CallContext, Utterance
from vartalaap.core.events import DigitPressed, TextTyped
from vartalaap.core.live_calls import REMEMBERED_SECONDS, LiveCalls


def test_a_server_that_goes_lets_the_sentence_end_and_keeps_the_call() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: ["one two three four five six."]))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("hello"))
        await stage.line.listen(0.5)
        assert len(calls) == 1
        for _ in range(3):
            calls.wind_up()
            await stage.line.speak(0.2)  # who speaks now does not stop the goodbye
        stage.line.put(TextTyped("and"))
        stage.line.put(DigitPressed("1"))
        await running
        assert len(calls) == 0

    run_virtual(main())
    (record,) = stage.log.records
    said = [turn.text for turn in record.context.turns]
    assert said == ["welcome.", "hello", "one two three four five six.", "time is up."]
    assert not any(turn.interrupted for turn in record.context.turns)
    assert record.outcome == "fallback"
    assert stage.line.closed


def test_a_server_that_goes_says_of_a_long_answer_only_the_sentence_it_is_in() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: ["one two three four five six.", "seven.", "eight."]))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("hello"))
        await stage.line.listen(0.5)
        calls.wind_up()
        await running

    run_virtual(main())
    (record,) = stage.log.records
    assert [turn.text for turn in record.context.turns][2:] == ["one two three four five six.", "time is up."]


def test_what_is_being_booked_when_the_server_goes_is_said_before_the_goodbye() -> None:
    stage = Stage(brain=ScriptedBrain(lambda c, s: ["booked."], delay=3))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("yes"))
        await stage.line.listen(0.1)
        calls.wind_up()
        await running

    run_virtual(main())
    (record,) = stage.log.records
    assert [turn.text for turn in record.context.turns][-1] == "time is up."
    assert "booked." in [turn.text for turn in record.context.turns][-2]


def test_a_call_that_says_goodbye_when_the_server_goes_says_it_once() -> None:
    async def use(calls: LiveCalls, stage: Stage) -> None:
        await stage.line.listen(0.2)
        calls.wind_up()

    stage = _served(_says_goodbye, use)
    assert [turn.text for turn in stage.log.records[0].context.turns] == ["welcome.", "go", "bye."]


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
        await calls.close(2)
        waited = asyncio.get_running_loop().time() - began
        await running
        return waited

    assert run_virtual(main()) < 15
    assert len(stage.log.records) == 1


# After the stream -----------------------------------------------------------------------------------------
def _served(script: Script, use: Callable[[LiveCalls, Stage], Awaitable[None]]) -> Stage:
    """A call in which the caller says "go" and the brain answers by `script`; then `use`."""
    stage = Stage(brain=ScriptedBrain(script))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        stage.line.put(TextTyped("go"))
        await use(calls, stage)
        await running

    run_virtual(main())
    return stage


def _connects(context: CallContext, said: Utterance) -> list[str]:
    context.transfer, context.closing = "agreed", True
    return ["connecting."]


def _says_goodbye(context: CallContext, said: Utterance) -> list[str]:
    context.closing = True
    return ["bye."]


def test_after_our_goodbye_nothing_is_owed_even_while_the_record_is_written() -> None:
    async def use(calls: LiveCalls, stage: Stage) -> None:
        while not stage.line.closed:
            await stage.line.listen(0.1)
        for _ in range(2):
            owed = calls.after_stream("call-1")
            assert owed
            assert owed.step == "hang_up"
            await asyncio.sleep(1)
        assert not calls.is_away("call-1")
        await asyncio.sleep(REMEMBERED_SECONDS)
        assert calls.after_stream("call-1") is None

    _served(_says_goodbye, use)


def test_a_stream_that_breaks_off_is_owed_an_apology_and_the_call_s_language() -> None:
    async def use(calls: LiveCalls, stage: Stage) -> None:
        await stage.line.listen_until_quiet()
        owed = calls.after_stream("call-1")
        assert owed
        assert (owed.step, owed.language) == ("apologise", "en")
        await calls.stream_over("call-1")
        await asyncio.sleep(1)
        assert calls.after_stream("call-1") == owed

    _served(lambda c, s: ["go on."], use)


def test_a_caller_who_hung_up_is_forgotten_at_once() -> None:
    async def use(calls: LiveCalls, stage: Stage) -> None:
        await stage.line.listen_until_quiet()
        await calls.hang_up("call-1", "over")
        await asyncio.sleep(1)
        assert calls.after_stream("call-1") is None

    _served(lambda c, s: ["go on."], use)


def test_a_hangup_ends_the_memory_of_a_call_that_was_handed_over() -> None:
    async def use(calls: LiveCalls, stage: Stage) -> None:
        while not stage.line.closed:
            await stage.line.listen(0.1)
        assert calls.is_away("call-1")
        await asyncio.sleep(1)
        assert calls.is_away("call-1")
        await calls.hang_up("call-1", "over")
        assert not calls.is_away("call-1")
        assert calls.come_back("call-1", ScriptedLine()) is None

    _served(_connects, use)


@pytest.mark.parametrize("ringing", [0.0, 20.0])
def test_a_caller_whom_nobody_answered_goes_on_with_the_same_conversation(ringing: float) -> None:
    """Even where the telephone was busy and the first record is still being written."""
    line = ScriptedLine()

    async def use(calls: LiveCalls, stage: Stage) -> None:
        while not stage.line.closed:
            await stage.line.listen(0.1)
        await asyncio.sleep(ringing)
        back = calls.come_back("call-1", line)
        assert back
        running = asyncio.ensure_future(back.run())
        await line.listen_until_quiet()
        assert len(calls) == 1
        await calls.hang_up("call-1", "over")
        await running

    stage = _served(_connects, use)
    first, last = stage.log.records
    assert first.context is last.context, "the later record replaces the earlier one"
    assert [turn.text for turn in last.context.turns] == ["welcome.", "go", "connecting.", "nobody answered."]
    assert last.context.transfer == "unanswered"
    assert (first.known_turns, last.known_turns) == (0, 3)


def test_a_call_finds_a_place_until_all_are_taken_and_when_one_has_ended() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls(most=2)
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.1)
        assert calls.has_place_for("call-1"), "its webhook may come twice"
        assert calls.has_place_for("call-2")
        assert calls.has_place_for("call-2")
        assert not calls.has_place_for("call-3")
        assert calls.refused == 1
        await calls.hang_up("call-2", "gone before its audio came")
        assert calls.has_place_for("call-3")
        await calls.hang_up("call-1", "over")
        await running
        assert calls.has_place_for("call-4")
        assert not calls.has_place_for("call-5")
        calls.give_up("call-4")
        assert calls.has_place_for("call-6"), "what will not begin takes no place"
        await asyncio.sleep(EXPECTED_SECONDS + 1)
        assert calls.has_place_for("call-5"), "nothing has come of the others"

    run_virtual(main())


def test_the_place_of_a_call_that_has_begun_is_not_kept_twice() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls(most=2)
        assert calls.has_place_for("call-1")
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.1)
        assert calls.has_place_for("call-2")
        assert not calls.has_place_for("call-3")
        await calls.hang_up("call-1", "over")
        await running

    run_virtual(main())


def test_no_call_is_let_in_while_the_loop_is_late() -> None:
    async def main() -> None:
        lag = LoopLag()
        calls = LiveCalls(most=2, lag=lambda: lag.seconds)
        watching = asyncio.ensure_future(lag.watch())
        await asyncio.sleep(1)
        assert lag.seconds < 0.001
        lag.seconds = 0.4
        assert calls.has_place_for("call-1"), "there is no other call to be spoilt"
        assert not calls.has_place_for("call-2")
        await asyncio.sleep(1)
        lag.note(0.9)  # one stall
        assert calls.has_place_for("call-2")
        watching.cancel()
        await asyncio.wait([watching])

    run_virtual(main())
