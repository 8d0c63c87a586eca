"""The built-in voice: espeak-ng, robotic but instant, spoken by a worker process (GPL stays outside)."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import AsyncIterator, Sequence

import numpy as np
import soxr

from ...core.audio import SAMPLE_RATE, SILENCE, bytes_of, encode
from ...core.language import Language
from ...errors import ProviderError

WORKER = (sys.executable, "-m", "vartalaap.services.tts.espeak_worker")
HEADER = struct.Struct(">II")
VOICES: dict[Language, str] = {"hi": "hi", "hinglish": "hi", "en": "en"}
"""The Hindi voice reads Latin words as English, so that it speaks Hinglish too."""
WORDS_PER_MINUTE = 150
LOUDNESS = 0.12
"""Root mean square of a sentence, of full scale; less where a peak would pass `LOUDEST`."""
LOUDEST = 0.95
PAUSE_MS = 200
"""Between this sentence and the next."""
LONGEST_CHARACTERS = 1000


class EspeakSpeech:
    """A voice with one worker process, begun when needed and begun again if it dies; `core.ports.TextToSpeech`.

    One worker speaks hundreds of times faster than speech lasts, so that calls can share it.
    """

    def __init__(self, *, seconds: float = 5.0, worker: Sequence[str] = WORKER) -> None:
        """A sentence that takes longer than `seconds` is given up. `worker` is the command that starts the worker."""
        self._seconds = seconds
        self._command = worker
        self._worker: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """One chunk of 8 kHz mu-law: the whole sentence (its first 1000 characters), within tens of milliseconds."""
        request = {"text": text[:LONGEST_CHARACTERS], "voice": VOICES[language], "rate": WORDS_PER_MINUTE}
        rate, samples = await self._ask(json.dumps(request).encode() + b"\n")
        if samples:
            yield await asyncio.get_running_loop().run_in_executor(None, _for_telephone, rate, samples)

    async def warm(self) -> None:
        """Start the worker before it is needed. Raises `ProviderError` if it cannot speak."""
        async for _ in self.synthesize("ok", "en"):
            pass

    async def aclose(self) -> None:
        """End the worker."""
        async with self._one_at_a_time:
            await self._end_worker()

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        """(sample rate, samples) of one sentence."""
        async with self._one_at_a_time:
            answered = False
            try:
                async with asyncio.timeout(self._seconds):
                    rate, data = await self._exchange(request)
                answered = True
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                raise ProviderError("the built-in voice does not answer") from error
            finally:
                if not answered:  # its answer to this request must not be taken for the next one's
                    await self._end_worker()
        if rate == 0:
            raise ProviderError(f"the built-in voice does not speak: {data.decode()}")
        return rate, data

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        worker = await self._running_worker()
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(request)
        await worker.stdin.drain()
        rate, size = HEADER.unpack(await worker.stdout.readexactly(HEADER.size))
        return rate, await worker.stdout.readexactly(size)

    async def _running_worker(self) -> asyncio.subprocess.Process:
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the server, whose last sentences still need a voice
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
    mean = float(np.sqrt(np.mean(np.square(audio))))
    peak = float(np.abs(audio).max(initial=1.0))
    factor = 32767 * min(LOUDNESS / max(mean, 1.0), LOUDEST / peak)
    return encode((audio * factor).astype("<i2").tobytes()) + SILENCE * bytes_of(PAUSE_MS)
