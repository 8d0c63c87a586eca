"""A file is written whole or not at all, and over no other."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vartalaap.errors import ConfigurationError, FileTaken
from vartalaap.files import make_folder, write_file


def _without_second_names(*_: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.fixture(params=["links", "no links"])
def _file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ext4, and as FAT, which knows no hard links."""
    if request.param == "no links":
        monkeypatch.setattr(os, "link", _without_second_names)


pytestmark = pytest.mark.usefixtures("_file_system")


def test_a_new_file_is_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new"
    write_file(file, [b"one ", b"two"])
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"one two", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def _came_meanwhile(file: Path) -> Iterator[bytes]:
    yield b"ours"
    file.write_bytes(b"theirs")


def _fails(_: Path) -> Iterator[bytes]:
    yield b"half"
    raise ZeroDivisionError


def _fills_the_disk(_: Path) -> Iterator[bytes]:
    yield b"half"
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("content", "error", "left"),
    [
        (_came_meanwhile, FileTaken, [b"theirs"]),
        (_fails, ZeroDivisionError, []),
        (_fills_the_disk, ConfigurationError, []),
    ],
)
def test_what_cannot_be_finished_leaves_nothing_behind(
    tmp_path: Path, content: Callable[[Path], Iterator[bytes]], error: type[Exception], left: list[bytes]
) -> None:
    with pytest.raises(error):
        write_file(tmp_path / "new", content(tmp_path / "new"))
    assert [file.read_bytes() for file in tmp_path.iterdir()] == left


def test_a_file_beside_it_is_not_taken_for_the_unfinished_one(tmp_path: Path) -> None:
    (tmp_path / "new.partial").write_bytes(b"mine")
    write_file(tmp_path / "new", [b"x"])
    assert (tmp_path / "new.partial").read_bytes() == b"mine"


def test_of_several_that_write_one_name_one_succeeds(tmp_path: Path) -> None:
    def write(number: int) -> bool:
        try:
            write_file(tmp_path / "new", [str(number).encode()])
        except FileTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(write, range(40)))
    assert sum(done) == 1
    assert (tmp_path / "new").read_text() == str(done.index(True))


def test_folders_that_are_made_are_for_their_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [
        0o755,
        0o700,
        0o700,
    ]
