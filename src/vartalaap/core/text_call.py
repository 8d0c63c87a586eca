"""A call in writing: the same brain, desk and log as on the telephone, without sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from .context import CallContext, CallRecord, Sentence, TurnTimes, Utterance
from .ports import Brain, CallLog


class TextCall:
    """One call as text. `finish` must be called; everything said is counted as heard."""

    def __init__(self, context: CallContext, brain: Brain, log: CallLog) -> None:
        self.context = context
        self._conversation = brain.open(context)
        self._log = log

    async def greet(self) -> list[Sentence]:
        return await self._collect(self._conversation.greet(), TurnTimes())

    async def say(self, text: str) -> list[Sentence]:
        """The caller's words; returns the reply, sentence by sentence."""
        now = asyncio.get_running_loop().time()
        turn = self.context.add_turn("caller", text, self.context.language)
        reply = await self._collect(self._conversation.reply(Utterance(text, typed=True)), TurnTimes(now, now))
        turn.language = self.context.language
        return reply

    async def finish(self) -> CallRecord:
        """Hang up and store the call as its consent allows."""
        record = self.context.ended("dropped")
        await self._log.save(record)
        await self.context.desk.release()
        return record

    async def _collect(self, thought: AsyncIterator[Sentence], times: TurnTimes) -> list[Sentence]:
        sentences: list[Sentence] = []
        async for sentence in thought:
            times.t2_first_token = times.t2_first_token or asyncio.get_running_loop().time()
            sentences.append(sentence)
        if sentences:
            turn = self.context.add_turn("bot", " ".join(s.text for s in sentences), sentences[0].language)
            turn.times = times
        return sentences
