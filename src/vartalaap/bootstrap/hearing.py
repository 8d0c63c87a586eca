"""What hears callers: voice activity and speech recognition.

What recognises speech on this machine is imported by those alone that use it: commands, the worker, and servers that
have others recognise it, are spared its libraries.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from typing import TYPE_CHECKING

from ..config import Settings, SpeechSettings
from ..core.ports import SpeechToText, VoiceActivity
from ..services import weights
from ..services.metrics import ProviderMetrics
from ..services.stt.chain import RecogniserChain, RecogniserProvider
from ..services.stt.deepgram import DeepgramRecognizer
from ..services.stt.groq import Deadlines, GroqRecognizer

if TYPE_CHECKING:
    from ..services.stt.whisper import WhisperRecognizer


@asynccontextmanager
async def open_recogniser(settings: Settings, metrics: ProviderMetrics) -> AsyncIterator[SpeechToText]:
    """The chain of recognisers that `STT` names, ready to hear the first call."""
    async with AsyncExitStack() as stack:
        chain = [await _provider(name, settings, stack) for name in settings.chosen_recognisers]
        yield RecogniserChain(chain, metrics)


def deepgram_of(settings: SpeechSettings) -> DeepgramRecognizer:
    key = settings.deepgram_api_key.get_secret_value() if settings.deepgram_api_key else ""
    return DeepgramRecognizer(settings.deepgram_base_url, key, model=settings.deepgram_model)


async def _provider(name: str, settings: Settings, stack: AsyncExitStack) -> RecogniserProvider:
    if name == "deepgram":
        return RecogniserProvider(name, deepgram_of(settings))
    if name == "groq":
        keys = [key.get_secret_value() for key in settings.groq_api_key] or [""]
        groq = await stack.enter_async_context(aclosing(GroqRecognizer(settings.groq_base_url, keys)))
        return RecogniserProvider(name, groq, final_seconds=Deadlines().whole + 0.2)  # it says itself when it is late
    whisper = stack.enter_context(closing(await asyncio.to_thread(_whisper, settings)))
    await whisper.warm()
    return RecogniserProvider(name, whisper, final_seconds=None)


def _whisper(settings: Settings) -> WhisperRecognizer:
    from ..services.stt.whisper import WhisperRecognizer  # noqa: PLC0415 - see above

    return WhisperRecognizer(weights.whisper_folder(settings.models_dir))


def open_ears() -> VoiceActivity:
    """Silero's model, loaded."""
    from ..services.vad.silero import SileroVad  # noqa: PLC0415 - see above

    return SileroVad(weights.silero_file())
