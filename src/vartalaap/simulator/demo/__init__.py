"""The demonstration: a server on a port of its own, with a database and a clock of its own, and a recorded caller."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import httpx

from ...errors import ProviderError

DEMO_RECORDINGS = Path(__file__).parent / "hindi-booking"
DEMO_CLOCK = "2026-11-25T14:00:00+05:30"
"""A Wednesday afternoon: the recorded caller asks for the next evening."""
START_SECONDS = 60
STOP_SECONDS = 20


@contextmanager
def demo_server() -> Iterator[str]:
    """Serve while the block runs; gives the URL. The database is thrown away."""
    with (
        TemporaryDirectory(prefix="vartalaap-demo-") as folder,
        running_server(Path(folder) / "demo.db", {"CLOCK_START": DEMO_CLOCK}) as url,
    ):
        yield url


@contextmanager
def running_server(
    database: Path, settings: Mapping[str, str], output: BinaryIO | None = None, module: str = "vartalaap"
) -> Iterator[str]:
    """`vartalaap serve` in a process of its own on a free port, until the block ends; gives the URL.

    What it prints goes to `output`, else where this process prints. Another `module` may serve in its place.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    own = {"DATABASE_URL": f"sqlite+aiosqlite:///{database}", "PUBLIC_URL": url, "DRAIN_SECONDS": "0", **settings}
    command = [sys.executable, "-m", module, "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, **own}, stdout=output, stderr=output)  # noqa: S603 - ours
    try:
        _wait_until_ready(server, url)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(STOP_SECONDS)


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.poll() is None:
        try:
            if httpx.get(f"{url}/health", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise ProviderError("the demonstration server did not start")
