"""A recogniser that does as it is told."""

from __future__ import annotations

import asyncio

from vartalaap.core.context import Expecting
from vartalaap.core.events import Transcript
from vartalaap.core.ports import Emit
from vartalaap.errors import ProviderError


class ScriptedStream:
    """Remembers what it was given; `say` reports."""

    def __init__(self, emit: Emit) -> None:
        self.say = emit
        self.audio = bytearray()
        self.asked: list[Expecting] = []
        self.begun = 0
        self.closed = False

    def feed(self, mulaw: bytes) -> None:
        self.audio += mulaw

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        self.asked.append(expecting)

    def begin_utterance(self) -> None:
        self.begun += 1

    async def aclose(self) -> None:
        self.closed = True

    def final(self, text: str, *, ends_turn: bool = False) -> None:
        self.say(Transcript(text, is_final=True, ends_turn=ends_turn))

    def interim(self, text: str) -> None:
        self.say(Transcript(text, is_final=False))


class ScriptedRecogniser:
    """Opens after `delay` seconds, or fails with `error` then; `stream` is the one of the latest call."""

    def __init__(self, *, delay: float = 0.0, error: ProviderError | None = None) -> None:
        self.delay = delay
        self.error = error
        self.opened = 0
        self.hints: tuple[str, ...] = ()
        self.stream: ScriptedStream

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> ScriptedStream:
        self.opened += 1
        self.hints = hints
        await asyncio.sleep(self.delay)
        if self.error:
            raise self.error
        self.stream = ScriptedStream(emit)
        return self.stream
