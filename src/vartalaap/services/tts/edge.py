"""Microsoft Edge's voices through the edge-tts library: an unofficial endpoint without any promise, for demonstrations.

The library and the decoder of MP3 are extras: `pip install vartalaap[edge]`.
"""

from __future__ import annotations

import asyncio
import importlib
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from ...core.language import Language
from ...errors import ConfigurationError, ProviderError
from .pcm import TelephoneAudio

VOICES: Mapping[Language, str] = {
    "hi": "hi-IN-SwaraNeural",
    "hinglish": "hi-IN-SwaraNeural",
    "en": "en-IN-NeerjaNeural",
}
RATE = 24000
CONNECT_SECONDS, RECEIVE_SECONDS = 2, 5


class EdgeSpeech:
    """`core.ports.TextToSpeech`. Each sentence is a connection of its own, for the library knows no other way."""

    def __init__(self, voices: Mapping[Language, str] = VOICES) -> None:
        """Raises `ConfigurationError` if the extra is not installed."""
        try:
            self._library: Any = importlib.import_module("edge_tts")
            self._decoder: Any = importlib.import_module("miniaudio")
            network: Any = importlib.import_module("aiohttp")
        except ImportError:
            raise ConfigurationError("TTS: edge needs the extra: pip install vartalaap[edge]") from None
        self._failures = (
            self._library.exceptions.EdgeTTSException,
            network.ClientError,
            OSError,
            ValueError,
            RecursionError,
        )
        self._voices = voices

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """8 kHz mu-law, decoded as the MP3 comes."""
        audio = TelephoneAudio(RATE)
        async with aclosing(self._samples(text, self._voices[language])) as pieces:
            async for samples in pieces:
                if mulaw := audio.feed(samples):
                    yield mulaw
        yield audio.end()

    async def _samples(self, text: str, voice: str) -> AsyncGenerator[bytes, None]:
        mp3 = _Mp3(self._decoder)
        fetching = asyncio.create_task(self._fetch(text, voice, mp3))
        try:
            while samples := await mp3.samples.get():
                yield samples
            await fetching
        finally:
            mp3.feed(b"")
            fetching.cancel()
            await asyncio.wait([fetching])
            _ = fetching.cancelled() or fetching.exception()  # it was raised above, or nobody listens any more

    async def _fetch(self, text: str, voice: str, mp3: _Mp3) -> None:
        try:
            speech = self._library.Communicate(
                text, voice, connect_timeout=CONNECT_SECONDS, receive_timeout=RECEIVE_SECONDS
            )
            parts, received = speech.stream(), 0
            while part := await asyncio.wait_for(anext(parts, None), RECEIVE_SECONDS):  # itself it waits on
                if part["type"] == "audio":
                    mp3.feed(part["data"])
                    received += len(part["data"])
            if speech.state["cumulative_audio_bytes"] < received:  # it counts at a turn's end, and ignores a lost one
                raise ProviderError("Edge: the connection was lost")
        except self._failures as error:
            raise ProviderError(f"Edge: {type(error).__name__}") from error
        finally:
            mp3.feed(b"")


class _Mp3:
    """Decodes in a thread, for the decoder pulls."""

    def __init__(self, decoder: Any) -> None:
        self.samples: asyncio.Queue[bytes] = asyncio.Queue()
        """16-bit, 24 kHz; an empty piece ends them."""
        self._loop = asyncio.get_running_loop()
        self._decoder = decoder
        self._fed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def feed(self, data: bytes) -> None:
        """Nothing is the end."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._decode, daemon=True)
            self._thread.start()
        self._fed.put(data)

    def _decode(self) -> None:
        try:
            for samples in self._decoder.stream_any(
                _source(self._decoder, self._fed), self._decoder.FileFormat.MP3, nchannels=1, sample_rate=RATE
            ):
                self._put(bytes(samples))
        except self._decoder.MiniaudioError:
            pass  # no MP3 at all: the end says that nothing was made
        self._put(b"")

    def _put(self, samples: bytes) -> None:
        self._loop.call_soon_threadsafe(self.samples.put_nowait, samples)


def _source(decoder: Any, fed: queue.SimpleQueue[bytes]) -> Any:
    """What the decoder reads from: it gets what there is, and waits when there is nothing."""

    class Source(decoder.StreamableSource):  # type: ignore[misc]
        rest = b""
        ended = False

        def read(self, size: int) -> bytes:
            if not self.rest and not self.ended:
                self.rest = fed.get()
                self.ended = not self.rest
            piece, self.rest = self.rest[:size], self.rest[size:]
            return piece

    return Source()
