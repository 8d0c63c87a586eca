"""Several servers on this machine, for a proxy that sends each call's requests to the one that answered it.

One that ended is started again, one that stands still is killed first, and all end with their parent, however it ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import click

from ..bootstrap import prepare
from ..bootstrap.listening import bound, reached_at
from ..config import Settings
from ..errors import ConfigurationError

LOOK_EVERY_S = 0.2
FIRST_REST_S, LONGEST_REST_S = 1.0, 30.0
"""Before a process that ended is started again; longer each time, unless it lasted."""
LASTED_S = 60.0
STOP_MARGIN_S = 60.0
"""Beyond `DRAIN_SECONDS`, or after a second signal: goodbyes, records, and the closing of everything."""
ASK_EVERY_S, ANSWER_S, MOST_SILENCES = 2.0, 5.0, 2
"""Each process is asked for its health. One that lets itself be asked and does not answer, twice in a row, stands
still: after 14 s at most it is killed."""
FIRST_ANSWER_S = 120.0
"""A start that takes longer stands still, too."""
HIGHEST_PORT = 65535


@dataclass
class Child:
    """One server and when it may be started again."""

    number: int
    of: int
    port: int
    process: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    rest_s: float = FIRST_REST_S
    start_at: float = field(default_factory=time.monotonic)

    def start(self, host: str, business_id: str, lifeline: int) -> None:
        """For this default business; `lifeline` is a pipe's end to read from, that ends with us."""
        at = ("--host", host, "--port", str(self.port), "--lifeline", str(lifeline))
        own = {"PROCESS": str(self.number), "PROCESSES": str(self.of), "DEFAULT_BUSINESS_ID": business_id}
        command = [sys.executable, "-m", "vartalaap", "serve", *at]
        self.process = subprocess.Popen(command, env={**os.environ, **own}, pass_fds=[lifeline])  # noqa: S603 - ours
        self.began_at = time.monotonic()
        threading.Thread(target=self._kill_if_it_stands_still, args=(self.process, host), daemon=True).start()

    def _kill_if_it_stands_still(self, process: subprocess.Popen[bytes], host: str) -> None:
        """Until it ends. One that takes no connection is on its way, up or down."""
        silences, has_answered = 0, False
        while process.poll() is None:
            match _answers(host, self.port):
                case True:
                    silences, has_answered = 0, True
                case False:
                    silences += 1
                case None:
                    silences = 0
            late = not has_answered and time.monotonic() - self.began_at > FIRST_ANSWER_S
            if silences >= MOST_SILENCES or late:
                click.echo(f"process {self.number} does not answer", err=True)
                process.kill()
                return
            time.sleep(ASK_EVERY_S)

    def note_end(self) -> None:
        """It has ended, and nobody wanted that."""
        now = time.monotonic()
        self.rest_s = FIRST_REST_S if now - self.began_at > LASTED_S else min(2 * self.rest_s, LONGEST_REST_S)
        self.process, self.start_at = None, now + self.rest_s


def serve_several(settings: Settings, count: int) -> None:
    """Until SIGTERM or SIGINT. Raises `ConfigurationError` where they could not start, or not be reached."""
    if not settings.public_url:
        raise ConfigurationError("--processes needs PUBLIC_URL, and a proxy before them: see docs/real-time.md")
    if settings.port + count - 1 > HIGHEST_PORT:
        raise ConfigurationError(f"PORT: there are no {count} ports from {settings.port} on")
    children = [Child(number, count, settings.port + number - 1) for number in range(1, count + 1)]
    for child in children:
        for one in bound(settings.host, child.port):
            one.close()
    business = asyncio.run(prepare(settings))  # one does for all what each would have to do
    lifeline, _held = os.pipe()
    signals = 0

    def stop(*_: object) -> None:
        nonlocal signals
        signals += 1

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        while not signals:
            for child in children:
                if child.process is None and time.monotonic() >= child.start_at:
                    child.start(settings.host, business.id, lifeline)
                elif child.process and (status := child.process.poll()) is not None:
                    child.note_end()
                    click.echo(f"process {child.number} ended with {status}; again in {child.rest_s:.0f} s", err=True)
            time.sleep(LOOK_EVERY_S)
    finally:
        _end(children, settings.drain_seconds, lambda: signals)


def end_with_parent(lifeline: int, drain_s: float) -> None:
    """As on SIGTERM, once the parent's end of this pipe is closed, which no way to die leaves open."""

    def wait() -> None:
        while os.read(lifeline, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(drain_s + STOP_MARGIN_S)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def _answers(host: str, port: int) -> bool | None:
    """Does the server there answer? None if it takes no connection."""
    with closing(HTTPConnection(reached_at(host), port, timeout=ANSWER_S)) as asking:
        try:
            asking.request("GET", "/health")
            asking.getresponse()
        except TimeoutError:
            return False
        except (OSError, HTTPException):
            return None
    return True


def _end(children: list[Child], drain_s: float, signals: Callable[[], int]) -> None:
    """Each lets its calls end, and is told again whenever we are; a process that does not end in time is killed."""
    running = [child.process for child in children if child.process]
    passed_on, deadline = 0, time.monotonic() + drain_s + STOP_MARGIN_S
    while running := [process for process in running if process.poll() is None]:
        now = time.monotonic()
        if not passed_on or passed_on < signals():
            deadline = min(deadline, now + STOP_MARGIN_S) if passed_on else deadline
            passed_on = max(signals(), 1)
            for process in running:
                process.terminate()
        elif now > deadline:
            for process in running:
                process.kill()
        time.sleep(LOOK_EVERY_S)
