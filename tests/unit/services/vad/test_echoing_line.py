"""Calls on a line that sends the bot's voice back, heard by the real model: only the caller is a caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from tests.support.book import MemoryBook, make_desk, test_business
from tests.support.call import MemoryLog, ScriptedBrain, ScriptedLine, ScriptedRecogniser, loop_time
from tests.support.virtual_time import run_virtual
from vartalaap.core.audio import FRAME_BYTES, SILENCE, decode, encode
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallRecord
from vartalaap.core.events import AudioIn, CallEnded, ClearAudio, LineCommand, PlayAudio
from vartalaap.core.language import Language
from vartalaap.core.session import CallParts, CallSession
from vartalaap.services import weights
from vartalaap.services.tts.espeak import EspeakSpeech
from vartalaap.services.vad.silero import SileroVad

BOT = "Welcome to Himalayan Kitchen, we are open from eleven in the morning until half past ten at night every day."
CALLER = "नहीं नहीं, मुझे छह लोगों के लिए टेबल चाहिए"


async def synthesise() -> tuple[bytes, bytes]:
    voice = EspeakSpeech()
    bot = b"".join([chunk async for chunk in voice.synthesize(BOT, "en")])
    caller = b"".join([chunk async for chunk in voice.synthesize(CALLER, "hi")])
    await voice.aclose()
    return bot, caller


@pytest.fixture(scope="module")
def voices() -> tuple[bytes, bytes]:
    """The bot's sentence and the caller's."""
    return asyncio.run(synthesise())


class ClipVoice:
    def __init__(self, clip: bytes) -> None:
        self._clip = clip

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        await asyncio.sleep(0.05)
        yield self._clip


class EchoingLine(ScriptedLine):
    """What is played comes back `delay` seconds later, at `loudness`, with a little noise, below the caller's voice."""

    def __init__(self, delay: float, loudness: float) -> None:
        super().__init__()
        self._delay, self._loudness = delay, loudness
        self._plays: list[tuple[float, bytes]] = []
        self._ends = 0.0
        self.began = 0.0
        """When the caller began to speak."""
        self._noise = np.random.default_rng(7)

    async def send(self, command: LineCommand) -> None:
        if isinstance(command, PlayAudio):
            begins = max(loop_time(), self._ends)
            self._ends = begins + len(command.mulaw) / 8000
            self._plays.append((begins, command.mulaw))
        elif isinstance(command, ClearAudio):
            self._ends = loop_time()
            self._plays = [(at, mulaw) for at, mulaw in self._plays if at < self._ends]
        await super().send(command)

    def _echo(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The frame that comes back at this moment."""
        frame = np.zeros(FRAME_BYTES)
        begin = round((loop_time() - self._delay) * 8000)
        for at, mulaw in self._plays:
            offset = round(at * 8000) - begin
            if -len(mulaw) < offset < FRAME_BYTES:
                sound = np.frombuffer(decode(mulaw), dtype="<i2").astype(np.float64)
                piece = sound[max(0, -offset) : FRAME_BYTES - offset]
                frame[max(0, offset) : max(0, offset) + len(piece)] += piece * self._loudness
        return frame + self._noise.normal(0, 8, FRAME_BYTES)

    async def say(self, mulaw: bytes) -> None:
        for start in range(0, len(mulaw) - FRAME_BYTES, FRAME_BYTES):
            own = np.frombuffer(decode(mulaw[start : start + FRAME_BYTES]), dtype="<i2")
            both = np.clip(own + self._echo(), -32000, 32000).astype("<i2")
            self.put(AudioIn(encode(both.tobytes())))
            await asyncio.sleep(0.02)

    async def listen(self, seconds: float) -> None:
        await self.say(SILENCE * round(seconds * 8000 + FRAME_BYTES))


def call(line: EchoingLine, clip: bytes, said: list[str], caller: bytes = b"", at: float = 0.0) -> CallRecord:
    """The bot greets; the caller says something at this second, or nothing."""

    async def main() -> CallRecord:
        recogniser = ScriptedRecogniser(said)
        context = CallContext("call-1", test_business(), make_desk(MemoryBook()), Clock(), language="en")
        parts = CallParts(
            brain=ScriptedBrain(lambda c, s: []),
            ears=SileroVad(weights.silero_file()),
            recogniser=recogniser,
            voice=ClipVoice(clip),
            log=MemoryLog(),
            on_failure=lambda *_: pytest.fail("a part failed"),
        )
        running = asyncio.ensure_future(CallSession(context, line, parts).run())
        await line.listen(at or 8.5)
        if caller:
            line.began = loop_time()
            await line.say(caller)
            await line.listen(1.5)
        line.put(CallEnded("caller"))
        return await running

    return run_virtual(main())


@pytest.mark.parametrize(("delay", "loudness"), [(0.12, 0.3), (0.35, 0.3), (0.35, 0.08), (0.8, 0.2)])
def test_the_bot_s_own_voice_does_not_stop_it(voices: tuple[bytes, bytes], delay: float, loudness: float) -> None:
    line = EchoingLine(delay, loudness)
    record = call(line, voices[0], ["welcome to himalayan kitchen"])
    assert line.times(ClearAudio) == []
    assert [turn.speaker for turn in record.context.turns] == ["bot"]
    assert not record.context.turns[0].interrupted


@pytest.mark.parametrize("loudness", [0.0, 0.15])
@pytest.mark.parametrize("at", [1.0, 2.1, 3.3])
def test_a_caller_over_the_bot_stops_it_echo_or_not(voices: tuple[bytes, bytes], loudness: float, at: float) -> None:
    line = EchoingLine(0.3, loudness)
    record = call(line, voices[0], ["nahi nahi"], voices[1], at)
    (stopped,) = line.times(ClearAudio)
    at_least, at_most = (0.29, 0.5) if loudness == 0 else (0.1, 0.9)  # an echo may lead into the caller's voice
    assert at_least <= stopped - line.began <= at_most
    assert record.context.turns[0].interrupted
    assert [turn.text for turn in record.context.turns if turn.speaker == "caller"] == ["nahi nahi"]
