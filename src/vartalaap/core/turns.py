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


@dataclass(slots=True)
class _Utterance:
    """The utterance in hand, or that there is none; milliseconds of the caller's audio."""

    begun_ms: int | None = None
    speaking_from_ms: int | None = None
    """Start of the stretch of speech that is going on."""
    paused_ms: int | None = None
    words: Utterance | None = None
    """What the recogniser made of it so far; empty if it found no words."""
    words_ms: int = 0
    """When that was known."""
    is_whole: bool = False
    """The words leave nothing to wait for."""
    owed: int = 0
    """Transcripts that the recogniser was asked for and has not given;"""
    owed_since_ms: int = 0
    """it has given none since then."""
    keeps_company: bool = False
    stopped_bot: bool = False


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
        self._utterance = _Utterance()
        self._quiet_since = 0
        self._stops = 0  # of the bot by sound, since the last words
        self._wordless_ms = 0  # of sound, since the last words

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
        now = self._utterance
        match event:
            case SpeechStarted(at_ms):
                now.speaking_from_ms = at_ms
                now.paused_ms = None
                if now.begun_ms is None:
                    now.begun_ms = at_ms
                    yield BeginUtterance()
            case SpeechGoesOn(at_ms):
                if now.speaking_from_ms is None and now.paused_ms is None:  # it was read though it had not paused
                    yield from self.hear(SpeechStarted(at_ms))
                yield from self._maybe_interrupt(at_ms)
            case SpeechPaused(at_ms) if now.begun_ms is None or at_ms <= now.begun_ms:
                self.reset()  # the end of speech that the recogniser has given us already
                if now.stopped_bot:
                    yield NoWords(stopped_bot=True)
            case SpeechPaused(at_ms):
                now.speaking_from_ms = None
                now.paused_ms = at_ms
                if not now.owed:
                    now.owed_since_ms = self.position_ms
                now.owed += 1
                now.keeps_company = False
                yield FinishUtterance()
            case Transcript(is_final=True):
                yield from self._read(event)
            case Transcript():
                yield from self._maybe_interrupt_for(Utterance(event.text.strip()))

    def advance(self, position_ms: int) -> Iterable[Decision]:
        """The caller's audio has come so far."""
        self.position_ms = position_ms
        now = self._utterance
        if now.speaking_from_ms is not None:
            unpaused = position_ms - now.speaking_from_ms >= self.rules.unpaused_ms
            return self.hear(SpeechPaused(position_ms)) if unpaused else ()
        if now.stopped_bot and now.paused_ms is None and now.begun_ms is not None:
            unnoticed = position_ms - now.begun_ms >= self.rules.unnoticed_ms
            return self.hear(SpeechPaused(position_ms)) if unnoticed else ()
        if now.paused_ms is not None:
            return self._maybe_end()
        if not self._bot_speaking and position_ms - self._quiet_since >= self.rules.idle(self.expecting):
            self._quiet_since = position_ms
            return (NoWords(stopped_bot=False, noisy=self._is_noisy),)
        return ()

    def _maybe_interrupt(self, voiced_ms: int) -> Iterator[Decision]:
        begun = self._utterance.speaking_from_ms
        long_enough = begun is not None and voiced_ms - begun >= self.rules.interrupt_ms
        if self._bot_speaking and long_enough and not self._is_noisy:
            self._stops += 1
            yield self._stop_bot()

    def _maybe_interrupt_for(self, words: Utterance) -> Iterator[Decision]:
        """Words that may only agree are left to the ears, and to how long they last."""
        if not (self.rules.words_interrupt and self._bot_speaking and words.text) or self._is_whole(words):
            return
        if self._utterance.begun_ms is None:
            self._utterance.begun_ms = self.position_ms
            yield BeginUtterance()
        yield self._stop_bot()

    def _stop_bot(self) -> Interrupt:
        self.bot_finished()
        self._utterance.stopped_bot = True
        return Interrupt()

    def _read(self, final: Transcript) -> Iterator[Decision]:
        now = self._utterance
        if final.ends_turn and now.begun_ms is None and self._may_echo():
            yield BeginUtterance()
            return
        now.owed = 0 if final.ends_turn else max(0, now.owed - 1)
        now.owed_since_ms = now.words_ms = self.position_ms
        now.words = words = Utterance(final.text.strip(), final.alternatives)
        now.is_whole = bool(words.text) and self._is_whole(words)
        if final.ends_turn and words.text and (self.expecting != "phone" or now.is_whole):
            yield from self._end_at_once(words, final.end_ms)
            return
        yield from self._maybe_end()
        now = self._utterance  # which may be none any more
        may_be_all = now.paused_ms is not None and not now.owed and self.expecting != "phone"
        if may_be_all and now.words and now.words.text:
            yield Prepare(now.words)

    def _may_echo(self) -> bool:
        return self._bot_speaking or self.position_ms - self._bot_spoke_until < self.rules.echo_ms

    def _maybe_end(self) -> Iterator[Decision]:
        """End the utterance if the silence is long enough and nothing is owed."""
        now = self._utterance
        if now.paused_ms is None or now.begun_ms is None:
            return
        waited = self.position_ms - now.paused_ms
        if waited < self._endpoint():
            return
        if now.owed:
            if not now.keeps_company and waited >= self.rules.company(self.expecting):
                now.keeps_company = True
                yield KeepCompany()
            if self.position_ms - now.owed_since_ms >= self.rules.recogniser_ms:
                self.reset()
                yield RecognitionLost()
            return
        self.reset()
        if now.words and now.words.text:
            yield TurnEnded(now.words, now.paused_ms, now.words_ms, now.stopped_bot)
            return
        spoken_ms = now.paused_ms - now.begun_ms
        self._wordless_ms += spoken_ms
        if now.stopped_bot or spoken_ms >= self.rules.noise_ms:
            yield NoWords(stopped_bot=now.stopped_bot, noisy=self._is_noisy)

    def _endpoint(self) -> int:
        """Silence that ends the utterance, by what is known of it; while a transcript is owed, the shortest."""
        rules, now = self.rules, self._utterance
        if now.owed or now.words is None or now.is_whole:
            return rules.whole_ms
        if now.stopped_bot and not now.words.text:
            return rules.go_on_ms
        return rules.endpoint(self.expecting)

    def _end_at_once(self, said: Utterance, end_ms: int) -> Iterator[Decision]:
        """The recogniser says that the caller is done; the ears may notice only later that the sound has ended."""
        ending, position_ms = self._utterance, self.position_ms
        last_audio = position_ms if ending.paused_ms is None else ending.paused_ms
        self.reset()
        if ending.speaking_from_ms is not None:  # what is still to come of it is the next utterance
            self._utterance = _Utterance(begun_ms=position_ms, speaking_from_ms=position_ms)
        yield TurnEnded(said, min(end_ms or last_audio, position_ms), position_ms, ending.stopped_bot)

    def reset(self) -> None:
        """The utterance has been dealt with."""
        self._utterance = _Utterance()
