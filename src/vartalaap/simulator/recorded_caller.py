"""A caller's manners: say one thing, hear the answer out, say the next. Pure; times are seconds of one clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from ..core.audio import FRAME_BYTES, SAMPLE_RATE, SILENCE
from .carrier_player import CarrierPlayer
from .recordings import Recording

PAUSE_SECONDS = 0.8
"""So long after its last word the bot has finished: between sentences it pauses less."""
SHORT_SECONDS = 1.6
"""A reply no longer than this may be "one moment": the caller listens on for what was promised."""
LISTEN_ON_SECONDS = 4.0
PATIENCE_SECONDS = 8.0
"""So long the caller waits for an answer before saying the next thing."""


@dataclass(slots=True)
class SpokenTurn:
    """One recording, said."""

    text: str
    began_at: float
    voice_ended_at: float | None = None
    answered_at: float | None = None

    @property
    def response_ms(self) -> int | None:
        """From the last voiced frame sent to the first audible sound received."""
        if self.voice_ended_at is None or self.answered_at is None:
            return None
        return round((self.answered_at - self.voice_ended_at) * 1000)


class RecordedCaller:
    """The caller's side of one call, a frame at a time."""

    def __init__(self, recordings: Iterable[Recording], began_at: float, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.playback = CarrierPlayer()
        self.turns: list[SpokenTurn] = []
        self.done = False
        """Everything was said and answered, or waited for."""
        self._to_say = deque(recordings)
        self._frames: deque[bytes] = deque()
        self._pause_seconds = pause_seconds
        self._until_voice_ends = 0
        self._waiting_since = began_at
        self._heard_bot = False
        self._heard_seconds = 0.0

    def hear(self, mulaw: bytes, now: float) -> None:
        """The bot's audio arrives."""
        if not self.playback.play(mulaw, now):
            return
        turn = self.turns[-1] if self.turns else None
        if turn and turn.voice_ended_at is None:
            return
        self._heard_bot = True
        self._heard_seconds += len(mulaw) / SAMPLE_RATE
        if turn:
            turn.answered_at = turn.answered_at or now

    def next_frame(self, now: float) -> bytes:
        """20 ms of the caller, mu-law; silence between the turns."""
        if not self._frames and self._bot_has_finished(now):
            self._begin_turn(now)
        if not self._frames:
            return SILENCE * FRAME_BYTES
        frame = self._frames.popleft()
        if self._until_voice_ends == 0:
            self.turns[-1].voice_ended_at = now
        self._until_voice_ends -= 1
        self._waiting_since = now
        return frame

    def _bot_has_finished(self, now: float) -> bool:
        if self._heard_bot:
            pause = self._pause_seconds if self._heard_seconds > SHORT_SECONDS else LISTEN_ON_SECONDS
            return now >= max(self.playback.ends_at, self._waiting_since) + pause
        return now >= self._waiting_since + PATIENCE_SECONDS

    def _begin_turn(self, now: float) -> None:
        if not self._to_say:
            self.done = True
            return
        recording = self._to_say.popleft()
        self._frames.extend(recording.frames)
        self._until_voice_ends = recording.last_voiced
        self._heard_bot, self._heard_seconds = False, 0.0
        self.turns.append(SpokenTurn(recording.text, now))
