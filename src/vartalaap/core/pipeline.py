"""One reply: the brain's sentences become speech, paced to the line, and can be cut at any moment.

A reply owns its queue and its two tasks. The one that runs it thinks and synthesises into the queue; the other
empties the queue at the speed of speech. An interruption cancels the playing alone: the thought goes on
silently to its end, so that a booking in the database is never left half told to the brain.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from .audio import FRAME_BYTES, SILENCE
from .context import CallContext, Sentence, TurnRecord, TurnTimes
from .events import Checkpoint, LineCommand, PlayAudio
from .playback import Playback, clause_begin
from .ports import TextToSpeech

LEAD_SECONDS = 0.2
"""Audio sent ahead of real time: hides jitter, yet little is left to clear at an interruption."""
CHUNK = 3 * FRAME_BYTES
"""60 ms: few wake-ups, small enough to stop at once."""
ACK_PATIENCE_SECONDS = 1.0
"""How long past its end a reply waits for the carrier's acknowledgement."""


@dataclass(slots=True, eq=False)
class _InFlight:
    """A sentence between the thought and the line; two of the same words are two."""

    sentence: Sentence
    is_company: bool = False
    """It is not the answer, but a word meanwhile."""
    made: int = 0
    """Bytes of its audio so far."""


class Reply:
    """A reply from thought to the caller's ear."""

    def __init__(
        self,
        send: Callable[[LineCommand], Awaitable[None]],
        voice: TextToSpeech,
        times: TurnTimes,
        on_sentence: Callable[[Sentence], None],
    ) -> None:
        """`on_sentence` is called with each sentence when its first audio leaves."""
        self.times = times
        self._line_send = send
        self._voice = voice
        self._on_sentence = on_sentence
        self._queue: asyncio.Queue[bytes | _InFlight | None] = asyncio.Queue()
        """A sentence's audio, then the sentence itself; None ends the reply."""
        self._unsaid: list[_InFlight] = []  # synthesised or being so, not yet sent to the end
        self._making = asyncio.Lock()  # one sentence after the other
        self._answering = False
        self._speaking: _InFlight | None = None
        self._begun: list[_InFlight] = []
        self._playback = Playback()
        self._acknowledged = asyncio.Event()
        self._play: asyncio.Task[None] | None = None
        self._at_cut: tuple[list[Sentence], list[Sentence]] | None = None
        self._is_ending = False

    def begin(self, tasks: asyncio.TaskGroup) -> None:
        """Ready to be heard, if only with a word of company; `finish` must follow."""
        if not self.was_cut:
            self._play = tasks.create_task(self._play_out())

    def finish(self) -> None:
        """Nothing more will be said; harmless if it was known."""
        self._queue.put_nowait(None)

    async def run(self, sentences: AsyncIterator[Sentence]) -> None:
        """Return when the caller has heard it all, or when it was cut and the thought is over."""
        try:
            async for sentence in sentences:
                self.times.t2_first_token = self.times.t2_first_token or _now()
                self._answering = True
                await self._synthesise(_InFlight(sentence))
        finally:
            self.finish()
            if self._play:
                await asyncio.wait([self._play])

    async def keep_company(self, sentence: Sentence) -> None:
        """Say this before the answer if that has not begun; the times of the turn stay the answer's."""
        if self._answering or self._play is None or self._play.done():
            return
        await self._synthesise(_InFlight(sentence, is_company=True))

    async def _synthesise(self, one: _InFlight) -> None:
        async with self._making:
            self._unsaid.append(one)
            if self.was_cut:
                return
            async for mulaw in self._voice.synthesize(one.sentence.text, one.sentence.language):
                if self.was_cut:
                    return
                if not one.is_company:
                    self.times.t3_first_audio = self.times.t3_first_audio or _now()
                one.made += len(mulaw)
                self._queue.put_nowait(mulaw)
            self._queue.put_nowait(one)

    async def _play_out(self) -> None:
        """Send at the speed of speech, a little ahead; wait until it has been heard."""
        rest = b""
        while (item := await self._queue.get()) is not None:
            if isinstance(item, bytes):
                rest += item
                while len(rest) >= CHUNK:
                    await self._send(rest[:CHUNK])
                    rest = rest[CHUNK:]
            else:
                if rest:
                    await self._send(rest + SILENCE * (-len(rest) % FRAME_BYTES))
                    rest = b""
                self._unsaid.remove(item)
                self._speaking = None
                await self._line_send(Checkpoint(self._playback.sentence_sent(item.sentence)))
                if self._is_ending and not item.is_company:
                    break
        await self._until_heard()

    async def _send(self, mulaw: bytes) -> None:
        ahead = self._playback.ends_at(_now()) - _now()
        if ahead > LEAD_SECONDS:
            await asyncio.sleep(ahead - LEAD_SECONDS)
        self._playback.sending(len(mulaw), _now())
        current = self._unsaid[0]
        if not current.is_company:
            self.times.t4_first_sent = self.times.t4_first_sent or _now()
        await self._line_send(PlayAudio(mulaw))
        if self._speaking is None:
            self._speaking = current
            self._begun.append(current)
            self._on_sentence(current.sentence)

    async def _until_heard(self) -> None:
        patience = self._playback.ends_at(_now()) - _now() + ACK_PATIENCE_SECONDS
        try:
            async with asyncio.timeout(patience):
                while self._playback.sent and not self._playback.all_heard:
                    self._acknowledged.clear()
                    await self._acknowledged.wait()
        except TimeoutError:
            return  # the carrier never answered; by the clock it has been played

    def end_with_sentence(self) -> None:
        """Say no more than the sentence that is being said, or is being thought of."""
        self._is_ending = True

    def checkpoint_played(self, name: str) -> None:
        """The carrier acknowledged one of our checkpoints."""
        self._playback.checkpoint_played(name)
        self._acknowledged.set()

    def cut(self, *, was_read: bool = False) -> bool:
        """Stop speaking at once. True if the line still holds audio that must be cleared.

        `was_read` says that the caller has the sentences that were begun in writing, and so has them whole.
        """
        if self._at_cut is None:
            self._at_cut = self._split()
            if was_read:
                self._unsaid = [one for one in self._unsaid if one not in self._begun]
                self._at_cut = (_sentences(self._begun), _sentences(self._unsaid))
            if self._play:
                self._play.cancel()
        return self._playback.ends_at(_now()) > _now()

    @property
    def was_cut(self) -> bool:
        return self._at_cut is not None

    def heard(self) -> list[Sentence]:
        """What the caller has heard so far; the last sentence may be a part."""
        return (self._at_cut or self._split())[0]

    def unheard(self) -> list[Sentence]:
        """What was meant to be said and was not heard to its end."""
        left = (self._at_cut or self._split())[1]
        return [*left, *(sentence for sentence in _sentences(self._unsaid) if sentence not in left)]

    def left_to_say(self) -> tuple[list[Sentence], list[Sentence]]:
        """(what need not be said again, what remains): a sentence that was cut goes on from its last clause."""
        heard, left = self.heard(), self.unheard()
        if not heard or not left or not left[0].text.startswith(heard[-1].text):
            return heard, left
        part, whole = heard.pop(), left[0]
        begin = clause_begin(whole.text, len(part.text))
        kept = [Sentence(whole.text[:begin].rstrip(), whole.language)] if begin else []
        return [*heard, *kept], [Sentence(whole.text[begin:], whole.language), *left[1:]]

    def share_heard(self) -> float:
        """How much of what was prepared to be said was heard, 0 to 1; 0 of what is still being thought."""
        heard = sum(len(sentence.text) for sentence in self.heard())
        whole = sum(len(sentence.text) for sentence in self.unheard())
        whole += sum(len(s.text) for s in self.heard() if not any(u.text.startswith(s.text) for u in self.unheard()))
        return heard / whole if whole else 0.0

    def _split(self) -> tuple[list[Sentence], list[Sentence]]:
        if self._speaking is None:
            return self._playback.heard(_now())
        return self._playback.heard(_now(), self._speaking.sentence, self._speaking.made)


class BotTurn:
    """The bot's turn in the transcript: begun with its first audio, holding what was heard.

    A reply that was cut for nothing and goes on stays the same turn: `keep` says what was heard before.
    """

    def __init__(self, context: CallContext, times: TurnTimes) -> None:
        self.times = times
        self._context = context
        self._record: TurnRecord | None = None
        self._kept: list[Sentence] = []

    def begin(self, sentence: Sentence) -> bool:
        """Add the turn to the transcript; True the first time."""
        if self._record:
            return False
        self._record = self._context.add_turn("bot", "", sentence.language)
        self._record.times = self.times
        return True

    def keep(self, heard: list[Sentence]) -> None:
        """These were heard, and the turn goes on after them."""
        self._kept += heard

    def note(self, reply: Reply) -> None:
        """The turn's text is what was kept and what has been heard of this reply."""
        if self._record:
            self._record.text = " ".join(sentence.text for sentence in [*self._kept, *reply.heard()])
            self._record.interrupted = reply.was_cut


def _sentences(flight: list[_InFlight]) -> list[Sentence]:
    return [one.sentence for one in flight]


def _now() -> float:
    return asyncio.get_running_loop().time()
