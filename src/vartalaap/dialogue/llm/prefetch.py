"""A model that may be asked before it is sure that the caller is done, and whose answer waits to be wanted.

A question that is asked ahead changes nothing: what streams in is kept until the same question is asked in earnest, and
thrown away if another one is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from ...core.chat_model import ChatMessage, ChatModel, Delta, ToolSpec
from ...errors import ProviderError

Question = tuple[Sequence[ChatMessage], Sequence[ToolSpec]]
Made = asyncio.Queue[Delta | ProviderError | None]


@dataclass(frozen=True)
class _Asked:
    """A question, what has come of it, and who fetches the rest: all of it belongs to whoever reads the answer."""

    question: Question
    made: Made
    fetching: asyncio.Task[None]


class AskedAhead:
    """`core.chat_model.ChatModel` for one call, in front of one for all calls."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._ahead: _Asked | None = None

    async def warm(self) -> None:
        await self._model.warm()

    def ask(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        """Begin with the answer, unless that was begun. An answer that is being read already goes on."""
        question = (messages, tools)
        if self._ahead is None or self._ahead.question != question:
            self.drop()
            made: Made = asyncio.Queue()
            self._ahead = _Asked(question, made, asyncio.create_task(self._fetch(made, messages, tools)))

    def drop(self) -> None:
        """Nobody will want what was asked ahead and is not read yet."""
        if self._ahead:
            self._ahead.fetching.cancel()
            self._ahead = None

    async def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        """What was begun for this very question, or the model's answer from its beginning."""
        asked = self._ahead
        if asked is None or asked.question != (messages, tools):
            self.drop()
            async with aclosing(self._model.stream(messages, tools)) as deltas:
                async for delta in deltas:
                    yield delta
            return
        self._ahead = None
        try:
            while (delta_or_end := await asked.made.get()) is not None:
                if isinstance(delta_or_end, ProviderError):
                    raise delta_or_end
                yield delta_or_end
        finally:
            asked.fetching.cancel()

    async def _fetch(self, made: Made, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        end: ProviderError | None = None
        try:
            async with aclosing(self._model.stream(messages, tools)) as deltas:
                async for delta in deltas:
                    made.put_nowait(delta)
        except ProviderError as error:
            end = error
        made.put_nowait(end)
