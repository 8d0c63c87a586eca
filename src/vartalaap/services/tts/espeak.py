"""The built-in voice: espeak-ng, robotic but instant, spoken by a worker process (GPL stays outside)."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import AsyncIterator

import numpy as np
import soxr

from ...core.audio import SAMPLE_RATE, encode
from ...core.language import Language
from ...errors import ProviderError

WORKER = "vartalaap.services.tts.espeak_worker"
HEADER = struct.Struct(">II")
VOICES: dict[Language, str] = {"hi": "hi", "hinglish": "hi", "en": "en"}
"""The Hindi voice reads Latin words as English, so that it speaks Hinglish too."""
WORDS_PER_MINUTE: dict[Language, int] = {"hi": 150, "hinglish": 150, "en": 155}
LOUDEST = 0.7
"""Peak of a sentence, of full scale."""
LONGEST_CHARACTERS = 1000


class EspeakSpeech:
    """A voice with one worker process, begun when needed and begun again if it dies; `core.ports.TextToSpeech`."""

    def __init__(self, *, seconds: float = 5.0) -> None:
        """A sentence that takes longer than `seconds` is given up."""
        self._seconds = seconds
        self._worker: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """One chunk of 8 kHz mu-law: the whole sentence, within tens of milliseconds."""
        request = {"text": text[:LONGEST_CHARACTERS], "voice": VOICES[language], "rate": WORDS_PER_MINUTE[language]}
        rate, samples = await self._ask(json.dumps(request).encode() + b"\n")
        yield await asyncio.get_running_loop().run_in_executor(None, _for_telephone, rate, samples)

    async def warm(self) -> None:
        """Start the worker before it is needed."""
        async for _ in self.synthesize("ok", "en"):
            pass

    async def aclose(self) -> None:
        """End the worker."""
        async with self._one_at_a_time:
            await self._end_worker()

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._exchange(request)
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                await self._end_worker()
                raise ProviderError("the built-in voice does not answer") from error
            except asyncio.CancelledError:
                await self._end_worker()  # its answer to this request must not be taken for the next one's
                raise

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        worker = await self._running_worker()
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(request)
        await worker.stdin.drain()
        rate, size = HEADER.unpack(await worker.stdout.readexactly(HEADER.size))
        samples = await worker.stdout.readexactly(size)
        if rate == 0:
            raise ProviderError("the built-in voice refuses a sentence")
        return rate, samples

    async def _running_worker(self) -> asyncio.subprocess.Process:
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", WORKER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        return self._worker

    async def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker and worker.returncode is None:
            worker.kill()
            await worker.wait()


def _for_telephone(rate: int, samples: bytes) -> bytes:
    """Any rate to 8 kHz mu-law with a low-pass, at an even loudness."""
    audio = np.frombuffer(samples, dtype="<i2").astype(np.float32)
    audio = soxr.resample(audio, rate, SAMPLE_RATE, quality="HQ")
    peak = float(np.abs(audio).max(initial=1.0))
    return encode((audio * (LOUDEST * 32767 / peak)).astype("<i2").tobytes())
