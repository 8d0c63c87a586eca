"""Who has the floor: a pure state machine from speech events and audio time to decisions.

It never looks at a clock, never awaits, never speaks. The session feeds it what the ears report and how
far the caller's audio has come, and carries out what it decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .context import Expecting, Utterance
from .events import SpeechEvent, SpeechPaused, SpeechStarted, Transcript


@dataclass(frozen=True, slots=True)
class TurnRules:
    """Milliseconds of caller's audio."""

    interrupt_ms: int = 300
    """Speech this long over the bot stops it (R76)."""
    endpoint_ms: int = 700
    """Silence that ends an utterance."""
    name_endpoint_ms: int = 900
    phone_endpoint_ms: int = 1300
    """People pause between the groups of a number."""
    noise_ms: int = 600
    """A shorter sound without words is nobody's turn."""
    recogniser_ms: int = 6000
    """A recogniser that gives no final for so long is taken for lost."""
    idle_ms: int = 9000
    """Silence of both sides after which the bot asks again."""

    def endpoint(self, expecting: Expecting) -> int:
        if expecting == "phone":
            return self.phone_endpoint_ms
        return self.name_endpoint_ms if expecting == "name" else self.endpoint_ms


@dataclass(frozen=True, slots=True)
class BeginUtterance:
    """The caller begins to speak: what was heard before belongs to nothing."""


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """Ask the recogniser for its final transcript: the caller may be done."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The caller speaks over the bot: stop it."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The caller is done. `last_audio_ms` is where the speech ended, `transcript_ms` when its text was known."""

    said: Utterance
    last_audio_ms: int
    transcript_ms: int
    stopped_bot: bool


@dataclass(frozen=True, slots=True)
class NoWords:
    """A sound without words, or a long silence. `stopped_bot` if the bot was interrupted for it."""

    stopped_bot: bool


@dataclass(frozen=True, slots=True)
class RecognitionLost:
    """The recogniser owes a transcript and does not give it."""


Decision = BeginUtterance | FinishUtterance | Interrupt | TurnEnded | NoWords | RecognitionLost


class TurnTaking:
    """The floor of one call."""

    def __init__(self, rules: TurnRules | None = None) -> None:
        self.rules = rules or TurnRules()
        self.expecting: Expecting = "anything"
        self.position_ms = 0
        self._bot_speaking = False
        self._speech_from: int | None = None  # start of the stretch of speech that is going on
        self._utterance_from: int | None = None
        self._paused_at: int | None = None
        self._transcript: Transcript | None = None
        self._transcript_ms = 0
        self._owed = 0
        self._owed_since = 0
        self._stopped_bot = False
        self._quiet_since = 0

    @property
    def caller_is_speaking(self) -> bool:
        return self._speech_from is not None

    def bot_started(self) -> None:
        self._bot_speaking = True

    def bot_finished(self) -> None:
        self._bot_speaking = False
        self._quiet_since = self.position_ms

    def hear(self, event: SpeechEvent) -> Iterator[Decision]:
        """What the ears reported."""
        match event:
            case SpeechStarted(at_ms):
                self._speech_from = at_ms
                self._paused_at = None
                if self._utterance_from is None:
                    self._utterance_from = at_ms
                    yield BeginUtterance()
            case SpeechPaused(at_ms) if self._utterance_from is None or at_ms <= self._utterance_from:
                stopped_bot = self._stopped_bot
                self.reset()  # the end of speech that the recogniser has given us already
                if stopped_bot:
                    yield NoWords(stopped_bot=True)
            case SpeechPaused(at_ms):
                self._speech_from = None
                self._paused_at = at_ms
                self._owed += 1
                self._owed_since = self.position_ms
                yield FinishUtterance()
            case Transcript(is_final=True):
                self._owed = 0 if event.ends_turn else max(0, self._owed - 1)
                self._transcript, self._transcript_ms = event, self.position_ms
                if event.ends_turn and event.text.strip() and self.expecting != "phone":
                    yield from self._end_at_once(event)
                else:
                    yield from self._maybe_end()
            case Transcript():
                pass

    def advance(self, position_ms: int) -> Iterator[Decision]:
        """The caller's audio has come so far."""
        self.position_ms = position_ms
        if self._speech_from is not None:
            if self._bot_speaking and position_ms - self._speech_from >= self.rules.interrupt_ms:
                self._bot_speaking = False
                self._stopped_bot = True
                yield Interrupt()
        elif self._paused_at is not None:
            yield from self._maybe_end()
        elif not self._bot_speaking and position_ms - self._quiet_since >= self.rules.idle_ms:
            self._quiet_since = position_ms
            yield NoWords(stopped_bot=False)

    def _maybe_end(self) -> Iterator[Decision]:
        """End the utterance if the silence is long enough and nothing is owed."""
        if self._paused_at is None or self._utterance_from is None:
            return
        if self.position_ms - self._paused_at < self.rules.endpoint(self.expecting):
            return
        if self._owed:
            if self.position_ms - self._owed_since >= self.rules.recogniser_ms:
                self.reset()
                yield RecognitionLost()
            return
        text = self._transcript.text.strip() if self._transcript else ""
        spoken_ms = self._paused_at - self._utterance_from
        decision: Decision | None = None
        if self._transcript and text:
            said = Utterance(text, self._transcript.alternatives)
            decision = TurnEnded(said, self._paused_at, self._transcript_ms, self._stopped_bot)
        elif self._stopped_bot or spoken_ms >= self.rules.noise_ms:
            decision = NoWords(stopped_bot=self._stopped_bot)
        self.reset()
        if decision:
            yield decision

    def _end_at_once(self, final: Transcript) -> Iterator[Decision]:
        """The recogniser says that the caller is done; the ears may notice only later that the sound has ended."""
        was_speaking = self.caller_is_speaking
        last_audio = self.position_ms if self._paused_at is None else self._paused_at
        said = Utterance(final.text.strip(), final.alternatives)
        ended = TurnEnded(said, min(final.end_ms or last_audio, self.position_ms), self.position_ms, self._stopped_bot)
        self.reset()
        if was_speaking:  # what is still to come of it is the next utterance
            self._speech_from = self._utterance_from = self.position_ms
        yield ended

    def reset(self) -> None:
        """The utterance has been dealt with."""
        self._speech_from = self._utterance_from = self._paused_at = None
        self._transcript = None
        self._owed = 0
        self._stopped_bot = False
        self._quiet_since = self.position_ms
