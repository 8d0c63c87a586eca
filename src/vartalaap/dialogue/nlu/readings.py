"""What a stretch of an utterance may mean: the readers give every reading there is, a contest chooses among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal

from .text.corrections import Span, T_co

Kind = Literal["day", "time", "party", "party_change", "phone", "name", "dish", "other"]
"""`other` explains a number away: dishes, tables, money, ages, floors, durations."""


@dataclass(frozen=True, slots=True)
class Reading(Span[T_co], Generic[T_co]):
    """A value that the tokens `start` up to but not including `end` may have, and the rule that says so."""

    kind: Kind
    rule: str
    """Of the reader, such as `hour` or `bare`: what the reading may rest on."""

    @property
    def name(self) -> str:
        """Of the rule among those of all readers."""
        return f"{self.kind}.{self.rule}"
