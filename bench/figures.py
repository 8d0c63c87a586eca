"""Figures of one run, and how they are written down."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path


@dataclass(frozen=True)
class Figures:
    """Times are milliseconds."""

    backend: str
    what: str
    p50: float
    p95: float
    p99: float
    computing: float
    """The median of what the client's process computed itself: it depends little on what else the machine does."""
    per_second: float | None = None


def figures(
    backend: str, what: str, taken: Sequence[tuple[float, float]], *, per_second: float | None = None
) -> Figures:
    cuts = statistics.quantiles([whole for whole, _ in taken], n=100, method="inclusive")
    p50, p95, p99 = (round(cuts[percent - 1], 2) for percent in (50, 95, 99))
    computing = round(statistics.median(computed for _, computed in taken), 2)
    return Figures(backend, what, p50, p95, p99, computing, per_second)


def circumstances() -> dict[str, object]:
    """When and where."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
    }


def write(folder: Path, name: str, found: Sequence[Figures]) -> None:
    """`NAME.json` and `NAME.md` in the folder."""
    about = circumstances()
    report = {**about, "figures": [asdict(one) for one in found]}
    (folder / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    lines = [", ".join(map(str, about.values())) + "; milliseconds.", "", _row(HEADINGS), _row(["---"] * len(HEADINGS))]
    lines += [
        _row([one.backend, one.what, one.p50, one.p95, one.p99, one.computing, one.per_second or ""]) for one in found
    ]
    (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


HEADINGS = ("database", "what", "p50", "p95", "p99", "of it computing", "per second")


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
