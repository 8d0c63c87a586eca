"""A voice that is given words only."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ...core.language import Language
from ...core.ports import TextToSpeech
from .normal import normalise


class Normalised:
    """`core.ports.TextToSpeech` of another, which never sees a digit or an abbreviation."""

    def __init__(self, voice: TextToSpeech) -> None:
        self._voice = voice

    def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        return self._voice.synthesize(normalise(text, language), language)
