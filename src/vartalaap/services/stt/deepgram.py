"""Streaming recognition by Deepgram, in its two dialects (`deepgram_wire`).

The caller's audio goes straight through, and what Deepgram has not yet settled is kept: when the connection breaks, it
is opened again and that audio is sent once more, faster than it was spoken. Positions of a connection begin at
zero; here everything counts from the beginning of the call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from loguru import logger

from ...backoff import Backoff
from ...core.audio import SAMPLE_RATE
from ...core.context import Expecting
from ...core.ports import Emit
from ...errors import ProviderError, ProviderRefused
from .deepgram_link import Link, open_link
from .deepgram_wire import NOVA, Dialect, dialect_of
from .recognised_words import Heard, SpokenWords, lost

PRE_ROLL_SECONDS = 0.5
"""Audio kept from before speech was noticed."""
MOST_KEPT_SECONDS = 20
SLACK_SECONDS = 0.25
"""The answer to Finalize may end so much before the position at which it was asked for."""
ALIVE_SECONDS = 1.0
"""Deepgram speaks about once a second; whose last word is about older audio has fallen silent."""
BACK_OFF = Backoff(0.2, 5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    connect: float = 1.5
    give_up: float = 2.0
    """After `finish_utterance`: then what is known is given, marked as lost."""
    back_off: Backoff = BACK_OFF


class DeepgramRecognizer:
    """`core.ports.SpeechToText`; a connection for each call."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        model: str = NOVA,
        languages: tuple[str, ...] = ("hi", "en"),
        patience: Patience | None = None,
    ) -> None:
        """`base_url` names the region's host; a model that begins with "flux" is spoken to in Flux's dialect."""
        self._base_url = base_url
        self._key = key
        self._dialect = dialect_of(model, languages)
        self._patience = patience or Patience()

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> DeepgramStream:
        """Raises `ProviderError` if it cannot be connected."""
        url = self._dialect.url(self._base_url, hints)
        connect = partial(open_link, url, self._key, self._dialect, self._patience.connect)
        return DeepgramStream(self._dialect, connect, await connect(), emit, self._patience)


@dataclass(eq=False, slots=True)
class _Ask:
    """Somebody waits for the final of everything up to this position, in seconds."""

    position: float
    timer: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        if self.timer:
            self.timer.cancel()


class DeepgramStream:
    """One call's recognition; `core.ports.SpeechStream`. Give it an open connection and how to open another."""

    def __init__(
        self,
        dialect: Dialect,
        connect: Callable[[], Awaitable[Link]],
        link: Link,
        emit: Emit,
        patience: Patience,
    ) -> None:
        self._dialect = dialect
        self._connect = connect
        self._emit = emit
        self._patience = patience
        self._kept = bytearray()
        self._kept_from = 0  # bytes since the call began
        self._words = SpokenWords()
        self._heard_to = 0.0
        self._asks: deque[_Ask] = deque()
        self._finalizing: deque[float] = deque()  # positions at which this connection was asked to finalize
        self._dead = False
        self._fruitless = 0  # connections in a row that told nothing
        self._link: Link | None = None
        self._link_from = 0.0
        self._attach(link)
        self._running = asyncio.create_task(self._run(link))

    def feed(self, mulaw: bytes) -> None:
        self._kept += mulaw
        self._forget_before(self._position - MOST_KEPT_SECONDS)
        if self._link:
            self._link.send(mulaw)

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        ask = _Ask(self._position)
        self._asks.append(ask)
        wait = 0.0 if self._dead else self._dialect.patience_seconds
        ask.timer = asyncio.get_running_loop().call_later(wait, self._overdue, ask)
        if self._link:
            self._finalize(self._link)

    def begin_utterance(self) -> None:
        self._drop_asks()
        begun = max(0.0, self._position - PRE_ROLL_SECONDS)
        self._words.begin(begun)
        self._forget_before(begun)

    async def aclose(self) -> None:
        self._drop_asks()
        if self._link:
            await self._link.aclose()
        self._running.cancel()
        await asyncio.wait([self._running])

    # The connection ---------------------------------------------------------------------------------------
    async def _run(self, link: Link) -> None:
        while True:
            try:
                await link.run(self._take)
            except ProviderError as error:
                logger.warning("a recogniser's connection is gone", error=error.message)
            self._link = None
            try:
                link = await self._reconnect()
            except ProviderRefused as refused:
                logger.warning("a recogniser refuses to be connected again", error=refused.message)
                self._dead = True
                self._give(self._position)
                return
            self._attach(link)

    async def _reconnect(self) -> Link:
        while True:
            await asyncio.sleep(self._patience.back_off.after(self._fruitless))
            self._fruitless += 1
            try:
                return await self._connect()
            except ProviderRefused:
                raise
            except ProviderError as error:
                logger.info("a recogniser cannot be connected again yet", error=error.message)

    def _attach(self, link: Link) -> None:
        """From here on audio goes this way, what is not settled first."""
        self._link = link
        self._link_from = self._kept_from / SAMPLE_RATE
        self._words.forget_guess()
        link.send(bytes(self._kept))
        self._finalizing.clear()
        if self._asks:
            self._finalize(link)

    def _finalize(self, link: Link) -> None:
        if self._dialect.finalize:
            link.send(self._dialect.finalize)
            self._finalizing.append(self._position)

    # What is heard ----------------------------------------------------------------------------------------
    @property
    def _position(self) -> float:
        """Seconds of the caller's audio so far."""
        return (self._kept_from + len(self._kept)) / SAMPLE_RATE

    def _take(self, heard: Heard) -> None:
        heard = heard.moved(self._link_from)
        self._fruitless = 0
        self._heard_to = max(self._heard_to, heard.end)
        self._words.take(heard)
        if heard.settled:
            self._forget_before(heard.end)
        if heard.ends_turn and (whole := self._words.known(is_final=True, ends_turn=True)).text:
            self._drop_asks()
            self._emit(whole)
            return
        reach = heard.end
        if heard.answers and heard.settled:
            reach = self._finalized(heard.end + SLACK_SECONDS)
        if (heard.settled or heard.answers) and self._asks and self._asks[0].position <= reach:
            self._give(reach)
        elif (guess := self._words.known(is_final=False)).text:
            self._emit(guess)

    def _finalized(self, reach: float) -> float:
        """How far an answer to Finalize answers: as far as it was asked for, whatever its own positions say.

        Answers come in the order of asking, but where nothing was left to recognise none may come. So one whose
        positions reach further answers what was asked before as well.
        """
        if self._finalizing:
            asked = self._finalizing.popleft()
            self._heard_to = max(self._heard_to, asked)
            reach = max(reach, asked)
        while self._finalizing and self._finalizing[0] <= reach:
            self._finalizing.popleft()
        return reach

    def _overdue(self, ask: _Ask) -> None:
        """No answer came: if Deepgram is alive, what it has said is all there is; else wait a little for it."""
        if self._is_alive(ask.position) or self._dead:
            self._give(ask.position)
            return
        left = self._patience.give_up - self._dialect.patience_seconds
        ask.timer = asyncio.get_running_loop().call_later(left, self._give, ask.position)

    def _is_alive(self, position: float) -> bool:
        return self._link is not None and self._heard_to > max(position - ALIVE_SECONDS, 0.0)

    def _give(self, position: float) -> None:
        """Who waits for what was said up to this position gets what is known."""
        while self._asks and self._asks[0].position <= position:  # being told may make them forget the others
            ask = self._asks.popleft()
            ask.stop()
            final = self._words.known(is_final=True)
            self._emit(final if self._is_alive(ask.position) else lost(final.text))

    def _drop_asks(self) -> None:
        while self._asks:
            self._asks.popleft().stop()

    def _forget_before(self, seconds: float) -> None:
        done = min(int(seconds * SAMPLE_RATE) - self._kept_from, len(self._kept))
        if done > 0:
            del self._kept[:done]
            self._kept_from += done
