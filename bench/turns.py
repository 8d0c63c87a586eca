"""How fast calls are answered, and what they cost, as their number grows.

Each server has core 0 to itself, the callers and the vendors' emulators have core 1. `ours` and `least`, the least
that answers, have a recogniser and a voice within that cost nothing; `flux` is ours with its own clients of Deepgram's
Flux, a model and Piper, and `pipecat` a peer with its clients of the same. What these take is fixed and taken off
again: `added` is the server's own time, and the machine's.
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

from . import turns_stubs, turns_vendors

PEER = Path(".venv-pipecat/bin/python")
PEER_SERVER = Path(__file__).with_name("turns_pipecat.py")
NAMES = {
    "least": "least",
    "ours": "ours",
    "least-flux": "least (Flux)",
    "flux": "ours (Flux)",
    "pipecat": "pipecat (Flux)",
}
WITH_VENDORS = ("least-flux", "flux", "pipecat")
MOST_CALLS = {"pipecat": 25, "least-flux": 50, "flux": 50}
"""The peer answers few of more; beyond fifty the emulated vendors are what is slow."""
CLIPS_SECONDS = 30
"""Until the fixed sentences have been made, each by a request of its own."""
TICKS = os.sysconf("SC_CLK_TCK")
NOISY_PERCENT = 2.0
NOISY_LATE_MS = 10.0
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
    def is_noisy(self) -> bool:
        """The machine had something else to do, or the callers themselves could not keep up."""
        return self.kept_waiting_percent > NOISY_PERCENT or self.late_p99 > NOISY_LATE_MS

    @property
    def cells(self) -> tuple[object, ...]:
        return tuple(vars(self).values())


def bears(server: str, calls: int) -> bool:
    """Would the figures be the server's own?"""
    return calls <= MOST_CALLS.get(server, calls)


def usable() -> list[str]:
    """The servers that can be measured here: the peer needs its environment."""
    return [name for name in NAMES if name != "pipecat" or PEER.exists()]


def measure(server: str, calls: int, seconds: float) -> Level:
    """Start the server, warm it with one call, and call it so many times at once."""
    with running(server) as (pid, url):
        time.sleep(CLIPS_SECONDS if server == "flux" else 0)
        place_calls(url, 1, 5)
        before, waited_before = usage(pid), kept_waiting(pid)
        began = time.monotonic()
        found, most_memory = place_calls(url, calls, seconds, pid)
        lasted = time.monotonic() - began
        cpu, waited = usage(pid)[0] - before[0], kept_waiting(pid) - waited_before
    fixed = (turns_vendors if server in WITH_VENDORS else turns_stubs).FIXED_MS
    responses = [one * 1000 - fixed for one in found["responses"]]
    clears = [one * 1000 for one in found["clears"]]
    return Level(
        server=NAMES[server],
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
    with emulated_vendors(server in WITH_VENDORS) as vendors:
        own = (
            [str(PEER), str(PEER_SERVER)]
            if server == "pipecat"
            else [sys.executable, "-m", "bench.turns_servers", server.removesuffix("-flux")]
        )
        process = subprocess.Popen(["taskset", "-c", "0", *own, str(port), *vendors], stdout=subprocess.DEVNULL)
        is_ours = server in ("ours", "flux")
        try:
            _wait_until_up(process, port, http=is_ours)
            yield process.pid, f"http://127.0.0.1:{port}" if is_ours else f"ws://127.0.0.1:{port}/ws/audio"
        finally:
            process.send_signal(signal.SIGTERM if is_ours else signal.SIGKILL)
            process.wait(20)


@contextmanager
def emulated_vendors(wanted: bool) -> Iterator[list[str]]:
    """What a server is told of them: nothing where it does without."""
    if not wanted:
        yield []
        return
    command = ["taskset", "-c", "1", sys.executable, "-m", "bench.turns_vendors"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield [process.stdout.readline().strip()]
    finally:
        process.kill()
        process.communicate()


def place_calls(url: str, calls: int, seconds: float, watched: int | None = None) -> tuple[dict[str, Any], float]:
    """What the callers found, and the most memory in MB that the watched process had meanwhile."""
    command = ["taskset", "-c", "1", sys.executable, "-m", "bench.turns_caller", url, str(calls), str(seconds)]
    callers = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most = 0.0
    while callers.poll() is None:
        most = max(most, usage(watched)[1]) if watched else 0.0
        time.sleep(0.2)
    out, _ = callers.communicate()
    if callers.returncode:
        raise SystemExit("the callers failed")
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


def remarks(levels: Sequence[Level]) -> str:
    """What a reader has to know of the table."""
    noisy = [f"{level.server} with {level.calls}" for level in levels if level.is_noisy]
    told = [
        f"`added`: from the last voiced frame to the first audible one, less what no server can take off "
        f"({turns_stubs.FIXED_MS:.0f} ms; {turns_vendors.FIXED_MS:.0f} ms with Flux, a model and Piper). `clear`: from "
        "the first voiced frame over the bot to clearAudio. `gaps`: silences within a reply.",
        f"A row is noise where the machine kept the server waiting for more than {NOISY_PERCENT} % of the time, or the "
        f"callers' own frames were later than {NOISY_LATE_MS} ms: {', '.join(noisy) or 'none'}.",
    ]
    return "\n\n".join(told) + "\n"


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
