"""A sentence of the model as the guards look at it: read by the same ears as a caller's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib import resources

from ...core.business import MenuItem
from ...core.language import Language
from ..nlu import Dishes, IntentName, LanguageGuess, find_dishes, guess_language, understand
from ..nlu.readers.dates import days_in
from ..nlu.readers.times import Clock, times_in
from ..nlu.text.corrections import Span
from ..nlu.text.normalise import normalise
from ..nlu.text.tokens import Speech, listen
from ..state import Turn

_CLAUSE_END = re.compile(r"[,;:—–]|\s-\s|\s(?:but|however|लेकिन|मगर)\s", re.IGNORECASE)


def clauses(text: str) -> list[str]:
    """The parts of a sentence that can be true or false each for itself."""
    return [part for part in _CLAUSE_END.split(text) if listen(part).words]


@dataclass(frozen=True)
class Said:
    """One sentence in its turn."""

    text: str
    turn: Turn
    answers_in: Language

    @cached_property
    def speech(self) -> Speech:
        return listen(self.text)

    @cached_property
    def is_question(self) -> bool:
        return self.text.rstrip().endswith("?")

    @cached_property
    def language(self) -> LanguageGuess:
        return guess_language(self.text)

    @cached_property
    def dishes(self) -> tuple[Dishes, ...]:
        return find_dishes(self.text, self.turn.business.menu)

    @property
    def items(self) -> tuple[MenuItem, ...]:
        return tuple(item for dishes in self.dishes for item in dishes.items)

    @cached_property
    def days(self) -> list[tuple[date, tuple[int, ...]]]:
        """Each day it names, with the places of its words."""
        spans = days_in(self.speech, self.turn.now.date(), wanted=False)
        return [(span.value.date, tuple(span.tokens)) for span in spans]

    @cached_property
    def times(self) -> list[Span[Clock]]:
        return times_in(self.speech, wanted=False)

    @cached_property
    def value_tokens(self) -> frozenset[int]:
        """The places of the words that make its days and times."""
        days, times = (tokens for _, tokens in self.days), (span.tokens for span in self.times)
        return frozenset(i for tokens in (*days, *times) for i in tokens)

    @cached_property
    def _intents(self) -> frozenset[IntentName]:
        heard = understand(self.text, now=self.turn.now, business=self.turn.business)
        return frozenset(intent.name for intent in heard.intents)

    def intends(self, name: IntentName) -> bool:
        return name in self._intents

    def names(self, section: str) -> bool:
        """Is one of the words of that section of claims.txt in it?"""
        return not words_of(section).isdisjoint(self.speech.words)

    def in_order(self, first: str, then: str) -> bool:
        """Does a word of the section `then` follow one of `first`?"""
        spoken = self.speech.words
        start = next((i for i, word in enumerate(spoken) if word in words_of(first)), len(spoken))
        return not words_of(then).isdisjoint(spoken[start + 1 :])

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

    def has_phrase(self, section: str) -> bool:
        """Is one of the phrases of that section in it?"""
        words = (token.raw.lower().replace("'", "") for token in self.speech.tokens if token.kind != "mark")
        text = f" {' '.join(words)} "
        return any(phrase in text for phrase in _phrases_of(section))

    @cached_property
    def caller_words(self) -> frozenset[str]:
        return frozenset(listen(self.turn.heard.text).words)

    @cached_property
    def business_words(self) -> frozenset[str]:
        """Of its name and menu, and of the caller's name."""
        business = self.turn.business
        names = [business.name, *(category.name for category in business.menu.categories), self.turn.state.name or ""]
        names += [name for item in business.menu.items for name in (item.name, *item.aliases, *item.tags)]
        said = (dishes.said for dishes in self.dishes if dishes.items)
        return _words(" ".join((*names, *said)))


@cache
def words_of(section: str) -> frozenset[str]:
    """The words of a section of claims.txt, in the form that `Said` has its own in."""
    return _words(" ".join(_claims()[section]))


@cache
def _phrases_of(section: str) -> tuple[str, ...]:
    """Its phrases, normalised, each from a space to where its last word has to end."""
    lines = _claims()[f"{section}: phrases"]
    return tuple(f" {normalise(line)} ".removesuffix("~ ") for line in lines)


@cache
def _claims() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in resources.files(__package__).joinpath("claims.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    return frozenset(word for part in text.split() for word in listen(part).words)
