"""SQLite's files: which there are, whose eyes they are for, and which one it is that was opened."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

BESIDE = ("-wal", "-shm", "-journal")
Identity = tuple[int, int]
"""Device and inode: another file under the same name has others."""


def files_of(url: URL) -> tuple[Path, ...]:
    """The database, and what SQLite keeps beside it from time to time; links are followed, as SQLite does."""
    file = Path(url.database or "").resolve()
    return (file, *(file.with_name(file.name + end) for end in BESIDE))


def identity_of(url: URL) -> Identity | None:
    """Of the database that is there now; None if there is none."""
    try:
        found = Path(url.database or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def keep_private(url: URL) -> None:
    """Make the database for its owner only, before SQLite makes it for everybody, and tighten what is there.

    What is beside it gets its mode from it. What belongs to another user stays as that user wants it, and what cannot
    be made SQLite will complain of. A file that is there is not opened: closing it would give up SQLite's locks.
    """
    file, *beside = files_of(url)
    with suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for one in (file, *beside):
        with suppress(FileNotFoundError, PermissionError):
            if one.stat().st_mode & 0o077:
                one.chmod(0o600)
