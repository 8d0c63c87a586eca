"""Pauses between attempts, for whatever is tried again."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_DOUBLINGS = 30
"""No number of failures is too large to be counted."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubled with each failure in a row, up to the longest; seconds."""

    first: float
    longest: float

    def after(self, failures: int) -> float:
        """The pause after so many failures in a row; after none there is none."""
        if failures <= 0:
            return 0.0
        return min(self.longest, self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS))
