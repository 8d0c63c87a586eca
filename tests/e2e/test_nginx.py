"""The documented nginx before three processes: whatever happens to them, each caller gets an answer or an apology."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus, WebSocketException

from tests.emulators.plivo import EmulatedCall
from tests.support.nginx import nginx
from tests.support.serving import Listening
from tests.support.several import Several, several

pytestmark = [pytest.mark.slow, pytest.mark.realtime]
CALLERS = 4
ANSWERED = ("Stream", "Speak", "Hangup")
"""The stream broke off, and an apology followed."""
ALL_AWAY = ("Speak", "Speak", "Hangup")
"""Nginx's own apology, in two languages."""


class PatientCall(EmulatedCall):
    """One whose stream may fail to open, or break: the carrier goes on after it."""

    async def _stream(self, url: str) -> None:
        with suppress(WebSocketException, OSError):
            await super()._stream(url)


async def breaks_off(call: EmulatedCall, stream: ClientConnection) -> None:
    await call.listen(stream, until="checkpoint")


def behind(folder: Path, count: int = 3, **settings: str) -> AbstractAsyncContextManager[Several]:
    """Processes behind the documented nginx, whose logs are in `folder/nginx`."""

    def proxy(ports: Sequence[int]) -> AbstractAsyncContextManager[Listening]:
        return nginx(folder / "nginx", ports)

    return several(folder, count, proxy, **settings)


@asynccontextmanager
async def callers(url: str) -> AsyncIterator[list[EmulatedCall]]:
    """Some call one after another, from now to the end of the block; the calls that they made."""
    made: list[EmulatedCall] = []
    over = asyncio.Event()

    async def call_often() -> None:
        while not over.is_set():
            call = PatientCall(url, talks=deque([breaks_off]))
            made.append(call)
            await call.run()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(call_often())
        yield made
        over.set()


def done(calls: Sequence[EmulatedCall]) -> set[tuple[str, ...]]:
    return {tuple(step[0] for step in call.did) for call in calls}


def logged(folder: Path) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in (folder / "nginx").glob("*.log"))


async def test_every_caller_gets_an_answer_or_an_apology_whichever_processes_are_killed(tmp_path: Path) -> None:
    async with behind(tmp_path) as three:
        for number in (2, 3, 2):  # those that came back are relied on again
            old = three.processes[number]
            async with callers(three.url) as calls:
                await asyncio.sleep(2)
                os.kill(old, signal.SIGKILL)
                await three.replaced(number, old)
            assert done(calls) == {ANSWERED}
            assert {call.stream_url.split("/")[3] for call in calls} == {"p1", "p2", "p3"}

        async def outlives_all(call: EmulatedCall, stream: ClientConnection) -> None:
            await call.listen(stream, until="checkpoint")
            children = three.processes.values()
            for process in (three.parent.pid, *children):
                os.kill(process, signal.SIGKILL)
            await call.listen(stream)

        last = PatientCall(three.url, talks=deque([outlives_all]))
        await last.run()
        assert done([last]) == {("Stream", *ALL_AWAY)}
        afterwards = EmulatedCall(three.url)
        await afterwards.run()
        assert done([afterwards]) == {ALL_AWAY}
        with pytest.raises(InvalidStatus):
            await last.open_stream(last.stream_url)
        async with httpx.AsyncClient(base_url=three.url, trust_env=False) as http:
            for path, word in (("/twilio/answer", "Say"), ("/p2/twilio/after", "Say"), ("/p3/plivo/after", "Speak")):
                answer = await http.post(path)
                assert (answer.status_code, answer.text.count(f"<{word} ")) == (200, 2)
            await http.get("/plivo/answer", params={"From": last.caller})
    told = logged(tmp_path)
    assert "POST /plivo/answer 200" in told
    assert last.caller not in told
    for call in (*calls, last):
        (token,) = parse_qs(urlsplit(call.stream_url).query)["token"]
        assert token not in told


async def test_while_a_process_stands_still_the_others_answer_in_time(tmp_path: Path) -> None:
    async with behind(tmp_path) as three:
        old = three.processes[2]
        os.kill(old, signal.SIGSTOP)
        calls = [PatientCall(three.url, talks=deque([breaks_off])) for _ in range(6)]
        async with asyncio.timeout(20):
            await asyncio.gather(*(call.run() for call in calls))
        assert done(calls) == {ANSWERED}
        assert {call.stream_url.split("/")[3] for call in calls} == {"p1", "p3"}
        await three.replaced(2, old)


async def test_nobody_hears_busy_while_another_process_is_idle(tmp_path: Path) -> None:
    async with behind(tmp_path, MAX_CALLS="1") as three:
        talking, over = asyncio.Semaphore(0), asyncio.Event()

        async def talks(call: EmulatedCall, stream: ClientConnection) -> None:
            await call.listen(stream, until="checkpoint")
            talking.release()
            await over.wait()

        calls = [EmulatedCall(three.url, talks=deque([talks])) for _ in range(3)]
        running = [asyncio.create_task(call.run()) for call in calls]
        for _ in calls:
            await talking.acquire()
        assert {call.stream_url.split("/")[3] for call in calls} == {"p1", "p2", "p3"}
        one_more = EmulatedCall(three.url)
        await one_more.run()
        over.set()
        await asyncio.gather(*running)
    assert done(calls) == {ANSWERED}
    assert done([one_more]) == {("Speak", "Hangup")}
