"""The whole alphabet of a call: what a line can tell us, what the ears can tell us, what we can tell a line.

Audio is always 8 kHz mono mu-law, one byte a sample. Positions (`*_ms`) count milliseconds of the caller's
audio since the stream began, not wall-clock time, so that a slow machine cannot change a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .booking.rules import Booking
from .language import Language


# From the line -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CallStarted:
    """The carrier opened the stream of this call."""

    call_id: str
    stream_id: str


@dataclass(frozen=True, slots=True)
class AudioIn:
    """The next samples of the caller, mu-law; usually 160 bytes, 20 ms."""

    mulaw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A key of the telephone: one of 0-9, *, #, A-D."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextTyped:
    """Words that came as text (the browser phone), already final."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckpointPlayed:
    """The caller has heard everything that was sent before this checkpoint."""

    name: str


@dataclass(frozen=True, slots=True)
class AudioCleared:
    """The carrier has thrown away what it had not yet played."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller hung up, or the line is gone."""

    reason: str


# From the ears -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Speech began at this position (the first voiced sample, not when we noticed)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechGoesOn:
    """Speech that has begun is still heard at this position: what follows its last sound is silence, not speech."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Speech was last heard at this position; the pause may be the end of the utterance."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was recognised of the caller's speech between two pauses.

    `alternatives` are other readings, best first, for the understanding to choose from. An empty final
    text is an answer too: there was a sound, and no words in it.

    `ends_turn`, of a final: the recogniser itself judged that the caller is done, and was not asked. It covers
    everything since `begin_utterance`, like any final, and stands for every one that is still owed.

    `end_ms` is 0 where it is not known when the last word ended.
    """

    text: str = field(repr=False)
    is_final: bool
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    language: Language | None = None
    confidence: float = 1.0
    end_ms: int = 0
    ends_turn: bool = False


# To the line -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PlayAudio:
    """Samples for the caller, mu-law."""

    mulaw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Ask to be told when everything sent so far has been heard."""

    name: str


@dataclass(frozen=True, slots=True)
class ClearAudio:
    """Throw away what has not been played yet."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of the conversation in writing, for a line that can show it (the browser phone)."""

    speaker: str  # "caller" or "bot"
    text: str = field(repr=False)
    language: Language
    latency_ms: int | None = None


@dataclass(frozen=True, slots=True)
class BookingMade:
    """A booking was made or moved, for a line that can show it; `date` is YYYY-MM-DD, `time` HH:MM, local."""

    reference: str
    date: str
    time: str
    party_size: int
    name: str = field(repr=False)

    @classmethod
    def of(cls, booking: Booking) -> BookingMade:
        at = booking.time.strftime("%H:%M")
        return cls(booking.reference, booking.date.isoformat(), at, booking.party_size, booking.guest.name)


LineEvent = CallStarted | AudioIn | DigitPressed | TextTyped | CheckpointPlayed | AudioCleared | CallEnded
SpeechEvent = SpeechStarted | SpeechGoesOn | SpeechPaused | Transcript
LineCommand = PlayAudio | Checkpoint | ClearAudio | Caption | BookingMade
