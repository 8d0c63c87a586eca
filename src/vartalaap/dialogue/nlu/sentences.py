"""A sentence of our own side, such as a model's, read by the same readers as a caller's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property, lru_cache

from rapidfuzz.fuzz import partial_ratio

from ...core.business import Business, MenuItem
from .contest import Outcome
from .interpreter import understand
from .language import guess_language
from .readers.clock import Clock
from .readers.dishes import find_dishes
from .readers.numbers import Quantity, quantities
from .text.corrections import Span
from .text.normalise import normalise, romanise_urdu, script_of, sound
from .text.tables import table
from .text.tokens import Speech, listen
from .understanding import Dishes, IntentName, LanguageGuess
from .values import days_in, outcome_of, times_in

_CLAUSE_END = re.compile(r"[,;:—–]|\s-\s|\s(?:but|however|लेकिन|मगर)\s", re.IGNORECASE)
_SAME_NAME = 75
"""How alike (0 to 100) a name and what the caller said sound at least."""


def clauses(text: str) -> list[str]:
    """The parts of a sentence that can be true or false each for itself."""
    return [part for part in _CLAUSE_END.split(text) if listen(part).words]


@dataclass(frozen=True)
class ReadSentence:
    """One sentence, at the moment `now` (aware), about that business."""

    text: str
    now: datetime
    business: Business

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
        return find_dishes(self.text, self.business.menu)

    @property
    def items(self) -> tuple[MenuItem, ...]:
        return tuple(item for dishes in self.dishes for item in dishes.items)

    @property
    def _outcome(self) -> Outcome:
        return outcome_of(self.speech, self.now.date(), None)

    @cached_property
    def days(self) -> list[tuple[date, tuple[int, ...]]]:
        """Each day it names, with the places of its words."""
        return [(span.value.date, tuple(span.tokens)) for span in days_in(self._outcome)]

    @cached_property
    def times(self) -> list[Span[Clock]]:
        return times_in(self.speech, self._outcome)

    @cached_property
    def quantities(self) -> list[Quantity]:
        return list(quantities(self.speech))

    @cached_property
    def value_tokens(self) -> frozenset[int]:
        """The places of the words that make its days and times."""
        days, times = (tokens for _, tokens in self.days), (span.tokens for span in self.times)
        return frozenset(i for tokens in (*days, *times) for i in tokens)

    @cached_property
    def _intents(self) -> frozenset[IntentName]:
        heard = understand(self.text, now=self.now, business=self.business)
        return frozenset(intent.name for intent in heard.intents)

    def intends(self, name: IntentName) -> bool:
        return name in self._intents

    def dishes_between(self, start: int, end: int) -> tuple[Dishes, ...]:
        """The dishes that the tokens from `start` up to but not including `end` name."""
        return find_dishes(" ".join(token.text for token in self.speech.tokens[start:end]), self.business.menu)

    def names(self, section: str) -> bool:
        """Is one of the words of that section of claims.txt in it?"""
        return not words_of(section).isdisjoint(self.speech.words)

    def in_order(self, first: str, then: str) -> bool:
        """Does a word of the section `then` follow one of `first`?"""
        spoken = self.speech.words
        start = next((i for i, word in enumerate(spoken) if word in words_of(first)), len(spoken))
        return not words_of(then).isdisjoint(spoken[start + 1 :])

    def has_phrase(self, section: str) -> bool:
        """Is one of the phrases of that section in it?"""
        words = (token.raw.lower().replace("'", "") for token in self.speech.tokens if token.kind != "mark")
        text = f" {' '.join(words)} "
        return any(phrase in text for phrase in _phrases_of(section))


@cache
def words_of(section: str) -> frozenset[str]:
    """The words of a section of claims.txt, in the form that a sentence has its own in."""
    return words_in(" ".join(table("claims")[section]))


@lru_cache(maxsize=256)
def words_in(text: str) -> frozenset[str]:
    """The words of a text as tokens have them."""
    return frozenset(word for part in text.split() for word in listen(part).words)


@cache
def _phrases_of(section: str) -> tuple[str, ...]:
    """Its phrases, normalised, each from a space to where its last word has to end."""
    lines = table("claims")[f"{section}: phrases"]
    return tuple(f" {normalise(line)} ".removesuffix("~ ") for line in lines)


def sounds_like_said(name: str, said: Sequence[str]) -> bool:
    """Does each word of a name that a model has written sound like something in these texts?"""
    words = name.split()
    keys = " ".join(_key(word) for text in said for word in listen(text).words)
    plain = all(part.isalpha() or script_of(part) == "deva" for part in words)
    return bool(words) and plain and all(partial_ratio(_key(word), keys) >= _SAME_NAME for word in words)


def _key(word: str) -> str:
    word = normalise(word)
    return sound(romanise_urdu(word) if script_of(word) == "urdu" else word)
