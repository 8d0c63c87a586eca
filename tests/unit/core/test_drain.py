"""A process that is told to go: its calls end by themselves, then after a sentence, and it waits for none longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.support.call import ScriptedBrain, Stage
from tests.support.virtual_time import run_virtual
from vartalaap.core.admission import EXPECTED_SECONDS
from vartalaap.core.context import CallContext, Utterance
from vartalaap.core.drain import PROGRESS_SECONDS, WIND_UP_SECONDS, Drain
from vartalaap.core.events import TextTyped
from vartalaap.core.live_calls import ASKED_SECONDS, LiveCalls

TICK_S = 0.1
DRAIN_S = 100.0


@dataclass
class FakeCalls:
    """Calls that end when the test says so."""

    unfinished: int = 3
    draining: bool = False
    wound_up: int = 0

    def drain(self) -> None:
        self.draining = True

    def wind_up(self) -> None:
        self.wound_up += 1


@dataclass
class Going:
    """A process that was told to go once, and how long it took."""

    calls: FakeCalls = field(default_factory=FakeCalls)
    signals: int = 1
    told: list[str] = field(default_factory=list)
    took: float = 0.0

    async def run(self, *, at: float = 0.0, happens: Callable[[Going], None] = lambda _: None) -> Going:
        """Ticks until it is over; at that second something happens."""
        loop = asyncio.get_running_loop()
        drain, began = Drain(self.calls, DRAIN_S, self.told.append), loop.time()
        loop.call_later(at, happens, self)
        while not drain.is_over(self.signals):  # noqa: ASYNC110 - as a server ticks
            await asyncio.sleep(TICK_S)
        self.took = loop.time() - began
        return self


def about(seconds: float) -> object:
    """So many, and some ticks."""
    return pytest.approx(seconds, abs=4 * TICK_S)


def test_a_process_without_calls_goes_at_once_and_has_nothing_to_tell() -> None:
    going = run_virtual(Going(FakeCalls(unfinished=0)).run())
    assert (going.took, going.told) == (0, [])
    assert going.calls.draining


def test_calls_that_end_by_themselves_are_waited_for_and_left_alone() -> None:
    def last_one_ends(going: Going) -> None:
        going.calls.unfinished = 0

    going = run_virtual(Going().run(at=40, happens=last_one_ends))
    assert going.took == about(40)
    assert going.calls.draining
    assert going.calls.wound_up == 0
    assert "calls still here: 3" in going.told[0]
    assert "Ctrl-C" in going.told[0]
    assert len(going.told) == 1 + 40 // PROGRESS_SECONDS


def test_calls_that_go_on_beyond_the_time_are_wound_up_and_waited_for_no_longer() -> None:
    going = run_virtual(Going().run())
    assert going.took == about(DRAIN_S + WIND_UP_SECONDS)
    assert going.calls.wound_up > 1, "a call may begin meanwhile"


def test_a_second_signal_winds_the_calls_up_and_a_third_ends_it_at_once() -> None:
    def told_again(going: Going) -> None:
        going.signals += 1

    def told_twice_more(going: Going) -> None:
        told_again(going)
        asyncio.get_running_loop().call_later(5, told_again, going)

    second = run_virtual(Going().run(at=10, happens=told_again))
    assert second.took == about(10 + WIND_UP_SECONDS)
    third = run_virtual(Going().run(at=10, happens=told_twice_more))
    assert third.took == about(15)


def test_a_signal_after_the_time_has_run_out_ends_it_too() -> None:
    def told_again(going: Going) -> None:
        going.signals += 1

    going = run_virtual(Going().run(at=DRAIN_S + 5, happens=told_again))
    assert going.took == about(DRAIN_S + 5)


# The calls that are counted -------------------------------------------------------------------------------
def test_a_draining_process_refuses_new_calls_and_takes_those_that_it_let_in_or_handed_over() -> None:
    def connects(context: CallContext, said: Utterance) -> list[str]:
        context.transfer, context.closing = "agreed", True
        return ["connecting."]

    stage = Stage(brain=ScriptedBrain(connects))

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen_until_quiet()
        assert calls.has_place_for("let-in")
        calls.drain()
        assert calls.draining
        assert not calls.has_place_for("new")
        assert calls.refused == 1
        assert calls.has_place_for("let-in"), "its webhook may come twice"
        stage.line.put(TextTyped("a person, please"))
        while not stage.line.closed:
            await stage.line.listen(0.1)
        await running
        assert calls.is_away("call-1")
        assert calls.has_place_for("call-1"), "nobody answered, and the caller comes back"

    run_virtual(main())


def test_an_empty_process_that_drains_takes_no_call_either() -> None:
    async def main() -> None:
        calls = LiveCalls(most=5)
        calls.drain()
        assert not calls.has_place_for("call-1")
        assert calls.unfinished == 0

    run_virtual(main())


def test_a_call_is_unfinished_until_the_carrier_has_asked_for_its_last_words() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls()
        assert calls.has_place_for("call-1")
        assert calls.unfinished == 1, "answered, and its audio has not come"
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.5)
        assert calls.unfinished == 1
        await stage.line.close()
        await running
        assert calls.unfinished == 1, "the stream is over, and the carrier is about to ask"
        await calls.stream_over("call-1")
        assert calls.unfinished == 1, "the carrier has asked, and is about to tell of the end"
        calls.rings("call-1", 20)
        await asyncio.sleep(20 + ASKED_SECONDS / 2)
        assert calls.unfinished == 1, "a person's telephone has rung, and the carrier tells what came of it"
        await calls.hang_up("call-1", "over")
        assert calls.unfinished == 0

    run_virtual(main())


def test_a_carrier_that_never_asks_again_is_not_waited_for_long() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls()
        assert calls.has_place_for("call-2")
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.5)
        await stage.line.close()
        await running
        await asyncio.sleep(ASKED_SECONDS + 1)
        assert calls.unfinished == 1, "the other one, whose audio may still come"
        await asyncio.sleep(EXPECTED_SECONDS)
        assert calls.unfinished == 0

    run_virtual(main())


def test_a_telephone_that_rings_before_the_record_is_written_is_waited_for_as_long_as_it_rings() -> None:
    stage = Stage()

    async def main() -> None:
        calls = LiveCalls()
        running = asyncio.ensure_future(calls.admit(stage.session()).run())
        await stage.line.listen(0.5)
        await stage.line.close()
        calls.rings("call-1", 30)
        await running
        await asyncio.sleep(30)
        assert calls.unfinished == 1

    run_virtual(main())
