"""What remains of a call: as much as its consent allows (R53-R55)."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest
from sqlalchemy import select, text

from tests.support.book import test_business
from vartalaap.core.booking.caller_desk import Desk
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallRecord, Outcome, TurnTimes
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import CallerPreferenceRow, CallLogRow
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.calls import CallLogStore, opened, shown
from vartalaap.db.repositories.preferences import Preferences
from vartalaap.db.session import Database
from vartalaap.errors import VartalaapError
from vartalaap.security.crypto import PhoneVault

CALLER = PhoneNumber("+919876543210")


@pytest.fixture
def store(database: Database, vault: PhoneVault, businesses: Businesses) -> CallLogStore:
    return CallLogStore(database, vault)


def a_call(clock: Clock, *, spoke: bool = True, opt_out: bool = False) -> CallContext:
    context = CallContext("call-1", test_business(), cast(Desk, None), clock, CALLER)
    greeting = context.add_turn("bot", "namaste", "hi")
    greeting.times = TurnTimes()
    if spoke:
        context.add_turn("caller", "chaar log", "hinglish").entities = {"party_size": 4}
        context.add_turn("bot", "kis din?", "hinglish").times = TurnTimes(10.0, 10.5, 10.51, 10.6, 10.625)
    if opt_out:
        context.consent = context.consent.objects(clock.now(), "hi")
    context.result = "no_booking"
    return context


def ended(context: CallContext, outcome: Outcome = "resolved") -> CallRecord:
    return CallRecord(context, context.clock.now(), outcome)


async def test_words_whose_key_is_lost_hide_neither_the_call_nor_their_loss(
    store: CallLogStore, database: Database, clock: Clock
) -> None:
    await store.save(ended(a_call(clock)))
    other = PhoneVault(b"p" * 32, {"another": b"k" * 32}, "another")
    async with database.read() as session:
        row = await session.get(CallLogRow, "call-1")
    assert row
    call = shown(row, other)
    assert (call.outcome, call.transcript, call.entities) == ("resolved", None, None)
    with pytest.raises(VartalaapError):
        opened(row, other)


async def test_a_call_keeps_its_transcript_with_the_times_of_each_turn(store: CallLogStore, clock: Clock) -> None:
    await store.save(ended(a_call(clock)))
    row = await store.get("call-1")
    assert row
    assert row.transcript
    assert (row.outcome, row.result, row.consent_type) == ("resolved", "no_booking", "transcript")
    assert [turn["speaker"] for turn in row.transcript] == ["bot", "caller", "bot"]
    assert row.transcript[2]["response_latency_ms"] == 625
    assert row.transcript[2]["times_ms"] == {"t0": 0, "t1": 500, "t2": 510, "t3": 600, "t4": 625}
    assert row.entities == {"party_size": 4}
    assert row.caller_id_hash
    assert CALLER.national not in str(row.model_dump())


async def test_of_a_caller_who_never_spoke_nothing_is_kept(store: CallLogStore, clock: Clock) -> None:
    await store.save(ended(a_call(clock, spoke=False)))
    assert await store.get("call-1") is None


async def test_of_an_opted_out_call_only_its_length_and_outcome_are_kept(
    store: CallLogStore, clock: Clock, database: Database, vault: PhoneVault
) -> None:
    await store.save(ended(a_call(clock, opt_out=True)))
    row = await store.get("call-1")
    assert row
    assert (row.outcome, row.consent_type, row.duration_seconds >= 0) == ("privacy_opt_out", "none", True)
    kept = (row.transcript, row.entities, row.result, row.language, row.caller_id_hash)
    assert kept == (None, None, None, None, None)
    async with database.read() as session:
        preference = await session.get(CallerPreferenceRow, vault.hash(CALLER))
    assert preference
    assert preference.no_transcript


async def test_opting_out_after_the_call_was_saved_takes_its_transcript_away(
    store: CallLogStore, clock: Clock, database: Database
) -> None:
    await store.save(ended(a_call(clock)))
    await store.save(ended(a_call(clock, opt_out=True)))
    kept = text(
        "SELECT count(*) FROM call_logs WHERE transcript IS NULL AND entities IS NULL AND consent_type = 'none'"
    )
    async with database.read() as session:
        assert (await session.execute(kept)).scalar_one() == 1


async def test_an_opt_out_leaves_what_else_is_remembered(
    store: CallLogStore, clock: Clock, database: Database, vault: PhoneVault
) -> None:
    async with database.write() as session:
        assert await Preferences(session).of(vault.hashes(CALLER)) is None
        await Preferences(session).remember(vault.hash(CALLER), clock.now(), no_whatsapp=True, language="hi")
    await store.save(ended(a_call(clock, opt_out=True)))
    async with database.read() as session:
        row = await Preferences(session).of(vault.hashes(CALLER))
    assert row
    assert (row.no_transcript, row.no_whatsapp, row.language) == (True, True, "hi")


async def test_an_anonymous_caller_who_opts_out_is_served_without_a_hash(
    store: CallLogStore, clock: Clock, database: Database
) -> None:
    context = a_call(clock, opt_out=True)
    context.caller = None
    await store.save(ended(context))
    async with database.read() as session:
        assert list((await session.execute(select(CallerPreferenceRow))).scalars()) == []


async def test_a_stored_transcript_holds_no_number_and_any_entity(store: CallLogStore, clock: Clock) -> None:
    context = a_call(clock)
    turn = context.add_turn("caller", "mera number 98765 43210 hai", "hinglish")
    turn.entities = {"phone": "9876543210", "date": date(2026, 11, 27)}
    await store.save(ended(context))
    row = await store.get("call-1")
    assert row
    assert row.transcript
    assert row.transcript[-1]["text"] == "mera number [number] hai"
    assert row.entities == {"party_size": 4, "phone": "[number]", "date": "2026-11-27"}


async def test_saving_a_call_twice_keeps_one_row(store: CallLogStore, clock: Clock, database: Database) -> None:
    await store.save(ended(a_call(clock), "dropped"))
    await store.save(ended(a_call(clock), "resolved"))
    async with database.read() as session:
        (row,) = (await session.execute(select(CallLogRow))).scalars()
    assert row.outcome == "resolved"
