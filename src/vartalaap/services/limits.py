"""When a provider may be asked: rate limits, honoured before they are hit, and rest for one that fails."""

from __future__ import annotations

import re
from collections.abc import Mapping

FAILURES_TO_REST = 3
FIRST_REST_SECONDS = 10.0
LONGEST_REST_SECONDS = 120.0
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
    """One model (or other service) with one key. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._closed_until = 0.0
        self._failures = 0
        self._left: dict[str, tuple[int, float]] = {}  # of requests and tokens: how many, and until when that counts

    def is_open(self, tokens: int, now: float) -> bool:
        """May a question of that many tokens be asked?"""
        return now >= self._closed_until and self._has("requests", 1, now) and self._has("tokens", tokens, now)

    def _has(self, what: str, needed: int, now: float) -> bool:
        left, until = self._left.get(what, (needed, 0.0))
        return left >= needed or now >= until

    def asked(self, tokens: int) -> None:
        """Count a question at once: the next one may come before the answer tells."""
        for what, used in (("requests", 1), ("tokens", tokens)):
            if what in self._left:
                left, until = self._left[what]
                self._left[what] = (left - used, until)

    def told(self, headers: Mapping[str, str], now: float) -> None:
        """Every answer's headers say what is left."""
        for what in ("requests", "tokens"):
            left = headers.get(f"x-ratelimit-remaining-{what}", "")
            reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}", ""))
            if left.isdecimal() and len(left) < 20 and reset is not None:
                self._left[what] = (int(left), now + min(reset, _LONGEST_LIMIT_SECONDS))

    def limited(self, headers: Mapping[str, str], message: str, now: float) -> None:
        """A 429: closed for as long as it says."""
        said = _TRY_AGAIN.search(message)
        wait = seconds_of(headers.get("retry-after", "")) or (seconds_of(said[1]) if said else None)
        self._close(wait or _UNTOLD_LIMIT_SECONDS, now)

    def refused(self, now: float) -> None:
        """A bad key or an unknown model."""
        self._close(REFUSED_REST_SECONDS, now)

    def failed(self, now: float) -> None:
        """Late, broken or gone; a few of these in a row close it, for longer each time."""
        self._failures += 1
        if self._failures >= FAILURES_TO_REST:
            rest = FIRST_REST_SECONDS * 2.0 ** (self._failures - FAILURES_TO_REST)
            self._close(min(rest, LONGEST_REST_SECONDS), now)

    def succeeded(self) -> None:
        self._failures = 0

    def _close(self, seconds: float, now: float) -> None:
        self._closed_until = max(self._closed_until, now + min(seconds, _LONGEST_LIMIT_SECONDS))
