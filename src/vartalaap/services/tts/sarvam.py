"""Sarvam's Bulbul, an Indian provider: a stream of 8 kHz mu-law over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ...core.audio import SAMPLE_RATE
from ...core.language import Language
from .http import VoiceClient

MODEL = "bulbul:v3"
LONGEST_CHARACTERS = 3500


class SarvamSpeech:
    """`core.ports.TextToSpeech`. Calls share its connections."""

    def __init__(self, base_url: str, key: str, speaker: str) -> None:
        self._client = VoiceClient("Sarvam", base_url, {"api-subscription-key": key})
        self._speaker = speaker

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """Chunks as they come; of a longer text the first 3500 characters."""
        body = {
            "text": text[:LONGEST_CHARACTERS],
            "target_language_code": "en-IN" if language == "en" else "hi-IN",
            "speaker": self._speaker,
            "model": MODEL,
            "speech_sample_rate": SAMPLE_RATE,
            "output_audio_codec": "mulaw",
        }
        async with self._client.post("/text-to-speech/stream", body) as pieces:
            async for piece in pieces:
                yield piece

    async def aclose(self) -> None:
        await self._client.aclose()
