"""One call from the first frame to its row in the log. Everything a call does runs in one TaskGroup here.

The ears report by callback and the line by iteration; both end in `TurnTaking`, whose decisions are carried
out here. At most one reply speaks at a time, and replies think one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field

from .audio import ms_of
from .context import CallContext, CallRecord, Sentence, TurnRecord, TurnTimes, Utterance
from .events import (
    AudioIn,
    BookingMade,
    CallEnded,
    Caption,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    LineEvent,
    SpeechEvent,
    TextTyped,
)
from .pipeline import Reply
from .ports import Brain, CallLog, Line, SpeechStream, SpeechToText, TextToSpeech, VoiceActivity
from .reservations import Booking
from .turns import (
    BeginUtterance,
    Decision,
    FinishUtterance,
    Interrupt,
    NoWords,
    RecognitionLost,
    TurnEnded,
    TurnRules,
    TurnTaking,
)

DIGITS_PAUSE_SECONDS = 2.0
"""Keys pressed closer together than this are one answer."""
EARLY_AUDIO_BYTES = 5 * 8000
"""Caller's audio kept while the recogniser is being connected."""
ANSWERABLE_SHARE = 0.75
"""Who has heard so much of a reply may answer its question."""
LAST_THOUGHT_SECONDS = 5.0
"""How long a hung-up call may finish what the desk is doing."""


@dataclass(frozen=True, slots=True)
class CallParts:
    """What sessions are made of; shared by all calls."""

    brain: Brain
    ears: VoiceActivity
    recogniser: SpeechToText
    voice: TextToSpeech
    log: CallLog
    on_failure: Callable[[str, Exception], None]
    """Told (call id, error) of each failure that a call survives."""
    hints: tuple[str, ...] = ()
    rules: TurnRules = field(default_factory=TurnRules)
    max_seconds: float = 900


class CallSession:
    """One call on one line."""

    def __init__(self, context: CallContext, line: Line, parts: CallParts) -> None:
        self.context = context
        self.ended_because = ""
        self._line = line
        self._parts = parts
        self._conversation = parts.brain.open(context)
        self._floor = TurnTaking(parts.rules)
        self._ears = parts.ears.open(self._on_speech)
        self._recogniser: SpeechStream | None = None
        self._early_audio = bytearray()
        self._audio_bytes = 0  # of the caller, since the stream began
        self._reply: Reply | None = None
        self._reply_task: asyncio.Task[None] | None = None
        self._digits = ""
        self._digits_timer: asyncio.TimerHandle | None = None
        self._bookings_shown = 0
        self._failed = False
        self._tasks: asyncio.TaskGroup
        self._children: set[asyncio.Task[None]] = set()

    async def run(self) -> CallRecord:
        """Serve the call until either side hangs up; store its record and return it."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._start(self._connect_recogniser())
                self._say(self._conversation.greet)
                await self._listen()
                await self._let_thought_end()
                for child in self._children:
                    child.cancel()
        except Exception:
            self._failed = True
            raise
        finally:
            record = await asyncio.shield(asyncio.ensure_future(self._finish()))
        return record

    async def wind_up(self) -> None:
        """The server is going: let the sentence end, then hang up."""
        if self._reply_task:
            await asyncio.wait([self._reply_task], timeout=LAST_THOUGHT_SECONDS)
        await self._line.close()

    async def hang_up(self, reason: str) -> None:
        """The call is over, says somebody else. Harmless if it is."""
        self.ended_because = self.ended_because or reason
        await self._line.close()

    # The line ---------------------------------------------------------------------------------------------
    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(self._parts.max_seconds):
                async for event in self._line.events():
                    if isinstance(event, CallEnded):
                        self.ended_because = self.ended_because or event.reason
                        return
                    self._on_line(event)
        except TimeoutError:
            self.context.outcome = self.context.outcome or "fallback"

    def _on_line(self, event: LineEvent) -> None:
        match event:
            case AudioIn(mulaw):
                self._audio_bytes += len(mulaw)
                if self._recogniser:
                    self._recogniser.feed(mulaw)
                elif len(self._early_audio) < EARLY_AUDIO_BYTES:
                    self._early_audio += mulaw
                self._ears.feed(mulaw)
                self._decide(self._floor.advance(ms_of(self._audio_bytes)))
            case TextTyped(text):
                self._stop_speaking(was_read=True)
                self._take_words(Utterance(text, typed=True))
            case DigitPressed(digit):
                self._collect_digit(digit)
            case CheckpointPlayed(name) if self._reply:
                self._reply.checkpoint_played(name)

    def _collect_digit(self, digit: str) -> None:
        if self._digits_timer:
            self._digits_timer.cancel()
        self._digits += digit
        complete = len(self._digits) >= 10 or digit == "#"
        loop = asyncio.get_running_loop()
        self._digits_timer = loop.call_later(0 if complete else DIGITS_PAUSE_SECONDS, self._take_digits)

    def _take_digits(self) -> None:
        digits, self._digits = self._digits.strip("*#ABCD"), ""
        if digits:
            self._take_words(Utterance(digits, typed=True))

    # The ears ---------------------------------------------------------------------------------------------
    async def _connect_recogniser(self) -> None:
        try:
            self._recogniser = await self._parts.recogniser.open(self._on_speech, hints=self._parts.hints)
        except Exception as error:  # noqa: BLE001 - the call edge: whatever failed, the caller hears an apology
            self._survive(error)
            self._say(self._conversation.trouble)
            return
        self._recogniser.feed(bytes(self._early_audio))
        self._early_audio.clear()

    def _on_speech(self, event: SpeechEvent) -> None:
        self._decide(self._floor.hear(event))

    def _decide(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            match decision:
                case BeginUtterance():
                    self._forget_utterance()
                case FinishUtterance() if self._recogniser:
                    self._recogniser.finish_utterance(self.context.expecting)
                case Interrupt():
                    self._stop_speaking()
                case TurnEnded(said, last_audio_ms, transcript_ms, stopped_bot):
                    self._forget_utterance()
                    if self._is_backchannel(said, stopped_bot):
                        self._go_on(stopped_bot)
                    else:
                        self._take_words(said, self._time_of(last_audio_ms), self._time_of(transcript_ms))
                case NoWords(stopped_bot):
                    self._forget_utterance()
                    if stopped_bot:
                        self._go_on(stopped_bot)
                    elif not self._speaking:
                        self._say(self._conversation.nothing_heard)
                case RecognitionLost():
                    self._forget_utterance()
                    self._say(self._conversation.trouble)

    def _forget_utterance(self) -> None:
        if self._recogniser:
            self._recogniser.begin_utterance()

    def _time_of(self, position_ms: int) -> float:
        """When this position of the caller's audio reached us, on the loop's clock."""
        return asyncio.get_running_loop().time() - (self._floor.position_ms - position_ms) / 1000

    # The voice --------------------------------------------------------------------------------------------
    @property
    def _speaking(self) -> bool:
        return self._reply_task is not None and not self._reply_task.done()

    def _is_backchannel(self, said: Utterance, stopped_bot: bool) -> bool:
        """A "haan" in the middle of our speech only says "go on"; at its end it is an answer (R77)."""
        if self._reply is None or not (stopped_bot or self._speaking):
            return False
        return self._reply.share_heard() < ANSWERABLE_SHARE and self._conversation.is_backchannel(said)

    def _take_words(self, said: Utterance, t0: float | None = None, t1: float | None = None) -> None:
        """The caller's turn is over: answer it."""
        now = asyncio.get_running_loop().time()
        self._stop_speaking()
        self._say(lambda: self._answer(said), TurnTimes(t0 or now, t1 or now))

    async def _answer(self, said: Utterance) -> AsyncIterator[Sentence]:
        turn = self.context.add_turn("caller", said.text, self.context.language)
        await self._line.send(Caption("caller", said.text, self.context.language))
        async for sentence in self._conversation.reply(said):
            turn.language = self.context.language
            yield sentence

    def _go_on(self, stopped_bot: bool) -> None:
        """It was only noise or a "hmm": say again what was not heard, if we had stopped for it."""
        unheard = self._reply.unheard() if self._reply else []
        if stopped_bot and unheard:
            self._say(lambda: _iterate(unheard))

    def _stop_speaking(self, *, was_read: bool = False) -> None:
        if self._reply and self._speaking and not self._reply.was_cut and self._reply.cut(was_read=was_read):
            self._start(self._line.send(ClearAudio()))

    def _say(self, think: Callable[[], AsyncIterator[Sentence]], times: TurnTimes | None = None) -> None:
        """Begin a reply; it thinks when the one before it has thought to its end."""
        before, turn = self._reply_task, _BotTurn(self.context, times or TurnTimes())
        self._reply = reply = Reply(self._line, self._parts.voice, turn.times, lambda s: self._on_sentence(turn, s))
        turn.reply = reply
        self._reply_task = self._start(self._speak(reply, turn, think, before))

    async def _speak(
        self,
        reply: Reply,
        turn: _BotTurn,
        think: Callable[[], AsyncIterator[Sentence]],
        before: asyncio.Task[None] | None,
    ) -> None:
        if before:
            await asyncio.wait([before])
        try:
            await reply.run(think(), self._tasks)
        except Exception as error:  # noqa: BLE001 - the call edge: an apology, never silence
            self._survive(error)
            if think == self._conversation.trouble:
                await self._line.close()  # not even an apology can be said: the carrier's own message follows
            else:
                self._say(self._conversation.trouble)
        finally:
            turn.note_heard()
            if self._reply is reply:
                self._floor.expecting = self.context.expecting
                self._floor.bot_finished()
        if self.context.closing and not reply.was_cut:
            await self._line.close()

    def _on_sentence(self, turn: _BotTurn, sentence: Sentence) -> None:
        """The first audio of a sentence leaves."""
        latency = None
        if turn.begin(sentence):
            self._floor.bot_started()
            latency = turn.times.response_ms
        self._start(self._line.send(Caption("bot", sentence.text, sentence.language, latency)))
        for booking in self.context.made[self._bookings_shown :]:
            self._start(self._line.send(_booking_made(booking)))
        self._bookings_shown = len(self.context.made)

    def _survive(self, error: Exception) -> None:
        self._failed = True
        self._parts.on_failure(self.context.call_id, error)

    # The end ----------------------------------------------------------------------------------------------
    def _start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        child = self._tasks.create_task(work)
        self._children.add(child)
        child.add_done_callback(self._children.discard)
        return child

    async def _let_thought_end(self) -> None:
        """The caller is gone: stop speaking, but let a booking that is being written be written and known."""
        if self._reply and self._reply_task:
            self._reply.cut()
            await asyncio.wait([self._reply_task], timeout=LAST_THOUGHT_SECONDS)

    async def _finish(self) -> CallRecord:
        if self._digits_timer:
            self._digits_timer.cancel()
        if self._recogniser:
            await self._recogniser.aclose()
        await self._line.close()
        record = self.context.ended("error" if self._failed else "dropped")
        await self._parts.log.save(record)
        await self.context.desk.release()
        return record


class _BotTurn:
    """The bot's turn in the transcript: begun with its first audio, holding what was heard."""

    def __init__(self, context: CallContext, times: TurnTimes) -> None:
        self.times = times
        self.reply: Reply | None = None
        self._context = context
        self._record: TurnRecord | None = None

    def begin(self, sentence: Sentence) -> bool:
        """Add the turn to the transcript; True the first time."""
        if self._record:
            return False
        self._record = self._context.add_turn("bot", "", sentence.language)
        self._record.times = self.times
        return True

    def note_heard(self) -> None:
        if self._record and self.reply:
            self._record.text = " ".join(sentence.text for sentence in self.reply.heard())
            self._record.interrupted = self.reply.was_cut


def _booking_made(booking: Booking) -> BookingMade:
    return BookingMade(
        reference=booking.id,
        date=booking.date.isoformat(),
        time=booking.time.strftime("%H:%M"),
        party_size=booking.party_size,
        name=booking.guest.name,
    )


async def _iterate(sentences: list[Sentence]) -> AsyncIterator[Sentence]:
    for sentence in sentences:
        yield sentence
