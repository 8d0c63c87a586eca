"""Spelling-neutral keys: the same word in Devanagari, Latin or Urdu letters, well or badly spelt, reaches the same key.

Urdu writing leaves short vowels out and recognisers drop aspirates, so there are two keys: `sound` for Devanagari and
Latin letters, `skeleton` for Devanagari and Urdu letters. Lexicon words in Devanagari have both and join all three.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from .tables import table

Script = Literal["latn", "deva", "urdu", "digit", "other"]

LONGEST_TEXT = 600
"""Characters; nobody says more in one turn, and it bounds the time spent on hostile input."""

_NUKTA, _TATWEEL, _MADDA_ALEF = "\u093c", "\u0640", "\u0622"
_DROPPED = (_NUKTA, "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", _TATWEEL)


def _letters(section: str) -> dict[str, str]:
    return {pair[0]: pair[2:] for line in table("letters")[section] for pair in line.split("  ")}


_FOLDED = str.maketrans({**_letters("folded"), **dict.fromkeys(_DROPPED)})
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670\u06d6-\u06ed]")


def normalise(text: str) -> str:
    """Lower case, one form for every letter and punctuation mark, ASCII digits; at most `LONGEST_TEXT` characters."""
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT]  # one character may become eighteen
    if text.isascii():
        return text.lower()
    text = text.replace(_MADDA_ALEF, "\ue000")  # NFD would split it into alef and a mark
    text = unicodedata.normalize("NFD", text.casefold()).translate(_FOLDED)
    text = _ARABIC_MARKS.sub("", text).replace("\ue000", _MADDA_ALEF)
    # Accents of Latin letters go; the vowel signs of Indian scripts are marks as well and stay.
    text = _FOREIGN_DIGIT.sub(lambda m: str(unicodedata.decimal(m.group())), _LATIN_MARKS.sub("", text))
    return text[: 2 * LONGEST_TEXT]


def spellings(text: str) -> frozenset[str]:
    """The words of a text, normalised: how code names words that it looks for."""
    return frozenset(map(normalise, text.split()))


def script_of(word: str) -> Script:
    """The script of the first letter that has one."""
    for c in word:
        if "a" <= c <= "z" or "A" <= c <= "Z":
            return "latn"
        if "\u0900" <= c <= "\u097f":
            return "deva"
        if "\u0600" <= c <= "\u06ff":
            return "urdu"
        if c.isdecimal():
            return "digit"
    return "other"


_DEVA_CONSONANTS = _letters("devanagari consonants")
_DEVA_SIGNS = _letters("devanagari signs")
_DEVA_VOWELS = _letters("devanagari vowels")
_VIRAMA, _AFTER_VOWELS = "\u094d", "\u0902\u0901\u0903"
"""The sign of no vowel; signs that follow one."""


def romanise_devanagari(word: str) -> str:
    """A readable Latin form ("सुनीता" is "suneetaa"), every inherent vowel written but the last."""
    out: list[str] = []
    for i, c in enumerate(word):
        if c in _DEVA_CONSONANTS:
            following = word[i + 1 : i + 2]
            bare = (
                following == _VIRAMA or (following in _DEVA_SIGNS and following not in _AFTER_VOWELS) or not following
            )
            out.append(_DEVA_CONSONANTS[c] + ("" if bare else "a"))
        else:
            out.append(_DEVA_SIGNS.get(c) or _DEVA_VOWELS.get(c) or ("" if c == _VIRAMA else c))
    return "".join(out)


_SOUND_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"[^a-z]", ""),
        (r"tion\b", "san"), (r"ph", "f"), (r"tch|chh?", "C"), (r"sh", "s"), (r"ck|q", "k"), (r"x", "ks"),
        (r"c(?=[eiy])", "s"), (r"c", "k"), (r"C", "c"), (r"z", "j"), (r"w", "v"),
        (r"(?<=[kgcjtdpb])h", ""), (r"f", "p"),
        (r"ee+|ii+|(?<=[^aeiou])y(?![aeiou])", "i"), (r"oo+|uu+", "u"), (r"ou|au|av(?![aeiou])|ow", "o"),
        (r"ai|ay(?![aeiou])|ei|ey(?![aeiou])", "e"),
        (r"(?<=.)a+", ""), (r"(?<=.)h\b", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Key of a normalised Latin or Devanagari word: consonants without aspiration, vowels without length, no `a`."""
    if script_of(word) == "deva":
        word = romanise_devanagari(word)
    for pattern, by in _SOUND_RULES:
        word = pattern.sub(by, word)
    return word


_URDU = _letters("urdu skeleton")
_DEVA_SKELETON = _letters("devanagari skeleton")
_INITIAL_VOWELS = _letters("devanagari initials")
_REPEATED = re.compile(r"(.)\1+")
_COARSE = str.maketrans({"T": "t", "D": "d", "R": "d", "S": "s", "z": "j", "x": "k", "G": "g", "f": "p", "H": None})


def skeleton(word: str, *, coarse: bool = False) -> str:
    """Key of a normalised Devanagari or Urdu word: consonants and long vowels.

    The coarse key also forgets aspiration and the difference of dental and retroflex, which recognisers confuse.
    """
    if script_of(word) == "urdu":
        key = "".join(_URDU.get(c, "") for c in word)
    else:
        head = _INITIAL_VOWELS.get(word[:1], _DEVA_SKELETON.get(word[:1], ""))
        key = head + "".join(_DEVA_SKELETON.get(c, "") for c in word[1:])
    if coarse:
        key = key.translate(_COARSE)
    return _REPEATED.sub(r"\1", key)


_URDU_PLAIN = {
    "A": "a", "T": "t", "D": "d", "R": "r", "S": "sh", "x": "kh", "G": "g", "c": "ch", "H": "h", "Y": "i", "V": "o",
}  # fmt: skip


def romanise_urdu(word: str) -> str:
    """A readable Latin guess of an Urdu-script word: unwritten vowels between consonants become `a`."""
    out: list[str] = []
    letters = [_URDU[c] for c in word if c in _URDU]
    for i, k in enumerate(letters):
        vowel_before = i == 0 or letters[i - 1] in "AYV"
        vowel_next = i + 1 < len(letters) and letters[i + 1] in "AYV"
        if k == "Y":
            out.append("y" if vowel_next and (i == 0 or vowel_before) else "i")
        elif k == "V":
            out.append("v" if i == 0 or vowel_next else "u" if i < len(letters) - 1 else "o")
        elif k == "A":
            out.append("a")
        else:
            if not vowel_before and k != "H" and (i < len(letters) - 1 or i == 2):
                out.append("a")
            out.append(_URDU_PLAIN.get(k, k))
    return "".join(out)
