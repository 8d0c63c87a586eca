"""A database to a sealed file and back. Nothing of it is written in plain on the way.

SQLite is copied with its online backup while the server writes on, PostgreSQL with `pg_dump`, which sees one state of
the data. A restore first reads the whole file, and then replaces everything or nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from ..errors import BadRequest, ConfigurationError, Conflict, FileTaken, ProviderError
from ..files import make_folder, write_file
from ..security.sealed_stream import Opened, open_stream, seal_stream
from .migrate import known_schemas
from .session import APPLICATION
from .sqlite_file import files_of
from .url import async_url

_WAL, _ROLLBACK = b"\x02\x02", b"\x01\x01"
_JOURNAL_AT = slice(18, 20)
"""Where SQLite's file says how it is written; a database in memory can have no write-ahead log."""
_BEGIN_AGAIN = b"SET lock_timeout = '15s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
_TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
_IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
_IN_USE += f"'{APPLICATION}'"
_PIPE_BYTES = 64 * 1024


def back_up(url: str, file: Path, key: bytes, at: datetime) -> int:
    """Write a sealed copy of the database, which is at the present schema; its size in bytes.

    `file` appears whole or not at all, and never over another.
    Raises `FileTaken`, `ConfigurationError` without PostgreSQL's programs, `ProviderError` if the database cannot be
    read.
    """
    parsed = async_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite" and file.resolve() in files_of(parsed):  # its journal would be taken for one, and removed
        raise FileTaken(f"{file} is a file of the database itself: name another file.")
    plain = _dump_sqlite(parsed) if kind == "sqlite" else _dump_postgresql(parsed)
    about = {"database": kind, "schema": known_schemas()[0], "made_at": at.isoformat(timespec="seconds")}
    sealed = seal_stream(plain, key, about)
    write_file(file, sealed)
    return file.stat().st_size


def restore(url: str, file: Path, keys: Sequence[bytes], *, force: bool) -> datetime:
    """Put a backup in the database's place; when it was made. The server must not run.

    Raises `BadRequest` for a wrong key and a damaged file, `Conflict` if there is a database and `force` is not given.
    """
    parsed = async_url(url)
    kind = parsed.get_backend_name()
    with _opened(file, keys) as first:
        about = first.about
        if about.get("database") != kind:
            raise BadRequest(f"The backup is one of {about.get('database')}, and DATABASE_URL names {kind}.")
        if about.get("schema") not in known_schemas():
            raise BadRequest("The backup was made by a later version of the program.")
        if kind == "sqlite":
            _restore_sqlite(parsed, b"".join(first.chunks), force=force)
            return datetime.fromisoformat(about["made_at"])
        for _ in first.chunks:  # nothing is replaced before all of it is known to be whole
            pass
    with _opened(file, keys) as again:
        _restore_postgresql(parsed, again.chunks, force=force)
    return datetime.fromisoformat(about["made_at"])


@contextmanager
def _opened(file: Path, keys: Sequence[bytes]) -> Iterator[Opened]:
    try:
        content = file.open("rb")
    except OSError:
        raise BadRequest("The backup cannot be opened: there is no such file.") from None
    with content:
        yield open_stream(content, keys)


# SQLite ---------------------------------------------------------------------------------------------------
def _dump_sqlite(url: URL) -> Iterator[bytes]:
    path = Path(url.database or "")
    if not path.exists():
        raise ProviderError("There is no database to back up.")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
            source.backup(copy)
            content = bytearray(copy.serialize())
    except sqlite3.Error as error:
        raise ProviderError(f"the database cannot be read: {type(error).__name__}") from error
    content[_JOURNAL_AT] = _ROLLBACK
    yield bytes(content)


def _restore_sqlite(url: URL, content: bytes, *, force: bool) -> None:
    _check_sqlite(content)
    path, *beside = files_of(url)
    is_there = path.exists()
    if is_there and path.stat().st_size:
        if not force:
            raise Conflict("There is a database already; --force puts the backup in its place.")
        _be_alone(path)
    make_folder(path.parent)
    write_file(path, [content], over=is_there)
    for file in beside:
        file.unlink(missing_ok=True)


def _check_sqlite(content: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as copy:
        try:
            copy.deserialize(content)
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            state = "unreadable"
    if state != "ok":
        raise BadRequest("The backup holds no database of ours.")


def _be_alone(path: Path) -> None:
    """A server that has the file open would write on in the old one. Leaving the log behind takes the file alone."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise Conflict("The database is in use: stop the server first.") from error
        # What is no database any more may be replaced.


# PostgreSQL -----------------------------------------------------------------------------------------------
def _dump_postgresql(url: URL) -> Iterator[bytes]:
    with _start(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", stdout=subprocess.PIPE) as dump:
        assert dump.stdout
        while part := dump.stdout.read(_PIPE_BYTES):
            yield part
    if dump.returncode:
        raise ProviderError("pg_dump could not read the database: is it reachable, and pg_dump as new as the server?")


def _restore_postgresql(url: URL, chunks: Iterable[bytes], *, force: bool) -> None:
    """Through `pg_restore` into `psql`, as one transaction: what fails leaves the database as it was."""
    if not force and _ask(url, _TABLES):
        raise Conflict("There is a database already; --force puts the backup in its place.")
    if _ask(url, _IN_USE):
        raise Conflict("The database is in use: stop the server first.")
    options = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
    with _start(url, "psql", *options, stdin=subprocess.PIPE) as sql:
        assert sql.stdin
        whole = False
        try:
            with suppress(BrokenPipeError):  # whose end went away says by its status why
                sql.stdin.write(_BEGIN_AGAIN)
                sql.stdin.flush()
                whole = _as_sql(url, chunks, sql.stdin)
        finally:
            if not whole:
                sql.kill()  # nothing is committed
    if sql.returncode:
        raise ProviderError(
            "The backup could not be restored, and the database is as it was: "
            "stop the server, and connect as the owner of the database."
        )


def _as_sql(url: URL, chunks: Iterable[bytes], output: IO[bytes]) -> bool:
    with _start(
        url, "pg_restore", "--file=-", "--no-owner", "--no-privileges", stdin=subprocess.PIPE, stdout=output
    ) as dump:
        assert dump.stdin
        for part in chunks:
            dump.stdin.write(part)
    return dump.returncode == 0


def _ask(url: URL, query: str) -> bool:
    """Is the count that is asked for more than none?"""
    asking = ("--no-psqlrc", "--tuples-only", "--no-align", f"--command={query}")
    with _start(url, "psql", *asking, stdout=subprocess.PIPE) as sql:
        found, _ = sql.communicate()
    if sql.returncode:
        raise ProviderError("the database does not answer")
    return found.strip() != b"0"


def _start(
    url: URL, program: str, *arguments: str, stdin: int | IO[bytes] | None = None, stdout: int | IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """One of PostgreSQL's programs, connected to the database; what it complains of may quote rows, and is not kept."""
    command = [_program(program), *arguments]
    quiet, given = subprocess.DEVNULL, _environment(url)
    return subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, with arguments of ours
        command, env=given, stdin=stdin or quiet, stdout=stdout or quiet, stderr=quiet
    )


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ConfigurationError(f"{name} is not installed: install PostgreSQL's client programs to back it up")
    return found


def _environment(url: URL) -> dict[str, str]:
    """Where to connect: by the environment, for everybody may read a command line."""
    parts = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.query.get("port") or url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl"),
        "PGCONNECT_TIMEOUT": 10,
    }
    return {**os.environ, **{name: str(value) for name, value in parts.items() if value}}
