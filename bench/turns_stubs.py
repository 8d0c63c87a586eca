"""A recogniser and a voice that cost nothing, with fixed delays: what remains is the server's own time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

from vartalaap.core.audio import FRAME_MS, SILENCE
from vartalaap.core.context import Expecting
from vartalaap.core.events import Transcript
from vartalaap.core.language import Language
from vartalaap.core.ports import Emit

ENDPOINT_MS = 300
"""Silence after which the recogniser says that the caller is done."""
RECOGNISER_SECONDS = 0.06
VOICE_SECONDS = 0.08
FIXED_MS = ENDPOINT_MS + (RECOGNISER_SECONDS + VOICE_SECONDS) * 1000
"""What no server can take off a response."""
SHORTEST_MS = 200
SAYINGS = ("how much are paneer momos", "what are your opening hours", "where are you", "do you have parking")
REPLY_SECONDS = 4
SENTENCE_SECONDS = 1.5


def is_silent(mulaw: bytes) -> bool:
    return not mulaw.strip(SILENCE)


class Endpointer:
    """Finds the end of an utterance in frames that are silent to the last bit or loud."""

    def __init__(self) -> None:
        self._voiced_ms = 0
        self._silent_ms = 0

    def ends_with(self, mulaw: bytes) -> bool:
        """Has the caller just been silent for long enough?"""
        if not is_silent(mulaw):
            self._voiced_ms += FRAME_MS
            self._silent_ms = 0
            return False
        self._silent_ms += FRAME_MS
        if self._silent_ms != ENDPOINT_MS or self._voiced_ms < SHORTEST_MS:
            return False
        self._voiced_ms = 0
        return True


class StubRecogniser:
    """`core.ports.SpeechToText`: knows the end of the turn, and what was said, from a list."""

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> StubStream:
        return StubStream(emit)


class StubStream:
    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._end = Endpointer()
        self._sayings = itertools.cycle(SAYINGS)

    def feed(self, mulaw: bytes) -> None:
        if self._end.ends_with(mulaw):
            final = Transcript(next(self._sayings), is_final=True, ends_turn=True)
            asyncio.get_running_loop().call_later(RECOGNISER_SECONDS, self._emit, final)

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        """Nothing: the end is found without being asked for."""

    def begin_utterance(self) -> None:
        """Nothing."""

    async def aclose(self) -> None:
        """Nothing."""


class StubVoice:
    """`core.ports.TextToSpeech`: the same seconds of tone for every sentence, after a fixed time."""

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        await asyncio.sleep(VOICE_SECONDS)
        yield tone(SENTENCE_SECONDS)


def tone(seconds: float) -> bytes:
    """A loud square wave that no ear takes for speech."""
    return (b"\x90" * 8 + b"\x10" * 8) * round(seconds * 500)
