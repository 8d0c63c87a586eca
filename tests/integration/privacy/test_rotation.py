"""Keys and pepper change under a running house: nothing is lost, whatever stops the rotation (R51)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from tests.support.book import test_business
from vartalaap.bootstrap import Office
from vartalaap.core.booking.book import Actor
from vartalaap.db.migrate import downgrade
from vartalaap.db.models import AuditRow, CallerPreferenceRow, CallLogRow, ReservationRow
from vartalaap.db.privacy.places import SEALED
from vartalaap.db.privacy.rotation import Rotated, Rotation
from vartalaap.db.repositories.preferences import Preferences
from vartalaap.db.session import Database

from .conftest import BOOKING, CALLER, GIVEN, KEYS, ROTATED, OpenOffice, text_call

OWNER = Actor("command line")


async def rotate(office: Office, *, batch: int = 2, stop_after: int | None = None) -> Rotated:
    """Runs to its end, or drops the rotation after so many batches, as a killed process would."""
    seen: list[Rotated] = []
    async with aclosing(Rotation(office.database, office.vault, office.clock, batch=batch).run(OWNER)) as steps:
        async for so_far in steps:
            seen.append(so_far)
            if len(seen) == stop_after:
                break
    return seen[-1]


async def key_ids(office: Office) -> set[str]:
    """The ids of the keys of all sealed values."""
    found: set[str] = set()
    async with office.database.read() as session:
        for place in SEALED:
            values = await session.scalars(select(place.values).where(place.values.is_not(None)))
            found |= {value.partition(":")[0] for value in values}
    return found


async def some_calls(office: Office, count: int = 5) -> None:
    for number in range(count):
        await text_call(office, *BOOKING, call_id=f"call-{number}")


async def test_after_a_rotation_everything_opens_with_the_new_key_alone(office_with: OpenOffice) -> None:
    async with office_with(**KEYS) as office:
        await some_calls(office)
    async with office_with(**ROTATED) as office:
        done = await rotate(office)
        assert (done.unreadable, done.done) == (0, done.total)
        assert await key_ids(office) == {"2"}
    alone = {name: value for name, value in ROTATED.items() if not name.endswith("_old")}
    async with office_with(**alone) as office:
        call = await office.call_log.get("call-0")
        assert call
        assert call.transcript
        assert len(await office.reservations.upcoming(test_business().id, GIVEN, office.clock.now())) == 5


@pytest.mark.parametrize("stop_after", [1, 3, 6])
async def test_a_rotation_that_was_stopped_goes_on_and_a_finished_one_does_nothing(
    office_with: OpenOffice, stop_after: int
) -> None:
    async with office_with(**KEYS) as office:
        await some_calls(office)
    async with office_with(**ROTATED) as office:
        await rotate(office, stop_after=stop_after)
    async with office_with(**ROTATED) as office:
        await rotate(office)
        assert await key_ids(office) == {"2"}
        again = await rotate(office)
        assert (again.sealed, again.hashed) == (0, 0)
        async with office.database.read() as session:
            audited = select(AuditRow).where(col(AuditRow.action) == "rotate")
            assert len((await session.scalars(audited)).all()) == 1


async def test_calls_go_on_while_keys_are_rotated(office_with: OpenOffice) -> None:
    async with office_with(**KEYS) as office:
        await some_calls(office, 8)
    async with office_with(**ROTATED) as office:
        rotating = asyncio.create_task(rotate(office, batch=1))
        made = await asyncio.gather(*(text_call(office, *BOOKING, call_id=f"later-{number}") for number in range(4)))
        await rotating
        assert all(call.context.result == "booked" for call in made)
        await rotate(office)
        assert await key_ids(office) == {"2"}
        assert len(await office.reservations.upcoming(test_business().id, GIVEN, office.clock.now())) == 12


async def test_with_a_new_pepper_callers_are_still_known(office_with: OpenOffice) -> None:
    async with office_with(**KEYS) as office:
        await text_call(office, *BOOKING, caller=GIVEN)
        await text_call(office, "please do not record this call", call_id="call-2")
        old = office.vault.hash(GIVEN)
    async with office_with(**ROTATED) as office:
        assert (await office.context(test_business(), "c", CALLER, "text")).privacy_opt_out
        done = await rotate(office)
        assert done.unknown_hashes == 1  # of who only objected: no number is stored
        assert (await office.context(test_business(), "c", CALLER, "text")).privacy_opt_out
        async with office.database.read() as session:
            hashes = {row.phone_hash for row in await session.scalars(select(ReservationRow))}
            hashes |= {row.caller_id_hash or "" for row in await session.scalars(select(CallLogRow))} - {""}
        assert hashes == {office.vault.hash(GIVEN)}
        assert old not in hashes


async def test_an_opt_out_moves_to_the_new_hash_and_loses_nothing_there(office_with: OpenOffice) -> None:
    async with office_with(**KEYS) as office:
        await text_call(office, *BOOKING, caller=GIVEN)
        async with office.database.write() as session:
            await Preferences(session).remember(office.vault.hash(GIVEN), office.clock.now(), no_transcript=True)
    async with office_with(**ROTATED) as office:
        async with office.database.write() as session:
            await Preferences(session).remember(office.vault.hash(GIVEN), office.clock.now(), no_whatsapp=True)
        await rotate(office)
        async with office.database.read() as session:
            (row,) = (await session.scalars(select(CallerPreferenceRow))).all()
        assert (row.caller_id_hash, row.no_transcript, row.no_whatsapp) == (office.vault.hash(GIVEN), True, True)


async def test_what_no_key_opens_is_counted_and_left_as_it_is(office: Office) -> None:
    await some_calls(office, 2)
    async with office.database.write() as session:
        await session.execute(text("UPDATE reservations SET phone_sealed = 'lost:AAAA' WHERE call_id = 'call-0'"))
    assert (await rotate(office)).unreadable == 1
    assert await key_ids(office) == {"1", "lost"}


async def test_words_that_stood_plain_before_there_were_seals_are_sealed_at_the_next_start(
    office_with: OpenOffice,
) -> None:
    async with office_with() as office:
        await some_calls(office, 1)
        async with office.database.write() as session:
            await session.execute(text("""UPDATE call_logs SET transcript = '[{"text": "plain"}]', entities = '{}'"""))
        call = await office.call_log.get("call-0")
        assert call
        assert call.transcript == [{"text": "plain"}]
    async with office_with() as office:
        assert await key_ids(office) == {"1"}
        call = await office.call_log.get("call-0")
        assert call
        assert (call.transcript, call.entities) == ([{"text": "plain"}], {})


async def test_a_database_of_before_seals_is_sealed_by_its_upgrade(office_with: OpenOffice, url: str) -> None:
    async with office_with() as office:
        await text_call(office, *BOOKING)
    await downgrade(url, "0002")
    database = Database(url)
    async with database.write() as session:
        await session.execute(
            text("""UPDATE call_logs SET transcript = '[{"text": "kvoqor"}]', entities = '{"name": "Anil"}'""")
        )
        await session.execute(text("UPDATE reservations SET idempotency_key = 'a plain digest'"))
    await database.close()
    async with office_with() as office:
        assert await key_ids(office) == {"1"}
        call = await office.call_log.get("call-1")
        assert call
        assert (call.transcript, call.entities) == ([{"text": "kvoqor"}], {"name": "Anil"})
        async with office.database.read() as session:
            (row,) = (await session.scalars(select(ReservationRow))).all()
        assert row.idempotency_key == row.id
