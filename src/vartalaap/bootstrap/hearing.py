"""What hears callers: voice activity and speech recognition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing

from ..config import Settings
from ..core.ports import SpeechToText
from ..services import weights
from ..services.metrics import ProviderMetrics
from ..services.stt.chain import Provider, RecogniserChain
from ..services.stt.deepgram import DeepgramRecognizer
from ..services.stt.groq import Deadlines, GroqRecognizer
from ..services.stt.whisper import WhisperRecognizer


@asynccontextmanager
async def open_recogniser(settings: Settings, metrics: ProviderMetrics) -> AsyncIterator[SpeechToText]:
    """The chain of recognisers that `STT` names, ready to hear the first call."""
    async with AsyncExitStack() as stack:
        chain = [await _provider(name, settings, stack) for name in settings.chosen_recognisers]
        yield RecogniserChain(chain, metrics)


def deepgram_of(settings: Settings) -> DeepgramRecognizer:
    key = settings.deepgram_api_key.get_secret_value() if settings.deepgram_api_key else ""
    return DeepgramRecognizer(settings.deepgram_base_url, key, model=settings.deepgram_model)


async def _provider(name: str, settings: Settings, stack: AsyncExitStack) -> Provider:
    if name == "deepgram":
        return Provider(name, deepgram_of(settings))
    if name == "groq":
        keys = [key.get_secret_value() for key in settings.groq_api_key] or [""]
        groq = await stack.enter_async_context(aclosing(GroqRecognizer(settings.groq_base_url, keys)))
        return Provider(name, groq, final_seconds=Deadlines().whole + 0.2)  # it says itself when it is late
    recogniser = await asyncio.to_thread(lambda: WhisperRecognizer(weights.whisper_folder(settings.models_dir)))
    whisper = stack.enter_context(closing(recogniser))
    await whisper.warm()
    return Provider(name, whisper, final_seconds=None)
