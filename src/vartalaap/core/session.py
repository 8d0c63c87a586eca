"""One call from the first frame to its row in the log. Everything a call does runs in one TaskGroup here.

The ears report by callback and the line by iteration; both end in `TurnTaking`, whose decisions are carried
out here. At most one reply speaks at a time, and replies think one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from .audio import ms_of
from .context import CallContext, CallEvent, CallRecord, Outcome, Sentence, TurnTimes, Utterance
from .dtmf import Keys
from .events import (
    AudioIn,
    BookingMade,
    CallEnded,
    Caption,
    CheckpointPlayed,
    ClearAudio,
    DigitPressed,
    LineCommand,
    LineEvent,
    PlayAudio,
    SpeechEvent,
    TextTyped,
)
from .pipeline import BotTurn, Reply
from .ports import Brain, CallLog, Conversation, Line, SpeechStream, SpeechToText, TextToSpeech, VoiceActivity
from .turns import (
    BeginUtterance,
    Decision,
    FinishUtterance,
    Interrupt,
    KeepCompany,
    NoWords,
    Prepare,
    RecognitionLost,
    TurnEnded,
    TurnRules,
    TurnTaking,
)

Thought = Callable[[], AsyncIterator[Sentence]]
EARLY_AUDIO_BYTES = 5 * 8000
"""Caller's audio kept while the recogniser is being connected."""
ANSWERABLE_SHARE = 0.75
"""Who has heard so much of a reply may answer its question."""
LAST_THOUGHT_SECONDS = 5.0
"""How long a hung-up call may finish what the desk is doing."""
COMPANY_SECONDS = (1.3, 6.0)
"""After so long without an answer the caller hears a word meanwhile (R86)."""
GOODBYE_SECONDS = 20.0
"""How long a call that has reached its longest duration may take to say goodbye."""


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

    def __init__(self, context: CallContext, line: Line, parts: CallParts, earlier: Conversation | None = None) -> None:
        """`earlier` is the conversation of a caller who comes back from a telephone that nobody answered."""
        self.context = context
        self.ended_because = ""
        self._line = line
        self._parts = parts
        self._known_turns = len(context.turns)
        self._conversation = earlier or parts.brain.open(context)
        self._opening = self._on("nobody_answered") if earlier else self._conversation.greet
        self._apology = self._on("trouble")
        self._floor = TurnTaking(parts.rules, self._is_whole)
        self._ears = parts.ears.open(self._on_speech)
        self._recogniser: SpeechStream | None = None
        self._early_audio = bytearray()
        self._listening = True
        self._audio_bytes = 0  # of the caller, since the stream began
        self._reply: Reply | None = None
        self._reply_task: asyncio.Task[None] | None = None
        self._turn = BotTurn(context, TurnTimes())
        self._heard_before = 1.0  # share of the reply that the caller had heard when this utterance began
        self._keys = Keys(self._take_digits)
        self._bookings_shown = 0
        self._otherwise: Outcome = "dropped"
        """The outcome if the brain names none."""
        self._tasks: asyncio.TaskGroup
        self._children: set[asyncio.Task[None]] = set()

    async def run(self) -> CallRecord:
        """Serve the call until either side hangs up; store its record and return it."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._start(self._connect_recogniser())
                self._say(self._opening)
                await self._listen()
                await self._let_thought_end()
                for child in self._children:
                    child.cancel()
        except Exception:
            self._otherwise = "error"
            raise
        finally:
            record = await asyncio.shield(asyncio.ensure_future(self._finish()))
        return record

    def back_on(self, line: Line) -> CallSession:
        """The same call and conversation, after a transfer that nobody answered."""
        return CallSession(self.context, line, self._parts, self._conversation)

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
        last_word = asyncio.get_running_loop().call_later(self._parts.max_seconds, self._run_out)
        try:
            async with asyncio.timeout(self._parts.max_seconds + GOODBYE_SECONDS):
                async for event in self._line.events():
                    if isinstance(event, CallEnded):
                        self.ended_because = self.ended_because or event.reason
                        return
                    self._on_line(event)
        except TimeoutError:
            self.ended_because = self.ended_because or "it reached its longest duration"
        finally:
            last_word.cancel()
            self._keys.close()
            self._ears.close()
            self._listening = False

    def _run_out(self) -> None:
        """The call has reached its longest duration."""
        self._otherwise = "fallback"
        self._stop_speaking()
        self._say(self._on("time_is_up"))

    def _on_line(self, event: LineEvent) -> None:
        match event:
            case AudioIn():
                self._hear(event.mulaw)
            case TextTyped(text):
                self._stop_speaking(was_read=True)
                self._take_words(Utterance(text, typed=True))
            case DigitPressed(digit):
                self._stop_speaking()
                self._keys.press(digit)
            case CheckpointPlayed(name) if self._reply:
                self._reply.checkpoint_played(name)

    def _hear(self, mulaw: bytes) -> None:
        self._audio_bytes += len(mulaw)
        if self._recogniser:
            self._recogniser.feed(mulaw)
        elif len(self._early_audio) < EARLY_AUDIO_BYTES:
            self._early_audio += mulaw
        self._ears.feed(mulaw)
        self._decide(self._floor.advance(ms_of(self._audio_bytes)))

    def _take_digits(self, digits: str) -> None:
        if digits:
            self._take_words(Utterance(digits, typed=True))
        else:
            self._go_on()

    async def _send(self, command: LineCommand) -> None:
        if isinstance(command, PlayAudio):
            self._ears.played(command.mulaw)
        await self._line.send(command)

    # The ears ---------------------------------------------------------------------------------------------
    async def _connect_recogniser(self) -> None:
        try:
            self._recogniser = await self._parts.recogniser.open(self._on_speech, hints=self._parts.hints)
        except Exception as error:  # noqa: BLE001 - the call edge: whatever failed, the caller hears an apology
            self._survive(error)
            self._say(self._apology)
            return
        self._recogniser.feed(bytes(self._early_audio))
        self._early_audio.clear()

    def _on_speech(self, event: SpeechEvent) -> None:
        if self._listening:
            self._decide(self._floor.hear(event))

    def _decide(self, decisions: Iterable[Decision]) -> None:
        try:
            for decision in decisions:
                self._carry_out(decision)
        except Exception as error:  # noqa: BLE001 - the call edge: who reports speech cannot help, nor can the line
            self._survive(error)
            self._floor.reset()
            self._forget_utterance()
            self._stop_speaking()
            self._say(self._apology)

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case BeginUtterance():
                self._begin_utterance()
            case FinishUtterance():
                if self._recogniser:
                    self._recogniser.finish_utterance(self.context.expecting)
            case Prepare(said):
                self._conversation.prepare(said)
            case Interrupt():
                self._stop_speaking()
            case TurnEnded():
                self._end_turn(decision)
            case NoWords(stopped_bot, noisy):
                self._forget_utterance()
                if stopped_bot:
                    self._go_on()
                else:
                    self._break_silence(self._on("noise" if noisy else "silence"))
            case KeepCompany():
                self._break_silence(self._hold_on)
            case RecognitionLost():
                self._forget_utterance()
                self._say(self._apology)

    def _begin_utterance(self) -> None:
        self._forget_utterance()
        if self._reply and self._speaking:
            self._heard_before = self._reply.share_heard()

    def _end_turn(self, turn: TurnEnded) -> None:
        is_answer = not self._is_backchannel(turn.said)
        self._forget_utterance()
        if is_answer:
            self._take_words(turn.said, self._time_of(turn.last_audio_ms), self._time_of(turn.transcript_ms))
        elif turn.stopped_bot:
            self._go_on()

    def _forget_utterance(self) -> None:
        self._heard_before = 1.0
        if self._recogniser:
            self._recogniser.begin_utterance()

    def _time_of(self, position_ms: int) -> float:
        """When this position of the caller's audio reached us, on the loop's clock."""
        return asyncio.get_running_loop().time() - (self._floor.position_ms - position_ms) / 1000

    # The voice --------------------------------------------------------------------------------------------
    @property
    def _speaking(self) -> bool:
        return self._reply_task is not None and not self._reply_task.done()

    def _is_backchannel(self, said: Utterance) -> bool:
        """A "haan" in the middle of our speech, or before it, only says "go on"; at its end it is an answer (R77)."""
        return self._heard_before < ANSWERABLE_SHARE and self._conversation.is_backchannel(said)

    def _is_whole(self, said: Utterance) -> bool:
        return self._is_backchannel(said) or self._conversation.is_whole(said)

    def _take_words(self, said: Utterance, t0: float | None = None, t1: float | None = None) -> None:
        """The caller's turn is over: answer it."""
        now = asyncio.get_running_loop().time()
        self._stop_speaking()
        self._floor.words_came()
        reply = self._say(lambda: self._answer(said), TurnTimes(t0 or now, t1 or now))
        waited = now - (t0 or now)
        self._start(self._keep_company(reply, now if waited > COMPANY_SECONDS[0] else now - waited))

    async def _answer(self, said: Utterance) -> AsyncIterator[Sentence]:
        turn = self.context.add_turn("caller", said.text, self.context.language)
        await self._line.send(Caption("caller", said.text, self.context.language))
        async for sentence in self._conversation.reply(said):
            turn.language = self.context.language
            yield sentence

    def _on(self, kind: CallEvent) -> Thought:
        return lambda: self._conversation.event(kind)

    def _break_silence(self, think: Thought) -> None:
        if not self._speaking:
            self._say(think)

    async def _hold_on(self) -> AsyncIterator[Sentence]:
        yield self._conversation.hold_on()

    async def _keep_company(self, reply: Reply, since: float) -> None:
        """While a reply is being thought of."""
        try:
            for seconds in COMPANY_SECONDS:
                await asyncio.sleep(since + seconds - asyncio.get_running_loop().time())
                await reply.keep_company(self._conversation.hold_on())
        except Exception as error:  # noqa: BLE001 - the call edge: the answer is still to come
            self._survive(error)

    def _go_on(self) -> None:
        """It was only noise or a "hmm" that stopped us: say the rest, as part of the same turn."""
        cut, turn = self._reply, self._turn
        if cut is None or not cut.was_cut:
            return

        async def rest() -> AsyncIterator[Sentence]:
            kept, left = cut.left_to_say()
            turn.keep(kept)
            for sentence in left:
                yield sentence

        self._say(rest, turn=turn)

    def _stop_speaking(self, *, was_read: bool = False) -> None:
        if self._reply and self._speaking and not self._reply.was_cut:
            self._floor.bot_finished()
            if self._reply.cut(was_read=was_read):
                self._start(self._line.send(ClearAudio()))

    def _say(self, think: Thought, times: TurnTimes | None = None, turn: BotTurn | None = None) -> Reply:
        """Begin a reply, or go on with a `turn`; it thinks when the one before it has thought to its end."""
        before = self._reply_task
        self._turn = turn = turn or BotTurn(self.context, times or TurnTimes())
        self._reply = reply = Reply(self._send, self._parts.voice, turn.times, lambda s: self._on_sentence(turn, s))
        self._floor.bot_started()
        self._reply_task = self._start(self._speak(reply, turn, think, before))
        return reply

    async def _speak(self, reply: Reply, turn: BotTurn, think: Thought, before: asyncio.Task[None] | None) -> None:
        reply.begin(self._tasks)
        try:
            if before:
                await asyncio.wait([before])
            await reply.run(think())
        except Exception as error:  # noqa: BLE001 - the call edge: an apology, never silence
            self._survive(error)
            if think is self._apology:
                await self._line.close()  # not even an apology can be said: the carrier's own message follows
            else:
                self._say(self._apology)
        finally:
            reply.finish()
            turn.note(reply)
            if self._reply is reply:
                self._floor.expecting = self.context.expecting
                self._floor.bot_finished()
        if self.context.closing and not reply.was_cut:
            await self._line.close()

    def _on_sentence(self, turn: BotTurn, sentence: Sentence) -> None:
        """The first audio of a sentence leaves."""
        latency = turn.times.response_ms if turn.begin(sentence) else None
        self._start(self._line.send(Caption("bot", sentence.text, sentence.language, latency)))
        for booking in self.context.made[self._bookings_shown :]:
            self._start(self._line.send(BookingMade.of(booking)))
        self._bookings_shown = len(self.context.made)

    def _survive(self, error: Exception) -> None:
        self._otherwise = "error"
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
        self._conversation.prepare(None)
        record = self.context.ended(self._otherwise, self._known_turns)
        async with AsyncExitStack() as last:  # each of them, whatever becomes of the ones before; from below
            last.push_async_callback(self.context.desk.release)
            last.push_async_callback(self._parts.log.save, record)
            last.push_async_callback(self._line.close)
            if self._recogniser:
                last.push_async_callback(self._recogniser.aclose)
        return record
