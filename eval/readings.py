"""Lines whose date, time and people are known: `sources/readings.txt`, which nothing is ever fitted to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from vartalaap.dialogue.nlu import Slot, Understanding, understand
from vartalaap.dialogue.nlu.understanding import Expectation

from .business import EVAL_BUSINESS

LINES = Path(__file__).parent / "sources" / "readings.txt"
NOW = datetime(2026, 12, 9, 12, 20, tzinfo=ZoneInfo("Asia/Kolkata"))


@dataclass(frozen=True)
class Labelled:
    """An utterance, what was asked before it, and the right values of date, time and people ("-" for none)."""

    text: str
    slot: Slot | None
    values: tuple[frozenset[str], frozenset[str], frozenset[str]]


def labelled_lines(path: Path = LINES) -> Iterator[Labelled]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            text, asked, *values = (part.strip() for part in line.split("|"))
            day, clock, people = (frozenset(value.split("/")) for value in values)
            yield Labelled(text, None if asked == "-" else cast(Slot, asked), (day, clock, people))


def values_of(heard: Understanding) -> tuple[str, str, str]:
    """Date, time and people as the lines write them."""
    when = heard.when
    day = when.date.isoformat() if when and when.date else "-"
    clock = when.time.strftime("%H:%M") if when and when.time else "-"
    return day, clock, str(heard.party_size or "-")


def is_right(line: Labelled) -> bool:
    heard = understand(line.text, now=NOW, business=EVAL_BUSINESS, expecting=Expectation(line.slot))
    return all(value in right for value, right in zip(values_of(heard), line.values, strict=True))
