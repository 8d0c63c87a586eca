"""The real models, loaded once, and the demonstration caller's recordings."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vartalaap.core.audio import encode
from vartalaap.services import weights
from vartalaap.services.stt.whisper import WhisperRecognizer
from vartalaap.services.vad.silero import SileroVad
from vartalaap.simulator.demo import DEMO_RECORDINGS

MODELS = Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(scope="session")
def recogniser() -> Iterator[WhisperRecognizer]:
    recogniser = WhisperRecognizer(weights.whisper_folder(MODELS))
    yield recogniser
    recogniser.close()


@pytest.fixture(scope="session")
def vad() -> SileroVad:
    return SileroVad(weights.silero_file())


@pytest.fixture(scope="session")
def recording() -> Callable[[int], bytes]:
    """The demonstration caller's n-th sentence as mu-law."""

    def load(number: int) -> bytes:
        with wave.open(f"{DEMO_RECORDINGS}-{number}.wav", "rb") as wav:
            return encode(wav.readframes(wav.getnframes()))

    return load
