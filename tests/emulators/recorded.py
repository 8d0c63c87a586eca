"""Recordings that emulated recognisers can read: by their very bytes, so that what never reached them is not read."""

from __future__ import annotations

import audioop
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vartalaap.core.audio import decode
from vartalaap.simulator.recordings import VOICED_SHARE, Recording

from .speech import RATE, SpokenWord

END_BYTES = 160


class RecordedWords:
    """A `Reader` of these recordings: each word is an equal part of what is voiced, known by its end.

    A word lasts until the next one ends, or until the voice does: there is no pause within a recording.
    """

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._known = [(recording.text.split(), _voice(recording)) for recording in recordings]

    def __call__(self, mulaw: bytes | bytearray, start: int) -> Iterator[SpokenWord]:
        for texts, voice in self._known:
            size = len(voice) // len(texts)
            ends = [(number, mulaw.find(voice[number * size - END_BYTES : number * size])) for number in _from_1(texts)]
            found = [(number, at + END_BYTES) for number, at in ends if at >= 0]
            if not found:
                continue
            number, end = found[-1]
            voice_ends = min(len(mulaw), end + len(voice) - number * size)
            for (number, end), (_, following) in pairwise([*found, (0, voice_ends)]):
                yield SpokenWord(texts[number - 1], (start + max(end - size, 0)) / RATE, (start + following) / RATE)


def _from_1(items: Sequence[str]) -> range:
    return range(1, len(items) + 1)


def _voice(recording: Recording) -> bytes:
    loudness = [audioop.max(decode(frame), 2) for frame in recording.frames]
    first = next(number for number, loud in enumerate(loudness) if loud >= VOICED_SHARE * max(loudness))
    return b"".join(recording.frames[first : recording.last_voiced + 1])
