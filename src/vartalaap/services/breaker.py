"""A circuit breaker: a provider that keeps failing is left alone for a while, then tried once."""

from __future__ import annotations

from collections.abc import Callable

from ..backoff import Backoff

FAILURES_TO_REST = 3
REST = Backoff(30.0, 30.0)


class Breaker:
    """Opens after `failures` in a row, for a rest that may grow; then one request is let through to try.

    `now` gives seconds of a monotonic clock. Who asks a provider calls `let_through` before, `succeeded` or `failed`
    after. A trial of which neither is said gives way to another one when it is as old as the first rest.
    """

    def __init__(self, now: Callable[[], float], failures: int = FAILURES_TO_REST, rest: Backoff = REST) -> None:
        self._most = failures
        self._rest = rest
        self._now = now
        self._failures = 0
        self._open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Is the provider left alone at this moment?"""
        return self._open_until is not None and self._now() < self._open_until

    def let_through(self) -> bool:
        """May a request be made? After a rest: this one, and no other until its end is known."""
        if self.is_open:
            return False
        if self._open_until is not None:
            self._open_until = self._now() + self._rest.first
        return True

    def succeeded(self) -> None:
        self._failures = 0
        self._open_until = None

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._most:
            self._open_until = self._now() + self._rest.after(self._failures - self._most + 1)
