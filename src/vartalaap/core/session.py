"""One call from the first frame to its row in the log. Everything a call does runs in one TaskGroup here.

The ears report by callback and the line by iteration; both end in `TurnTaking`, whose decisions are carried
out here, most of them by the `Speaker`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from .audio import ms_of
from .call_tasks import CallTasks
from .context import CallContext, CallRecord, Outcome, Utterance
from .dtmf import Keys
from .events import (
    AudioIn,
    CallEnded,
    CheckpointPlayed,
    DigitPressed,
    LineEvent,
    SpeechEvent,
    TextTyped,
)
from .ports import Brain, CallLog, Conversation, Line, SpeechStream, SpeechToText, TextToSpeech, VoiceActivity
from .speaker import Speaker
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

EARLY_AUDIO_BYTES = 5 * 8000
"""Caller's audio kept while the recogniser is being connected."""
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
        self._comes_back = earlier is not None
        self._floor = TurnTaking(parts.rules, self._is_whole)
        self._ears = parts.ears.open(self._on_speech)
        self._recogniser: SpeechStream | None = None
        self._early_audio = bytearray()
        self._listening = True
        self._audio_bytes = 0  # of the caller, since the stream began
        self._keys = Keys(self._take_digits)
        self._otherwise: Outcome = "dropped"
        """The outcome if the brain names none."""
        self._tasks = CallTasks()
        self._speaker = Speaker(
            context=context,
            conversation=self._conversation,
            voice=parts.voice,
            line=line,
            ears=self._ears,
            floor=self._floor,
            tasks=self._tasks,
            survive=self._survive,
        )

    async def run(self) -> CallRecord:
        """Serve the call until either side hangs up; store its record and return it."""
        try:
            async with self._tasks:
                self._tasks.start(self._connect_recogniser())
                if self._comes_back:
                    self._speaker.tell("nobody_answered")
                else:
                    self._speaker.say(self._conversation.greet)
                await self._listen()
                await self._speaker.fall_silent()
                self._tasks.cancel()
        except Exception:
            self._otherwise = "error"
            raise
        finally:
            record = await asyncio.shield(asyncio.ensure_future(self._finish()))
        return record

    def back_on(self, line: Line) -> CallSession:
        """The same call and conversation, after a transfer that nobody answered."""
        return CallSession(self.context, line, self._parts, self._conversation)

    def wind_up(self) -> None:
        """The server is going: let the sentence end, then say goodbye. Harmless if that has begun."""
        if self._listening and not self.context.closing:
            self._listening = False
            self._keys.close()
            self._speaker.end_with_sentence()
            self._otherwise = "fallback"
            self._speaker.tell("time_is_up")

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
        self._speaker.stop()
        self._speaker.tell("time_is_up")

    def _on_line(self, event: LineEvent) -> None:
        match event:
            case AudioIn() if self._listening:
                self._hear(event.mulaw)
            case TextTyped(text) if self._listening:
                self._speaker.stop(was_read=True)
                self._speaker.answer(Utterance(text, typed=True))
            case DigitPressed(digit) if self._listening:
                self._speaker.stop()
                self._keys.press(digit)
            case CheckpointPlayed(name):
                self._speaker.checkpoint_played(name)

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
            self._speaker.answer(Utterance(digits, typed=True))
        else:
            self._speaker.go_on()

    # The ears ---------------------------------------------------------------------------------------------
    async def _connect_recogniser(self) -> None:
        try:
            self._recogniser = await self._parts.recogniser.open(self._on_speech, hints=self._parts.hints)
        except Exception as error:  # noqa: BLE001 - the call edge: whatever failed, the caller hears an apology
            self._survive(error)
            self._speaker.apologise()
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
            self._speaker.stop()
            self._speaker.apologise()

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
                self._speaker.stop()
            case TurnEnded():
                self._end_turn(decision)
            case NoWords(stopped_bot, noisy):
                self._forget_utterance()
                if stopped_bot:
                    self._speaker.go_on()
                elif not self._speaker.is_speaking:
                    self._speaker.tell("noise" if noisy else "silence")
            case KeepCompany() if not self._speaker.is_speaking:
                self._speaker.hold_on()
            case RecognitionLost():
                self._forget_utterance()
                self._speaker.apologise()

    def _begin_utterance(self) -> None:
        self._forget_utterance()
        self._speaker.caller_begins()

    def _end_turn(self, turn: TurnEnded) -> None:
        is_answer = not self._speaker.is_backchannel(turn.said)
        self._forget_utterance()
        if is_answer:
            self._speaker.answer(turn.said, self._time_of(turn.last_audio_ms), self._time_of(turn.transcript_ms))
        elif turn.stopped_bot:
            self._speaker.go_on()

    def _forget_utterance(self) -> None:
        self._speaker.caller_is_done()
        if self._recogniser:
            self._recogniser.begin_utterance()

    def _is_whole(self, said: Utterance) -> bool:
        return self._speaker.is_backchannel(said) or self._conversation.is_whole(said)

    def _time_of(self, position_ms: int) -> float:
        """When this position of the caller's audio reached us, on the loop's clock."""
        return asyncio.get_running_loop().time() - (self._floor.position_ms - position_ms) / 1000

    def _survive(self, error: Exception) -> None:
        self._otherwise = "error"
        self._parts.on_failure(self.context.call_id, error)

    # The end ----------------------------------------------------------------------------------------------
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
