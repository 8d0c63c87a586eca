"""What the caller has really heard of a reply, from checkpoints and played time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .context import Sentence

BYTES_PER_SECOND = 8000
CLAUSE = re.compile(r"(?<=[,;:—–])\s+")
WORDS_BEFORE_CLAUSE = 4
"""Fewer words are not worth leaving out: a sentence sounds better whole."""


@dataclass(slots=True)
class _Segment:
    sentence: Sentence
    end: int  # bytes of the reply up to the end of this sentence
    heard: bool = False


class Playback:
    """The book-keeping of one reply's audio; seconds come from the caller's clock, bytes are mu-law samples."""

    def __init__(self) -> None:
        self.sent = 0
        self._segments: list[_Segment] = []
        self._started: float | None = None
        self._stalls = 0.0  # silence that the caller heard because audio came late

    def sending(self, size: int, now: float) -> None:
        """`size` more bytes leave now."""
        if self._started is None:
            self._started = now
        self._stalls += max(0.0, now - self.ends_at(now))
        self.sent += size

    def sentence_sent(self, sentence: Sentence) -> str:
        """The last byte of the sentence has been sent; returns the name for its checkpoint."""
        self._segments.append(_Segment(sentence, self.sent))
        return str(len(self._segments))

    def checkpoint_played(self, name: str) -> None:
        """The carrier says that everything up to this checkpoint was heard."""
        for number, _ in enumerate(self._segments, start=1):
            if str(number) == name:
                for segment in self._segments[:number]:
                    segment.heard = True

    def ends_at(self, now: float) -> float:
        """When the audio sent so far will have been played."""
        if self._started is None:
            return now
        return self._started + self._stalls + self.sent / BYTES_PER_SECOND

    @property
    def all_heard(self) -> bool:
        """Every sentence sent so far was acknowledged, and nothing was sent after it."""
        return bool(self._segments) and self._segments[-1].heard and self._segments[-1].end == self.sent

    def heard(
        self, now: float, speaking: Sentence | None = None, speaking_bytes: int = 0
    ) -> tuple[list[Sentence], list[Sentence]]:
        """Split what was sent into (heard, unheard) at `now`.

        `speaking` is the sentence that is being sent, and `speaking_bytes` the length of its audio.

        A sentence cut in the middle appears in both: as the whole words that were heard, and whole, to be
        said again. Without an acknowledgement the played time decides, in proportion to the letters.
        """
        played = 0.0
        if self._started is not None:
            played = min(self.sent, max(0.0, now - self._started - self._stalls) * BYTES_PER_SECOND)
        segments = list(self._segments)
        if speaking:
            begun = segments[-1].end if segments else 0
            segments.append(_Segment(speaking, max(self.sent, begun + speaking_bytes)))
        done: list[Sentence] = []
        left: list[Sentence] = []
        start = 0
        for segment in segments:
            length = segment.end - start
            if segment.heard or (length > 0 and played >= segment.end):
                done.append(segment.sentence)
            else:
                left.append(segment.sentence)
                if length > 0 and played > start:
                    part = _whole_words(segment.sentence.text, (played - start) / length)
                    if part:
                        done.append(Sentence(part, segment.sentence.language))
            start = segment.end
        return done, left


def _whole_words(text: str, share: float) -> str:
    """The words of `text` that lie wholly within its first `share`."""
    cut = int(len(text) * share)
    if cut >= len(text) or text[cut].isspace():
        return text[:cut].strip()
    return text[:cut].rpartition(" ")[0].strip()


def clause_begin(text: str, heard: int) -> int:
    """Where to go on in a sentence of which `heard` letters were heard: its last clause begun by then, or 0."""
    begun = [mark.end() for mark in CLAUSE.finditer(text) if mark.end() <= heard]
    return begun[-1] if begun and len(text[: begun[-1]].split()) >= WORDS_BEFORE_CLAUSE else 0
