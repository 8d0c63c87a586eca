"""Piper's neural voices, in a server of their own: Piper is GPL and is never imported.

The server is `python -m piper.http_server`; it answers with a WAV file when a text is made as a whole. So the opening
clause of a sentence is asked for first, and is spoken while the rest is made.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing

from ...core.language import Language
from ...core.sentences import opening
from ...errors import ProviderError, ProviderRefused
from .http import VoiceClient
from .pcm import TelephoneAudio

HEADER_BYTES = 44
LEAST_RATE, MOST_RATE = 8000, 48000


class PiperSpeech:
    """One server with a voice for each language; `core.ports.TextToSpeech`. Calls share its connections."""

    def __init__(self, base_url: str, voices: Mapping[Language, str]) -> None:
        """`voices` are names as in `hi_IN-priyamvada-medium`; Hinglish is spoken by the Hindi one."""
        self._client = VoiceClient("Piper", base_url, {})
        self._voices = {"hinglish": voices["hi"], **voices}

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """8 kHz mu-law, the opening clause first."""
        for part in opening(text):
            async with aclosing(self._speak(part, self._voices[language])) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def warm(self) -> None:
        """Connect, and see that the server has the voices: for one it lacks it would take another.

        Raises `ProviderError` if it does not answer, `ProviderRefused` if a voice is missing.
        """
        known = await self._client.get("/voices")
        if not isinstance(known, dict):
            raise ProviderError("Piper lists no voices")
        if missing := sorted({*self._voices.values()} - {*known}):
            raise ProviderRefused(f"Piper's server lacks the voice {', '.join(missing)}")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _speak(self, text: str, voice: str) -> AsyncGenerator[bytes, None]:
        head, audio = b"", None
        async with self._client.post("/synthesize", {"text": text, "voice": voice}) as pieces:
            async for piece in pieces:
                if audio:
                    mulaw = audio.feed(piece)
                elif len(head := head + piece) < HEADER_BYTES:
                    continue
                else:
                    audio = TelephoneAudio(_rate(head))
                    mulaw = audio.feed(head[HEADER_BYTES:])
                if mulaw:
                    yield mulaw
        if audio is None:
            raise ProviderError("Piper made no sound")
        yield audio.end()


def _rate(head: bytes) -> int:
    """Samples per second of the WAV file that begins so. Raises `ProviderError` for what is no 16-bit mono WAV."""
    rate = int.from_bytes(head[24:28], "little")
    is_wav = head[:4] == b"RIFF" and head[8:16] == b"WAVEfmt " and head[36:40] == b"data"
    if not (is_wav and head[22:24] == b"\1\0" and head[34:36] == b"\x10\0" and LEAST_RATE <= rate <= MOST_RATE):
        raise ProviderError("Piper's answer is not a WAV file")
    return rate
