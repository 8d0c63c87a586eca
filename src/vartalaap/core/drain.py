"""How a process ends: its calls go on to their own end; told again, or late, only to the end of a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

WIND_UP_SECONDS = 20.0
"""How long calls may take for the rest of a sentence and a goodbye."""
PROGRESS_SECONDS = 15.0


class Calls(Protocol):
    """The calls of this process."""

    @property
    def unfinished(self) -> int: ...

    def drain(self) -> None:
        """Take no other."""
        ...

    def wind_up(self) -> None:
        """Let them say goodbye. Harmless if they do."""
        ...


@dataclass(frozen=True, slots=True)
class _Step:
    seconds: float
    do: Callable[[], None]
    told: str


class Drain:
    """Takes one step after the other, while it is asked again and again whether the end has come."""

    def __init__(self, calls: Calls, seconds: float, tell: Callable[[str], None]) -> None:
        """Calls have `seconds` to end by themselves; `tell` takes the lines that say how far it is."""
        self._calls = calls
        self._tell = tell
        own_end = "they go on to their own end (another signal, or Ctrl-C, shortens them to a sentence)"
        goodbye = "they finish a sentence and say goodbye (another signal, or Ctrl-C, cuts them)"
        self._steps: Iterator[_Step] = iter(
            (_Step(seconds, calls.drain, own_end), _Step(WIND_UP_SECONDS, calls.wind_up, goodbye))
        )
        self._step: _Step | None = None
        self._signals = 0
        self._until = self._tell_at = 0.0

    def is_over(self, signals: int) -> bool:
        """Has the last call gone, or is nothing more waited for? `signals` have come so far, the first one included."""
        now = asyncio.get_running_loop().time()
        if signals > self._signals or now >= self._until:
            self._signals, self._step = signals, next(self._steps, None)
            self._until, self._tell_at = now + (self._step.seconds if self._step else 0), now
        if self._step is None:
            return True
        self._step.do()  # each time: a call that was let in may have begun meanwhile
        if (left := self._calls.unfinished) and now >= self._tell_at:
            self._tell(f"stopping; calls still here: {left}; {self._step.told}; at most {self._until - now:.0f} s")
            self._tell_at = now + PROGRESS_SECONDS
        return left == 0
