"""Files that we write: for their owner's eyes, under their name whole or not at all, and never over another's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from .errors import ConfigurationError, FileTaken


def must_be_new(path: Path) -> None:
    """Raises `FileTaken` if there is anything of this name, be it a folder or a link that leads nowhere."""
    if os.path.lexists(path):
        raise _taken(path)


def _taken(path: Path) -> FileTaken:
    return FileTaken(f"{path} is there already, and nothing is written over it: name another file.")


def write_file(path: Path, content: Iterable[bytes], *, over: bool = False) -> None:
    """Write what `content` gives; if that or the disk fails, nothing is left behind.

    Raises `ConfigurationError` if it cannot be written, and `FileTaken`, unless `over`, if there is a file of this
    name, even one that came while `content` was given.
    """
    if not over:
        must_be_new(path)
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as output:
            partial = Path(output.name)
            try:
                for part in content:
                    output.write(part)
                output.flush()
                os.fsync(output.fileno())
                if over:
                    partial.replace(path)
                else:
                    _name(partial, path)
            finally:
                partial.unlink(missing_ok=True)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); name a place that can") from error


def _name(partial: Path, path: Path) -> None:
    """Give it the name if nobody else has it: in one step, or, where files have no second name (FAT), in two."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        partial.replace(path)


def make_folder(folder: Path) -> None:
    """The folder and those above it; what is made now is for its owner only."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)
