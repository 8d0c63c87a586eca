"""Several servers on this machine, for a proxy that sends each call's requests to the one that answered it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import click

from ..bootstrap.office import make_vault, upgrade_database
from ..config import Settings
from ..errors import ConfigurationError

LOOK_EVERY_S = 0.2
FIRST_REST_S, LONGEST_REST_S = 1.0, 30.0
"""Before a process that ended is started again; longer each time, unless it lasted."""
LASTED_S = 60.0
STOP_S = 30.0


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

    def start(self, host: str) -> None:
        command = [sys.executable, "-m", "vartalaap", "serve", "--host", host, "--port", str(self.port)]
        own = {"PROCESS": str(self.number), "PROCESSES": str(self.of)}
        self.process = subprocess.Popen(command, env={**os.environ, **own})  # noqa: S603 - ours
        self.began_at = time.monotonic()

    def note_end(self) -> None:
        """It has ended, and nobody wanted that."""
        now = time.monotonic()
        self.rest_s = FIRST_REST_S if now - self.began_at > LASTED_S else min(2 * self.rest_s, LONGEST_REST_S)
        self.process, self.start_at = None, now + self.rest_s


def serve_several(settings: Settings, count: int) -> None:
    """Until SIGTERM or SIGINT. Raises `ConfigurationError` where they could not be reached."""
    if not settings.public_url:
        raise ConfigurationError("--processes needs PUBLIC_URL, and a proxy before them: see docs/real-time.md")
    asyncio.run(upgrade_database(settings))  # one does it for all; so it is with keys made for development
    make_vault(settings)
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    children = [Child(number, count, settings.port + number - 1) for number in range(1, count + 1)]
    try:
        while not stopped:
            for child in children:
                if child.process is None and time.monotonic() >= child.start_at:
                    child.start(settings.host)
                elif child.process and (status := child.process.poll()) is not None:
                    child.note_end()
                    click.echo(f"process {child.number} ended with {status}; again in {child.rest_s:.0f} s", err=True)
            time.sleep(LOOK_EVERY_S)
    finally:
        _end(children)


def _end(children: list[Child]) -> None:
    """Calls are let finish their sentence, as long as one server alone would let them."""
    running = [child.process for child in children if child.process]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_S
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
