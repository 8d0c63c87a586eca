"""Telephone audio: 8 kHz mono mu-law (G.711), one byte a sample, in frames of 20 ms."""

from __future__ import annotations

import audioop

SAMPLE_RATE = 8000
FRAME_MS = 20
FRAME_BYTES = SAMPLE_RATE * FRAME_MS // 1000
SILENCE = b"\xff"
"""The mu-law sample of zero; a zero byte would be a loud click."""


def decode(mulaw: bytes) -> bytes:
    """Mu-law to 16-bit little-endian samples, twice as many bytes."""
    return audioop.ulaw2lin(mulaw, 2)


def encode(pcm: bytes) -> bytes:
    """16-bit little-endian samples to mu-law, half as many bytes."""
    return audioop.lin2ulaw(pcm, 2)


def ms_of(size: int) -> int:
    """How many milliseconds `size` bytes of mu-law last."""
    return size * 1000 // SAMPLE_RATE


def bytes_of(ms: int) -> int:
    """How many bytes of mu-law last `ms` milliseconds."""
    return ms * SAMPLE_RATE // 1000
