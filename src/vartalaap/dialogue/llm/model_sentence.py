"""A sentence of the model in its turn, as the guards look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ...core.language import Language
from ..nlu.sentences import ReadSentence, clauses, words_in
from ..turn import Turn


@dataclass(frozen=True)
class ModelSentence(ReadSentence):
    """One sentence of the model's."""

    turn: Turn
    answers_in: Language
    caller: str = field(repr=False)
    """What the caller said."""

    @classmethod
    def of(cls, text: str, turn: Turn, answers_in: Language, caller: str) -> ModelSentence:
        return cls(text, turn.now, turn.business, turn, answers_in, caller)

    @property
    def parts(self) -> list[ModelSentence]:
        """Its clauses, each as a sentence of its own."""
        return [ModelSentence.of(part, self.turn, self.answers_in, self.caller) for part in clauses(self.text)]

    @property
    def is_lost(self) -> bool:
        """Does it say that the caller was not understood?"""
        return self.has_phrase("lost")

    @property
    def is_unknowing(self) -> bool:
        """Does it say that something is not known, or cannot be done?"""
        return self.has_phrase("unknowing")

    @property
    def is_modest(self) -> bool:
        return self.is_unknowing or self.is_lost

    @cached_property
    def caller_words(self) -> frozenset[str]:
        return words_in(self.caller)

    @cached_property
    def business_words(self) -> frozenset[str]:
        """Of its name and menu, and of the caller's name."""
        business = self.business
        guest = self.turn.state.slots.name or ""
        names = [business.name, *(category.name for category in business.menu.categories), guest]
        names += [name for item in business.menu.items for name in (item.name, *item.aliases, *item.tags)]
        said = (dishes.said for dishes in self.dishes if dishes.items)
        return words_in(" ".join((*names, *said)))
