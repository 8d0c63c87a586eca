"""Piper's HTTP server on loopback, which can be told to fail. Its voice hums for as long as a text takes to say."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.support.serving import Listening, answered

RATE = 22050
MS_PER_LETTER = 60
VOICES = ("hi_IN-priyamvada-medium", "en_US-lessac-medium")


@dataclass
class Faults:
    """What the next requests meet."""

    status: int = 200
    delay: float = 0.0
    garbage: bytes = b""
    """The body that is sent instead."""
    stall_after: int | None = None
    """Bytes of the body."""
    drop_after: int | None = None


@dataclass
class PiperEmulator(Listening):
    asked: list[dict[str, Any]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    voices: tuple[str, ...] = VOICES

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PiperEmulator]:
        async with answered(self._answer, self):
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        asked = await reader.readexactly(length)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(self.faults.delay)
        if head.startswith("GET /voices "):
            body, kind = json.dumps({name: {"audio": {"sample_rate": RATE}} for name in self.voices}).encode(), "json"
        elif head.startswith("POST /synthesize "):
            self.asked.append(json.loads(asked))
            body, kind = wav(self.asked[-1]["text"]), "wav"
        else:
            return False
        body = self.faults.garbage or body
        self.took.append(loop.time() - began)
        said = f"HTTP/1.1 {self.faults.status} X\r\ncontent-type: application/{kind}\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{said}\r\n".encode())
        cut = self.faults.stall_after if self.faults.stall_after is not None else self.faults.drop_after
        writer.write(body if cut is None else body[:cut])
        await writer.drain()
        if self.faults.stall_after is not None:
            await asyncio.Event().wait()
        return cut is None


def wav(text: str) -> bytes:
    """A hum, as Piper's WAV file."""
    samples = np.arange(RATE * MS_PER_LETTER * len(text) // 1000)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setframerate(RATE)
        file.setsampwidth(2)
        file.setnchannels(1)
        file.writeframes((9000 * np.sin(2 * np.pi * 440 * samples / RATE)).astype("<i2").tobytes())
    return out.getvalue()
