"""How likely each intent is, by a linear model of sounds, concepts and what was asked, fitted to `lines/*/intents.txt`.

`make understanding` writes the weights, `models/intents.json.gz`; nothing in it is edited by hand.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import cast

from . import models
from .readers.dishes import canonical_dish_word
from .text.lexicon import lexicon
from .text.normalise import romanise_urdu, script_of, sound
from .text.tokens import Token
from .understanding import IntentName, Slot

_SHORTEST_IN_PIECES = 4
"""Letters of a sound of which pieces are looked at too: a long word may be spelt or heard otherwise."""
_PIECE = 4
_LENGTHS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Features:
    """What an utterance shows of its intents, each once."""

    names: frozenset[str]

    @property
    def scale(self) -> float:
        """What each counts for: long utterances have more of them."""
        return 1 / math.sqrt(len(self.names) + 1)


def features_of(tokens: Sequence[Token], slot: Slot | None, values: Sequence[str]) -> Features:
    """Of the tokens of an utterance or a clause; `slot` was asked for, `values` are the kinds of value read in it."""
    words = [token for token in tokens if token.kind != "mark"]
    sounds = ["^", *(_sound_of(token) for token in words), "$"]
    found = {f"w {key}" for key in sounds[1:-1]}
    found.update(f"b {a} {b}" for a, b in pairwise(sounds))
    found.update(f"s {a} {b}" for a, b in zip(sounds, sounds[2:], strict=False))
    for key in sounds[1:-1]:
        found.update(_pieces(key))
    concepts = [_concepts(token.word.tags) for token in words]
    found.update(f"t {tag}" for tags in concepts for tag in tags)
    found.update(f"p {a} {b}" for one, other in pairwise(concepts) for a in one for b in other)
    found.update(f"v {value}" for value in values)
    found.add(f"a {slot}")
    found.update(f"a {slot} {tag}" for tags in concepts for tag in tags)
    found.add(f"n {sum(len(words) > length for length in _LENGTHS)}")
    if tokens and tokens[-1].text == "?":
        found.add("?")
    return Features(frozenset(found))


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


@lru_cache(maxsize=8192)
def _pieces(key: str) -> tuple[str, ...]:
    if len(key) < _SHORTEST_IN_PIECES or key.startswith("("):
        return ()
    whole = f"<{key}>"
    return tuple(f"c {whole[i : i + _PIECE]}" for i in range(len(whole) - _PIECE + 1))


@lru_cache(maxsize=4096)
def _concepts(tags: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(tags))


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights of features by intent, and what their sums are worth as probabilities."""

    intents: tuple[IntentName, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, Sequence[tuple[int, float]]]
    """Of each feature: places in `intents`, and weights."""
    calibration: tuple[tuple[float, float], ...]
    """Points (sum, probability), rising; between them it is interpolated."""

    def probabilities(self, features: Features) -> Iterator[tuple[IntentName, float]]:
        """Of every intent, 0 to 1, each for itself."""
        sums = [0.0] * len(self.intents)
        for name in features.names:
            for place, weight in self.weights.get(name, ()):
                sums[place] += weight
        scale = features.scale
        for intent, bias, total in zip(self.intents, self.bias, sums, strict=True):
            yield intent, self._calibrated(bias + scale * total)

    def _calibrated(self, total: float) -> float:
        points = self.calibration
        if total <= points[0][0]:
            return points[0][1]
        for (x0, y0), (x1, y1) in pairwise(points):
            if total <= x1:
                return y0 + (y1 - y0) * (total - x0) / (x1 - x0)
        return points[-1][1]


@cache
def intent_model() -> IntentModel:
    """The one that ships. Raises FileNotFoundError where it was never made."""
    packed = (resources.files(models) / "intents.json.gz").read_bytes()
    read = json.loads(gzip.decompress(packed))
    return IntentModel(
        tuple(cast("list[IntentName]", read["intents"])),
        tuple(read["bias"]),
        {name: [(place, weight) for place, weight in pairs] for name, pairs in read["weights"].items()},
        tuple((x, y) for x, y in read["calibration"]),
    )
