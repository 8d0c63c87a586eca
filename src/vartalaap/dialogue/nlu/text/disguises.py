"""Words that hide what they are: letters with marks between them, figures for letters, letters of other alphabets."""

from __future__ import annotations

import re

from .lexicon import lexicon
from .normalise import normalise

_SIGNS = r"\u0900-\u0903\u093a-\u094f"
_LOOKALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
_JOINED = re.compile(r"(?<=[^\W\d_])[._*|]+(?=[^\W\d_]{2})")
"""Marks that stand for the spaces between words."""
_SPACED = re.compile(rf"(?<![\w{_SIGNS}])(?:\w[ .\-_*|]+){{3,}}\w(?![\w{_SIGNS}])")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_DIGIT_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[a-z013457@$]{4,}\b")


def undisguised(text: str) -> str:
    """A normalised text in plain letters; itself if it hides nothing."""
    text = _SPACED.sub(lambda m: re.sub(r"[ .\-_*|]", "", m.group()), text.translate(_LOOKALIKES))
    return _DIGIT_WORD.sub(_letters, normalise(_JOINED.sub(" ", text)))


def _letters(digits: re.Match[str]) -> str:
    """A figure one is an l or an i, whichever makes a word."""
    as_l = digits.group().replace("1", "l").translate(_LEET)
    return as_l if lexicon().exactly(as_l) else digits.group().translate(_LEET)
