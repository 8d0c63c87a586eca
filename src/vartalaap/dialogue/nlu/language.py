"""Which of three ways an utterance is spoken: Hindi, English, or both mixed."""

from __future__ import annotations

import re

from ...core.language import Language
from .readers.dishes import canonical_dish_word
from .text.lexicon import lexicon, word_set
from .text.normalise import script_of
from .text.tokens import Speech, Token, listen
from .understanding import LanguageGuess

_HINDI_SHAPE = re.compile(
    r"aa|bh|dh(?!d)|kh|jh|chh|(?:unga|ungi|enge|iye|iyega|oge|ogi|ega|egi|wala|wale|wali|aun|ein|eon|iyan|iyon|kar)$"
)
_ENGLISH_SHAPE = re.compile(
    r"ing$|tion|ed$|ck|ght|ly$|ment$|ness$|ous$|able$|ful$|ive$|ers?$|wh|ea|th(?:e|i|o|r)|x|ity$|ies$|ance$|ence$|[^aeiou]y$|[bcdfghkmnprt]e$"
)


def guess_language(text: str) -> LanguageGuess:
    """The language of one utterance. Names, dishes and numbers say nothing; with only those confidence is low."""
    return language_of(listen(text))


def language_of(speech: Speech) -> LanguageGuess:
    """Like `guess_language`, on tokens."""
    hindi = english = loans = guessed = 0.0
    deva = False
    for token in speech.tokens:
        if token.kind != "word":
            continue
        script = script_of(token.text)
        if script in ("deva", "urdu"):
            deva = True
            loan = token.word.english and not token.word.hindi
            loans += loan
            hindi += not loan
        elif script == "latn":
            h, e = _latin(token)
            hindi += h
            english += e
            guessed += h if token.unknown or not token.word.exact else 0
    if deva:
        return _indic(hindi, english, loans)
    if hindi - guessed < 0.25 and english >= 2 * hindi:
        hindi = 0.0  # a name of a place between English words
    return _romanised(hindi, english)


def _indic(hindi: float, english: float, loans: float) -> LanguageGuess:
    """Hindi script: loanwords are Hindi by now; many of them, or Latin words beside, are a mixture."""
    total = hindi + english + loans
    foreign = english + loans
    if foreign and not hindi:
        return LanguageGuess("en", 0.75 if loans > 1 or english else 0.6)
    if english >= 1 and english / total > 0.15:
        return LanguageGuess("hinglish", 0.8)
    if loans >= 3 and loans / total >= 0.4:
        return LanguageGuess("hinglish", 0.65 + 0.2 * (loans / total >= 0.5))
    return LanguageGuess("hi", min(0.97, 0.7 + 0.08 * hindi))


def _romanised(hindi: float, english: float) -> LanguageGuess:
    total = hindi + english
    if total < 0.5:
        return LanguageGuess("en", 0.3)
    share = hindi / total
    sure = min(1.0, 0.6 + 0.12 * total)
    label: Language
    if share <= 0.12:
        label, confidence = "en", 1 - share
    elif english < 0.8 or share >= 0.92:
        label, confidence = "hi", share
    else:
        label, confidence = "hinglish", 0.75 + 0.2 * min(share, 1 - share) * 2
    return LanguageGuess(label, round(min(0.97, confidence * sure), 3))


def _latin(token: Token) -> tuple[float, float]:
    """How much a Latin-script word speaks for Hindi and for English."""
    text = token.text
    in_hindi, in_english = text in word_set("languages", "hindi"), text in word_set("languages", "english")
    if text in word_set("languages", "shared") or (in_hindi and in_english):
        return (0.1, 0.1) if in_hindi == in_english else (0.35, 0.0) if in_hindi else (0.0, 0.35)
    if in_hindi or in_english:
        return float(in_hindi), float(in_english)
    if text in lexicon().names or canonical_dish_word(text):
        return 0.0, 0.0
    return _by_meaning(token) if token.word.tags or len(text) < 3 else _by_shape(text)


def _by_meaning(token: Token) -> tuple[float, float]:
    word = token.word
    if word.hindi == word.english:
        return 0.0, 0.0
    weight = 1.0 if word.exact else 0.7
    return (weight, 0.0) if word.hindi else (0.0, weight)


def _by_shape(text: str) -> tuple[float, float]:
    looks_hindi, looks_english = bool(_HINDI_SHAPE.search(text)), bool(_ENGLISH_SHAPE.search(text))
    if looks_hindi == looks_english:
        return 0.0, 0.15
    return (0.5, 0.0) if looks_hindi else (0.0, 0.6)
