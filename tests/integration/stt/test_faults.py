"""Deepgram failing in each of nine ways while a caller speaks: the final comes from the next recogniser, in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.faulty import FAULTS, Fault, FaultyWire
from tests.emulators.groq import KEY as GROQ_KEY
from tests.emulators.groq import GroqEmulator
from tests.emulators.speech import say, silence
from tests.support.ears import Reports, hear
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import RecogniserChain, RecogniserProvider
from vartalaap.services.stt.deepgram import DeepgramRecognizer
from vartalaap.services.stt.groq import GroqRecognizer
from vartalaap.services.stt.recognised_words import is_lost

LONGEST_SECONDS = 2.0


@pytest.fixture
async def wire(deepgram: DeepgramEmulator) -> AsyncIterator[FaultyWire]:
    async with FaultyWire(deepgram.port).up() as wire:
        yield wire


@pytest.fixture
async def chain(wire: FaultyWire, groq_server: GroqEmulator) -> AsyncIterator[RecogniserChain]:
    async with aclosing(GroqRecognizer(groq_server.url, [GROQ_KEY])) as groq:
        first = DeepgramRecognizer(f"http://127.0.0.1:{wire.port}", DEEPGRAM_KEY)
        yield RecogniserChain(
            [
                RecogniserProvider("deepgram", first, open_seconds=0.7),
                RecogniserProvider("groq", groq, final_seconds=None),
            ],
            ProviderMetrics(),
        )


@pytest.mark.parametrize("fault", FAULTS)
async def test_in_the_middle_of_a_call(chain: RecogniserChain, wire: FaultyWire, fault: Fault) -> None:
    reports = Reports()
    async with aclosing(await chain.open(reports)) as stream:
        hear(stream, say("haan") + silence(600))
        stream.finish_utterance()
        await reports.final(1)
        stream.begin_utterance()
        hear(stream, say("kal"))
        await wire.fail(fault)
        hear(stream, say("shaam paanch baje") + silence(250))
        began = asyncio.get_running_loop().time()
        stream.finish_utterance()
        final = await reports.final(2)
        assert asyncio.get_running_loop().time() - began < LONGEST_SECONDS
    assert final.text == "kal shaam paanch baje"
    assert not is_lost(final)
    assert len(reports.finals) == 2


@pytest.mark.parametrize("fault", FAULTS)
async def test_at_the_beginning_of_a_call(chain: RecogniserChain, wire: FaultyWire, fault: Fault) -> None:
    await wire.fail(fault)
    reports = Reports()
    began = asyncio.get_running_loop().time()
    async with aclosing(await chain.open(reports)) as stream:
        hear(stream, say("kal shaam") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam"
        assert asyncio.get_running_loop().time() - began < LONGEST_SECONDS + 0.5
