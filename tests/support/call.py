"""Fakes with a script for everything around a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

from tests.support.book import MemoryBook, make_desk
from tests.support.virtual_time import run_virtual
from vartalaap.core.audio import FRAME_BYTES, SILENCE, ms_of
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallEvent, CallRecord, Expecting, Sentence, Utterance
from vartalaap.core.events import (
    AudioIn,
    CallEnded,
    Checkpoint,
    CheckpointPlayed,
    ClearAudio,
    LineCommand,
    LineEvent,
    PlayAudio,
    SpeechGoesOn,
    SpeechPaused,
    SpeechStarted,
    Transcript,
)
from vartalaap.core.language import Language
from vartalaap.core.ports import Emit
from vartalaap.core.session import CallParts, CallSession
from vartalaap.core.turns import TurnRules
from vartalaap.errors import ProviderError

FRAME_SECONDS = 0.02
VOICED = b"\x00"


def loop_time() -> float:
    return asyncio.get_running_loop().time()


class ScriptedLine:
    """A carrier and a caller in one: plays audio at the speed of speech, acknowledges checkpoints, and speaks."""

    def __init__(self, *, acknowledges: bool = True) -> None:
        self.sent: list[tuple[float, LineCommand]] = []
        self.closed = False
        self._acknowledges = acknowledges
        self._inbox: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._plays_until = 0.0
        self._timers: list[asyncio.TimerHandle] = []

    async def events(self) -> AsyncIterator[LineEvent]:
        while True:
            event = await self._inbox.get()
            yield event
            if isinstance(event, CallEnded):
                return

    async def send(self, command: LineCommand) -> None:
        if self.closed:
            return
        await asyncio.sleep(0)
        self.sent.append((loop_time(), command))
        match command:
            case PlayAudio(mulaw):
                self._plays_until = max(loop_time(), self._plays_until) + len(mulaw) / 8000
            case Checkpoint(name) if self._acknowledges:
                loop = asyncio.get_running_loop()
                played = CheckpointPlayed(name)
                self._timers.append(loop.call_at(self._plays_until, self._inbox.put_nowait, played))
            case ClearAudio():
                self._plays_until = loop_time()
                for timer in self._timers:
                    timer.cancel()

    async def close(self) -> None:
        self.closed = True
        self._inbox.put_nowait(CallEnded("closed"))

    def put(self, event: LineEvent) -> None:
        self._inbox.put_nowait(event)

    async def speak(self, seconds: float, byte: bytes = VOICED) -> None:
        """Frames in real time; `SILENCE` as `byte` is a pause."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            self.put(AudioIn(byte * FRAME_BYTES))
            await asyncio.sleep(FRAME_SECONDS)

    async def listen(self, seconds: float) -> None:
        await self.speak(seconds, SILENCE)

    async def listen_until_quiet(self, at_most: float = 60) -> None:
        """Silence until the bot has said something more and finished."""
        before, waited = self.audio_bytes, 0.0
        while (self.audio_bytes == before or loop_time() < self._plays_until + 0.3) and waited < at_most:
            await self.listen(0.1)
            waited += 0.1
            if self.closed:
                return

    async def listen_to_the_end(self) -> None:
        """Silence until the bot has finished what it says."""
        while loop_time() < self._plays_until + 0.3:
            await self.listen(0.1)

    @property
    def audio_bytes(self) -> int:
        return sum(len(c.mulaw) for _, c in self.sent if isinstance(c, PlayAudio))

    def times(self, kind: type[LineCommand]) -> list[float]:
        return [at for at, command in self.sent if isinstance(command, kind)]


class ByteVad:
    """Hears a frame of zero bytes as speech; a pause after 200 ms of silence."""

    def open(self, emit: Emit) -> ByteVadStream:
        return ByteVadStream(emit)


class ByteVadStream:
    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._position = self._last_voice = 0
        self._speaking = False

    def feed(self, mulaw: bytes) -> None:
        start, self._position = self._position, self._position + ms_of(len(mulaw))
        if mulaw[:1] == VOICED:
            self._last_voice = self._position
            if not self._speaking:
                self._speaking = True
                self._emit(SpeechStarted(start))
            self._emit(SpeechGoesOn(self._position))
        elif self._speaking and self._position - self._last_voice >= 200:
            self._speaking = False
            self._emit(SpeechPaused(self._last_voice))

    def played(self, mulaw: bytes) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class ScriptedRecogniser:
    """Gives the texts of its script, one an utterance, each `delay` after it is asked for."""

    script: list[str]
    delay: float = 0.1
    opened: int = 0
    closed: int = 0
    asked_for: list[Expecting] = field(default_factory=list)
    fails_to_open: bool = False
    fails_to_close: bool = False

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> ScriptedStream:
        await asyncio.sleep(0)
        if self.fails_to_open:
            raise ProviderError("no recogniser")
        self.opened += 1
        return ScriptedStream(self, emit)


class ScriptedStream:
    def __init__(self, owner: ScriptedRecogniser, emit: Emit) -> None:
        self._owner = owner
        self._emit = emit
        self._timers: list[asyncio.TimerHandle] = []
        self._used = False
        self.bytes = 0

    def feed(self, mulaw: bytes) -> None:
        self.bytes += len(mulaw)

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        self._owner.asked_for.append(expecting)
        text = self._owner.script[0] if self._owner.script else ""
        self._used = True
        if text != "<never>":
            loop = asyncio.get_running_loop()
            self._timers.append(loop.call_later(self._owner.delay, self._emit, Transcript(text, is_final=True)))

    def begin_utterance(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._used and self._owner.script:
            self._owner.script.pop(0)
        self._used = False

    async def aclose(self) -> None:
        self._owner.closed += 1
        self.begin_utterance()
        if self._owner.fails_to_close:
            raise ProviderError("no goodbye")


@dataclass
class ToneVoice:
    """Sixty milliseconds of tone a letter, the first chunk after `delay`."""

    delay: float = 0.05
    fails: bool = False

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        await asyncio.sleep(self.delay)
        if self.fails:
            raise ProviderError("no voice")
        for _ in text:
            yield b"\x55" * 480


Script = Callable[[CallContext, Utterance], list[str]]


@dataclass
class ScriptedBrain:
    """Answers by a function; remembers what it was told."""

    script: Script = lambda context, said: [f"you said {said.text}."]
    delay: float = 0.0
    heard: list[str] = field(default_factory=list)
    prepared: list[str | None] = field(default_factory=list)

    def open(self, context: CallContext) -> ScriptedConversation:
        return ScriptedConversation(self, context)


SAID_OF: dict[CallEvent, str] = {
    "silence": "pardon?",
    "noise": "what noise!",
    "nobody_answered": "nobody answered.",
    "trouble": "sorry.",
    "time_is_up": "time is up.",
}


class ScriptedConversation:
    def __init__(self, brain: ScriptedBrain, context: CallContext) -> None:
        self._brain = brain
        self._context = context

    def is_backchannel(self, said: Utterance) -> bool:
        return said.text in ("hmm", "haan")

    def is_whole(self, said: Utterance) -> bool:
        if said.text == "cursed":
            raise RuntimeError("bug")
        return said.text in ("haan", "9876543210")

    def prepare(self, said: Utterance | None) -> None:
        self._brain.prepared.append(said.text if said else None)

    def hold_on(self) -> Sentence:
        return Sentence("one moment.", "en")

    async def greet(self) -> AsyncIterator[Sentence]:
        yield Sentence("welcome.", "en")

    async def reply(self, said: Utterance) -> AsyncIterator[Sentence]:
        self._brain.heard.append(said.text)
        await asyncio.sleep(self._brain.delay)
        for text in self._brain.script(self._context, said):
            yield Sentence(text, "en")

    async def event(self, kind: CallEvent) -> AsyncIterator[Sentence]:
        if kind == "nobody_answered":
            self._context.transfer, self._context.closing = "unanswered", False
        elif kind == "time_is_up":
            self._context.closing = True
        yield Sentence(SAID_OF[kind], "en")


@dataclass
class MemoryLog:
    records: list[CallRecord] = field(default_factory=list)

    async def save(self, record: CallRecord) -> None:
        await asyncio.sleep(0)
        self.records.append(record)


@dataclass
class Stage:
    """A call ready to be played."""

    line: ScriptedLine = field(default_factory=ScriptedLine)
    recogniser: ScriptedRecogniser = field(default_factory=lambda: ScriptedRecogniser([]))
    brain: ScriptedBrain = field(default_factory=ScriptedBrain)
    voice: ToneVoice = field(default_factory=ToneVoice)
    log: MemoryLog = field(default_factory=MemoryLog)
    failures: list[str] = field(default_factory=list)
    rules: TurnRules = field(default_factory=TurnRules)
    max_seconds: float = 900

    def session(self) -> CallSession:
        business = Business(id="test", name="Test")
        desk = make_desk(MemoryBook(), business)
        context = CallContext("call-1", business, desk, Clock(), language="en")
        return CallSession(context, self.line, self.parts())

    def parts(self) -> CallParts:
        return CallParts(
            brain=self.brain,
            ears=ByteVad(),
            recogniser=self.recogniser,
            voice=self.voice,
            log=self.log,
            on_failure=lambda call_id, error: self.failures.append(type(error).__name__),
            rules=self.rules,
            max_seconds=self.max_seconds,
        )


def play(stage: Stage, caller: Callable[[ScriptedLine, CallSession], Coroutine[object, object, None]]) -> CallRecord:
    """Run a call in which the caller does this and then hangs up."""

    async def main() -> CallRecord:
        session = stage.session()
        call = asyncio.ensure_future(session.run())
        await caller(stage.line, session)
        stage.line.put(CallEnded("caller"))
        return await call

    return run_virtual(main())


def said(record: CallRecord, speaker: str) -> list[str]:
    return [turn.text for turn in record.context.turns if turn.speaker == speaker]
