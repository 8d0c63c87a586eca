"""Keys of the telephone: those that are pressed close together are one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PAUSE_SECONDS = 2.0
"""Keys pressed closer together than this are one answer."""
MOST_DIGITS = 10
"""A telephone number: nothing more is waited for."""


class Keys:
    """Collects the keys of one call; `take` is called with each answer, digits only."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._digits = ""
        self._timer: asyncio.TimerHandle | None = None

    def press(self, key: str) -> None:
        """One of 0-9, *, #, A-D; # ends the answer."""
        self.close()
        self._digits += key
        complete = len(self._digits) >= MOST_DIGITS or key == "#"
        self._timer = asyncio.get_running_loop().call_later(0 if complete else PAUSE_SECONDS, self._give)

    def close(self) -> None:
        """Nothing that is still waited for is given."""
        if self._timer:
            self._timer.cancel()

    def _give(self) -> None:
        digits, self._digits = self._digits.strip("*#ABCD"), ""
        self._take(digits)
