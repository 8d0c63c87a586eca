"""`python -m eval [FOLDER]`: how many lines of a folder are understood, by Vartalaap and by other tools."""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from vartalaap.dialogue.nlu import understand, understand_lines, warm_up

from . import others
from .business import EVAL_BUSINESS
from .scoring import KINDS, Kind, Line, Share, is_right, lines_of, score

HERE = Path(__file__).parent


@click.command()
@click.argument(
    "folder", default=HERE / "data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--others", "python", type=click.Path(path_type=Path), help="Python that has the compared tools.")
@click.option("--failures", is_flag=True, help="Also print the lines that Vartalaap got wrong.")
@click.option("--brief", is_flag=True, help="Leave out the rows of single tags.")
def main(folder: Path, python: Path | None, failures: bool, brief: bool) -> None:
    """Score every kind of line that FOLDER has."""
    click.echo(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    for kind in KINDS:
        lines = lines_of(folder, kind)
        if not lines:
            continue
        runs = {"Vartalaap": ours(kind, lines)}
        if python:
            runs |= {tool: theirs(python, tool, kind, lines) for tool in others.TOOLS.get(kind, {})}
        _print_table(kind, lines, runs, brief=brief)
        if failures:
            _print_failures(kind, lines, runs["Vartalaap"])
    _print_times({kind: [str(line["text"]) for line in lines_of(folder, kind)] for kind in KINDS})


def ours(kind: Kind, lines: Sequence[Line]) -> list[Line]:
    """What Vartalaap answers, with the microseconds of each; one line beforehand loads its tables."""
    texts = [json.dumps(line) for line in lines]
    list(understand_lines(kind, texts[:1]))
    answers: list[Line] = []
    for text in texts:
        start = time.perf_counter()
        (answer,) = understand_lines(kind, (text,))
        answers.append({**answer, "us": (time.perf_counter() - start) * 1e6})
    return answers


def theirs(python: Path, tool: str, kind: Kind, lines: Sequence[Line]) -> list[Line]:
    """What another tool answers, in a process of its own; nothing at all if it fails, and its reason is shown."""
    asked = "".join(json.dumps(line) + "\n" for line in lines)
    command = [str(python), str(HERE / "others.py"), tool, kind]
    run = subprocess.run(command, input=asked, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own script
    if run.returncode:
        click.echo(f"{tool} failed: {run.stderr.strip().splitlines()[-1]}", err=True)
        return []
    return [json.loads(line) for line in run.stdout.splitlines()]


def _print_table(kind: Kind, lines: Sequence[Line], runs: dict[str, list[Line]], *, brief: bool) -> None:
    shares = {
        tool: score(kind, lines, {answer["id"]: answer for answer in answers})
        for tool, answers in runs.items()
        if answers
    }
    groups = [g for g in shares["Vartalaap"] if not (brief and g.startswith("tag "))]
    click.echo(f"\n### {kind}\n")
    _print_row(f"{len(lines)} lines", list(shares))
    _print_row("---", ["---:"] * len(shares))
    for group in groups:
        _print_row(group, [_percent(by_group[group]) for by_group in shares.values()])
    for name, place in (("µs a line, p50", 49), ("µs a line, p95", 94)):
        times = [statistics.quantiles((a["us"] for a in runs[tool]), n=100, method="inclusive") for tool in shares]
        _print_row(name, [f"{cuts[place]:.0f}" for cuts in times])


def _print_times(texts: dict[Kind, list[str]]) -> None:
    """Microseconds of processor time of everything that a turn reads in an utterance, each heard once."""
    now = datetime(2026, 12, 9, 12, 20, tzinfo=UTC)
    warm_up(now, EVAL_BUSINESS)
    spent: dict[str, list[float]] = {}
    for kind, said in texts.items():
        for text in said:
            start = time.thread_time()
            understand(text, now=now, business=EVAL_BUSINESS)
            spent.setdefault(kind, []).append((time.thread_time() - start) * 1e6)
    click.echo("\n### a whole utterance, µs of processor time\n")
    _print_row("lines of", ["p50", "p95", "p99", "most"])
    _print_row("---", ["---:"] * 4)
    spent["all"] = [us for of_kind in spent.values() for us in of_kind]
    for name, times in spent.items():
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        _print_row(name, [f"{us:.0f}" for us in (cuts[49], cuts[94], cuts[98], max(times))])


def _print_row(name: str, cells: Sequence[str]) -> None:
    click.echo(f"| {name:28s} | " + " | ".join(f"{cell:>21s}" for cell in cells) + " |")


def _percent(share: Share) -> str:
    return f"{share.percent:.1f} % ({share.right}/{share.of})"


def _print_failures(kind: Kind, lines: Sequence[Line], answers: Sequence[Line]) -> None:
    for line, answer in zip(lines, answers, strict=True):
        if not is_right(kind, line, answer):
            wanted = line.get("accept", line.get("value", line.get("is_attack", line.get("intents"))))
            given = {name: value for name, value in answer.items() if name not in ("id", "us")}
            click.echo(f"  {line['id']}  {line['text']}\n      wanted {wanted}  got {given}")


if __name__ == "__main__":
    main()
