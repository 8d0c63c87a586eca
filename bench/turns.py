"""How fast calls are answered, and what they cost, as their number grows: our server beside the least that answers.

Each server has core 0 to itself, the callers have core 1. Recogniser and voice are stubs inside the servers, with
fixed delays that are taken off again: `added` is the server's own time between the two, and the machine's.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .turns_stubs import FIXED_MS

SERVERS = ("least", "ours")
TICKS = os.sysconf("SC_CLK_TCK")
HEADINGS = (
    "server", "calls", "answered", "added p50", "added p95", "clear p50", "clear p95", "greeting p95",
    "gaps", "most ahead", "CPU %", "kept waiting %", "MB per call", "callers late p99",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One server with so many calls; times are milliseconds."""

    server: str
    calls: int
    answered: str
    added_p50: float
    added_p95: float
    clear_p50: float
    clear_p95: float
    greeting_p95: float
    gaps: int
    most_ahead: float
    cpu_percent: float
    kept_waiting_percent: float
    """Of the time, the server's main thread could have run and the machine did something else: above one or two, the
    times are the machine's, not the server's."""
    mb_per_call: float
    late_p99: float

    @property
    def cells(self) -> tuple[object, ...]:
        return tuple(vars(self).values())


def measure(server: str, calls: int, seconds: float) -> Level:
    """Start the server, warm it with one call, and call it so many times at once."""
    with running(server) as (pid, url):
        place_calls(url, 1, 5)
        before, waited_before = usage(pid), kept_waiting(pid)
        began = time.monotonic()
        found, most_memory = place_calls(url, calls, seconds, pid)
        lasted = time.monotonic() - began
        cpu, waited = usage(pid)[0] - before[0], kept_waiting(pid) - waited_before
    responses = [one * 1000 - FIXED_MS for one in found["responses"]]
    clears = [one * 1000 for one in found["clears"]] or [0.0]
    return Level(
        server=server,
        calls=calls,
        answered=f"{len(responses)}/{len(responses) + found['unanswered']}",
        added_p50=_cut(responses, 50),
        added_p95=_cut(responses, 95),
        clear_p50=_cut(clears, 50),
        clear_p95=_cut(clears, 95),
        greeting_p95=_cut([one * 1000 for one in found["greetings"]], 95),
        gaps=found["gaps"],
        most_ahead=round(found["most_ahead"] * 1000),
        cpu_percent=round(100 * cpu / lasted, 1),
        kept_waiting_percent=round(100 * waited / lasted, 1),
        mb_per_call=round((most_memory - before[1]) / calls, 2),
        late_p99=round(found["late_p99"] * 1000, 1),
    )


@contextmanager
def running(server: str) -> Iterator[tuple[int, str]]:
    """(process id, where to call it)."""
    port = _free_port()
    command = ["taskset", "-c", "0", sys.executable, "-m", "bench.turns_servers", server, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_until_up(process, port, http=server == "ours")
        yield process.pid, f"{'http' if server == 'ours' else 'ws'}://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM if server == "ours" else signal.SIGKILL)
        process.wait(20)


def place_calls(url: str, calls: int, seconds: float, watched: int | None = None) -> tuple[dict[str, Any], float]:
    """What the callers found, and the most memory in MB that the watched process had meanwhile."""
    command = ["taskset", "-c", "1", sys.executable, "-m", "bench.turns_caller", url, str(calls), str(seconds)]
    callers = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most = 0.0
    while callers.poll() is None:
        most = max(most, usage(watched)[1]) if watched else 0.0
        time.sleep(0.2)
    out, _ = callers.communicate()
    return json.loads(out), most


def usage(pid: int) -> tuple[float, float]:
    """(seconds of the processor, resident MB) of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / TICKS, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def kept_waiting(pid: int) -> float:
    """Seconds for which the main thread of a process was ready and did not run."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def table(levels: Sequence[Level]) -> str:
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(level.cells for level in levels)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows) + "\n"


def _cut(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return round(values[0], 1) if values else float("nan")
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], port: int, *, http: bool) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            if http:
                httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
            else:
                socket.create_connection(("127.0.0.1", port), 1).close()
        except (OSError, httpx.TransportError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer")
