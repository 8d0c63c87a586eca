"""All ways to cut an utterance into readings and unexplained tokens: the best of them, and how likely each is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .text.corrections import Span


class Lattice:
    """Readings by where they begin and end, each with its worth, and the price of every token."""

    def __init__(
        self, length: int, readings: Sequence[Span[object]], scores: Sequence[float], prices: Sequence[float]
    ) -> None:
        self.length, self.readings, self.scores, self.prices = length, readings, scores, prices
        self._ending: list[list[int]] = [[] for _ in range(length + 1)]
        self._starting: list[list[int]] = [[] for _ in range(length + 1)]
        for k, reading in enumerate(readings):
            self._ending[reading.end].append(k)
            self._starting[reading.start].append(k)

    def best(self) -> tuple[list[int], float]:
        """The readings of the best way, and its score."""
        reached = [0.0] * (self.length + 1)
        by: list[int | None] = [None] * (self.length + 1)
        for end in range(1, self.length + 1):
            reached[end] = reached[end - 1] - self.prices[end - 1]
            for k in self._ending[end]:
                total = reached[self.readings[k].start] + self.scores[k]
                if total > reached[end]:
                    reached[end], by[end] = total, k
        found: list[int] = []
        place = self.length
        while place > 0:
            k_ = by[place]
            if k_ is None:
                place -= 1
            else:
                found.append(k_)
                place = self.readings[k_].start
        return found[::-1], reached[self.length]

    def forward(self) -> list[float]:
        """Log sums of all ways up to each place."""
        sums = [0.0] * (self.length + 1)
        for end in range(1, self.length + 1):
            terms = [sums[end - 1] - self.prices[end - 1]]
            terms.extend(sums[self.readings[k].start] + self.scores[k] for k in self._ending[end])
            sums[end] = _log_sum(terms)
        return sums

    def backward(self) -> list[float]:
        """Log sums of all ways from each place on."""
        sums = [0.0] * (self.length + 1)
        for start in range(self.length - 1, -1, -1):
            terms = [sums[start + 1] - self.prices[start]]
            terms.extend(sums[self.readings[k].end] + self.scores[k] for k in self._starting[start])
            sums[start] = _log_sum(terms)
        return sums

    def probabilities(self) -> list[float]:
        """Of each reading to be one of the way."""
        ahead, behind = self.forward(), self.backward()
        whole = ahead[self.length]
        return [
            math.exp(min(0.0, ahead[r.start] + score + behind[r.end] - whole))
            for r, score in zip(self.readings, self.scores, strict=True)
        ]


def _log_sum(terms: Sequence[float]) -> float:
    top = max(terms)
    if len(terms) == 1:
        return top
    return top + math.log(sum(math.exp(term - top) for term in terms))
