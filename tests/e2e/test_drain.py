"""A real server that is told to stop in the middle of calls: a slice of the campaign, and what shortens a call."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.emulators.plivo import EmulatedCall
from tests.torture.drain import HANGUP, STREAM, Seen, problems, stops
from tests.torture.drain_house import House, opened
from vartalaap.core.drain import WIND_UP_SECONDS

GOOD = Seen(calls=6, cut=[], lost=0, admitted=[], status=-signal.SIGTERM, drained_s=9.0, closed_s=0.3)
AT_ONCE_S = 2.0
"""On a busy machine; with nothing beside it, a third of a second."""


@pytest.mark.slow
@pytest.mark.realtime
@pytest.mark.parametrize("processes", [1, 3])
def test_calls_of_a_server_that_is_told_to_stop_go_on_to_their_own_end(processes: int) -> None:
    assert "0 cut, 0 rows lost, 0 new calls let in" in stops(processes, 6, iter([7]))


async def _listens(house: House) -> tuple[EmulatedCall, asyncio.Task[list[tuple[str, ...]]]]:
    """A caller who presses a key, has been answered, and only listens from then on."""
    listening = asyncio.Event()

    async def stays(call: EmulatedCall, stream: ClientConnection) -> None:
        await call.listen(stream, until="checkpoint")
        for frame in ('{"event": "dtmf", "dtmf": {"digit": "1"}}', '{"event": "dtmf", "dtmf": {"digit": "#"}}'):
            await stream.send(frame)
        await call.listen(stream, until="checkpoint")
        listening.set()
        await call.listen(stream)

    call = EmulatedCall(house.url, talks=deque([stays]))
    running = asyncio.create_task(call.run())
    await asyncio.wait([running, asyncio.create_task(listening.wait())], return_when=asyncio.FIRST_COMPLETED)
    return call, running


@pytest.mark.slow
@pytest.mark.realtime
@pytest.mark.parametrize("processes", [1, 3])
async def test_a_second_ctrl_c_shortens_a_call_to_a_sentence_and_a_goodbye(processes: int) -> None:
    """Each reaches every process twice, from the terminal and from the parent, and counts once."""
    async with opened(processes, 7) as house:
        call, running = await _listens(house)
        house.press_ctrl_c()
        await house.until_draining()
        await asyncio.sleep(2)
        assert not running.done()
        house.press_ctrl_c()
        async with asyncio.timeout(WIND_UP_SECONDS):
            assert await running == [STREAM, HANGUP], "after a goodbye nothing is left to be apologised for"
        await house.until_gone()
        assert house.rows() == {call.call_id: "fallback"}
        assert "Traceback" not in house.log.read_text()


@pytest.mark.slow
@pytest.mark.realtime
async def test_a_call_that_outlasts_the_time_for_draining_ends_with_a_goodbye() -> None:
    async with opened(1, 7, DRAIN_SECONDS="1") as house:
        call, running = await _listens(house)
        house.tell()
        assert await running == [STREAM, HANGUP]
        await house.until_gone()
        assert house.rows() == {call.call_id: "fallback"}


@pytest.mark.slow
@pytest.mark.realtime
async def test_a_server_without_calls_stops_at_once() -> None:
    async with opened(1, 7) as house:
        began = time.monotonic()
        house.tell()
        await house.until_gone()
        assert time.monotonic() - began < AT_ONCE_S


def test_a_stop_after_which_nothing_is_missing_has_no_problem() -> None:
    assert problems(GOOD, 1) == []
    assert problems(replace(GOOD, status=0), 3) == []


@pytest.mark.parametrize("found", [{"cut": ["1012"]}, {"lost": 1}, {"admitted": ["an answer"]}, {"status": -9}])
def test_a_call_that_is_cut_lost_or_let_in_is_a_problem_and_so_is_a_killed_process(found: dict[str, Any]) -> None:
    assert len(problems(replace(GOOD, **found), 1)) == 1
