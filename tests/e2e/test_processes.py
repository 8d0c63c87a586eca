"""Several processes behind one proxy: a call stays with the one that answered it, and one that dies comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.emulators.plivo import EmulatedCall
from tests.support.book import DEMO
from tests.support.routing import routed
from tests.support.several import START_S, neighbours, runs, several, until

pytestmark = [pytest.mark.slow, pytest.mark.realtime]
CALLS = 6


async def hears_the_greeting(call: EmulatedCall, stream: ClientConnection) -> None:
    """Only the process that made the stream's token says anything. Then the stream breaks off."""
    await call.listen(stream, until="checkpoint")


async def test_a_call_stays_with_its_process_and_a_dead_one_comes_back(tmp_path: Path) -> None:
    async with several(tmp_path, 2, routed) as pair:
        calls = [EmulatedCall(pair.url, talks=deque([hears_the_greeting])) for _ in range(CALLS)]
        told = await asyncio.gather(*(call.run() for call in calls))
        assert {tuple(step[0] for step in did) for did in told} == {("Stream", "Speak", "Hangup")}
        streams = [call.stream_url.removeprefix("ws" + pair.url.removeprefix("http")) for call in calls]
        assert {stream[:4] for stream in streams} == {"/p1/", "/p2/"}

        before = pair.processes
        unlucky = 0

        async def survives_its_process(call: EmulatedCall, stream: ClientConnection) -> None:
            nonlocal unlucky
            await call.listen(stream, until="checkpoint")
            unlucky = 2 if "/p2/" in call.stream_url else 1
            os.kill(before[unlucky], signal.SIGKILL)
            with contextlib.suppress(ConnectionClosed):
                await call.listen(stream)

        did = await EmulatedCall(pair.url, talks=deque([survives_its_process])).run()
        assert [step[0] for step in did] == ["Stream", "Speak", "Hangup"]
        await pair.replaced(unlucky, before[unlucky])
        assert pair.processes[3 - unlucky] == before[3 - unlucky]


async def test_one_that_stands_still_is_replaced_and_does_not_undo_what_was_loaded_meanwhile(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(DEMO.read_text(encoding="utf-8").replace("total_seats: 40", "total_seats: 400"), "utf-8")
    async with several(tmp_path, 2, routed) as pair:

        def business(*command: str | Path) -> str:
            asked = [sys.executable, "-m", "vartalaap", "business", *map(str, command)]
            return subprocess.run(asked, env=pair.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

        await asyncio.to_thread(business, "load", other)
        before = pair.processes
        os.kill(before[2], signal.SIGSTOP)
        await pair.replaced(2, before[2])
        assert pair.processes[1] == before[1]
        assert "total_seats: 400\n" in await asyncio.to_thread(business, "show")


async def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    async with several(tmp_path, 2, routed) as pair:
        children = pair.processes.values()
        assert len(children) == 2
        pair.parent.kill()

        async def none_runs() -> bool:
            return not any(map(runs, children))

        await until(none_runs)


@pytest.mark.parametrize(("processes", "taken"), [(1, 0), (2, 1)])
def test_a_port_in_use_is_one_line_and_nothing_says_ready(processes: int, taken: int, tmp_path: Path) -> None:
    ports = neighbours(2)
    with socket.create_server(("127.0.0.1", ports[taken])):
        started = _serve(tmp_path, "--processes", str(processes), "--port", str(ports[0]))
    assert started.returncode == 2
    assert started.stderr.splitlines() == [
        f"Error: PORT: {ports[taken]} of 127.0.0.1 is in use: end what listens there "
        f"(`ss -ltnp sport = :{ports[taken]}` tells), or set another PORT"
    ]


@pytest.mark.parametrize("processes", [1, 2])
def test_without_a_business_a_broken_file_is_one_line(processes: int, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(DEMO.read_text(encoding="utf-8").replace("total_seats: 40", "total_seats: many"), "utf-8")
    port = neighbours(2)[0]
    started = _serve(tmp_path, "--processes", str(processes), "--port", str(port), BUSINESS_CONFIG=str(broken))
    assert started.returncode in (1, 2)
    (line,) = [line for line in started.stderr.splitlines() if "development keys" not in line]
    assert line.startswith("Error: ")
    assert f"{broken}:26: reservation_rules.total_seats: is not a whole number" in line


def _serve(folder: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vartalaap", "serve", *options]
    own = {"DATA_DIR": str(folder), "PUBLIC_URL": "http://127.0.0.1:9", "PLIVO_AUTH_TOKEN": "t", **settings}
    own = {**os.environ, **own}
    return subprocess.run(command, check=False, env=own, capture_output=True, text=True, timeout=START_S)
