"""`python -m bench desk|seating|turns|providers`: measures, prints a table, and writes it beside this file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click
from tests.torture.databases import BACKENDS, databases

from . import desk, providers, seating, turns
from .figures import Figures, circumstances, write
from .plot import line_chart

HERE = Path(__file__).parent


@click.group()
def main() -> None:
    """Benchmarks. Nothing else should run meanwhile."""


@main.command("desk")
@click.option("--out", default=HERE, type=click.Path(file_okay=False, path_type=Path), help="Where the tables go.")
def desk_command(out: Path) -> None:
    """Bookings and availability checks on SQLite and PostgreSQL, as the book grows."""
    found = []
    for measure in (desk.bookings, desk.checks):
        for backend in BACKENDS:
            with databases(backend) as new:
                for one in measure(backend, new):
                    _show(one)
                    found.append(one)
    write(out, "desk", found)
    click.echo(f"Written to {out / 'desk.md'} and {out / 'desk.json'}.")


@main.command("seating")
@click.option("--out", default=HERE, type=click.Path(file_okay=False, path_type=Path), help="Where the table goes.")
def seating_command(out: Path) -> None:
    """Deciding about a table, as the number of tables grows."""
    about = ", ".join(map(str, [*circumstances().values(), _load()]))
    lines = [f"| {' | '.join(map(str, row))} |" for row in (seating.HEADINGS, ["---"] * len(seating.HEADINGS))]
    for row in seating.growth():
        lines.append(f"| {' | '.join(map(str, row))} |")
        click.echo(lines[-1])
    what = "milliseconds that the process computed; evenings that are asked about until long after they are full."
    (out / "seating.md").write_text("\n".join([f"{about}; {what}", "", *lines, ""]), encoding="utf-8")


@main.command("turns")
@click.option("--calls", default="1,10,25,50,100", help="So many calls at once, each with a fresh server.")
@click.option("--seconds", default=30.0, help="How long each level lasts.")
@click.option("--servers", default=",".join(turns.usable()), help="Which servers are measured.")
@click.option("--out", default=HERE, type=click.Path(file_okay=False, path_type=Path), help="Where the table goes.")
def turns_command(calls: str, seconds: float, servers: str, out: Path) -> None:
    """Responses, interruptions, gaps, processor and memory as the number of calls grows. Linux."""
    wanted = servers.split(",")
    if unknown := set(wanted) - turns.NAMES.keys():
        raise click.BadParameter(
            f"{', '.join(sorted(unknown))}: choose from {', '.join(turns.NAMES)}", param_hint="--servers"
        )
    out.mkdir(parents=True, exist_ok=True)
    load, levels = _load(), []
    for number in map(int, calls.split(",")):
        for server in wanted:
            if turns.bears(server, number):
                levels.append(turns.measure(server, number, seconds))
                click.echo(turns.table(levels[-1:]).splitlines()[-1])
                _write_turns(out, levels, load)  # what was measured outlives what fails later
    click.echo(f"Written to {out / 'turns.md'} and {out / 'turns.svg'}.")


def _write_turns(out: Path, levels: Sequence[turns.Level], load: str) -> None:
    about = ", ".join(map(str, [*circumstances().values(), load]))
    text = f"{about}; milliseconds.\n\n{turns.table(levels)}\n{turns.remarks(levels)}"
    (out / "turns.md").write_text(text, encoding="utf-8")
    drawn = {
        name: [(one.calls, one.added_p95) for one in levels if one.server == name] for name in turns.NAMES.values()
    }
    title = f"Added to a response, p95, {circumstances()['date']}"
    chart = line_chart(title, "calls at once, on one core", "ms", {name: line for name, line in drawn.items() if line})
    (out / "turns.svg").write_text(chart, encoding="utf-8")


@main.command("providers")
@click.option("--times", default=providers.TIMES, help="Requests of each kind.")
@click.option("--out", default=HERE, type=click.Path(file_okay=False, path_type=Path), help="Where the table goes.")
def providers_command(times: int, out: Path) -> None:
    """What our clients add to the time that a provider takes."""
    about = {**circumstances(), "load": _load(), "requests": f"{times} requests"}
    found = providers.measure(times)
    table = providers.table(found)
    click.echo(table)
    said = ", ".join(map(str, about.values()))
    (out / "providers.md").write_text(f"{said}; milliseconds.\n\n{table}\n", encoding="utf-8")
    rows = [dict(zip(("what", "p50", "p95", "p99"), row, strict=True)) for row in found]
    (out / "providers.json").write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n", encoding="utf-8")


def _load() -> str:
    """What else the machine did before."""
    return "load average " + " ".join(f"{one:.2f}" for one in os.getloadavg())


def _show(one: Figures) -> None:
    rate = f"{one.per_second:8.1f}/s" if one.per_second else ""
    times = f"p50 {one.p50:7.2f}  p95 {one.p95:7.2f}  p99 {one.p99:7.2f} ms"
    click.echo(f"{one.backend:11}{one.what:50} {times}, computing {one.computing:5.2f} {rate}")


if __name__ == "__main__":
    main()
