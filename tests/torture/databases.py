"""Real databases, durable, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click

from tests.support.postgres import find_programs, running

BACKENDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class NewDatabase:
    """Makes an empty database and gives its URL."""

    make: Callable[[], str]
    restart: Callable[[], None] | None = None
    """Where there is a server, to make it crash and come back."""

    def __call__(self) -> str:
        return self.make()


@contextmanager
def databases(backend: str) -> Iterator[NewDatabase]:
    """As many as asked for while the block runs; PostgreSQL's on a server of their own."""
    numbers = count()
    if backend == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield NewDatabase(lambda: f"sqlite:///{Path(folder) / f'{next(numbers)}.db'}")
        return
    programs = find_programs()
    if programs is None:
        raise click.ClickException("PostgreSQL is not installed")
    with running(programs) as server:
        yield NewDatabase(lambda: server.create(f"torture_{next(numbers)}"), server.restart)
