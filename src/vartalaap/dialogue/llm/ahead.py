"""A model that may be asked before it is sure that the caller is done, and whose answer waits to be wanted.

A question that is asked ahead changes nothing: what streams in is kept until the same question is asked in earnest, and
thrown away if another one is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from ...core.chat import ChatMessage, ChatModel, Delta, ToolSpec
from ...errors import ProviderError

Question = tuple[Sequence[ChatMessage], Sequence[ToolSpec]]


class AskedAhead:
    """`core.chat.ChatModel` for one call, in front of one for all calls."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._question: Question | None = None
        self._made: asyncio.Queue[Delta | ProviderError | None] = asyncio.Queue()
        self._asking: asyncio.Task[None] | None = None

    async def warm(self) -> None:
        await self._model.warm()

    def ask(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        """Begin with the answer, unless that was begun."""
        if self._question != (messages, tools):
            self.drop()
            self._question, self._made = (messages, tools), asyncio.Queue()
            self._asking = asyncio.create_task(self._ask(self._made, messages, tools))

    def drop(self) -> None:
        """Nobody will want what was asked ahead."""
        self._question = None
        if self._asking:
            self._asking.cancel()
            self._asking = None

    async def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        """What was begun for this very question, or the model's answer from its beginning."""
        ahead = self._question == (messages, tools)
        self._question = None
        if not ahead:
            self.drop()
            async with aclosing(self._model.stream(messages, tools)) as deltas:
                async for delta in deltas:
                    yield delta
            return
        try:
            while (delta_or_end := await self._made.get()) is not None:
                if isinstance(delta_or_end, ProviderError):
                    raise delta_or_end
                yield delta_or_end
        finally:
            self.drop()

    async def _ask(
        self,
        made: asyncio.Queue[Delta | ProviderError | None],
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
    ) -> None:
        end: ProviderError | None = None
        try:
            async with aclosing(self._model.stream(messages, tools)) as deltas:
                async for delta in deltas:
                    made.put_nowait(delta)
        except ProviderError as error:
            end = error
        made.put_nowait(end)
