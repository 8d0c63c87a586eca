"""A PostgreSQL server of one's own: in a temporary folder, on a socket in it, never one of the system's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "postgres"
NOT_DURABLE = ("fsync=off", "full_page_writes=off")
"""Faster; a commit survives the death of any process, but not a power cut."""


@dataclass(frozen=True)
class Postgres:
    """A running server. Whoever can enter `folder` may do everything."""

    programs: Path
    folder: Path
    restart: Callable[[], None]
    """It crashes and is started again."""

    def url(self, name: str) -> str:
        """The URL of one of its databases, as an owner would write it."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> str:
        """A database that is a copy of `template`; gives its URL."""
        self._run("createdb", "--template", template, name)
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self.programs / program, "-h", self.folder, "-U", USER, *arguments], check=True)


def find_programs() -> Path | None:
    """Where PostgreSQL's server programs are: on the path, or the newest that Debian's packages installed."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    return max((program.parent for program in installed), key=lambda at: float(at.parent.name), default=None)


@contextmanager
def running(programs: Path, *, settings: Sequence[str] = ()) -> Iterator[Postgres]:
    """A server while the block runs; durable as PostgreSQL is unless `settings` say otherwise.

    PostgreSQL refuses to run as root: then it runs as the user that its package made.
    """
    server_user = USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder, data = Path(name), Path(name) / "data"
        if server_user:
            shutil.chown(folder, server_user)

        def run(*command: str | Path) -> None:
            # Its output goes to a file: the server would keep a pipe open.
            with (folder / "programs.log").open("ab") as log:
                subprocess.run(command, check=True, user=server_user, cwd="/", stdout=log, stderr=log)

        given = "".join(f" -c {setting}" for setting in ("listen_addresses=", "max_connections=200", *settings))
        run(programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

        def start() -> None:
            options = ("-l", folder / "server.log", "-o", f"-k {folder}{given}")
            run(programs / "pg_ctl", "start", "-w", "-D", data, *options)

        def crash() -> None:
            run(programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)

        def restart() -> None:
            crash()
            start()

        start()
        try:
            yield Postgres(programs, folder, restart)
        finally:
            crash()
