"""Recordings that emulated recognisers can read: by their very bytes, so that what never reached them is not read."""

from __future__ import annotations

import audioop
from collections.abc import Iterator, Sequence

from vartalaap.core.audio import decode
from vartalaap.simulator.recordings import VOICED_SHARE, Recording

from .speech import RATE, SpokenWord


END_BYTES = 640


class RecordedWords:
    """A `Reader` of these recordings: each word is an equal part of what is voiced, known by its end."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._words = [word for recording in recordings for word in _words(recording)]

    def __call__(self, mulaw: bytes | bytearray, start: int) -> Iterator[SpokenWord]:
        found = [(mulaw.find(sound[-END_BYTES:]), sound, text) for text, sound in self._words]
        for at, sound, text in sorted(hit for hit in found if hit[0] >= 0):
            end = start + at + END_BYTES
            yield SpokenWord(text, max(end - len(sound), start) / RATE, end / RATE)


def _words(recording: Recording) -> Iterator[tuple[str, bytes]]:
    texts = recording.text.split()
    loudness = [audioop.max(decode(frame), 2) for frame in recording.frames]
    first = next(number for number, loud in enumerate(loudness) if loud >= VOICED_SHARE * max(loudness))
    sound = b"".join(recording.frames[first : recording.last_voiced + 1])
    size = len(sound) // len(texts)
    for number, text in enumerate(texts):
        yield text, sound[number * size : (number + 1) * size]
