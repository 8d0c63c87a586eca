"""What speaks to callers: a chain of voices that are given words only, with the fixed sentences made ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from typing import cast

from loguru import logger

from ..config import Settings, SpeechSettings
from ..core.language import Language
from ..core.ports import TextToSpeech
from ..db.repositories.businesses import Businesses
from ..dialogue.nlg.phrases import fixed_sentences
from ..errors import ProviderError
from ..services.metrics import ProviderMetrics
from ..services.tts.chain import VoiceChain, VoiceProvider
from ..services.tts.clips import Clips, Text
from ..services.tts.edge import VOICES as EDGE_VOICES
from ..services.tts.edge import EdgeSpeech
from ..services.tts.espeak import EspeakSpeech
from ..services.tts.normal import normalise
from ..services.tts.normalised import Normalised
from ..services.tts.piper import PiperSpeech

LAST_SECONDS = 5.0
"""Nothing follows the last voice: it is waited for."""
CLIPS_AFTER_SECONDS = 2.0
MOST_BUSINESSES = 50
"""Whose sentences are made ahead."""


@asynccontextmanager
async def open_voice(
    settings: Settings, metrics: ProviderMetrics, businesses: Businesses, calls: Callable[[], int]
) -> AsyncIterator[TextToSpeech]:
    """The chain of voices that `TTS` names, ready to say the first sentence. `calls`: how many are going on."""
    async with AsyncExitStack() as stack:
        names = settings.chosen_voices
        voices = [await _voice(name, settings, stack) for name in names]
        providers = [VoiceProvider(name, voice) for name, voice in zip(names, voices, strict=True)]
        providers[-1] = VoiceProvider(names[-1], voices[-1], first_seconds=LAST_SECONDS)
        chain, best = VoiceChain(providers, metrics), providers[0]
        folder = settings.data_dir / "clips"
        clips = Clips(chain, best.voice, _identity(best.name, settings), folder, calls=calls)
        making = asyncio.create_task(_make_clips(clips, businesses))
        stack.push_async_callback(_end, making)
        yield Normalised(clips)


async def _voice(name: str, settings: SpeechSettings, stack: AsyncExitStack) -> TextToSpeech:
    if name == "piper":
        voices = {cast(Language, language): voice for language, voice in settings.piper_voices.items()}
        piper = await stack.enter_async_context(aclosing(PiperSpeech(settings.piper_url, voices)))
        try:
            await piper.warm()
        except ProviderError as error:
            logger.warning("Piper cannot be used", error=error.message)
        return piper
    if name == "edge":
        return EdgeSpeech()
    espeak = await stack.enter_async_context(aclosing(EspeakSpeech()))
    await espeak.warm()
    return espeak


def _identity(name: str, settings: SpeechSettings) -> str:
    """Everything that a voice's sound depends on."""
    details = {
        "piper": sorted(settings.piper_voices.items()),
        "edge": sorted(EDGE_VOICES.items()),
    }
    return f"{name} {details.get(name, '')}"


async def _make_clips(clips: Clips, businesses: Businesses) -> None:
    await asyncio.sleep(CLIPS_AFTER_SECONDS)
    await clips.keep_ready(partial(_fixed_sentences, businesses))


async def _fixed_sentences(businesses: Businesses) -> list[Text]:
    """As the voice is given them, for that is what clips go by."""
    page, _ = await businesses.page(MOST_BUSINESSES, 0)
    texts = (text for business, _ in page for text in fixed_sentences(business))
    return list(dict.fromkeys((normalise(text, language), language) for text, language in texts))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()):
        raise error
