"""A short run of the campaign `python -m tests.torture messages`."""

from __future__ import annotations

import asyncio

from tests.torture.messages import deliver


async def test_each_message_goes_once_whoever_is_killed(empty: str) -> None:
    seen = await asyncio.to_thread(deliver, empty, 20, 11, kill_every_s=2.0)
    assert seen["messages"] == 20
    assert seen["kills"] > 0
