"""SIGTERM while calls go on: each goes on to its own end and leaves its row, and the process ends after the last.

Callers on the telephone press keys, speak, or lose their stream and come back; others type on the browser's phone. All
are in mid-call when the server, of one process or of several, is told to stop.
"""

from __future__ import annotations

import asyncio
import json
import signal
import time
from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, cycle, islice, repeat

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.emulators.plivo import EmulatedCall, Talk
from tests.emulators.speech import frames, silence

from .drain_house import RECORDINGS, START_S, House, opened

SPREAD_S = 4.0
"""The callers come within this time."""
LONGEST_CALL_S = 90.0
GOODBYE = b"".join(RECORDINGS[-1].frames)
BREAK_S = 0.5
ANSWER_S = 10.0
"""Whoever has heard no sentence for so long goes on: a caller who sends no audio is not asked whether she is there."""
STREAM, HANGUP = ("Stream",), ("Hangup",)
BUSY = ["Speak", "Hangup"]


# The callers --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ended:
    """How one call ended, as its caller saw it."""

    wrong: str
    """Empty if it came to its own end."""
    call_id: str = ""
    """Unknown on the browser's phone."""


Caller = Callable[[House], Awaitable[Ended]]


async def presses_keys(house: House) -> Ended:
    """A few times more after the server was told to stop; then she hangs up."""
    return await _hangs_up(house, _keys(house, house.dice.randrange(4)))


async def comes_back(house: House) -> Ended:
    """The stream breaks after the server was told to stop, and the carrier opens another."""

    async def talk(call: EmulatedCall, stream: ClientConnection) -> None:
        await _keys(house, 0)(call, stream)
        stream.transport.abort()
        await asyncio.sleep(BREAK_S)
        again = await call.open_stream(call.stream_url)
        await _keys(house, 1)(call, again)
        again.transport.abort()

    return await _hangs_up(house, talk)


async def says_goodbye(house: House) -> Ended:
    """In words, and hears ours: the bot hangs up."""

    async def talk(call: EmulatedCall, stream: ClientConnection) -> None:
        listening = asyncio.create_task(call.listen(stream))
        house.talking += 1
        due = time.monotonic()
        waiting = iter(house.told.is_set, True)
        quiet, pause = silence(20), house.dice.randrange(4000)
        voice = chain(frames(silence(3000)), (quiet for _ in waiting), frames(silence(pause) + GOODBYE), repeat(quiet))
        try:
            for frame in voice:
                media = {"track": "inbound", "payload": b64encode(frame).decode()}
                await stream.send(json.dumps({"event": "media", "media": media}))
                due += 0.02
                await asyncio.sleep(due - time.monotonic())
        except ConnectionClosed:
            await listening

    call = await _rings(house, talk)
    return Ended("" if call.did == [STREAM, HANGUP] else f"after words: {call.did}", call.call_id)


async def types(house: House) -> Ended:
    """On the browser's phone; says goodbye, and reads ours. Where every line is busy she calls again."""
    last = ""
    lines = chain(
        (("What are your timings?", True) for _ in iter(house.told.is_set, True)),
        repeat(("Do you have momos?", True), house.dice.randrange(3)),
        (("No, thank you, goodbye.", False),),
    )
    async with _page(house) as page:
        if await _read_answer(page):
            await asyncio.sleep(1)
            return await types(house)
        house.talking += 1
        for line, goes_on in lines:
            await page.send(json.dumps({"type": "text", "text": line}))
            last = await _read_answer(page, to_the_end=not goes_on)
    return Ended("" if last == "finished" else f"in writing: {last or 'no end'}")


def _page(house: House) -> connect:
    host = house.url.removeprefix("http://")
    return connect(f"ws://{host}/ws/phone", origin=f"http://{host}", proxy=None)  # type: ignore[arg-type]


async def _read_answer(page: ClientConnection, *, to_the_end: bool = False) -> str:
    """Until a sentence was played, or until the server says why the call is over, which is returned."""
    async for frame in page:
        message = json.loads(frame) if isinstance(frame, str) else {}
        match message.get("type"):
            case "ended":
                return str(message["reason"])
            case "checkpoint":
                await page.send(json.dumps({"type": "played", "name": message["name"]}))
                if not to_the_end:
                    return ""
    return "closed"


def _keys(house: House, more: int) -> Talk:
    """A key after each answer until the server was told to stop, and so many more."""

    async def talk(call: EmulatedCall, stream: ClientConnection) -> None:
        await _listens(call, stream)
        house.talking += 1
        for _ in chain(iter(house.told.is_set, True), range(more + 1)):
            for one in f"{house.dice.randrange(10)}#":
                await stream.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound", "digit": one}}))
            await _listens(call, stream)
            assert stream.close_code is None, f"closed with {stream.close_code}"
            await asyncio.sleep(house.dice.uniform(0.5, 1.5))

    return talk


async def _listens(call: EmulatedCall, stream: ClientConnection) -> None:
    """Until a sentence was played, or for as long as she waits."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            await call.listen(stream, until="checkpoint")


async def _rings(house: House, *talks: Talk) -> EmulatedCall:
    """A call on the telephone, to its end. Who is told that every line is busy rings again, until the server stops."""
    while True:
        call = EmulatedCall(house.url, caller=f"9198{house.dice.randrange(10**8):08}", talks=deque(talks))
        did = await call.run()
        if house.told.is_set() or [step[0] for step in did] != BUSY:
            return call
        await asyncio.sleep(1)


async def _hangs_up(house: House, talk: Talk) -> Ended:
    """After all of the talk; who is cut hears what the carrier says next."""
    cut = "not begun"

    async def to_the_end(call: EmulatedCall, stream: ClientConnection) -> None:
        nonlocal cut
        try:
            await talk(call, stream)
        except (AssertionError, WebSocketException) as how:
            cut = repr(how)
        else:
            cut = ""
            call.end("Caller")

    call = await _rings(house, to_the_end)
    return Ended(f"by keys: {cut}, {call.did}" if cut else "", call.call_id)


CALLERS: tuple[Caller, ...] = (presses_keys, presses_keys, says_goodbye, presses_keys, types, comes_back)


# The campaign -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seen:
    """What came of one stop."""

    calls: int
    cut: list[str]
    """How each call ended that did not come to its own end."""
    lost: int
    """Calls without a row."""
    admitted: list[str]
    """What new callers got who were not told that every line is busy."""
    status: int
    drained_s: float
    """From the signal to the end of the last call."""
    closed_s: float
    """From there to the end of the process."""


async def stop_in_the_middle(processes: int, calls: int, seed: int) -> Seen:
    """So many calls, all of which have begun, and one SIGTERM."""
    async with opened(processes, seed) as house, asyncio.timeout(START_S + 2 * LONGEST_CALL_S):
        going = [asyncio.create_task(_soon(house, caller)) for caller in islice(cycle(CALLERS), calls)]
        await house.until_talking(going)
        await asyncio.sleep(house.dice.uniform(0, 2))
        house.tell()
        told_at = time.monotonic()
        await house.until_draining()
        admitted = [said for said in (await _calls_late(house), await _opens_the_page(house)) if said]
        ended = await asyncio.gather(*going)
        over_at = time.monotonic()
        status = await house.until_gone()
        closed_at = time.monotonic()
        rows, log = house.rows(), house.log.read_text(errors="replace").splitlines()
    known = {one.call_id for one in ended if one.call_id}
    lost = max(len(known - rows.keys()), calls - len(rows))
    cut = [
        " | ".join((one.wrong, *(line for line in log if one.call_id and one.call_id in line)))
        for one in ended
        if one.wrong
    ]
    return Seen(calls, cut, lost, admitted, status, over_at - told_at, closed_at - over_at)


async def _soon(house: House, caller: Caller) -> Ended:
    await asyncio.sleep(house.dice.uniform(0, SPREAD_S))
    try:
        return await caller(house)
    except (AssertionError, WebSocketException, httpx.TransportError) as cut:
        return Ended(f"{caller.__name__}: {cut!r}")


async def _calls_late(house: House) -> str:
    """A new caller on the telephone; empty if she hears that every line is busy."""
    call = await _rings(house)
    return "" if [step[0] for step in call.did] == BUSY else f"on the telephone: {call.did}"


async def _opens_the_page(house: House) -> str:
    """A new caller in the browser; empty if the page is told why she is not served."""
    async with _page(house) as page:
        said = await _read_answer(page)
    return "" if said else "in the browser: an answer"


def problems(seen: Seen, processes: int) -> list[str]:
    """What is wrong with this stop; a process alone ends as one that was told to, their parent with 0."""
    found = [*seen.cut, *seen.admitted]
    if seen.lost:
        found.append(f"{seen.lost} of {seen.calls} calls left no row")
    if seen.status != (due := 0 if processes > 1 else -signal.SIGTERM):
        found.append(f"the process ended with {seen.status}, not {due}")
    return found


def stops(processes: int, calls: int, seeds: Iterator[int]) -> str:
    """The figures of a stop for each seed; raises `AssertionError` if one is wrong."""
    seen = [asyncio.run(stop_in_the_middle(processes, calls, seed)) for seed in seeds]
    wrong = [found for one in seen if (found := problems(one, processes))]
    drained, closed = sorted(one.drained_s for one in seen), max(one.closed_s for one in seen)
    figures = (
        f"{len(seen)} stops in {sum(one.calls for one in seen)} calls: {sum(len(one.cut) for one in seen)} cut, "
        f"{sum(one.lost for one in seen)} rows lost, {sum(len(one.admitted) for one in seen)} new calls let in; "
        f"last call over after {drained[len(drained) // 2]:.1f} s in the median, {drained[-1]:.1f} s at most, "
        f"process gone {closed:.1f} s later at most"
    )
    assert not wrong, f"{figures}; {wrong}"
    return figures
