"""A short run of the campaign `python -m tests.torture messages`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.support.redis import Redis
from tests.torture.messages import Breakage, deliver
from vartalaap.db.repositories.outbox import Waits

SHORT = Waits(lease=timedelta(seconds=2), unknown=timedelta(seconds=3), pair_gap=timedelta(0))


async def test_each_message_goes_once_whoever_is_killed(empty: str, redis: Redis) -> None:
    breakage = Breakage(redis, every_s=0.4)
    seen = await asyncio.to_thread(deliver, empty, 30, 11, breakage, SHORT)
    assert seen["messages"] >= 30
    assert seen["workers killed"] + seen["Redis restarts"] > 0
