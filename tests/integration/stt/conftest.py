"""Emulated recognisers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.emulators.deepgram import DeepgramEmulator


@pytest.fixture
async def deepgram() -> AsyncIterator[DeepgramEmulator]:
    async with DeepgramEmulator().serving() as server:
        yield server
