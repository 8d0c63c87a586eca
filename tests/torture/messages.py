"""Messages by workers that are killed, to a carrier that fails, reported twice and in disorder: each goes once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.process import BaseProcess

from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION, Fault, WhatsAppEmulator, disorder
from tests.support.book import test_business
from vartalaap.core.business import Handoff
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.migrate import upgrade
from vartalaap.db.repositories.businesses import Businesses
from vartalaap.db.repositories.follow_ups import FollowUpList
from vartalaap.db.repositories.outbox import Outbox, Waits
from vartalaap.db.session import Database
from vartalaap.security.crypto import PhoneVault
from vartalaap.services.messaging.whatsapp import CALLBACK, Account, WhatsApp
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.tasks.messages import MessageWorker

from .crew import CONTEXT

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


def deliver(url: str, messages: int, seed: int, *, kill_every_s: float = 3.0, waits: Waits = WAITS) -> Counter[str]:
    """Counts of what happened. Raises `AssertionError` if one was lost or came twice."""
    return asyncio.run(_deliver(url, messages, random.Random(seed), kill_every_s, waits))


async def _deliver(url: str, messages: int, dice: random.Random, kill_every_s: float, waits: Waits) -> Counter[str]:
    await upgrade(url)
    database, seen = Database(url), Counter[str]()
    outbox = Outbox(database, VAULT, Clock(), waits=waits)
    began = time.monotonic()
    async with WhatsAppEmulator().serving() as cloud:
        await Businesses(database, Clock()).put(test_business().model_copy(update={"handoff": Handoff()}))
        crew = [_worker(url, cloud.url, waits) for _ in range(WORKERS)]
        writing = asyncio.create_task(_write(database, outbox, messages))
        reported, next_kill = 0, time.monotonic() + kill_every_s
        while not writing.done() or await outbox.waiting() or reported < len(cloud.taken):
            fresh = cloud.taken[reported:]
            reported += len(fresh)
            asked_at = time.monotonic()
            for report in disorder(fresh, dice):
                message_id = report["biz_opaque_callback_data"].removeprefix(CALLBACK)
                await outbox.told(message_id, report["id"], report["status"])
                seen["reports"] += 1
            seen["slowest_round_ms"] = max(seen["slowest_round_ms"], round(1000 * (time.monotonic() - asked_at)))
            if len(cloud.faults) < 2:
                cloud.faults.extend([Fault(200)] * dice.randrange(10, 60) + [dice.choice(TROUBLES)])
            if time.monotonic() > next_kill:
                unlucky = dice.randrange(WORKERS)
                crew[unlucky].kill()
                crew[unlucky] = _worker(url, cloud.url, waits)
                next_kill = time.monotonic() + dice.uniform(0.5, 1.5) * kill_every_s
                seen["kills"] += 1
            await asyncio.sleep(0.05)
        await writing
        for worker in crew:
            worker.kill()
        times = Counter(taken.callback for taken in cloud.taken)
        ends = Counter(row.status for row in await outbox.listed(most=messages + 1))
    await database.close()
    assert ends["delivered"] + ends["read"] == messages, ends
    assert len(times) == messages
    assert set(times.values()) == {1}, Counter(times.values())
    seen.update(messages=messages, requests=cloud.requests, seconds=round(time.monotonic() - began))
    return seen


async def _write(database: Database, outbox: Outbox, messages: int) -> None:
    asked = FollowUpList(database, VAULT, Clock(), outbox)
    for number in range(messages):
        await asked.ask_person("himalayan-kitchen", f"c{number}", "test", "", PhoneNumber(f"+9198{number:08d}"))


def _worker(url: str, cloud_url: str, waits: Waits) -> BaseProcess:
    process = CONTEXT.Process(target=_work, args=(url, cloud_url, waits), daemon=True)
    process.start()
    return process


def _work(url: str, cloud_url: str, waits: Waits) -> None:
    asyncio.run(_send(url, cloud_url, waits))


async def _send(url: str, cloud_url: str, waits: Waits) -> None:
    whatsapp = WhatsApp(Account(cloud_url, VERSION, NUMBER_ID, TOKEN), ProviderMetrics(), answer_s=ANSWER_S)
    await MessageWorker(Outbox(Database(url), VAULT, Clock(), waits=waits), whatsapp).run()
