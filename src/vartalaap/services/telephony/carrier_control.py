"""What any carrier does for us beside the stream: it speaks a sentence, rings a person, ends a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ...core.language import Language
from ...core.phone import PhoneNumber


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence in the carrier's own voice: ours may be what has failed."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to connect the caller to."""

    number: PhoneNumber
    shown: PhoneNumber | None
    """The calling number that the person sees; the carrier's choice if None."""
    ring_seconds: int


class CarrierControl(Protocol):
    """What we can ask of the carrier about a call that is going on."""

    async def hang_up(self, call_id: str) -> None:
        """End the call; no error if it has ended. Raises `ProviderError`."""
        ...
