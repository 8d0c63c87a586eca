"""The real server as `make run` starts it, in a process of its own, with a database and a clock of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from vartalaap.simulator.demo import DEMO_CLOCK, running_server


@dataclass(frozen=True)
class RealServer:
    url: str
    database: Path

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        with sqlite3.connect(self.database) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    database = tmp_path_factory.mktemp("server") / "test.db"
    with running_server(database, {"CLOCK_START": DEMO_CLOCK}) as url:
        yield RealServer(url, database)
