"""A caller who speaks to a recogniser, and what the recogniser reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.emulators.speech import frames
from vartalaap.core.events import SpeechEvent, Transcript
from vartalaap.core.ports import SpeechStream

PATIENCE = 5.0


class Reports:
    """What was emitted; give it to `SpeechToText.open`."""

    def __init__(self) -> None:
        self.events: list[Transcript] = []
        self._more = asyncio.Event()

    def __call__(self, event: SpeechEvent) -> None:
        assert isinstance(event, Transcript)
        self.events.append(event)
        self._more.set()

    @property
    def finals(self) -> list[Transcript]:
        return [event for event in self.events if event.is_final]

    @property
    def texts(self) -> list[str]:
        return [final.text for final in self.finals]

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not enough():
                self._more.clear()
                await self._more.wait()

    async def final(self, number: int = 1) -> Transcript:
        """The final of this number, when it has come."""
        await self.until(lambda: len(self.finals) >= number)
        return self.finals[number - 1]

    async def interim(self, text: str) -> None:
        await self.until(lambda: any(event.text == text for event in self.events))


def hear(stream: SpeechStream, mulaw: bytes) -> None:
    """At once, in frames of 20 ms."""
    for frame in frames(mulaw):
        stream.feed(frame)
