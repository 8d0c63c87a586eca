"""One reply by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tests.support.call import ScriptedLine, ToneVoice
from tests.support.virtual_time import run_virtual
from vartalaap.core.context import Sentence, TurnTimes
from vartalaap.core.pipeline import Reply

TWICE = Sentence("so it is.", "en")
LAST = Sentence("that is all.", "en")


async def _thought() -> AsyncIterator[Sentence]:
    yield TWICE
    yield TWICE
    yield LAST


def test_a_sentence_that_is_said_twice_is_heard_thought() -> None:
    async def main() -> tuple[list[Sentence], int]:
        line = ScriptedLine(acknowledges=False)
        reply = Reply(line.send, ToneVoice(), TurnTimes(), lambda sentence: None)
        async with asyncio.TaskGroup() as tasks:
            reply.begin(tasks)
            await reply.run(_thought())
        return reply.heard(), line.audio_bytes

    heard, sent = run_virtual(main())
    assert heard == [TWICE, TWICE, LAST]
    assert sent == 480 * len(TWICE.text + TWICE.text + LAST.text)


def test_what_was_read_need_not_be_said_and_what_was_not_begun_must_be() -> None:
    async def main() -> list[Sentence]:
        line = ScriptedLine(acknowledges=False)
        reply = Reply(line.send, ToneVoice(), TurnTimes(), lambda sentence: None)
        async with asyncio.TaskGroup() as tasks:
            reply.begin(tasks)
            running = tasks.create_task(reply.run(_thought()))
            await asyncio.sleep(0.3)
            reply.cut(was_read=True)
            await running
        return reply.unheard()

    assert run_virtual(main()) == [TWICE, LAST]
