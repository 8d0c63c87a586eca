"""The odds that an utterance is an attack, by a linear model of words and concepts fitted to the project's own lines.

The frames of `frames.py` say what is known; this weighs what is only likely, for attacks in words that nobody foresaw.
`python -m eval.fit` writes its weights, `data/attack_weights.json`.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from .. import data
from ..readers.dishes import canonical_dish_word
from ..text.lexicon import lexicon
from ..text.normalise import romanise_urdu, script_of, sound
from ..text.tokens import Speech, Token

_REACH = 3
"""Words between two that are looked at as a pair, at most."""
_NUMBER = ("#",)


def log_odds(speech: Speech) -> float:
    """The logarithm of the odds; 0 is as likely as not."""
    bias, weights = _model()
    total = sum(weights[feature] for feature in features(speech) if feature in weights)
    return bias + total * scale(speech)


def scale(speech: Speech) -> float:
    """What a feature counts for in an utterance of this length: long ones have more of them."""
    return 1 / math.sqrt(len(speech.words) + 1)


def features(speech: Speech) -> list[str]:
    """Each word's sound and concepts (`@no`), and pairs: `a>b` side by side; `a..b` near, where one is a concept."""
    words = [_parts(token) for token in speech.tokens if token.kind != "mark"]
    found = [part for parts in words for part in parts]
    found += [f"{one}>{other}" for parts, later in pairwise(words) for one in parts for other in later]
    for gap in range(2, _REACH + 1):
        for (sound_of, *concepts), later in zip(words, words[gap:], strict=False):
            found += [f"{sound_of}..{other}" for other in later[1:]]
            found += [f"{concept}..{other}" for concept in concepts for other in later]
    return found


def _parts(token: Token) -> tuple[str, ...]:
    if token.kind != "word" or token.number is not None:
        return _NUMBER
    return _parts_of(token.text, token.word.tags)


@lru_cache(maxsize=4096)
def _parts_of(word: str, tags: frozenset[str]) -> tuple[str, ...]:
    return (_said(word), *(f"@{tag}" for tag in sorted(tags)))


def _said(word: str) -> str:
    """The sound of a word; whose name and which dish it is says nothing."""
    if word in lexicon().names:
        return "name"
    if canonical_dish_word(word):
        return "dish"
    if script_of(word) == "urdu":
        word = romanise_urdu(word)
    return sound(word) or word


@lru_cache(maxsize=1)
def _model() -> tuple[float, dict[str, float]]:
    model = json.loads((resources.files(data) / "attack_weights.json").read_text("utf-8"))
    return model["bias"], model["weights"]
