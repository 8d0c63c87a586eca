"""Backups of both databases: made while the house is open, sealed, and put back whole or not at all."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest

from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import make_backup, open_office, restore_backup
from vartalaap.config import Settings, load_settings
from vartalaap.core.clock import Clock
from vartalaap.errors import BadRequest, ConfigurationError, Conflict, FileTaken
from vartalaap.security.sealed_stream import seal_stream

from .conftest import BOOKING, GIVEN, KEYS, ROTATED, OpenOffice, text_call


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path, database_url=url, **KEYS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday.vbk"


@pytest.fixture
async def backed_up(office_with: OpenOffice, settings: Settings, file: Path) -> Path:
    """A backup of a house with one booking, made while calls went on; afterwards there are more."""
    make_folder(file.parent)
    async with office_with() as office:
        await text_call(office, *BOOKING, call_id="before")
        calls = (text_call(office, *BOOKING, call_id=f"during-{number}") for number in range(3))
        await asyncio.gather(make_backup(file, settings), *calls)
        await text_call(office, *BOOKING, call_id="after")
    return file


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def overwrite(path: Path, content: bytearray) -> None:
    path.write_bytes(content)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def make_folder(path: Path) -> None:
    path.mkdir()


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def calls_kept(office_with: OpenOffice) -> set[str]:
    async with office_with() as office:
        kept = {call_id for call_id in ("before", "after") if (await office.call_log.get(call_id))}
        bookings = await office.reservations.upcoming(test_business().id, GIVEN, office.clock.now())
        assert len(bookings) >= len(kept)
    return kept


async def test_a_database_comes_back_as_it_was(backed_up: Path, settings: Settings, office_with: OpenOffice) -> None:
    with pytest.raises(Conflict, match="--force"):
        await restore_backup(backed_up, settings, force=False)
    assert await calls_kept(office_with) == {"before", "after"}
    await restore_backup(backed_up, settings, force=True)
    assert await calls_kept(office_with) == {"before"}
    again = backed_up.with_name("tuesday.vbk")
    await make_backup(again, settings)
    await restore_backup(again, settings, force=True)
    assert await calls_kept(office_with) == {"before"}


async def test_it_comes_back_into_an_empty_place(
    backed_up: Path, settings: Settings, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if "sqlite" in settings.database:
        elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'place.db'}"
    else:
        elsewhere = request.getfixturevalue("postgres").create(f"elsewhere_{tmp_path.name[-1]}")
    await restore_backup(backed_up, settings.model_copy(update={"database_url": elsewhere}), force=False)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "another key"])
async def test_a_damaged_backup_replaces_nothing(
    backed_up: Path, settings: Settings, office_with: OpenOffice, damage: str
) -> None:
    content = bytearray(content_of(backed_up))
    if damage == "cut":
        del content[-100:]
    elif damage == "changed":
        content[len(content) // 2] ^= 1
    elif damage == "empty":
        content.clear()
    overwrite(backed_up, content)
    keys = {"phone_encryption_key": "ee" * 32} if damage == "another key" else {}
    given = load_settings(data_dir=settings.data_dir, database_url=settings.database, **{**KEYS, **keys})
    with pytest.raises(BadRequest) as refused:
        await restore_backup(backed_up, given, force=True)
    assert refused.value.message.count(".") == 1  # one sentence
    assert await calls_kept(office_with) == {"before", "after"}


async def test_nothing_of_it_lies_about_in_plain(
    backed_up: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "temporary"
    make_folder(elsewhere)
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    file = backed_up.with_name("tuesday.vbk")
    await make_backup(file, settings)
    assert b"Anil" not in content_of(file)
    assert b"alembic_version" not in content_of(file)
    assert mode_of(file) == 0o600
    await restore_backup(file, settings, force=True)
    assert names_in(elsewhere) == []
    assert sorted(names_in(file.parent)) == [backed_up.name, file.name]


async def test_after_a_rotation_an_older_backup_still_opens(
    backed_up: Path, settings: Settings, office_with: OpenOffice
) -> None:
    rotated = load_settings(data_dir=settings.data_dir, database_url=settings.database, **ROTATED)
    await restore_backup(backed_up, rotated, force=True)
    own = load_settings(data_dir=settings.data_dir, database_url=settings.database, **KEYS, backup_key="bb" * 32)
    with_own_key = backed_up.with_name("tuesday.vbk")
    await make_backup(with_own_key, own)
    with pytest.raises(BadRequest, match="another key"):
        await restore_backup(with_own_key, settings, force=True)
    await restore_backup(with_own_key, own, force=True)


async def test_a_backup_of_the_other_kind_is_refused(
    backed_up: Path, settings: Settings, request: pytest.FixtureRequest
) -> None:
    other = request.getfixturevalue("postgresql" if "sqlite" in settings.database else "sqlite")
    with pytest.raises(BadRequest, match="DATABASE_URL names"):
        await restore_backup(backed_up, settings.model_copy(update={"database_url": other}), force=True)


async def test_a_backup_of_a_later_version_is_refused(backed_up: Path, settings: Settings) -> None:
    key, about = bytes.fromhex(KEYS["phone_encryption_key"]), {"made_at": TEST_NOW.isoformat(), "schema": "9999"}
    kind = "sqlite" if "sqlite" in settings.database else "postgresql"
    overwrite(backed_up, bytearray().join(seal_stream([b"x"], key, {**about, "database": kind})))
    with pytest.raises(BadRequest, match="later version"):
        await restore_backup(backed_up, settings, force=True)


async def test_a_server_that_runs_is_not_pulled_away_under(
    backed_up: Path, settings: Settings, office_with: OpenOffice
) -> None:
    async with open_office(settings, Clock(TEST_NOW)):  # which looked at the database once, and waits for calls
        with pytest.raises(Conflict, match="stop the server"):
            await restore_backup(backed_up, settings, force=True)
    assert await calls_kept(office_with) == {"before", "after"}
    await restore_backup(backed_up, settings, force=True)
    assert await calls_kept(office_with) == {"before"}


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
async def test_a_backup_is_never_one_of_the_database_s_own_files(sqlite: str, tmp_path: Path, end: str) -> None:
    settings = load_settings(data_dir=tmp_path, database_url=sqlite, **KEYS)
    before = content_of(tmp_path / "test.db")
    with pytest.raises(FileTaken):
        await make_backup(tmp_path / f"test.db{end}", settings)
    assert content_of(tmp_path / "test.db")[:16] == before[:16]
    assert not (tmp_path / "test.db-journal").exists()


async def test_without_postgresql_s_programs_the_owner_is_told(
    postgresql: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = load_settings(data_dir=tmp_path, database_url=postgresql, **KEYS)
    with pytest.raises(ConfigurationError, match="pg_dump is not installed"):
        await make_backup(file.parent.parent / "x.vbk", settings)
    assert not [name for name in names_in(tmp_path) if name.startswith("x.vbk")]
