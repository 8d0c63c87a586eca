"""What Whisper makes of a sound without speech: thanks for watching, subtitle credits, one word again and again.

No sign alone is to be trusted: the model is sure of many of its inventions, and unsure of many a bare digit. So the
text, its signs and the sound are judged together.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from .digits import digits_in

NO_SPEECH = 0.6
"""Above this the model takes the sound for no speech (also of bare digits, wrongly): then more is asked of a text."""
LOWEST_SCORE_OF_NO_SPEECH = -1.0
MOST_COMPRESSION = 2.4
"""OpenAI's own limit for what its server measures."""
LOOP_BYTES = 60
LOOP_RATIO = 4.0
"""A text of some length that zlib shrinks so far repeats itself; a dictated "9898989898" shrinks less."""
LOOP = re.compile(r"(\D{2,30}?)\1{10}")
"""Even digits are not dictated so often in a row;"""
LOOP_OF_WORDS = re.compile(r"(\D{2,30}?)\1{5}")
"""other words are said less often,"""
LOOP_OF_NO_SPEECH = re.compile(r"(\D{2,30}?)\1{2}")
"""and where the model hears no speech, not even thrice."""
FIRST_WORDS = 3
WORDS_A_SECOND = 8
"""Nobody says more in the time that a voice may have been heard."""
COURTESY_SECONDS = 2.5
"""A "thank you" takes no longer,"""
COURTESY_NO_SPEECH = 0.5
COURTESY_SCORE = -1.0
"""and is understood well."""

_SENTENCE_END = re.compile(r"(?<=[.!?।۔؟])\s+|(?<=[。！？])")
_ACCENTS = re.compile("[\u0300-\u036f\u093c\u064b-\u065f\u0670\u200b-\u200f]")
_ASIDE = re.compile(r"[\[(*♪♫].*[\])*♪♫]")
"""[Music], (laughs), *coughs*."""
_REPEATED = re.compile(r"\b(.+?)(?: \1)+\b")
_OUR_SCRIPTS = re.compile(
    r"[\u0000-\u024f\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u1e00-\u1eff\ufb50-\ufdff\ufe70-\ufeff]"
)
"""Latin, Arabic (Urdu), and those of India."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known beside the text: of the sound, and what the model itself says."""

    voiced_seconds: float
    """See `voiced`."""
    score: float
    """Mean log probability of the tokens."""
    no_speech: float
    """The model's probability that nobody speaks."""
    compression: float = 1.0
    """How far the text can be compressed, where the server says that."""

    @property
    def of_no_speech(self) -> bool:
        return self.no_speech > NO_SPEECH

    @property
    def of_courtesy(self) -> bool:
        """May somebody have said a mere "thank you" here?"""
        well_heard = self.no_speech <= COURTESY_NO_SPEECH and self.score >= COURTESY_SCORE
        return well_heard and self.voiced_seconds <= COURTESY_SECONDS


def spoken(text: str, signs: Signs) -> str:
    """The sentences of the text that somebody may have said; empty if there are none."""
    if _is_noise(text, signs):
        return ""
    parts = [part for part in _SENTENCE_END.split(text.strip()) if not _is_invented(part)]
    if not signs.of_courtesy and all(plain(part) in _inventions().courtesies for part in parts):
        return ""
    return " ".join(parts)


def _is_noise(text: str, signs: Signs) -> bool:
    if signs.of_no_speech and signs.score < LOWEST_SCORE_OF_NO_SPEECH:
        return True
    if len(text.split()) > FIRST_WORDS + WORDS_A_SECOND * signs.voiced_seconds:
        return True
    return signs.compression > MOST_COMPRESSION or _is_loop(text, signs)


def _is_loop(text: str, signs: Signs) -> bool:
    data = text.encode()
    if len(data) >= LOOP_BYTES and len(data) / len(zlib.compress(data)) > LOOP_RATIO:
        return True
    is_number = len(set(digits_in(text))) > 1
    loop = LOOP if is_number else LOOP_OF_NO_SPEECH if signs.of_no_speech else LOOP_OF_WORDS
    return bool(loop.search(f" {_words(text)} "))


def _is_invented(sentence: str) -> bool:
    if not any(map(str.isalnum, sentence)) or _ASIDE.fullmatch(sentence) or _is_foreign(sentence):
        return True
    words, known = plain(sentence), _inventions()
    return words in known.whole or any(f" {part}" in f" {words}" for part in known.parts)


def _is_foreign(sentence: str) -> bool:
    """Is more than a quarter of it in letters that none of our callers' languages is written in?"""
    letters = [letter for letter in sentence if letter.isalpha()]
    return sum(not _OUR_SCRIPTS.match(letter) for letter in letters) * 4 > len(letters)


def plain(text: str) -> str:
    """In small letters without accents and punctuation, and what is repeated in a row only once."""
    return _REPEATED.sub(r"\1", _words(text))


def _words(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    kept = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in bare)
    return " ".join(kept.split())


class _Inventions(NamedTuple):
    """What is invented wherever it is a part of a sentence, as a whole one, and what callers say too."""

    parts: frozenset[str]
    whole: frozenset[str]
    courtesies: frozenset[str]


@cache
def _inventions() -> _Inventions:
    text = resources.files(__package__).joinpath("hallucinations.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {"*": set(), "": set(), "?": set()}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            mark = line[0] if line[0] in found else ""
            found[mark].add(plain(line.removeprefix(mark)))
    return _Inventions(*map(frozenset, found.values()))
