"""How much the peer of a call may send: about twice what anybody can say, so that no call takes another's time.

It is counted by the size of each message, before anything of it is decoded.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from ...errors import ProtocolError
from ...security.limits import Bucket
from .frames import REFUSED

Channel = Literal["phone", "browser"]
CHANNELS: tuple[Channel, ...] = ("phone", "browser")


@dataclass(frozen=True, slots=True)
class Tally:
    """Of all calls of this process: messages that were left out, and calls that were ended for too many of them."""

    left_out: Counter[Channel] = field(default_factory=Counter)
    floods: Counter[Channel] = field(default_factory=Counter)


PER_SECOND: dict[Channel, int] = {"phone": 40_000, "browser": 16_000}
"""Twice of what fifty frames a second are: some 400 characters each from a carrier, 160 bytes from our page."""
LEAST: dict[Channel, int] = {"phone": 300, "browser": 160}
"""What even the smallest message counts as: reading it takes time as well."""
BURST_SECONDS = 5.0
"""So much, at that rate, may come at once: ten seconds of speech that the network, or we, had held back."""
HURRIED_SECONDS = 0.01
"""Messages nearer to each other than this were held back somewhere, or hurry; frames come every 20 ms."""
FORGIVEN_SECONDS = 60.0
"""What was left out is forgiven in that time."""


class Inflow:
    """The share of one call."""

    def __init__(self, channel: Channel, tally: Tally | None = None) -> None:
        self._channel: Channel = channel
        self._tally = tally or Tally()
        burst = PER_SECOND[channel] * BURST_SECONDS
        self._heard = Bucket(burst, PER_SECOND[channel])
        self._left_out = Bucket(burst, burst / FORGIVEN_SECONDS)
        self._last = 0.0
        self.hurries = False
        """Before what comes now, others must have their turn: a burst at one go would stop all other calls."""

    def admits(self, size: float, now: float) -> bool:
        """May a message of so many bytes or characters be looked at? If not, it is to be left out.

        Raises `ProtocolError` when another burst has been left out: that is no network that stumbles, but a flood.
        """
        self._last, self.hurries = now, now - self._last < HURRIED_SECONDS
        size = max(size, LEAST[self._channel])
        if not self._heard.take(size, now):
            return True
        if self._left_out.take(size, now):
            self._tally.floods[self._channel] += 1
            raise ProtocolError("more comes than anybody can say", close_code=REFUSED)
        self._tally.left_out[self._channel] += 1
        return False
