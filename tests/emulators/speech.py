"""Speech that emulated recognisers can read: each word is a tone of its own loudness, silence is silence.

As of a voice, there is something softer between the words.

So what an emulator recognises depends on the audio that reached it and on nothing else: audio that is lost, sent
twice or cut shows in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

_TEXT = (
    "kal shaam paanch baje mez chahiye haan nahin char log naam anita rao nau aath saat do ek teen book a table for "
    "tonight please momos thukpa aur phone number theek hai"
)
WORDS = tuple(_TEXT.split())
RATE = 8000
SILENCE = b"\xff"
WORD_MS = 200
GAP_MS = 40
SHORTEST_MS = 80
_FIRST = 0x90
_HALF_WAVE = 8
"""Samples: 500 Hz."""
_SOFT = 0xC1
_SIGN = 0x80


@dataclass(frozen=True)
class SpokenWord:
    text: str
    start: float
    end: float


Reader = Callable[[bytes | bytearray, int], Iterator[SpokenWord]]
"""From mu-law audio, and the position of its first byte, to the words in it."""


def silence(ms: int) -> bytes:
    return SILENCE * (ms * RATE // 1000)


def say(text: str, *, word_ms: int = WORD_MS) -> bytes:
    """Mu-law at 8 kHz; a short gap follows each word."""
    return b"".join(_tone(_FIRST + WORDS.index(word), word_ms) + _tone(_SOFT, GAP_MS) for word in text.split())


def _tone(sample: int, ms: int) -> bytes:
    wave = bytes([sample]) * _HALF_WAVE + bytes([sample ^ _SIGN]) * _HALF_WAVE
    return wave * (ms * RATE // 1000 // len(wave))


def words_in(mulaw: bytes | bytearray, start: int = 0) -> Iterator[SpokenWord]:
    """With their positions in seconds; `start` is the position of the first byte, in bytes."""
    at = start
    for sample, run in groupby(sample | _SIGN for sample in mulaw):
        length = sum(1 for _ in run)
        if _FIRST <= sample < _FIRST + len(WORDS) and length >= SHORTEST_MS * RATE // 1000:
            yield SpokenWord(WORDS[sample - _FIRST], at / RATE, (at + length) / RATE)
        at += length


def frames(mulaw: bytes, ms: int = 20) -> Iterator[bytes]:
    """As a telephone line sends it."""
    size = ms * RATE // 1000
    return (mulaw[at : at + size] for at in range(0, len(mulaw), size))
