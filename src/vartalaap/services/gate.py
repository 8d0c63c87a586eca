"""When a provider may be asked: rate limits, honoured before they are hit, and rest for one that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..backoff import Backoff
from .breaker import Breaker

REST = Backoff(10.0, 120.0)
REFUSED_REST_SECONDS = 600.0
"""For a key or a model that the server does not know: somebody has to change the configuration."""
_UNTOLD_LIMIT_SECONDS = 2.0
_LONGEST_LIMIT_SECONDS = 24 * 3600.0
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TRY_AGAIN = re.compile(r"try again in ((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)")


def seconds_of(text: str) -> float | None:
    """ "2m59.56s" is 179.56; a bare number is seconds; None if it is neither."""
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        return None
    return sum(float(count) * _UNITS[unit] for count, unit in parts)


class Gate:
    """One model (or other service) with one key. `now` gives seconds of a monotonic clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._breaker = Breaker(now, rest=REST)
        self._closed_until = 0.0
        self._left: dict[str, tuple[int, float]] = {}  # of requests and tokens: how many, and until when that counts

    def let_through(self, tokens: int) -> bool:
        """May a question of that many tokens be asked? It is counted at once: the next may come before the answer."""
        asked = (("requests", 1), ("tokens", tokens))
        if self._now() < self._closed_until or not all(self._has(*what) for what in asked):
            return False
        if not self._breaker.let_through():
            return False
        for what, used in asked:
            if what in self._left:
                left, until = self._left[what]
                self._left[what] = (left - used, until)
        return True

    def _has(self, what: str, needed: int) -> bool:
        left, until = self._left.get(what, (needed, 0.0))
        return left >= needed or self._now() >= until

    def told(self, headers: Mapping[str, str]) -> None:
        """Every answer's headers say what is left."""
        for what in ("requests", "tokens"):
            left = headers.get(f"x-ratelimit-remaining-{what}", "")
            reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}", ""))
            if left.isdecimal() and len(left) < 20 and reset is not None:
                self._left[what] = (int(left), self._now() + min(reset, _LONGEST_LIMIT_SECONDS))

    def limited(self, headers: Mapping[str, str], message: str) -> None:
        """A 429: closed for as long as it says."""
        said = _TRY_AGAIN.search(message)
        wait = seconds_of(headers.get("retry-after", "")) or (seconds_of(said[1]) if said else None)
        self._close(wait or _UNTOLD_LIMIT_SECONDS)

    def refused(self) -> None:
        """A bad key or an unknown model."""
        self._close(REFUSED_REST_SECONDS)

    def failed(self) -> None:
        """Late, broken or gone; a few of these in a row close it, for longer each time."""
        self._breaker.failed()

    def succeeded(self) -> None:
        self._breaker.succeeded()

    def _close(self, seconds: float) -> None:
        self._closed_until = max(self._closed_until, self._now() + min(seconds, _LONGEST_LIMIT_SECONDS))
