"""Piper failing in each of nine ways: the caller hears the whole sentence, from the next voice, in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from tests.emulators.faulty import FAULTS, Fault, FaultyWire
from tests.emulators.piper import MS_PER_LETTER, VOICES, PiperEmulator
from vartalaap.core.audio import ms_of
from vartalaap.core.language import Language
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.tts.chain import VoiceChain, VoiceProvider
from vartalaap.services.tts.piper import PiperSpeech

NAMES: dict[Language, str] = {"hi": VOICES[0], "en": VOICES[1]}
TEXT = "जी ज़रूर अभी, किस दिन और कितने बजे आना चाहेंगे?"
LONGEST_SECONDS = 2.0
MAKING_SECONDS = 0.1
LOST_MS = 100
"""The blank between the clauses, and what the resampler keeps."""


@pytest.fixture
async def best() -> AsyncIterator[PiperEmulator]:
    async with PiperEmulator().serving() as server:
        yield server


@pytest.fixture
async def second() -> AsyncIterator[PiperEmulator]:
    async with PiperEmulator().serving() as server:
        yield server


@pytest.fixture
async def wire(best: PiperEmulator) -> AsyncIterator[FaultyWire]:
    async with FaultyWire(int(best.url.rpartition(":")[2])).up() as wire:
        yield wire


@pytest.fixture
async def chain(wire: FaultyWire, second: PiperEmulator) -> AsyncIterator[VoiceChain]:
    async with (
        aclosing(PiperSpeech(f"http://127.0.0.1:{wire.port}", NAMES)) as first,
        aclosing(PiperSpeech(second.url, NAMES)) as last,
    ):
        yield VoiceChain(
            [VoiceProvider("best", first), VoiceProvider("second", last, first_seconds=5.0)], ProviderMetrics()
        )


async def heard(chain: VoiceChain, wire: FaultyWire, fault: Fault | None = None) -> tuple[float, float]:
    """The sentence in ms, and the longest wait for a piece of it in seconds. `fault` follows the first piece."""
    loop = asyncio.get_running_loop()
    made, longest, last = 0, 0.0, loop.time()
    async for chunk in chain.synthesize(TEXT, "hi"):
        longest, last = max(longest, loop.time() - last), loop.time()
        if not made and fault:
            await wire.fail(fault)
        made += len(chunk)
    return ms_of(made), longest


@pytest.mark.parametrize("fault", FAULTS)
async def test_before_a_sentence(chain: VoiceChain, wire: FaultyWire, second: PiperEmulator, fault: Fault) -> None:
    await wire.fail(fault)
    ms, longest = await heard(chain, wire)
    assert ms == pytest.approx(len(TEXT) * MS_PER_LETTER, abs=LOST_MS)
    assert longest < LONGEST_SECONDS
    assert second.asked


@pytest.mark.parametrize("fault", FAULTS)
async def test_in_the_middle_of_a_sentence(
    chain: VoiceChain, wire: FaultyWire, best: PiperEmulator, second: PiperEmulator, fault: Fault
) -> None:
    best.faults.delay = MAKING_SECONDS
    ms, longest = await heard(chain, wire, fault)
    assert ms > len(TEXT) * MS_PER_LETTER - LOST_MS
    assert longest < LONGEST_SECONDS
    assert second.asked[-1]["text"] in TEXT


async def test_a_voice_that_works_again_is_heard_again(
    chain: VoiceChain, wire: FaultyWire, second: PiperEmulator
) -> None:
    await wire.fail("500")
    await heard(chain, wire)
    await wire.heal()
    second.asked.clear()
    await heard(chain, wire)
    assert not second.asked
