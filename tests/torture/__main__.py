"""`python -m tests.torture [CAMPAIGN ...]`: the long campaigns, each with its figures."""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from tests.emulators.faulty import FAULTS
from tests.support import redis
from tests.support.api_fuzz import fuzz
from vartalaap.errors import VartalaapError

from . import contention, faults, leaks, rules
from .crew import Crew
from .databases import BACKENDS, databases
from .drain import stops
from .kills import kill
from .messages import Breakage, deliver
from .soak import soak

REPEATS = 50
KILLS = 200
EXAMPLES = 30
MESSAGES = 10_000
SOAK_MINUTES = 240.0
CALLS_AT_ONCE = 2
LEAK_CALLS = 200
STOPS = 20
STOPPED_CALLS = 50
Campaign = Callable[[int], Iterator[str]]
"""From a seed to its lines of figures."""


def contend(seed: int) -> Iterator[str]:
    """The last four seats, and the last two tables, by two hundred calls; sixteen callers who change their minds."""
    for backend in BACKENDS:
        for work in (
            contention.sell_the_last_four_seats,
            contention.sell_the_last_two_tables,
            contention.book_move_and_cancel,
        ):
            with databases(backend) as new, Crew(contention.PROCESSES) as crew:
                label = f"{backend}: {work.__name__.replace('_', ' ')}"
                seen = sum((work(new(), crew, seed + n) for n in _progress(label, REPEATS)), Counter[str]())
            yield f"{label}, {REPEATS} times: {_in_words(seen)}"


def kills(seed: int) -> Iterator[str]:
    """A booking process killed at random moments."""
    for backend in BACKENDS:
        with databases(backend) as new:
            label = f"{backend}: kill -9"
            yield f"{label}: {_in_words(kill(new, _progress(label, KILLS), seed))}"


def generated(seed: int) -> Iterator[str]:
    """The rules against the slow reference, and the state machine."""
    for work in (rules.situations, rules.edits_in_between, rules.evenings):
        yield work(seed)


def seat(seed: int) -> Iterator[str]:
    """Small houses of tables against trying everything."""
    yield rules.rooms(seed)


def fuzz_api(seed: int) -> Iterator[str]:
    """Every check of the API against its own OpenAPI document."""
    for backend in BACKENDS:
        with databases(backend) as new, tempfile.TemporaryDirectory() as folder:
            yield f"{backend}: {fuzz(new(), Path(folder), EXAMPLES, seed)}"


def break_providers(seed: int) -> Iterator[str]:
    """Every provider failing in every way during a call."""
    del seed
    cells = [(service, fault) for service in faults.SERVICES for fault in FAULTS]
    with click.progressbar(length=len(cells), label="faults", file=sys.stderr, show_pos=True) as bar:
        seen = asyncio.run(faults.matrix(cells, CALLS_AT_ONCE, lambda _: bar.update(1)))
    yield from faults.as_table(seen)
    problems = {cell: found for cell, one in seen.items() if (found := one.problems(cell[0]))}
    yield f"{len(seen) - len(problems)} of {len(seen)} cells hold"
    assert not problems, problems


def leak(seed: int) -> Iterator[str]:
    """Callers' data where it does not belong."""
    found, figures = leaks.leaks(seed, LEAK_CALLS, spoken=True)
    yield figures
    assert not found, dict(found)
    yield "nothing found where it does not belong"


def send_messages(seed: int) -> Iterator[str]:
    """Messages through killed workers, restarts of Redis and PostgreSQL, limits, silence and reports in disorder."""
    for backend in BACKENDS:
        with databases(backend) as new, redis.running() as server:
            yield f"{backend}: {_in_words(deliver(new(), MESSAGES, seed, Breakage(server, new.restart)))}"


def stop_servers(seed: int) -> Iterator[str]:
    """SIGTERM in the middle of fifty calls, to one process and to three."""
    for processes in (1, 3):
        label = f"{processes} process{'es' if processes > 1 else ''}"
        seeds = (seed + number for number in _progress(label, STOPS))
        yield f"{label}: {stops(processes, STOPPED_CALLS, seeds)}"


CAMPAIGNS: dict[str, Campaign] = {
    "rules": generated,
    "seating": seat,
    "contention": contend,
    "kills": kills,
    "api": fuzz_api,
    "faults": break_providers,
    "leaks": leak,
    "messages": send_messages,
    "drain": stop_servers,
}


def _in_words(seen: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(seen.items()))


def _progress(label: str, length: int) -> Iterator[int]:
    with click.progressbar(range(length), label=label, file=sys.stderr, show_pos=True) as numbers:
        yield from numbers


@click.command()
@click.argument("names", metavar="[CAMPAIGN]...", nargs=-1, type=click.Choice([*CAMPAIGNS, "soak"]))
@click.option("--seed", type=int, help="As printed by an earlier run, to see the same again.")
@click.option("--minutes", default=SOAK_MINUTES, show_default=True, help="How long soak lasts.")
def main(names: tuple[str, ...], seed: int | None, minutes: float) -> None:
    """Run the campaigns (all but soak, if none is named); status 1 if one fails."""
    campaigns: dict[str, Campaign] = {**CAMPAIGNS, "soak": partial(soak, minutes=minutes)}
    seed = secrets.randbelow(10**6) if seed is None else seed
    failed = False
    for name in names or tuple(CAMPAIGNS):
        began = time.monotonic()
        try:
            for line in campaigns[name](seed):
                click.echo(f"{name}: {line}")
        except (AssertionError, EOFError, VartalaapError) as wrong:  # EOFError: a process of ours ended early
            failed = True
            click.echo(f"{name}: FAILED with --seed {seed}: {wrong!r}")
        else:
            click.echo(f"{name}: passed in {time.monotonic() - began:.0f} s, seed {seed}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
