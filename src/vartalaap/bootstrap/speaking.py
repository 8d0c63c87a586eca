"""What speaks to callers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ..config import Settings
from ..core.ports import TextToSpeech
from ..services.tts.espeak import EspeakSpeech


@asynccontextmanager
async def open_voice(settings: Settings) -> AsyncIterator[TextToSpeech]:
    """Ready to say the first sentence."""
    async with aclosing(EspeakSpeech()) as voice:
        await voice.warm()
        yield voice
