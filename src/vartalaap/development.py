"""Secrets of development: made where none is configured, kept in `DATA_DIR`, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from .config import KEY_BYTES
from .errors import ConfigurationError

_KEYS = "development-keys"
_PASSWORD = "development-password"  # noqa: S105 - a file's name


def data_folder(folder: Path) -> Path:
    """The folder of `DATA_DIR`, made if need be, to write in. Raises `ConfigurationError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        advice = "name a folder that this user may write in"
        raise ConfigurationError(f"DATA_DIR: {folder.absolute()} cannot be written ({reason}); {advice}")
    return folder


def development_keys_made(folder: Path) -> bool:
    """Were development keys generated in this folder?"""
    return (folder / _KEYS).exists()


def development_password(folder: Path) -> tuple[str, Path, bool]:
    """(the console's password, the file that keeps it for the owner only, was it made just now).

    Raises `ConfigurationError`.
    """
    words, file, just_made = _kept(folder, _PASSWORD, lambda: [secrets.token_urlsafe(12)])
    return words[0], file, just_made


def development_keys(folder: Path) -> tuple[str, str, bool]:
    """(encryption key, pepper, were they made just now), kept in `folder/development-keys`, readable by the owner only.

    For development: they make the zero-key default work, and a database made with them stays readable.
    Raises `ConfigurationError`.
    """
    words, _, just_made = _kept(folder, _KEYS, lambda: [secrets.token_hex(KEY_BYTES) for _ in range(2)])
    return words[0], words[1], just_made


def _kept(folder: Path, name: str, make: Callable[[], list[str]]) -> tuple[list[str], Path, bool]:
    """A file's words, one a line, made if there is no file; as many as are made. Of several processes one does it."""
    file = data_folder(folder) / name
    fresh = make()
    try:
        if not file.exists() and _put_whole(file, "".join(f"{word}\n" for word in fresh)):
            return fresh, file, True
        words = file.read_text(encoding="ascii").split()
    except OSError as error:
        raise ConfigurationError(f"{file.absolute()}: cannot be read ({error.strerror}); see who owns it") from None
    except UnicodeDecodeError:
        words = []
    if len(words) != len(fresh):
        advice = "put the file of a backup there, or remove it: then a new one is made"
        raise ConfigurationError(f"{file.absolute()}: is damaged; {advice}")
    return words, file, False


def _put_whole(file: Path, text: str) -> bool:
    """A new file, for its owner only, that nobody ever sees half written; False if another process was first."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", encoding="ascii") as draft:
        draft.write(text)
        draft.flush()
        try:
            file.hardlink_to(draft.name)
        except FileExistsError:
            return False
    return True
