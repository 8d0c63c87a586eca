"""A short run of the campaign `python -m tests.torture messages`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.torture.messages import deliver
from vartalaap.db.repositories.outbox import Waits

SHORT = Waits(lease=timedelta(seconds=2), unknown=timedelta(seconds=3), pair_gap=timedelta(0))


async def test_each_message_goes_once_whoever_is_killed(empty: str) -> None:
    seen = await asyncio.to_thread(deliver, empty, 20, 11, kill_every_s=0.8, waits=SHORT)
    assert seen["messages"] == 20
    assert seen["kills"] > 0
