"""How often somebody may ask: token buckets for requests, a lock-out with back-off for guessed passwords.

Both keep their counts in memory, for a bounded number of names; the ones not seen for longest give way.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address

from ..backoff import Backoff

MOST_NAMES = 10_000
LOCK = Backoff(30.0, 900.0)

Seconds = Callable[[], float]


def network_of(address: str | None) -> str:
    """Whom an address stands for: IPv4 itself; of IPv6 the /64, for one customer has all of it."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))


@dataclass(slots=True)
class Bucket:
    """So much at once, then as much as comes free with time; full at first."""

    size: float
    per_second: float
    _left: float = field(init=False)
    _at: float | None = None

    def __post_init__(self) -> None:
        self._left = self.size

    def take(self, amount: float, now: float) -> float:
        """0 if there is so much, which is then taken; else the seconds until there is. `now` never goes back."""
        since = now - (now if self._at is None else self._at)
        self._left, self._at = min(self.size, self._left + since * self.per_second), now
        if self._left < amount:
            return (amount - self._left) / self.per_second
        self._left -= amount
        return 0.0


class TokenBuckets:
    """For each name `per_minute` requests, at once or spread; then as many as come free with time."""

    def __init__(self, per_minute: int, *, most_names: int = MOST_NAMES, seconds: Seconds = time.monotonic) -> None:
        self._per_minute = per_minute
        self._most = most_names
        self._seconds = seconds
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        """A name that is not here has a full one."""

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, name: str) -> float:
        """0 if the request may be served, else the seconds until one may be."""
        bucket = self._buckets.pop(name, None) or Bucket(self._per_minute, self._per_minute / 60)
        self._buckets[name] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket.take(1, self._seconds())


@dataclass(frozen=True, slots=True)
class LockoutRule:
    """How many wrong guesses are free, and how long the lock-outs after them are."""

    free: int
    lock: Backoff = LOCK


@dataclass(slots=True)
class _Guesses:
    wrong: int = 0
    last: float = 0.0
    locked_until: float = 0.0


class Lockout:
    """Counts wrong guesses by name; locked names open again with time, and are forgotten after a quiet hour."""

    def __init__(
        self, patience: LockoutRule, *, most_names: int = MOST_NAMES, seconds: Seconds = time.monotonic
    ) -> None:
        self._patience = patience
        self._most = most_names
        self._seconds = seconds
        self._names: OrderedDict[str, _Guesses] = OrderedDict()

    def __len__(self) -> int:
        return len(self._names)

    def seconds_left(self, name: str) -> float:
        """How long the name is still locked; 0 if it is not."""
        guesses = self._names.get(name)
        return max(0.0, guesses.locked_until - self._seconds()) if guesses else 0.0

    def wrong(self, name: str) -> bool:
        """Count a wrong guess. Is the name locked by it?"""
        now = self._seconds()
        guesses = self._names.pop(name, None) or _Guesses()
        if now - guesses.last > 4 * self._patience.lock.longest:
            guesses = _Guesses()
        guesses.wrong, guesses.last = guesses.wrong + 1, now
        over = guesses.wrong - self._patience.free
        if over >= 0:
            guesses.locked_until = now + self._patience.lock.after(over + 1)
        self._names[name] = guesses
        if len(self._names) > self._most:
            self._names.popitem(last=False)
        return over >= 0

    def right(self, name: str) -> None:
        """Forget what was counted."""
        self._names.pop(name, None)
