"""Samples of any rate, as they stream in, to 8 kHz mu-law."""

from __future__ import annotations

import numpy as np
import soxr

from ...core.audio import SAMPLE_RATE, encode


class TelephoneAudio:
    """One sentence's audio. The resampler keeps its state, so that pieces join without a click."""

    def __init__(self, rate: int) -> None:
        """`rate` is that of the 16-bit little-endian mono samples which come."""
        self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16", quality="HQ")
        self._odd = b""

    def feed(self, pcm: bytes) -> bytes:
        """What can be said by now; a sample may be cut in two between pieces."""
        pcm = self._odd + pcm
        whole = len(pcm) & ~1
        self._odd = pcm[whole:]
        return self._encode(pcm[:whole], last=False)

    def end(self) -> bytes:
        """The rest."""
        return self._encode(b"", last=True)

    def _encode(self, pcm: bytes, *, last: bool) -> bytes:
        return encode(self._stream.resample_chunk(np.frombuffer(pcm, dtype="<i2"), last=last).astype("<i2").tobytes())
