"""`python -m bench.turns_vendors`: Deepgram's Flux, Groq and Piper, emulated, in a process of their own; tells where.

Each takes a fixed time, which is taken off again: what remains of a response is the server's, and the machine's.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass

import orjson
import uvloop
from tests.emulators import groq
from tests.emulators.deepgram import END_OF_TURN_S, DeepgramEmulator
from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.piper import PiperEmulator
from tests.emulators.speech import RATE, SpokenWord

from vartalaap.core.audio import SILENCE

from .turns_stubs import SHORTEST_MS

MODEL_SECONDS = 0.1
VOICE_SECONDS = 0.08
FIXED_MS = (END_OF_TURN_S + MODEL_SECONDS + VOICE_SECONDS) * 1000
"""What no server can take off a response."""
ANSWER = "Let me think about that for a moment. Would you tell me a little more about it?"
"""Promises nothing, and is none of the sentences that are made ahead: it is spoken, and made each time."""
SAYINGS = ("do you have live music on weekends", "is there a place for my bicycle", "may i bring my own cake")


@dataclass(frozen=True)
class Vendors:
    """Where they are, and the keys that they want."""

    deepgram: str
    deepgram_key: str
    groq: str
    groq_key: str
    groq_model: str
    piper: str
    piper_voice: str


def heard(mulaw: bytes | bytearray, start: int) -> Iterator[SpokenWord]:
    """One of the sayings, from the first sample that is not silence to the last."""
    begin = len(mulaw) - len(mulaw.lstrip(SILENCE))
    end = len(mulaw.rstrip(SILENCE))
    if end - begin < SHORTEST_MS * RATE // 1000:
        return
    words = SAYINGS[start // RATE % len(SAYINGS)].split()
    step = (end - begin) / len(words)
    for number, word in enumerate(words):
        at = start + begin + number * step
        yield SpokenWord(word, at / RATE, (at + step) / RATE)


async def serve() -> None:
    async with AsyncExitStack() as stack:
        ears = await stack.enter_async_context(DeepgramEmulator(heard).serving())
        model = await stack.enter_async_context(
            groq.GroqEmulator(lambda _: groq.Says(ANSWER, first_delay=MODEL_SECONDS)).serving()
        )
        voice = PiperEmulator()
        voice.faults.delay = VOICE_SECONDS
        await stack.enter_async_context(voice.serving())
        where = Vendors(
            deepgram=ears.url,
            deepgram_key=DEEPGRAM_KEY,
            groq=model.url,
            groq_key=groq.KEY,
            groq_model=groq.MODELS[0],
            piper=voice.url,
            piper_voice=voice.voices[-1],
        )
        sys.stdout.buffer.write(orjson.dumps(asdict(where)) + b"\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
