"""Messages to a carrier that fails, by workers that are killed, while Redis and PostgreSQL restart: each goes once.

What the carrier reports comes twice and in disorder.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from typing import TypeVar

from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION, Fault, WhatsAppEmulator, disorder
from tests.support.book import test_business
from tests.support.redis import Redis
from vartalaap.core.business import Handoff
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.migrate import upgrade
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.opt_outs import OptOuts
from vartalaap.db.repositories.outbox import Outbox, Waits
from vartalaap.db.session import Database
from vartalaap.errors import ProviderError
from vartalaap.security.crypto import PhoneVault
from vartalaap.services.messaging.whatsapp import CALLBACK, Account, WhatsApp
from vartalaap.services.messaging.workers import Workers
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.tasks.messages import MessageWorker
from vartalaap.tasks.worker import work

from .crew import CONTEXT

T = TypeVar("T")
WORKERS = 2
WAITS = Waits(lease=timedelta(seconds=4), unknown=timedelta(seconds=30), pair_gap=timedelta(0))
"""A report that comes later than `unknown` may be of a message that was sent again: reports must keep up."""
ANSWER_S = 0.5
TROUBLES = (
    Fault(429, 130429, {"retry-after": "1"}),
    Fault(500, 131000),
    Fault(200, delay=0.8),
    Fault(502, accepts=True),
)
VAULT = PhoneVault(b"p" * 32, {"k1": b"k" * 32}, "k1")
VAULT_SETTINGS = {
    "PHONE_HASH_PEPPER": "p" * 32,
    "PHONE_ENCRYPTION_KEY": b"k".hex() * 32,
    "PHONE_ENCRYPTION_KEY_ID": "k1",
}


MOST_UNREPORTED = 100
"""Writing waits for the reports: should they come later than `unknown`, messages would rightly be sent again."""


@dataclass(frozen=True)
class Breakage:
    """What breaks, now one and now another, on average every so many seconds."""

    redis: Redis
    restart_database: Callable[[], None] | None = None
    every_s: float = 3.0


def deliver(url: str, messages: int, seed: int, breakage: Breakage, waits: Waits = WAITS) -> Counter[str]:
    """Counts of what happened. Raises `AssertionError` if one was lost or came twice."""
    return asyncio.run(_deliver(url, messages, random.Random(seed), breakage, waits))


async def _deliver(url: str, messages: int, dice: random.Random, breakage: Breakage, waits: Waits) -> Counter[str]:
    await upgrade(url)
    database, seen = Database(url), Counter[str]()
    outbox = Outbox(database, VAULT, Clock(), waits=waits)
    began = time.monotonic()
    async with WhatsAppEmulator().serving() as cloud, aclosing(Workers(breakage.redis.url)) as workers:
        await Businesses(database, Clock()).put(test_business().model_copy(update={"handoff": Handoff()}))
        crew = [_worker(url, cloud.url, breakage.redis.url, waits) for _ in range(WORKERS)]
        reporting = _Reports(outbox, cloud, dice, seen)
        async with asyncio.TaskGroup() as tasks:
            breaking = tasks.create_task(_break(breakage, crew, url, cloud.url, waits, dice, seen))
            writing = tasks.create_task(_write(database, outbox, workers, reporting, messages))
            while not writing.done() or reporting.behind or await _stubborn(outbox.waiting) > 0:
                await reporting.report()
                if len(cloud.faults) < 2:
                    cloud.faults.extend([Fault(200)] * dice.randrange(10, 60) + [dice.choice(TROUBLES)])
                await asyncio.sleep(0.05)
            breaking.cancel()
        for worker in crew:
            worker.kill()
        times = Counter(taken.callback.removeprefix(CALLBACK) for taken in cloud.taken)
        rows = await _stubborn(partial(outbox.listed, most=10 * messages))
    await database.close()
    ends = Counter(row.status for row in rows)
    assert len(rows) >= messages
    assert ends["delivered"] + ends["read"] == len(rows), ends
    assert times.keys() == {row.id for row in rows}
    assert set(times.values()) == {1}, Counter(times.values())
    seen.update(messages=len(rows), requests=cloud.requests, seconds=round(time.monotonic() - began))
    return seen


class _Reports:
    """What the carrier tells of what it took, until it is believed."""

    def __init__(self, outbox: Outbox, cloud: WhatsAppEmulator, dice: random.Random, seen: Counter[str]) -> None:
        self._outbox, self._cloud, self._dice, self._seen = outbox, cloud, dice, seen
        self._reported = 0
        self.kept_up = asyncio.Event()

    @property
    def behind(self) -> int:
        return len(self._cloud.taken) - self._reported

    async def report(self) -> None:
        fresh = self._cloud.taken[self._reported :]
        for report in disorder(fresh, self._dice):
            message_id = report["biz_opaque_callback_data"].removeprefix(CALLBACK)
            await _stubborn(partial(self._outbox.told, message_id, report["id"], report["status"]))
            self._seen["reports"] += 1
        self._reported += len(fresh)
        self.kept_up.set()


async def _stubborn(ask: Callable[[], Coroutine[object, object, T]]) -> T:
    """Again while the database is away, as the carrier repeats a report that was not answered with 200."""
    while True:
        try:
            return await ask()
        except ProviderError:
            await asyncio.sleep(0.2)


async def _write(database: Database, outbox: Outbox, workers: Workers, reporting: _Reports, messages: int) -> None:
    """One message after another, and Redis is told; who cannot know whether it was written writes it again."""
    asked = FollowUpList(database, VAULT, Clock(), outbox)
    for number in range(messages):
        phone = PhoneNumber(f"+9198{number:08d}")
        await _stubborn(partial(asked.ask_person, "himalayan-kitchen", f"c{number}", "test", "", phone))
        await workers.tell()
        while await _stubborn(outbox.waiting) + reporting.behind > MOST_UNREPORTED:
            reporting.kept_up.clear()
            await reporting.kept_up.wait()


async def _break(
    breakage: Breakage,
    crew: list[BaseProcess],
    url: str,
    cloud_url: str,
    waits: Waits,
    dice: random.Random,
    seen: Counter[str],
) -> None:
    while True:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * breakage.every_s)
        what = dice.choices(("workers killed", "Redis restarts", "database restarts"), (6, 2, 1))[0]
        if what == "workers killed":
            unlucky = dice.randrange(len(crew))
            crew[unlucky].kill()
            crew[unlucky] = _worker(url, cloud_url, breakage.redis.url, waits)
        elif what == "Redis restarts":
            breakage.redis.stop()
            await asyncio.sleep(dice.uniform(0, 2))
            await asyncio.to_thread(breakage.redis.start)
        elif breakage.restart_database:
            await asyncio.to_thread(breakage.restart_database)
        else:
            continue
        seen[what] += 1


def _worker(url: str, cloud_url: str, redis_url: str, waits: Waits) -> BaseProcess:
    process = CONTEXT.Process(target=_work, args=(url, cloud_url, redis_url, waits), daemon=True)
    process.start()
    return process


def _work(url: str, cloud_url: str, redis_url: str, waits: Waits) -> None:
    asyncio.run(_send(url, cloud_url, redis_url, waits))


async def _send(url: str, cloud_url: str, redis_url: str, waits: Waits) -> None:
    whatsapp = WhatsApp(Account(cloud_url, VERSION, NUMBER_ID, TOKEN), ProviderMetrics(), answer_s=ANSWER_S)
    database, clock = Database(url), Clock()
    outbox, opt_outs = Outbox(database, VAULT, clock, waits=waits), OptOuts(database, VAULT, clock)
    await work(redis_url, MessageWorker(outbox, opt_outs, whatsapp))
