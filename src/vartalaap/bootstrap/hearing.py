"""What hears callers: voice activity and speech recognition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..config import Settings
from ..core.ports import SpeechToText
from ..services import weights
from ..services.stt.whisper import WhisperRecognizer


@asynccontextmanager
async def open_recogniser(settings: Settings) -> AsyncIterator[SpeechToText]:
    """Ready to hear the first call."""
    recogniser = await asyncio.to_thread(lambda: WhisperRecognizer(weights.whisper_folder(settings.models_dir)))
    try:
        await recogniser.warm()
        yield recogniser
    finally:
        recogniser.close()
