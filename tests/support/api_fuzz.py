"""Schemathesis on the running API: every check, from its own OpenAPI document."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.api import API_KEY
from vartalaap.api.routes.resources import RESOURCES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ALL_PHASES = "examples,coverage,fuzzing,stateful"
START_SECONDS = 60.0


def fuzz(url: str, folder: Path, examples: int, seed: int, phases: str = ALL_PHASES) -> str:
    """The number of requests tried, in words. Raises `AssertionError` with the tool's report if any check fails."""
    paths = "|".join(resource.path for resource in RESOURCES)
    with _server(folder, url) as address:
        run = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "api_fuzz.toml",
                "run", f"{address}/openapi.json", "--checks", "all", "--include-path-regex", f"^/({paths})",
                "--header", f"Authorization: Bearer {API_KEY}", "-n", str(examples), "--seed", str(seed), "--no-color",
                "--phases", phases,
            ],
            capture_output=True, text=True, check=False, cwd=folder,
        )  # fmt: skip
    found = re.search(r"(\d+) generated", run.stdout)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert found, run.stdout[-8000:]
    return f"{found[1]} requests, no failure"


@contextmanager
def _server(folder: Path, url: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.support.api_server", str(port), str(folder), *([url] if url else [])]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(url, timeout=1).close()
            return
        except (URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)
