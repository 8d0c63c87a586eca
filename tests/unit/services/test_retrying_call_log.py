"""No call is lost while the database is away."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.book import MemoryBook, make_desk, test_business
from tests.support.virtual_time import run_virtual
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallRecord
from vartalaap.errors import ProviderError
from vartalaap.services import retrying_call_log
from vartalaap.services.retrying_call_log import RetryingCallLog


class FlakyLog:
    """Fails while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.tries = 0
        self.calls: list[str] = []

    async def save(self, record: CallRecord) -> None:
        self.tries += 1
        if self.away:
            raise ProviderError("the database does not answer")
        self.calls.append(record.context.call_id)


def _record(call_id: str) -> CallRecord:
    return CallContext(call_id, test_business(), make_desk(MemoryBook()), Clock()).ended("resolved")


def test_calls_that_end_while_the_database_is_away_are_stored_in_their_order_when_it_is_back() -> None:
    async def scenario() -> None:
        log = FlakyLog()
        patient = RetryingCallLog(log)
        await patient.save(_record("first"))
        log.away = True
        await patient.save(_record("second"))
        await patient.save(_record("third"))
        await asyncio.sleep(600)
        assert log.calls == ["first"]
        assert log.tries < 20, "a database that is away is not hammered"
        log.away = False
        await patient.save(_record("fourth"))
        await asyncio.sleep(retrying_call_log.BACK_OFF.longest + 1)
        assert log.calls == ["first", "second", "third", "fourth"]
        await patient.aclose()

    run_virtual(scenario())


def test_what_waits_is_stored_on_the_way_out() -> None:
    async def scenario() -> None:
        log = FlakyLog()
        patient = RetryingCallLog(log)
        log.away = True
        await patient.save(_record("only"))
        log.away = False
        await patient.aclose()
        assert log.calls == ["only"]

    run_virtual(scenario())


def test_memory_is_bounded_and_the_newest_calls_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying_call_log, "MOST_KEPT", 2)

    async def scenario() -> None:
        log = FlakyLog()
        patient = RetryingCallLog(log)
        log.away = True
        for name in ("first", "second", "third"):
            await patient.save(_record(name))
        log.away = False
        await patient.aclose()
        assert log.calls == ["second", "third"]

    run_virtual(scenario())
