"""What a caller wants, each wish with a probability; several may be there at once.

Among them attempts to turn the assistant against its owner: a flag changes what is answered, never what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .intent_model import Floats, features_of, intent_model
from .text.clauses import parts_of
from .text.disguises import undisguised
from .text.tokens import Speech, listen
from .understanding import LIKELY, Intent, Slot

_SURELY = 0.95


def intents_in(speech: Speech, values: Sequence[str] = (), slot: Slot | None = None) -> tuple[Intent, ...]:
    """All likely intents of an utterance, surest first.

    `values` are the kinds of value that were read in it, `slot` is what was asked for. Each intent counts as in the
    part of the utterance where it is surest, or as in the whole.
    """
    model = intent_model()
    odds = _odds(speech, values, slot)
    sure = dict(zip(model.intents, model.probabilities(odds), strict=True))
    sure["attack"] = _SURELY if _attacks(speech, odds) else 0.0
    return tuple(sorted((Intent(n, p) for n, p in sure.items() if p >= LIKELY), key=lambda i: -i.confidence))


def is_attack(text: str) -> bool:
    """Does the utterance try to change the assistant's rules, pose as its owner, or get at what is not the caller's?"""
    speech = listen(text)
    return _attacks(speech, _odds(speech, (), None))


def _odds(speech: Speech, values: Sequence[str], slot: Slot | None) -> Floats:
    model = intent_model()
    features = [features_of(speech.tokens, slot, values)]
    parts = list(parts_of(speech))
    if len(parts) > 1:
        features.extend(features_of(part, slot, ()) for part in parts)
    best: Floats = np.array([model.odds(shown) for shown in features]).max(axis=0)
    return best


def _attacks(speech: Speech, odds: Floats) -> bool:
    """Is it an attack as it stands, or in plain letters?"""
    model = intent_model()
    place = model.intents.index("attack")
    if odds[place] > model.attack:
        return True
    plain = undisguised(speech.text)
    return plain != speech.text and bool(_odds(listen(plain), (), None)[place] > model.attack)
