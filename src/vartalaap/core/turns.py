"""Who has the floor: a pure state machine from speech events and audio time to decisions.

It never looks at a clock, never awaits, never speaks. The session feeds it what the ears report and how
far the caller's audio has come, and carries out what it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .context import Expecting, Utterance
from .events import SpeechEvent, SpeechGoesOn, SpeechPaused, SpeechStarted, Transcript


@dataclass(frozen=True, slots=True)
class TurnRules:
    """Milliseconds of caller's audio."""

    interrupt_ms: int = 300
    """Speech this long over the bot stops it (R76)."""
    words_interrupt: bool = False
    """So do the recogniser's first words, sooner: for lines that do not send the bot's voice back."""
    unnoticed_ms: int = 600
    """So long after such words, if the ears have noticed nothing, their utterance is taken to have paused."""
    endpoint_ms: int = 700
    """Silence that ends an utterance."""
    yes_no_endpoint_ms: int = 500
    name_endpoint_ms: int = 900
    phone_endpoint_ms: int = 1300
    """People pause between the groups of a number."""
    whole_ms: int = 300
    """Silence after words that leave nothing to wait for: ten digits, a plain yes, a "hmm" that stopped the bot."""
    go_on_ms: int = 400
    """Silence after a noise that stopped the bot."""
    noise_ms: int = 600
    """A shorter sound without words is nobody's turn."""
    unpaused_ms: int = 12_000
    """Speech that has not paused for so long is read as it stands: nobody speaks so, but a radio does."""
    noisy_ms: int = 3000
    """So much sound without words, in all since the last words, is noise;"""
    false_alarms: int = 2
    """so is what has stopped the bot so often in vain. Noise stops it no more: that takes words."""
    echo_ms: int = 1200
    """So long after the bot's last word, words that the ears did not notice are its echo."""
    company_ms: int = 700
    """So long beyond the endpoint a caller waits for the recogniser in silence,"""
    company_at_ms: int = 1500
    """and never longer than this."""
    recogniser_ms: int = 6000
    """A recogniser that gives no final for so long is taken for lost."""
    idle_ms: int = 9000
    """Silence of both sides after which the bot asks again."""
    moment_ms: int = 30_000
    """The same when the caller has asked for a moment."""

    def endpoint(self, expecting: Expecting) -> int:
        """Silence that ends an utterance that may go on."""
        match expecting:
            case "phone":
                return self.phone_endpoint_ms
            case "name":
                return self.name_endpoint_ms
            case "yes_no":
                return self.yes_no_endpoint_ms
        return self.endpoint_ms

    def company(self, expecting: Expecting) -> int:
        """Silence that a late recogniser may leave."""
        return min(self.endpoint(expecting) + self.company_ms, self.company_at_ms)

    def idle(self, expecting: Expecting) -> int:
        """Silence of both sides after which the bot speaks."""
        return self.moment_ms if expecting == "moment" else self.idle_ms


@dataclass(frozen=True, slots=True)
class BeginUtterance:
    """The caller begins to speak: what was heard before belongs to nothing."""


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """Ask the recogniser for its final transcript: the caller may be done."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """The caller has paused after these words, and they may be all."""

    said: Utterance


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
    """A sound without words, or a long silence. `stopped_bot` if the bot was interrupted for it.

    `noisy` if there has been much sound since the last words.
    """

    stopped_bot: bool
    noisy: bool = False


@dataclass(frozen=True, slots=True)
class KeepCompany:
    """The caller is done and the recogniser is late: say a word meanwhile."""


@dataclass(frozen=True, slots=True)
class RecognitionLost:
    """The recogniser owes a transcript and does not give it."""


Decision = BeginUtterance | FinishUtterance | Prepare | Interrupt | TurnEnded | NoWords | KeepCompany | RecognitionLost


class TurnTaking:
    """The floor of one call."""

    def __init__(
        self, rules: TurnRules | None = None, is_whole: Callable[[Utterance], bool] = lambda said: False
    ) -> None:
        """`is_whole` judges words that were just recognised: they leave nothing to wait for."""
        self.rules = rules or TurnRules()
        self._is_whole = is_whole
        self.expecting: Expecting = "anything"
        self.position_ms = 0
        self._bot_speaking = False
        self._bot_spoke_until = -self.rules.echo_ms
        self._speech_from: int | None = None  # start of the stretch of speech that is going on
        self._utterance_from: int | None = None
        self._paused_at: int | None = None
        self._said: Utterance | None = None
        self._said_is_whole = False
        self._said_ms = 0
        self._owed = 0
        self._owed_since = 0
        self._keeps_company = False
        self._stopped_bot = False
        self._quiet_since = 0
        self._stops = 0  # of the bot by sound, since the last words
        self._wordless_ms = 0  # of sound, since the last words

    @property
    def caller_is_speaking(self) -> bool:
        return self._speech_from is not None

    def bot_started(self) -> None:
        """The bot thinks or speaks."""
        self._bot_speaking = True

    def bot_finished(self) -> None:
        """The bot has been heard to its end, or was stopped."""
        self._bot_speaking = False
        self._quiet_since = self._bot_spoke_until = self.position_ms

    def words_came(self) -> None:
        """The caller has said something: what sounds may be the caller again."""
        self._stops = self._wordless_ms = 0
        self._quiet_since = self.position_ms

    @property
    def _is_noisy(self) -> bool:
        return self._stops >= self.rules.false_alarms or self._wordless_ms >= self.rules.noisy_ms

    def hear(self, event: SpeechEvent) -> Iterator[Decision]:
        """What the ears reported."""
        match event:
            case SpeechStarted(at_ms):
                self._speech_from = at_ms
                self._paused_at = None
                if self._utterance_from is None:
                    self._utterance_from = at_ms
                    yield BeginUtterance()
            case SpeechGoesOn(at_ms):
                if self._speech_from is None and self._paused_at is None:  # it was read though it had not paused
                    yield from self.hear(SpeechStarted(at_ms))
                yield from self._maybe_interrupt(at_ms)
            case SpeechPaused(at_ms) if self._utterance_from is None or at_ms <= self._utterance_from:
                stopped_bot = self._stopped_bot
                self.reset()  # the end of speech that the recogniser has given us already
                if stopped_bot:
                    yield NoWords(stopped_bot=True)
            case SpeechPaused(at_ms):
                self._speech_from = None
                self._paused_at = at_ms
                if not self._owed:
                    self._owed_since = self.position_ms
                self._owed += 1
                self._keeps_company = False
                yield FinishUtterance()
            case Transcript(is_final=True):
                yield from self._read(event)
            case Transcript():
                yield from self._maybe_interrupt_for(Utterance(event.text.strip()))

    def advance(self, position_ms: int) -> Iterable[Decision]:
        """The caller's audio has come so far."""
        self.position_ms = position_ms
        if self._speech_from is not None:
            unpaused = position_ms - self._speech_from >= self.rules.unpaused_ms
            return self.hear(SpeechPaused(position_ms)) if unpaused else ()
        if self._stopped_bot and self._paused_at is None and self._utterance_from is not None:
            unnoticed = position_ms - self._utterance_from >= self.rules.unnoticed_ms
            return self.hear(SpeechPaused(position_ms)) if unnoticed else ()
        if self._paused_at is not None:
            return self._maybe_end()
        if not self._bot_speaking and position_ms - self._quiet_since >= self.rules.idle(self.expecting):
            self._quiet_since = position_ms
            return (NoWords(stopped_bot=False, noisy=self._is_noisy),)
        return ()

    def _maybe_interrupt(self, voiced_ms: int) -> Iterator[Decision]:
        long_enough = self._speech_from is not None and voiced_ms - self._speech_from >= self.rules.interrupt_ms
        if self._bot_speaking and long_enough and not self._is_noisy:
            self.bot_finished()
            self._stopped_bot = True
            self._stops += 1
            yield Interrupt()

    def _maybe_interrupt_for(self, words: Utterance) -> Iterator[Decision]:
        """Words that may only agree are left to the ears, and to how long they last."""
        if not (self.rules.words_interrupt and self._bot_speaking and words.text) or self._is_whole(words):
            return
        if self._utterance_from is None:
            self._utterance_from = self.position_ms
            yield BeginUtterance()
        self.bot_finished()
        self._stopped_bot = True
        yield Interrupt()

    def _read(self, final: Transcript) -> Iterator[Decision]:
        if final.ends_turn and self._utterance_from is None and self._may_echo():
            yield BeginUtterance()
            return
        self._owed = 0 if final.ends_turn else max(0, self._owed - 1)
        self._owed_since = self.position_ms
        self._said = Utterance(final.text.strip(), final.alternatives)
        self._said_is_whole = bool(self._said.text) and self._is_whole(self._said)
        self._said_ms = self.position_ms
        knows = final.ends_turn and self._said.text
        if knows and (self.expecting != "phone" or self._said_is_whole):
            yield from self._end_at_once(self._said, final.end_ms)
            return
        yield from self._maybe_end()
        may_be_all = self._paused_at is not None and not self._owed and self.expecting != "phone"
        if may_be_all and self._said and self._said.text:
            yield Prepare(self._said)

    def _may_echo(self) -> bool:
        return self._bot_speaking or self.position_ms - self._bot_spoke_until < self.rules.echo_ms

    def _maybe_end(self) -> Iterator[Decision]:
        """End the utterance if the silence is long enough and nothing is owed."""
        if self._paused_at is None or self._utterance_from is None:
            return
        if self.position_ms - self._paused_at < self._endpoint():
            return
        if self._owed:
            waited = self.position_ms - self._paused_at
            if not self._keeps_company and waited >= self.rules.company(self.expecting):
                self._keeps_company = True
                yield KeepCompany()
            if self.position_ms - self._owed_since >= self.rules.recogniser_ms:
                self.reset()
                yield RecognitionLost()
            return
        spoken_ms = self._paused_at - self._utterance_from
        decision: Decision | None = None
        if self._said and self._said.text:
            decision = TurnEnded(self._said, self._paused_at, self._said_ms, self._stopped_bot)
        else:
            self._wordless_ms += spoken_ms
            if self._stopped_bot or spoken_ms >= self.rules.noise_ms:
                decision = NoWords(stopped_bot=self._stopped_bot, noisy=self._is_noisy)
        self.reset()
        if decision:
            yield decision

    def _endpoint(self) -> int:
        """Silence that ends the utterance, by what is known of it; while a transcript is owed, the shortest."""
        rules = self.rules
        if self._owed or self._said is None:
            return rules.whole_ms
        if self._said_is_whole:
            return rules.whole_ms
        if self._stopped_bot and not self._said.text:
            return rules.go_on_ms
        return rules.endpoint(self.expecting)

    def _end_at_once(self, said: Utterance, end_ms: int) -> Iterator[Decision]:
        """The recogniser says that the caller is done; the ears may notice only later that the sound has ended."""
        was_speaking = self.caller_is_speaking
        last_audio = self.position_ms if self._paused_at is None else self._paused_at
        ended = TurnEnded(said, min(end_ms or last_audio, self.position_ms), self.position_ms, self._stopped_bot)
        self.reset()
        if was_speaking:  # what is still to come of it is the next utterance
            self._speech_from = self._utterance_from = self.position_ms
        yield ended

    def reset(self) -> None:
        """The utterance has been dealt with."""
        self._speech_from = self._utterance_from = self._paused_at = None
        self._said = None
        self._owed = 0
        self._stopped_bot = False
