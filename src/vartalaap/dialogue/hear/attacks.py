"""Attempts to turn the assistant against its owner: instructions, disguises, demands for others' data.

A small grammar over the lexicon's concepts ("to put aside", "rules", "yours"): `lexicon/attacks.txt` has the frames, each
a few concepts that stand near each other, what speaks against it, and a weight. An utterance whose frames weigh
`ENOUGH` together is an attack. A flag here changes what is answered, never what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from .keys import normalise
from .lexicon import lexicon, table, word_set
from .menu import canonical_dish_word
from .tokens import Speech, listen

ENOUGH = 1.0
_ANYWHERE = 10**6

_LOOKALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
_SPACED = re.compile(r"(?<!\w)(?:\w[\u0900-\u0903\u093a-\u094f]*[ .\-_*|]+){3,}\w[\u0900-\u0903\u093a-\u094f]*(?!\w)")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_DIGIT_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[a-z013457@$]{4,}\b")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]{2,}")
_RUN_TOGETHER = re.compile(
    r"(?:ignore|forget|disregard|bypass|override|reveal|show|print|tell)\w{0,12}(?:rules|instruction|prompt|policy|secret)"
)
_AS_A_NAME = re.compile(
    r"^.{0,24}?(?:\bname (?:is|as|to)|\bna+m (?:hai|mein likh\w*|me likh\w*|likh\w*)|नाम (?:है|लिखो|में लिखो)"
    r"|requests?:?|request (?:mein|me) likh\w* (?:ki)?) "
)
"""What leads a name or a note; an attack put there is still one, and "my" before it says nothing."""


@lru_cache(maxsize=4)
def _pattern(section: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_plain, table("attacks")[section])))


@lru_cache(maxsize=1)
def _flags() -> dict[str, re.Pattern[str]]:
    """The named signs that single words do not show, each an alternation of its lines."""
    lines: dict[str, list[str]] = {}
    for line in table("attacks")["flag"]:
        name, _, expression = line.partition(": ")
        lines.setdefault(name, []).append(_plain(expression))
    return {name: re.compile("|".join(expressions)) for name, expressions in lines.items()}


def _plain(expression: str) -> str:
    """The expression with its Devanagari letters as `normalise` leaves them."""
    return _DEVANAGARI.sub(lambda m: normalise(m.group()), expression)


@dataclass(frozen=True, slots=True)
class Frame:
    """Concepts that mean an attack when they stand together; read from a line of the table."""

    weight: float
    reach: int
    """Words between two of them at most."""
    terms: tuple[frozenset[str], ...]
    """One word of each; of the `chained` first, in this order."""
    chained: int
    also: tuple[frozenset[str], ...]
    """Concepts, and flags with their `@`: one of each term anywhere."""
    unless: frozenset[str]
    """Concepts and flags that speak against it."""

    @classmethod
    def read(cls, line: str) -> Frame:
        """A frame of a line like `0.6 9: x_who > book|table + @plans ! x_own`."""
        head, _, body = line.partition(": ")
        weight, reach = head.split()
        wanted, _, unless = body.partition(" ! ")
        chain, *others = wanted.split(" + ")
        ordered = chain.split(" > ")
        terms = [*ordered, *others]
        return cls(
            float(weight),
            int(reach) or _ANYWHERE,
            tuple(frozenset(term.split("|")) for term in terms if "@" not in term),
            len(ordered) if len(ordered) > 1 else 0,
            tuple(frozenset(term.split("|")) for term in terms if "@" in term),
            frozenset(unless.split("|")) if unless else frozenset(),
        )


@lru_cache(maxsize=1)
def frames() -> tuple[Frame, ...]:
    """All frames of the table."""
    return tuple(map(Frame.read, table("attacks")["frame"]))


class _Scene:
    """An utterance as the frames look at it: the places of each concept, the flags it raises."""

    def __init__(self, speech: Speech) -> None:
        self._text = speech.text
        self._words = [t.text for t in speech.tokens]
        self._places: dict[str, list[int]] = {}
        self._flags: dict[str, bool] = {}
        honorifics, names = word_set("names", "honorific"), lexicon().names
        for i, token in enumerate(speech.tokens):
            tags = set(token.word.tags)
            if token.text in honorifics or token.text in names:
                tags.add("x_name")
            if token.number is not None:
                tags.add("num")
            for tag in tags:
                self._places.setdefault(tag, []).append(i)

    @cached_property
    def _names_a_dish(self) -> bool:
        return any(canonical_dish_word(word) for word in self._words)

    def _raised(self, flag: str) -> bool:
        if flag not in self._flags:
            self._flags[flag] = bool(_flags()[flag].search(self._text))
        return self._flags[flag]

    def weight(self) -> float:
        return sum(frame.weight for frame in frames() if self._fits(frame))

    def _fits(self, frame: Frame) -> bool:
        if any(self._places.keys().isdisjoint(term) for term in frame.terms):
            return False
        if not self._places.keys().isdisjoint(frame.unless) or ("dish" in frame.unless and self._names_a_dish):
            return False
        if not (self._chained(frame) if frame.chained else self._near(frame)):
            return False
        return all(map(self._has, frame.also)) and not self._has(frame.unless)

    def _has(self, term: frozenset[str]) -> bool:
        return not self._places.keys().isdisjoint(term) or any(self._raised(sign[1:]) for sign in term if sign[0] == "@")

    def _at(self, term: frozenset[str]) -> list[int]:
        return [i for tag in term for i in self._places.get(tag, ())]

    def _near(self, frame: Frame) -> bool:
        """Is there a word of the first term with a word of each other one in reach, no word counted twice?"""
        if len(frame.terms) < 2:
            return True
        first, *others = map(self._at, frame.terms)
        return any(self._within(anchor, others, frame.reach) for anchor in first)

    @staticmethod
    def _within(anchor: int, others: list[list[int]], reach: int) -> bool:
        used = {anchor}
        for places in others:
            free = [i for i in places if i not in used and abs(i - anchor) <= reach]
            if not free:
                return False
            used.add(min(free, key=lambda i: abs(i - anchor)))
        return True

    def _chained(self, frame: Frame) -> bool:
        ends = set(self._at(frame.terms[0]))
        for _, term in pairwise(frame.terms[: frame.chained]):
            places = self._at(term)
            ends = {j for j in places if any(0 < j - i <= frame.reach for i in ends)}
        return bool(ends)


def is_attack(text: str) -> bool:
    """Does the utterance try to change the assistant's rules, pose as its owner, or get at what is not the caller's?"""
    return attack_in(listen(text))


def attack_in(speech: Speech) -> bool:
    """Like `is_attack`, on tokens."""
    return any(map(_reads_as_attack, _readings(speech)))


def _readings(speech: Speech) -> Iterator[Speech]:
    """The utterance, and what it hides: letters set apart, letters of other alphabets, digits for letters, a name."""
    yield speech
    if (plain := _undisguised(speech.text)) != speech.text:
        yield listen(plain)
    if (name := _AS_A_NAME.match(speech.text)) and speech.text.count(" ", name.end()) >= 2:
        yield listen(speech.text[name.end() :])


def _undisguised(text: str) -> str:
    text = _SPACED.sub(lambda m: re.sub(r"[ .\-_*|]", "", m.group()), text.translate(_LOOKALIKES))
    return _DIGIT_WORD.sub(lambda m: m.group().translate(_LEET), normalise(text))


def _reads_as_attack(speech: Speech) -> bool:
    if _pattern("phrase").search(speech.text) or _RUN_TOGETHER.search(speech.text):
        return True
    return _Scene(speech).weight() >= ENOUGH - 1e-9
