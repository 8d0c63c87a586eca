"""Emulated recognisers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import GroqEmulator, Says


@pytest.fixture
async def deepgram() -> AsyncIterator[DeepgramEmulator]:
    async with DeepgramEmulator().serving() as server:
        yield server


@pytest.fixture
async def groq_server() -> AsyncIterator[GroqEmulator]:
    async with GroqEmulator(lambda request: Says("Namaste, welcome.")).serving() as server:
        yield server
