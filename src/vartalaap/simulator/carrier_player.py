"""Plivo's player: a first-in first-out queue that plays at the speed of speech. Times are seconds of one clock."""

from __future__ import annotations

from collections import deque

from ..core.audio import SAMPLE_RATE

QUIET = bytes(range(0x77, 0x80)) + bytes(range(0xF7, 0x100))
"""mu-law of samples within 64 of zero: nothing that an ear would take for an answer."""


class CarrierPlayer:
    """What the caller hears of the bot, and when."""

    def __init__(self) -> None:
        self.ends_at = 0.0
        """When everything that was received will have been played."""
        self._checkpoints: deque[tuple[float, str]] = deque()

    def play(self, mulaw: bytes, now: float) -> bool:
        """Queue audio; True if it can be heard."""
        self.ends_at = max(self.ends_at, now) + len(mulaw) / SAMPLE_RATE
        return bool(mulaw.strip(QUIET))

    def checkpoint(self, name: str) -> None:
        """To be reported when all that is queued so far has been played."""
        self._checkpoints.append((self.ends_at, name))

    def clear(self, now: float) -> None:
        """Throw away what was not played, and the checkpoints behind it."""
        self.ends_at = min(self.ends_at, now)
        self._checkpoints.clear()

    def played(self, now: float) -> list[str]:
        """The checkpoints reached since the last question."""
        reached = []
        while self._checkpoints and self._checkpoints[0][0] <= now:
            reached.append(self._checkpoints.popleft()[1])
        return reached
