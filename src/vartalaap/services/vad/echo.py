"""Our own voice coming back: a carrier without echo cancellation sends the caller's ear into the caller's mouth.

What was sent is laid on the time line of the caller's audio. A stretch of that audio which is a late copy of what was
sent shows as one sharp peak of their cross-correlation, in any language; another person's voice does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...core.audio import SAMPLE_RATE, SILENCE, decode

LONGEST_DELAY = SAMPLE_RATE
"""Samples between sending and hearing again: jitter buffers and a mobile network both ways."""
KEPT = 3 * SAMPLE_RATE
MOST = SAMPLE_RATE // 2
"""Samples compared at a time."""
LIKE = 0.5
"""Correlation above which a stretch of 250 ms is an echo; of two voices one pair in a hundred is as alike."""
LIKE_BEFORE = 0.3
"""The same at the delay of the last echo."""
SAME_DELAY = 160
QUIETEST = 0.02
"""Energy, of the loudest stretch, under which what was sent cannot be heard again."""
INAUDIBLE = 64.0
"""Mean square of 16-bit samples."""

Samples = npt.NDArray[np.float64]


class Echo:
    """What one call's caller said and was told; positions are samples of the caller."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._heard_to = 0
        self._sent = bytearray()
        self._sent_to = 0
        """May lie ahead of `_heard_to`: audio is sent before it is due."""
        self._delay: int | None = None

    def heard(self, mulaw: bytes) -> None:
        """The next samples of the caller."""
        self._heard += mulaw
        self._heard_to += len(mulaw)
        if len(self._heard) > 2 * KEPT:
            del self._heard[:-KEPT]

    def played(self, mulaw: bytes) -> None:
        """These are sent to the caller now; they play when what was sent before them has been played."""
        silent = self._heard_to - self._sent_to
        if silent > 0:
            self._sent += SILENCE * min(silent, KEPT)
            self._sent_to = self._heard_to
        self._sent += mulaw
        self._sent_to += len(mulaw)
        if len(self._sent) > 2 * KEPT:
            del self._sent[:-KEPT]

    def may_sound(self, at: int) -> bool:
        """Can something of ours be heard again at this position?"""
        return self._sent_to + LONGEST_DELAY > at and bool(self._sent)

    def explains(self, start: int, end: int) -> bool:
        """Is the caller's audio from `start` to `end` our own voice?"""
        start = max(start, end - MOST)
        heard = _samples(self._heard, self._heard_to, start, end)
        first = max(start - LONGEST_DELAY, self._sent_to - len(self._sent))
        sent = _samples(self._sent, self._sent_to, first, min(end, self._sent_to))
        if len(heard) < end - start or len(sent) < len(heard) or not np.mean(sent * sent) > INAUDIBLE:
            return False
        alike = _correlation(heard, sent)
        best = int(np.argmax(alike))
        delay = start - first - best
        before = self._delay is not None and abs(delay - self._delay) < SAME_DELAY
        if alike[best] < (LIKE_BEFORE if before else LIKE):
            return False
        self._delay = delay
        return True


def _samples(mulaw: bytearray, to: int, start: int, end: int) -> Samples:
    """Of a buffer whose last byte lies before position `to`; differences, so that low tones do not rule."""
    begin = len(mulaw) - to
    part = bytes(mulaw[max(0, begin + start) : max(0, begin + end)])
    return np.diff(np.frombuffer(decode(part), dtype="<i2").astype(np.float64), prepend=0.0)


def _correlation(part: Samples, whole: Samples) -> Samples:
    """How alike `part` and each stretch of `whole` are, 0 to 1, whatever their loudness or sign."""
    size = 1 << (len(whole) + len(part) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    sums = np.concatenate([[0.0], np.cumsum(whole * whole)])
    energies = sums[len(part) :] - sums[: -len(part)]
    energies = np.maximum(energies, QUIETEST * energies.max() + 1.0)
    alike: Samples = np.abs(products[: len(energies)]) / np.sqrt(energies * (part @ part) + 1.0)
    return alike
