"""Several recognisers as one: the first that works, and another one's answer when it does not (R14, R87).

The audio of the present utterance is kept. A recogniser that gives no final in time, or says that it lost what was
said, is followed by the next, which gets that audio; the caller notices a pause. Whichever answers first is believed.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from loguru import logger

from ...core.audio import SAMPLE_RATE, bytes_of, ms_of
from ...core.context import Expecting
from ...core.events import SpeechEvent, Transcript
from ...core.ports import Emit, SpeechStream, SpeechToText
from ...errors import ProviderError
from ..breaker import Breaker
from ..metrics import ProviderMetrics
from .recognised_words import is_lost, lost

MOST_FAILURES_IN_A_CALL = 2
LONGEST_SECONDS = 24
PRE_ROLL_MS = 500


@dataclass(frozen=True, slots=True)
class RecogniserProvider:
    """A recogniser and how long it is waited for, in seconds."""

    name: str
    recogniser: SpeechToText
    open_seconds: float = 1.5
    final_seconds: float | None = 0.8
    """From `finish_utterance` to the final; None if it is waited for as long as the call waits."""


class RecogniserChain:
    """`core.ports.SpeechToText` of others, the best first. A breaker for each is shared by all calls."""

    def __init__(
        self,
        providers: Sequence[RecogniserProvider],
        metrics: ProviderMetrics,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = [(one, Breaker(now)) for one in providers]
        self._metrics = metrics

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> ChainStream:
        """With the first that can be opened in time. Raises `ProviderError` if none can."""
        stream = ChainStream([_Leg(*part) for part in self._parts], emit, hints, self._metrics)
        await stream.open()
        return stream


@dataclass(eq=False, slots=True)
class _Leg:
    """One recogniser in one call."""

    provider: RecogniserProvider
    breaker: Breaker
    stream: SpeechStream | None = None
    from_ms: int = 0
    """Where its stream began."""
    owed: deque[tuple[int, float]] = field(default_factory=deque)
    """The finals that were asked for: up to which question each answers, and when it was asked."""
    alive: bool = True
    """It has been heard of since it last failed."""
    failures: int = 0
    failed_number: int = 0
    asked_number: int = 0

    @property
    def usable(self) -> bool:
        return self.alive and self.failures < MOST_FAILURES_IN_A_CALL

    @property
    def is_waited_for(self) -> bool:
        return any(number > self.failed_number for number, _ in self.owed)


class ChainStream:
    """One call's recognition; `core.ports.SpeechStream`. Every recogniser that was opened hears everything."""

    def __init__(self, legs: Sequence[_Leg], emit: Emit, hints: tuple[str, ...], metrics: ProviderMetrics) -> None:
        self._legs = legs
        self._emit = emit
        self._hints = hints
        self._metrics = metrics
        self._audio = bytearray()  # of the present utterance
        self._bytes = 0
        self._expecting: Expecting = "anything"
        self._number = 0
        self._pending: deque[int] = deque()
        self._poor = ""  # what a recogniser knew that lost the rest
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        for leg in self._legs:
            if leg.breaker.let_through() and await self._connect(leg):
                return
        for leg in self._legs:
            if leg.alive and await self._connect(leg):  # was left alone, but there is no other
                return
        raise ProviderError("no recogniser can be reached")

    def feed(self, mulaw: bytes) -> None:
        self._bytes += len(mulaw)
        self._audio += mulaw
        del self._audio[: -LONGEST_SECONDS * SAMPLE_RATE]
        for stream in self._streams:
            stream.feed(mulaw)

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        self._expecting = expecting
        self._number += 1
        self._pending.append(self._number)
        self._ask(self._best)

    def begin_utterance(self) -> None:
        self._drop()
        del self._audio[: -bytes_of(PRE_ROLL_MS)]
        for stream in self._streams:
            stream.begin_utterance()

    async def aclose(self) -> None:
        self._drop()
        if self._opening:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        await asyncio.gather(*(stream.aclose() for stream in self._streams))

    # Asking -----------------------------------------------------------------------------------------------
    @property
    def _streams(self) -> list[SpeechStream]:
        return [leg.stream for leg in self._legs if leg.stream]

    @property
    def _best(self) -> _Leg:
        """Who is asked first."""
        usable = next((leg for leg in self._legs if leg.usable), None)
        return usable or next((leg for leg in self._legs if leg.alive), self._legs[-1])

    def _ask(self, leg: _Leg) -> None:
        """For everything that is pending; one that is not open yet is asked when it is."""
        if leg.stream is None and self._opening:
            return
        leg.asked_number = self._number
        if leg.stream is None:
            self._opening = asyncio.create_task(self._open_later(leg))
            return
        loop = asyncio.get_running_loop()
        leg.owed.append((self._number, loop.time()))
        leg.stream.finish_utterance(self._expecting)
        if leg.provider.final_seconds is not None:
            loop.call_later(leg.provider.final_seconds, self._overdue, leg, self._number)

    async def _open_later(self, leg: _Leg) -> None:
        opened = await self._connect(leg)
        self._opening = None
        if opened and self._pending:
            self._ask(leg)
        elif self._pending:
            self._ask_another()

    async def _connect(self, leg: _Leg) -> bool:
        try:
            async with asyncio.timeout(leg.provider.open_seconds):
                leg.stream = await leg.provider.recogniser.open(partial(self._hear, leg), hints=self._hints)
        except (ProviderError, TimeoutError) as error:
            self._note_failure(leg, error.message if isinstance(error, ProviderError) else "no connection in time")
            return False
        leg.from_ms = ms_of(self._bytes - len(self._audio))
        leg.stream.feed(bytes(self._audio))
        return True

    def _overdue(self, leg: _Leg, number: int) -> None:
        if any(owed == number for owed, _ in leg.owed):
            self._fail(leg, number, "no final in time")

    def _fail(self, leg: _Leg, number: int, why: str) -> None:
        if number <= leg.failed_number:
            return
        leg.failed_number = number
        self._note_failure(leg, why)
        if self._pending:
            self._ask_another()

    def _ask_another(self) -> None:
        another = next((leg for leg in self._legs if leg.usable and leg.asked_number < self._number), None)
        if another:
            self._ask(another)
        elif self._opening is None and not any(leg.is_waited_for for leg in self._legs):
            self._answer(self._number, lost(self._poor))

    def _note_failure(self, leg: _Leg, why: str) -> None:
        logger.warning("a recogniser failed", provider=leg.provider.name, error=why)
        leg.alive = False
        leg.failures += 1
        leg.breaker.failed()
        self._metrics.failed("stt", leg.provider.name)

    # Hearing ----------------------------------------------------------------------------------------------
    def _hear(self, leg: _Leg, event: SpeechEvent) -> None:
        if not isinstance(event, Transcript):
            return
        if event.end_ms:
            event = replace(event, end_ms=event.end_ms + leg.from_ms)
        if not (event.is_final and is_lost(event)):
            leg.alive = True
        if event.is_final and not event.ends_turn:
            self._hear_final(leg, event)
        elif leg is self._best:
            if event.ends_turn:
                self._note_success(leg, leg.owed[0][1] if leg.owed else None)
                self._drop()
            self._emit(event)

    def _hear_final(self, leg: _Leg, final: Transcript) -> None:
        if not leg.owed:
            return
        number, asked_at = leg.owed.popleft()
        if is_lost(final):
            self._poor = self._poor or final.text
            self._fail(leg, number, "lost what was said")
            return
        if number > leg.failed_number:
            self._note_success(leg, asked_at)
        elif not final.text:
            return  # another has been asked since, who may have heard words
        self._answer(number, final)

    def _note_success(self, leg: _Leg, asked_at: float | None) -> None:
        """An end of turn that nobody had asked for took no time."""
        leg.failures = 0
        leg.breaker.succeeded()
        now = asyncio.get_running_loop().time()
        self._metrics.succeeded("stt", leg.provider.name, 0.0 if asked_at is None else now - asked_at)

    def _answer(self, number: int, final: Transcript) -> None:
        """Every question up to this one gets it; being told may make the call forget the others."""
        while self._pending and self._pending[0] <= number:
            self._pending.popleft()
            self._emit(final)

    def _drop(self) -> None:
        self._pending.clear()
        self._poor = ""
        for leg in self._legs:
            leg.owed.clear()
