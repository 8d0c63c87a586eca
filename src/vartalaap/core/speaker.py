"""The bot's voice in one call: the reply in flight, and what the caller had heard of it.

At most one reply speaks at a time, and replies think one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial

from .call_tasks import CallTasks
from .context import CallContext, CallEvent, Sentence, TurnTimes, Utterance
from .events import BookingMade, Caption, ClearAudio, LineCommand, PlayAudio
from .pipeline import BotTurn, Reply
from .ports import Conversation, Line, TextToSpeech, VoiceStream
from .turns import TurnTaking

Thought = Callable[[], AsyncIterator[Sentence]]
ANSWERABLE_SHARE = 0.75
"""Who has heard so much of a reply may answer its question."""
COMPANY_SECONDS = (1.3, 6.0)
"""After so long without an answer the caller hears a word meanwhile (R86)."""

LAST_THOUGHT_SECONDS = 5.0
"""How long a hung-up call may finish what the desk is doing."""


@dataclass(slots=True, kw_only=True)
class Speaker:
    """Says what the conversation says, to the line, by this voice."""

    context: CallContext
    conversation: Conversation
    voice: TextToSpeech
    line: Line
    ears: VoiceStream
    """Told what is sent: it may come back."""
    floor: TurnTaking
    """Told when the bot speaks."""
    tasks: CallTasks
    survive: Callable[[Exception], None]
    """Told of each failure that an apology follows."""
    _reply: Reply | None = field(default=None, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _turn: BotTurn = field(init=False)
    _heard_before: float = field(default=1.0, init=False)
    _bookings_shown: int = field(default=0, init=False)
    _apology: Thought = field(init=False)

    def __post_init__(self) -> None:
        self._turn = BotTurn(self.context, TurnTimes())
        self._apology = partial(self.conversation.event, "trouble")

    @property
    def is_speaking(self) -> bool:
        """Thinking of what to say counts too."""
        return self._task is not None and not self._task.done()

    # What the caller had heard ----------------------------------------------------------------------------
    def caller_begins(self) -> None:
        """An utterance begins: how much of our reply it can be an answer to is known now."""
        self._heard_before = self._reply.share_heard() if self._reply and self.is_speaking else 1.0

    def caller_is_done(self) -> None:
        """The utterance has been dealt with."""
        self._heard_before = 1.0

    def is_backchannel(self, said: Utterance) -> bool:
        """A "haan" in the middle of our speech, or before it, only says "go on"; at its end it is an answer (R77)."""
        return self._heard_before < ANSWERABLE_SHARE and self.conversation.is_backchannel(said)

    def checkpoint_played(self, name: str) -> None:
        """The carrier acknowledged a checkpoint of the reply in flight."""
        if self._reply:
            self._reply.checkpoint_played(name)

    # Saying -----------------------------------------------------------------------------------------------
    def answer(self, said: Utterance, t0: float | None = None, t1: float | None = None) -> None:
        """The caller's turn is over. Its last audio came at `t0`, its text at `t1` on the loop's clock, or now."""
        now = asyncio.get_running_loop().time()
        self.stop()
        self.floor.words_came()
        reply = self.say(partial(self._answer, said), TurnTimes(t0 or now, t1 or now))
        waited = now - (t0 or now)
        self.tasks.start(self._keep_company(reply, now if waited > COMPANY_SECONDS[0] else now - waited))

    async def _answer(self, said: Utterance) -> AsyncIterator[Sentence]:
        turn = self.context.add_turn("caller", said.text, self.context.language)
        await self.line.send(Caption("caller", said.text, self.context.language))
        async for sentence in self.conversation.reply(said):
            turn.language = self.context.language
            yield sentence

    async def _keep_company(self, reply: Reply, since: float) -> None:
        """While a reply is being thought of."""
        try:
            for seconds in COMPANY_SECONDS:
                await asyncio.sleep(since + seconds - asyncio.get_running_loop().time())
                await reply.keep_company(self.conversation.hold_on())
        except Exception as error:  # noqa: BLE001 - the call edge: the answer is still to come
            self.survive(error)

    def tell(self, kind: CallEvent) -> None:
        """Say what follows from something that is no turn of the caller's."""
        self.say(partial(self.conversation.event, kind))

    def apologise(self) -> None:
        """Something failed. Where not even this can be said, we hang up, and the carrier speaks."""
        self.say(self._apology)

    def hold_on(self) -> None:
        """Say a word meanwhile."""
        self.say(self._hold_on)

    async def _hold_on(self) -> AsyncIterator[Sentence]:
        yield self.conversation.hold_on()

    def go_on(self) -> None:
        """It was only noise or a "hmm" that stopped us: say the rest, as part of the same turn."""
        cut, turn = self._reply, self._turn
        if cut is None or not cut.was_cut:
            return

        async def rest() -> AsyncIterator[Sentence]:
            kept, left = cut.left_to_say()
            turn.keep(kept)
            for sentence in left:
                yield sentence

        self.say(rest, turn=turn)

    def stop(self, *, was_read: bool = False) -> None:
        """Say no more of the reply in flight; `was_read` as in `Reply.cut`."""
        if self._reply and self.is_speaking and not self._reply.was_cut:
            self.floor.bot_finished()
            if self._reply.cut(was_read=was_read):
                self.tasks.start(self.line.send(ClearAudio()))

    def end_with_sentence(self) -> None:
        """Say no more than the sentence that is being said, or is being thought of; what is told next follows it."""
        if self._reply:
            self._reply.end_with_sentence()

    async def fall_silent(self) -> None:
        """The caller is gone: stop speaking, but let a booking that is being written be written and known."""
        if self._reply and self._task:
            self._reply.cut()
            await asyncio.wait([self._task], timeout=LAST_THOUGHT_SECONDS)

    def say(self, think: Thought, times: TurnTimes | None = None, turn: BotTurn | None = None) -> Reply:
        """Begin a reply, or go on with a `turn`; it thinks when the one before it has thought to its end."""
        before = self._task
        self._turn = turn = turn or BotTurn(self.context, times or TurnTimes())
        self._reply = reply = Reply(self._send, self.voice, turn.times, partial(self._on_sentence, turn))
        self.floor.bot_started()
        self._task = self.tasks.start(self._speak(reply, turn, think, before))
        return reply

    async def _speak(self, reply: Reply, turn: BotTurn, think: Thought, before: asyncio.Task[None] | None) -> None:
        reply.begin(self.tasks)
        try:
            if before:
                await asyncio.wait([before])
            await reply.run(think())
        except Exception as error:  # noqa: BLE001 - the call edge: an apology, never silence
            self.survive(error)
            if think is self._apology:
                await self.line.close()  # not even an apology can be said: the carrier's own message follows
            else:
                self.apologise()
        finally:
            reply.finish()
            turn.note(reply)
            if self._reply is reply:
                self.floor.expecting = self.context.expecting
                self.floor.bot_finished()
        if self.context.closing and not reply.was_cut:
            await self.line.close()

    def _on_sentence(self, turn: BotTurn, sentence: Sentence) -> None:
        """The first audio of a sentence leaves."""
        latency = turn.times.response_ms if turn.begin(sentence) else None
        self.tasks.start(self.line.send(Caption("bot", sentence.text, sentence.language, latency)))
        for booking in self.context.made[self._bookings_shown :]:
            self.tasks.start(self.line.send(BookingMade.of(booking)))
        self._bookings_shown = len(self.context.made)

    async def _send(self, command: LineCommand) -> None:
        if isinstance(command, PlayAudio):
            self.ears.played(command.mulaw)
        await self.line.send(command)
