"""How likely each intent is, by a linear model of sounds, concepts and what was asked, fitted to `lines/*/intents.txt`.

`make understanding` writes the weights, `models/intents.npz`; nothing in it is edited by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from . import models
from .readers.dishes import canonical_dish_word
from .text.lexicon import lexicon
from .text.normalise import romanise_urdu, script_of, sound
from .text.tables import table
from .text.tokens import Token
from .understanding import IntentName, Slot

Floats = NDArray[np.float32]

_SHORTEST_IN_PIECES = 4
"""Letters of a sound of which pieces are looked at too: a long word may be spelt or heard otherwise."""
_PIECE = 4
_LENGTHS = (1, 2, 4, 8)
_NEAR = 3
"""Words from one kind to another that stands with it."""
_NEVER = np.float32(1e-6)
"""A share that is as good as none."""


@dataclass(frozen=True, slots=True)
class Features:
    """What an utterance shows of its intents, each once."""

    names: frozenset[str]

    @property
    def scale(self) -> float:
        """What each counts for: long utterances have more of them."""
        return 1 / math.sqrt(len(self.names))


def features_of(tokens: Sequence[Token], slot: Slot | None, values: Sequence[str]) -> Features:
    """Of the tokens of an utterance or a clause; `slot` was asked for, `values` are the kinds of value read in it."""
    words = [token for token in tokens if token.kind != "mark"]
    sounds = ["^", *(_sound_of(token) for token in words), "$"]
    found = {f"v {value}" for value in values}
    found.update(_of_sounds(sounds), _of_kinds(sounds), _of_concepts(words, slot))
    found.add(f"n {sum(len(words) > length for length in _LENGTHS)}")
    if tokens and tokens[-1].text == "?":
        found.add("?")
    return Features(frozenset(found))


def _of_sounds(sounds: Sequence[str]) -> Iterator[str]:
    """Pairs of words side by side, and pieces of the longer ones; `sounds` has marks for both ends."""
    yield from (f"b {a} {b}" for a, b in pairwise(sounds))
    for key in sounds[1:-1]:
        yield from _pieces(key)


def _of_kinds(sounds: Sequence[str]) -> Iterator[str]:
    """Kinds of word, and pairs of them that stand near each other."""
    kinds = [(i, kind) for i, key in enumerate(sounds) for kind in _kinds().get(key, ())]
    yield from (f"k {kind}" for _, kind in kinds)
    yield from (f"k {a} {b}" for i, a in kinds for j, b in kinds if i < j <= i + _NEAR)


def _of_concepts(words: Sequence[Token], slot: Slot | None) -> Iterator[str]:
    """Tags of the lexicon, by themselves, side by side, and with what was asked."""
    concepts = [_concepts(token.word.tags) for token in words]
    yield from (f"t {tag}" for tags in concepts for tag in tags)
    yield from (f"a {slot} {tag}" for tags in concepts for tag in tags)
    yield from (f"p {a} {b}" for one, other in pairwise(concepts) for a in one for b in other)


def _sound_of(token: Token) -> str:
    if token.kind != "word" or token.number is not None:
        return "#"
    return _sound(token.text)


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    """The sound of a word, the same in all scripts; whose name and which dish it is says nothing."""
    if word in lexicon().names:
        return "(name)"
    if canonical_dish_word(word):
        return "(dish)"
    if script_of(word) == "urdu":
        word = romanise_urdu(word)
    return sound(word) or word


@cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    """Of a sound: the kinds of word that it is one of."""
    found: dict[str, dict[str, None]] = {}
    for line in table("kinds")["kind"]:
        kind, _, words = line.partition(": ")
        for word in words.split():
            found.setdefault(sound(word), {})[kind] = None
    return {key: tuple(kinds) for key, kinds in found.items()}


@lru_cache(maxsize=8192)
def _pieces(key: str) -> tuple[str, ...]:
    """The sound, and its pieces."""
    if len(key) < _SHORTEST_IN_PIECES or key.startswith("("):
        return (f"w {key}",)
    whole = f"<{key}>"
    return (f"w {key}", *(f"c {whole[i : i + _PIECE]}" for i in range(len(whole) - _PIECE + 1)))


@lru_cache(maxsize=4096)
def _concepts(tags: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(tags))


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights of features by intent, and what their sums are worth."""

    intents: tuple[IntentName, ...]
    rows: Mapping[str, int]
    """Of each feature: its row in `weights`."""
    weights: Floats
    """Of feature and intent; the last column is of none."""
    bias: Floats
    """Of each intent and of none."""
    calibration: Floats
    """Logarithms of odds, rising, and the probability of each; between them it is interpolated."""
    attack: float
    """The log odds from which an attack is taken for one."""

    def odds(self, features: Features) -> Floats:
        """The logarithm of each intent's odds against all others and none."""
        rows = sorted(row for name in features.names if (row := self.rows.get(name)) is not None)
        sums = self.weights[rows].sum(axis=0) * np.float32(features.scale) + self.bias
        shares = np.exp(sums - sums.max())
        others = shares.sum() - shares
        return cast(Floats, np.log(shares[:-1] + _NEVER) - np.log(others[:-1] + _NEVER))

    def probabilities(self, odds: Floats) -> list[float]:
        """What the odds are worth, 0 to 1."""
        return cast("list[float]", np.interp(odds, *self.calibration).tolist())


@cache
def intent_model() -> IntentModel:
    """The one that ships. Raises FileNotFoundError where it was never made."""
    with (resources.files(models) / "intents.npz").open("rb") as file:
        read = np.load(file)
        names = bytes(read["features"]).decode().split("\n")
        return IntentModel(
            tuple(cast("list[IntentName]", bytes(read["intents"]).decode().split())),
            {name: row for row, name in enumerate(names)},
            read["weights"] * read["steps"],
            read["bias"],
            read["calibration"],
            float(read["attack"]),
        )
