"""The owner's commands, as the owner types them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vartalaap.cli import main

from .conftest import BOOKING, GIVEN, KEYS, ROTATED, OpenOffice, text_call


@pytest.fixture
def url(sqlite: str) -> str:
    return sqlite


def run(url: str, folder: Path, *command: str, settings: dict[str, str] | None = None) -> Result:
    environment = {
        "DATABASE_URL": url, "DATA_DIR": str(folder), "CLOCK_START": "2026-11-25T15:00:00+05:30",
        **{name.upper(): value for name, value in (settings or KEYS).items()},
    }  # fmt: skip
    return CliRunner().invoke(main, list(command), env=environment)


@pytest.fixture
def called(office_with: OpenOffice) -> None:
    """A booking by telephone stands in the database."""

    async def call() -> None:
        async with office_with(**KEYS) as office:
            await text_call(office, *BOOKING, caller=GIVEN)

    asyncio.run(call())


@pytest.mark.usefixtures("called")
def test_export_then_erase_with_receipts(url: str, tmp_path: Path) -> None:
    held = json.loads(run(url, tmp_path, "export", "98111 12222").stdout)
    assert held["reservations"][0]["phone"] == GIVEN.e164
    erased = json.loads(run(url, tmp_path, "erase", GIVEN.e164).stdout)
    assert erased["kept"] == {"bookings_to_come": 1, "opt_outs": 0}  # nobody could be asked
    erased = json.loads(run(url, tmp_path, "erase", GIVEN.e164, "--cancel-bookings").stdout)
    assert erased["counts"]["reservations"] == 1
    again = json.loads(run(url, tmp_path, "export", GIVEN.e164).stdout)
    assert set(again["counts"].values()) == {0}


@pytest.mark.usefixtures("called")
def test_an_export_to_a_file_is_for_its_owner_s_eyes(url: str, tmp_path: Path) -> None:
    file = tmp_path / "theirs.json"
    result = run(url, tmp_path, "export", GIVEN.e164, "--file", str(file))
    assert GIVEN.national not in result.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text(encoding="utf-8"))["number"] == GIVEN.e164


@pytest.mark.usefixtures("called")
@pytest.mark.parametrize("way", ["the database", "a link to it", "a hard link to it", "another file", "a link to none"])
@pytest.mark.parametrize("command", [("backup",), ("export", GIVEN.e164, "--file"), ("call", "--demo", "--json")])
def test_a_file_that_exists_is_never_written_over(url: str, tmp_path: Path, command: tuple[str, ...], way: str) -> None:
    database, file = tmp_path / "test.db", tmp_path / "taken"
    match way:
        case "the database":
            file = database
        case "a link to it":
            file.symlink_to(database)
        case "a hard link to it":
            file.hardlink_to(database)
        case "another file":
            file.write_bytes(b"mine")
        case _:
            file.symlink_to(tmp_path / "nowhere")
    content, names = database.read_bytes(), sorted(tmp_path.iterdir())
    refused = run(url, tmp_path, *command, str(file))
    assert refused.exit_code == 2
    assert refused.output == f"Error: {file} is there already, and nothing is written over it: name another file.\n"
    assert (database.read_bytes(), sorted(tmp_path.iterdir())) == (content, names)
    assert way != "another file" or file.read_bytes() == b"mine"


@pytest.mark.usefixtures("called")
def test_those_affected_are_masked_until_they_are_to_be_written_to(url: str, tmp_path: Path) -> None:
    period = ("--from", "2026-11-25T00:00+05:30", "--to", "2026-11-26T00:00+05:30")
    masked = run(url, tmp_path, "breach", *period)
    assert json.loads(masked.stdout)["affected"][0]["phone"] == "98XXXX2222"
    assert "Anil" not in masked.stdout
    revealed = json.loads(run(url, tmp_path, "breach", *period, "--reveal").stdout)
    assert (revealed["affected"][0]["phone"], revealed["affected"][0]["names"]) == (GIVEN.e164, ["Anil"])
    duties = run(url, tmp_path, "breach", "--help").output
    assert "72 hours" in duties
    assert "not legal advice" in duties


@pytest.mark.usefixtures("called")
def test_a_rotation_says_what_may_leave_the_environment(url: str, tmp_path: Path) -> None:
    printed = run(url, tmp_path, "keys", "next").stdout.splitlines()
    assert printed[1:3] == ["PHONE_ENCRYPTION_KEY_ID=2", f"PHONE_ENCRYPTION_KEYS_OLD=1:{KEYS['phone_encryption_key']}"]
    result = run(url, tmp_path, "keys", "rotate", settings=ROTATED)
    assert result.exit_code == 0, result.output
    assert "4 values sealed and 1 numbers hashed anew" in result.stdout
    assert "PHONE_ENCRYPTION_KEYS_OLD may be removed" in result.stdout
    assert "PHONE_HASH_PEPPER_OLD may be removed" in result.stdout


@pytest.mark.usefixtures("called")
def test_purge_prints_what_went(url: str, tmp_path: Path) -> None:
    assert set(json.loads(run(url, tmp_path, "purge").stdout).values()) == {0}


@pytest.mark.parametrize("command", [("erase", "12"), ("export", "nobody"), ("breach", "--from", "x", "--to", "y")])
def test_what_is_no_number_and_no_time_is_refused(url: str, tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(url, tmp_path, *command)
    assert result.exit_code == 2
    assert "that is no" in result.output
