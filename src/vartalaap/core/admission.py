"""Whether another call can be taken: one too many would ruin them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sized

EXPECTED_SECONDS = 15.0
"""How long a place is kept for a call that was answered and whose audio has not come: carriers connect within a second
or two. Whose audio comes later, while its token is good, is served all the same: for once one call too many."""
LOOK_SECONDS = 0.05
WEIGHT = 0.2
"""Of the newest look in the mean: one stall is forgiven, lasting lateness shows within half a second."""
LATE_SECONDS = 0.2
"""A loop that is so late answers nobody in time: no other call is taken."""


class LoopLag:
    """How late the event loop runs what is due: a running mean, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def watch(self) -> None:
        """Look for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self.note(loop.time() - due)

    def note(self, late: float) -> None:
        self.seconds += WEIGHT * (late - self.seconds)


class Awaited:
    """Calls from which something is still to come, each for so many seconds at most."""

    def __init__(self) -> None:
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._timers)

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._timers

    def add(self, call_id: str, seconds: float) -> None:
        """From now on; what was said of it before no longer counts."""
        self.drop(call_id)
        self._timers[call_id] = asyncio.get_running_loop().call_later(seconds, self.drop, call_id)

    def drop(self, call_id: str) -> None:
        """It has come, or will not. Harmless if it is unknown."""
        if timer := self._timers.pop(call_id, None):
            timer.cancel()


class Admission:
    """Counts the calls that go on and those that were let in and have not begun."""

    def __init__(self, live: Sized, most: int | None, lag: Callable[[], float] = lambda: 0.0) -> None:
        """At most `most` at once; `lag` tells how late the event loop is, in seconds."""
        self.refused = 0
        self._live = live
        self._most = most
        self._lag = lag
        self.closed = False
        """The process is going: no other call is taken."""
        self.expected = Awaited()

    def admit(self, call_id: str) -> bool:
        """May this call begin? A place is then kept for it until it is `gone`, at most so long.

        Where no other call goes on there is none to be spoilt.
        """
        if call_id in self.expected:
            return True
        others = len(self._live) + len(self.expected)
        full = others and (others >= (self._most or others + 1) or self._lag() > LATE_SECONDS)
        if full or self.closed:
            self.refused += 1
            return False
        self.expected.add(call_id, EXPECTED_SECONDS)
        return True

    def gone(self, call_id: str) -> None:
        """The call has begun and is counted among the living, or it will not come. Harmless if it is unknown."""
        self.expected.drop(call_id)
