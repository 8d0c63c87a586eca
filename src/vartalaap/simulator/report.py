"""What came of a simulated call, as JSON and as tables for a person."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from pydantic import BaseModel, Field
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .recorded_caller import SpokenTurn


@dataclass(slots=True)
class TurnReport:
    """One recording: what it says, what the bot understood and said; empty where the call log tells nothing."""

    caller: str
    heard: str = ""
    said: str = ""
    response_ms: int | None = None


@dataclass(slots=True)
class SimulationReport:
    """The whole call; `outcome` is None if the server's call log could not be read."""

    outcome: str | None = None
    bookings: list[dict[str, object]] = field(default_factory=list)
    turns: list[TurnReport] = field(default_factory=list)
    greeting: str = ""

    def as_json(self) -> dict[str, object]:
        """`{"outcome", "bookings", "turns": [{"caller", "heard", "said", "response_ms"}]}`"""
        return {"outcome": self.outcome, "bookings": self.bookings, "turns": [asdict(turn) for turn in self.turns]}


class LoggedTurn(BaseModel):
    """What one side said, as the server stored it."""

    speaker: str
    text: str = Field(repr=False)
    at_ms: float | None = None
    """Milliseconds since the call began."""


class ServersReport(BaseModel):
    """The answer of `GET /calls/{call_id}/report`; empty if the server gives none."""

    outcome: str | None = None
    bookings: list[dict[str, object]] = Field(default_factory=list, repr=False)
    turns: list[LoggedTurn] = []


def make_report(turns: Sequence[SpokenTurn], began_at: float, log: ServersReport) -> SimulationReport:
    """Join what the caller measured with the server's call log.

    A turn of the log belongs to the recording that was being said, or had last been said, at its `at_ms`; a log
    without times is read in order, one caller turn a recording.
    """
    begins_ms = [(turn.began_at - began_at) * 1000 for turn in turns]
    report = SimulationReport(
        log.outcome, log.bookings, [TurnReport(turn.text, response_ms=turn.response_ms) for turn in turns]
    )
    heard_turns = 0
    for entry in log.turns:
        heard_turns += entry.speaker == "caller"
        number = heard_turns if entry.at_ms is None else bisect_right(begins_ms, entry.at_ms)
        if number == 0 or not report.turns:
            report.greeting = f"{report.greeting} {entry.text}".strip()
            continue
        turn = report.turns[min(number, len(turns)) - 1]
        if entry.speaker == "caller":
            turn.heard = f"{turn.heard} {entry.text}".strip()
        else:
            turn.said = f"{turn.said} {entry.text}".strip()
    return report


def print_report(report: SimulationReport, console: Console | None = None) -> None:
    """The transcript with the response time of each turn, then the latencies."""
    console = console or Console()
    table = Table("", "caller said", "bot heard", "bot said", "response ms", show_lines=True)
    table.add_row("0", "", "", escape(report.greeting), "")
    for number, turn in enumerate(report.turns, 1):
        latency = "no answer" if turn.response_ms is None else str(turn.response_ms)
        table.add_row(str(number), escape(turn.caller), escape(turn.heard), escape(turn.said), latency)
    console.print(table)
    times = [turn.response_ms for turn in report.turns if turn.response_ms is not None]
    latencies = Table("answered", "P50 ms", "P95 ms", "max ms")
    if times:
        p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
        latencies.add_row(
            f"{len(times)} of {len(report.turns)}", f"{statistics.median(times):.0f}", f"{p95:.0f}", f"{max(times)}"
        )
    else:
        latencies.add_row(f"0 of {len(report.turns)}", "", "", "")
    console.print(latencies)
    for booking in report.bookings:
        console.print(f"booking: {booking.get('date')} {booking.get('time')}, {booking.get('party_size')} people")
    console.print(f"outcome: {report.outcome or 'unknown (the server gives no call report)'}")
