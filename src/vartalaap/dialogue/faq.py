"""Finding the owner's answer to a question by its words, in any script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ..core.business import Faq
from .hear.keys import normalise, romanise_urdu, script_of, sound
from .hear.tokens import Token, listen

_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "at",
        "available",
        "be",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "offer",
        "on",
        "or",
        "our",
        "please",
        "provide",
        "serve",
        "service",
        "tell",
        "that",
        "the",
        "there",
        "they",
        "this",
        "to",
        "us",
        "we",
        "what",
        "when",
        "where",
        "which",
        "with",
        "you",
        "your",
        "food",
        "facility",
        "kya",
        "hai",
        "hain",
        "ka",
        "ki",
        "ke",
        "mein",
        "aap",
    ]
)
_SHORTEST_KEY = 2
_MEANINGS = {
    "parking": "gaadi gadi car गाड़ी गाड़ियाँ कार",
    "chair": "kursi कुर्सी",
    "high": "oonchi unchi ऊँची ऊंची",
    "kids": "children child bachche bacche bachchon bacchon baby बच्चे बच्चों बच्ची",
    "alcohol": "drinks beer wine liquor bar sharab sharaab daru daaru शराब दारू बियर",
    "birthday": "janamdin janmdin जन्मदिन",
    "music": "gaana gana गाना संगीत",
    "washroom": "toilet restroom bathroom शौचालय टॉयलेट",
    "pets": "pet dog dogs cat kutta कुत्ता",
    "wheelchair": "disabled ramp व्हीलचेयर",
    "smoking": "cigarette hookah सिगरेट हुक्का",
    "ac": "aircon airconditioned conditioning एसी",
    "wifi": "internet वाईफाई",
}
"""Words that ask for the same thing; an owner writes any of them, a caller says any of them."""


def find(faqs: Sequence[Faq], text: str, *, but: str = "") -> str | None:
    """The answer whose question shares the most telling words with `text`; None if none does.

    Words of `but`, a name that was given, do not count: Mr Jain asks for no Jain food.
    """
    said = _word_keys(text) - _word_keys(but)
    best: tuple[float, str] | None = None
    for faq, keys in zip(faqs, _keys(tuple(faq.question for faq in faqs)), strict=True):
        shared = len(keys & said) / len(keys) if keys else 0.0
        if shared >= 0.5 and (best is None or shared > best[0]):
            best = (shared, faq.answer)
    return best[1] if best else None


def _word_keys(text: str) -> set[str]:
    return {_key(token) for token in listen(text).tokens if token.kind == "word"}


@lru_cache(maxsize=64)
def _keys(questions: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The telling words of each question: not everyday ones, and not those that several questions share."""
    words = [
        {_key(token) for token in listen(question).tokens if token.kind == "word" and token.text not in _COMMON}
        for question in questions
    ]
    counts = Counter(key for keys in words for key in keys)
    return tuple(frozenset(key for key in keys if len(key) >= _SHORTEST_KEY and counts[key] == 1) for keys in words)


def _key(token: Token) -> str:
    word = romanise_urdu(token.text) if script_of(token.text) == "urdu" else token.text
    return sound(_canonical().get(word, word))


@lru_cache(maxsize=1)
def _canonical() -> dict[str, str]:
    return {normalise(word): meaning for meaning, words in _MEANINGS.items() for word in words.split()}
