"""Whoever reads the database's files sees no number and no spoken word."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.api import API_KEY, api_app
from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import Office, open_office, purge
from vartalaap.config import load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock

from .conftest import BOOKING, CALLER, GIVEN, KEYS, OpenOffice, text_call

WORDS = "the kvoqor is on the wobxil"
OWNER = Actor("command line")


@pytest.fixture
def url(sqlite: str) -> str:
    """SQLite alone: its files can be read."""
    return sqlite


def written(url: str) -> bytes:
    """The database's file, its write-ahead log and whatever else lies beside it."""
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def spellings(*digits: str) -> list[bytes]:
    devanagari = str.maketrans("0123456789", "०१२३४५६७८९")
    ways = [way for one in digits for way in (one, f"{one[:5]} {one[5:]}", " ".join(one), one.translate(devanagari))]
    return [way.encode() for way in ways]


async def test_after_calls_and_api_use_the_files_hold_no_number_and_no_words(office: Office, url: str) -> None:
    await text_call(office, WORDS, *BOOKING)
    await text_call(office, "mera number 9811112222 hai", WORDS, call_id="call-2", caller=GIVEN)
    await text_call(office, "I want to talk to the manager", "call me on 9822223333", "yes", call_id="call-3")
    transport = httpx.ASGITransport(api_app(office, test_business()))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {API_KEY}"}
    ) as api:
        booking = {
            "reservation_date": "2026-11-27", "reservation_time": "20:00", "party_size": 2,
            "customer_name": "Farida 98777 78888",
            "customer_phone": "98333 34444", "notes": "call 98333 34444 before",
        }  # fmt: skip
        made = await api.post("/reservations", json=booking, headers={"Idempotency-Key": "for 9833334444"})
        assert made.status_code == 201
        changed = await api.patch(f"/reservations/{made.json()['id']}", json={"customer_phone": "9844445555"})
        assert changed.status_code == 200
        note = {"reason": "lost umbrella, 98666 88888", "summary": "call 98555 56666", "customer_phone": "9866667777"}
        assert (await api.post("/follow-ups", json=note)).json()["summary"] == "call [number]"
    content = written(url)
    numbers = (CALLER.national, GIVEN.national, "9822223333", "9833334444", "9844445555", "9855556666", "9866667777")
    in_names_and_reasons = ("9877778888", "9866688888")
    assert [spelling for spelling in spellings(*numbers, *in_names_and_reasons) if spelling in content] == []
    assert b"kvoqor" not in content
    assert b"Farida" in content  # a row may hold a name, and the search would find it


async def test_the_database_s_files_are_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "made" / "new.db"
    settings = load_settings(data_dir=tmp_path, database_url=f"sqlite+aiosqlite:///{file}", **KEYS)
    files = [file, file.with_name("new.db-shm"), file.with_name("new.db-wal")]
    async with open_office(settings, Clock(TEST_NOW)) as office:
        await office.businesses.put(test_business())
        assert sorted(file.parent.iterdir()) == files
        assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


async def test_files_that_everybody_could_read_are_tightened_at_the_next_start(url: str, tmp_path: Path) -> None:
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    files = [file, file.with_name(f"{file.name}-shm"), file.with_name(f"{file.name}-wal")]
    settings = load_settings(data_dir=tmp_path, database_url=url, **KEYS)
    async with open_office(settings, Clock(TEST_NOW)) as office:
        await office.businesses.put(test_business())
        for one in files:
            one.chmod(0o644)
        async with open_office(settings, Clock(TEST_NOW)):
            assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


async def test_what_was_erased_is_in_no_page_and_no_log_of_the_database(office_with: OpenOffice, url: str) -> None:
    async with office_with() as office:
        await text_call(office, *BOOKING, caller=GIVEN)
        assert b"Anil" in written(url)
        await office.personal_data.erase(GIVEN, OWNER, "cancel")
        assert b"Anil" not in written(url)
        assert office.vault.hash(GIVEN).encode() not in written(url)
        await text_call(office, *BOOKING, call_id="call-2", caller=GIVEN)
        assert await purge(office, office.clock.now().replace(year=2028))
        assert b"Anil" not in written(url)
