"""Messages sent by a worker elsewhere, over a real Redis, and what happens while that is away."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from tests.emulators.whatsapp import APP_SECRET, NUMBER_ID, TOKEN, WhatsAppEmulator
from tests.support.redis import Redis
from tests.torture.messages import VAULT_SETTINGS
from vartalaap.bootstrap.doctor import Finding, examine
from vartalaap.config import load_settings
from vartalaap.errors import ConfigurationError, ProviderError
from vartalaap.services.messaging.whatsapp import CALLBACK
from vartalaap.services.messaging.workers import Workers
from vartalaap.tasks.messages import GRACE, sending
from vartalaap.tasks.worker import work

from .conftest import ANITA, PATIENCE_S, House


@pytest.fixture
async def workers(redis: Redis) -> AsyncIterator[Workers]:
    async with aclosing(Workers(redis.url)) as known:
        yield known


async def ask_for_a_person(house: House, call_id: str = "c1") -> None:
    await house.follow_ups.ask_person("himalayan-kitchen", call_id, "test", "", ANITA)


class NotedTelling(Workers):
    """Notes that Redis was told."""

    def __init__(self, redis_url: str) -> None:
        super().__init__(redis_url)
        self.told = asyncio.Event()

    async def tell(self) -> bool:
        told = await super().tell()
        self.told.set()
        return told


@asynccontextmanager
async def elsewhere(house: House, redis: Redis) -> AsyncIterator[None]:
    """A worker of its own while the block runs."""
    working = asyncio.create_task(work(redis.url, house.worker))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait([working])


async def test_a_worker_elsewhere_is_told_and_sends(house: House, redis: Redis, workers: Workers) -> None:
    async with elsewhere(house, redis):
        await ask_for_a_person(house)
        assert await workers.tell()
        assert await workers.tell(), "one job stands for both"
        await house.messenger.until(1)
        assert await workers.seen()
    assert not await workers.seen(), "a worker that ends says so"


async def test_the_server_leaves_messages_to_the_workers_until_they_are_overdue(house: House, redis: Redis) -> None:
    async with aclosing(NotedTelling(redis.url)) as workers:
        async with sending(house.outbox, house.opt_outs, house.messenger, workers):
            await ask_for_a_person(house)
            await asyncio.wait_for(workers.told.wait(), PATIENCE_S)
        await house.worker.drain_all(GRACE)
        assert house.messenger.sent == []
        house.clock.jump(GRACE.total_seconds())
        async with sending(house.outbox, house.opt_outs, house.messenger, workers):
            await house.messenger.until(1)


async def test_while_redis_is_away_the_server_sends_at_once(house: House, redis: Redis, workers: Workers) -> None:
    redis.stop()
    async with sending(house.outbox, house.opt_outs, house.messenger, workers):
        await ask_for_a_person(house)
        await house.messenger.until(1)
    with pytest.raises(ProviderError, match="Redis"):
        await workers.seen()
    redis.start()
    assert await workers.tell()


async def test_a_worker_whose_redis_goes_and_comes_back_sends_each_message_once(house: House, redis: Redis) -> None:
    async with elsewhere(house, redis):
        await ask_for_a_person(house)
        await house.messenger.until(1)
        redis.stop()
        house.clock.jump(10)
        await ask_for_a_person(house, "c2")
        await house.messenger.until(2)
        redis.start()
        house.clock.jump(10)
        await ask_for_a_person(house, "c3")
        await house.messenger.until(3)
    assert len({message.id for message in house.messenger.sent}) == 3


async def test_redis_holds_nothing_of_a_message(house: House, redis: Redis, workers: Workers) -> None:
    await ask_for_a_person(house)
    assert await workers.tell()
    kept = await asyncio.to_thread(_everything, redis)
    assert b"send_messages" in kept
    assert ANITA.national.encode() not in kept
    assert b"c1" not in kept


def _everything(redis: Redis) -> bytes:
    """All keys and values, by Redis's own client."""
    asked = ["redis-cli", "-p", str(redis.port)]
    keys = subprocess.run([*asked, "keys", "*"], check=True, capture_output=True).stdout
    dumps = [subprocess.run([*asked, "dump", key], check=True, capture_output=True).stdout for key in keys.split()]
    return keys + b"".join(dumps)


async def test_the_worker_command_sends_what_a_booking_left_and_ends_politely(
    url: str, house: House, redis: Redis, workers: Workers
) -> None:
    async with WhatsAppEmulator().serving() as cloud:
        await ask_for_a_person(house)
        settings = {
            **VAULT_SETTINGS,
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "WHATSAPP_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": "verify",
            "WHATSAPP_BASE_URL": cloud.url,
            "CLOCK_START": house.clock.now().isoformat(),
        }
        command = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vartalaap", "worker", env={**os.environ, **settings}
        )
        await cloud.until(2)
        command.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(command.wait(), PATIENCE_S) == 0
        assert sorted(taken.callback for taken in cloud.taken) == sorted(
            CALLBACK + row.id for row in await house.rows()
        )


async def test_the_doctor_looks_at_redis_and_at_the_workers(redis: Redis) -> None:
    async def found(**settings: object) -> Finding:
        async for finding in examine(load_settings(whatsapp_dry_run=True, **settings)):
            if finding.subject == "Redis":
                return finding
        raise AssertionError("nothing was found")

    assert (await found()).state == "off"
    assert (await found(redis_url=redis.url)).advice == "Start `vartalaap worker`."
    redis.stop()
    assert (await found(redis_url=redis.url)).state == "wrong"


def test_an_address_that_is_not_of_redis_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigurationError, match=r"REDIS_URL: must begin with redis://") as refused:
        load_settings(redis_url="http://secret@host")
    assert "secret" not in str(refused.value)
