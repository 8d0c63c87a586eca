"""Edge's voices: the edge-tts library itself talks to the emulator, and so proves it."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from typing import Any

import edge_tts.communicate
import numpy as np
import pytest

from tests.emulators.edge import SECONDS, EdgeEmulator, Faults
from vartalaap.core.audio import SAMPLE_RATE, decode
from vartalaap.errors import ConfigurationError, ProviderError
from vartalaap.services.tts import edge
from vartalaap.services.tts.edge import EdgeSpeech


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EdgeEmulator]:
    async with EdgeEmulator().serving() as server:
        monkeypatch.setattr(edge_tts.communicate, "WSS_URL", server.url)  # the library has no parameter for it
        yield server


async def say(voice: EdgeSpeech, text: str) -> list[bytes]:
    return [chunk async for chunk in voice.synthesize(text, "hi")]


async def test_the_mp3_becomes_telephone_audio_as_it_comes(server: EdgeEmulator) -> None:
    chunks = await say(EdgeSpeech(), "नमस्ते जी")
    mulaw = b"".join(chunks)
    assert len(chunks) > 3
    assert len(mulaw) / SAMPLE_RATE == pytest.approx(SECONDS, abs=0.15)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(decode(mulaw), dtype="<i2").astype(float)))
    assert spectrum.argmax() * SAMPLE_RATE / len(mulaw) == pytest.approx(440, abs=5)
    assert "नमस्ते जी" in server.asked[0]
    assert "SwaraNeural" in server.asked[0]


@pytest.mark.parametrize(
    "faults",
    [
        Faults(status=403),
        Faults(status=500),
        Faults(empty=True),
        Faults(delay=3600),
        Faults(stall_after=3),
        Faults(drop_after=0),
        Faults(drop_after=3),
    ],
)
async def test_what_goes_wrong_there_is_a_providers_failure(
    server: EdgeEmulator, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "RECEIVE_SECONDS", 1)
    server.faults = faults
    with pytest.raises(ProviderError, match="Edge: "):
        await say(EdgeSpeech(), "नमस्ते")
    server.faults = Faults()
    assert b"".join(await say(EdgeSpeech(), "नमस्ते"))


async def test_garbage_makes_no_sound(server: EdgeEmulator) -> None:
    server.faults.garbage = True
    assert not b"".join(await say(EdgeSpeech(), "नमस्ते"))


async def test_nobody_listening_is_a_providers_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_tts.communicate, "WSS_URL", "ws://127.0.0.1:9/?TrustedClientToken=x")
    with pytest.raises(ProviderError, match="Edge: "):
        await say(EdgeSpeech(), "नमस्ते")


def test_without_the_extra_the_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ConfigurationError, match=r"pip install vartalaap\[edge\]"):
        EdgeSpeech()
