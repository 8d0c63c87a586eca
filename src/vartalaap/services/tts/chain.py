"""Several voices as one: the best that works, and the next when it is late, fails or falls silent (R14, R20).

When a voice has not begun after `hedge_seconds` the next one begins too, and is heard at once should the first not
begin by its deadline: then the caller has waited for one deadline, not for two. A voice that stops in mid-sentence is
followed by the next one from the last clause that was begun; nothing is left out, at most half a clause is said twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from loguru import logger

from ...core.audio import ms_of
from ...core.language import Language
from ...core.playback import clause_begin
from ...core.ports import TextToSpeech
from ...errors import ProviderError
from ..breaker import Breaker
from ..metrics import ProviderMetrics

MS_PER_LETTER = 90
"""Of slow speech: what was made is rather thought less than more."""


@dataclass(frozen=True, slots=True)
class VoiceProvider:
    """A voice and how long it is waited for, in seconds."""

    name: str
    voice: TextToSpeech
    first_seconds: float = 0.6
    """To the first audio."""
    hedge_seconds: float = 0.35
    """Until the next one begins beside it."""
    stall_seconds: float = 1.0
    """Between two pieces of audio."""


class VoiceChain:
    """`core.ports.TextToSpeech` of others, the best first. A breaker for each is shared by all calls."""

    def __init__(
        self, providers: Sequence[VoiceProvider], metrics: ProviderMetrics, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._parts = [(one, Breaker(now)) for one in providers]
        self._metrics = metrics

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        """Raises `ProviderError` when the last voice has failed too. A text without a word makes no sound."""
        if not any(letter.isalnum() for letter in text):
            return
        parts = [part for part in self._parts[:-1] if part[1].let_through()] + self._parts[-1:]
        attempts = [_Attempt(*part, text, language, self._metrics) for part in parts]
        async with AsyncExitStack() as stack:
            for attempt in attempts:
                stack.push_async_callback(attempt.aclose)
            for attempt, following in zip(attempts, [*attempts[1:], None], strict=True):
                try:
                    yield await attempt.first(following)
                    if following:
                        await following.begin_again(0)
                    while chunk := await attempt.more():
                        yield chunk
                except ProviderError:
                    if following is None:
                        raise
                    if made := attempt.made_bytes:
                        await following.begin_again(clause_begin(text, ms_of(made) // MS_PER_LETTER))
                else:
                    return


class _Attempt:
    """One voice with one sentence."""

    def __init__(
        self, provider: VoiceProvider, breaker: Breaker, text: str, language: Language, metrics: ProviderMetrics
    ) -> None:
        self.made_bytes = 0
        self._provider = provider
        self._breaker = breaker
        self._text = text
        self._language: Language = language
        self._metrics = metrics
        self._begin_at = 0
        self._begun_at = 0.0
        self._made: asyncio.Queue[bytes | ProviderError | None] = asyncio.Queue()
        self._making: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start making audio, if that was not done yet."""
        if self._making is None:
            self._begun_at = asyncio.get_running_loop().time()
            self._making = asyncio.create_task(self._make())

    async def begin_again(self, letter: int) -> None:
        """Drop what was made; when it begins, another voice has said what comes before `letter`."""
        await self.aclose()
        self._making, self._made = None, asyncio.Queue()
        self._begin_at = letter

    async def first(self, following: _Attempt | None) -> bytes:
        """The first audio. Raises `ProviderError` if there is none by the deadline."""
        self.begin()
        loop = asyncio.get_running_loop()
        hedge = following and loop.call_at(self._begun_at + self._provider.hedge_seconds, following.begin)
        try:
            chunk = await self._next(self._begun_at + self._provider.first_seconds - loop.time())
        finally:
            if hedge:
                hedge.cancel()
        if chunk is None:
            raise self._failed(ProviderError("no sound was made"))
        self._metrics.succeeded("tts", self._provider.name, loop.time() - self._begun_at)
        return chunk

    async def more(self) -> bytes | None:
        """The next audio; None at the end. Raises `ProviderError` if it does not come."""
        chunk = await self._next(self._provider.stall_seconds)
        if chunk is None:
            self._breaker.succeeded()
        return chunk

    async def aclose(self) -> None:
        if self._making:
            self._making.cancel()
            await asyncio.wait([self._making])
            if not self._making.cancelled() and (error := self._making.exception()):
                raise error

    async def _next(self, seconds: float) -> bytes | None:
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                item = await self._made.get()
        except TimeoutError:
            raise self._failed(ProviderError("no audio in time")) from None
        if isinstance(item, ProviderError):
            raise self._failed(item)
        self.made_bytes += len(item or b"")
        return item

    async def _make(self) -> None:
        last: ProviderError | None = None
        try:
            async for chunk in self._provider.voice.synthesize(self._text[self._begin_at :], self._language):
                if chunk:
                    self._made.put_nowait(chunk)
        except ProviderError as error:
            last = error
        self._made.put_nowait(last)

    def _failed(self, error: ProviderError) -> ProviderError:
        logger.warning("a voice failed", provider=self._provider.name, error=error.message)
        self._breaker.failed()
        self._metrics.failed("tts", self._provider.name)
        return error
