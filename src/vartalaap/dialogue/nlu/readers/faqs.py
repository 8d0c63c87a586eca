"""Finding the owner's answer to a question, by words that mean the same in any script; or nothing.

A wrong answer is worse than none: who is not answered is offered a person. So an answer must be asked for by most of
what its question is about, by a fair part of what the caller said, and clearly more than any other.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ....core.business import Faq
from ..text.clauses import clauses_of
from ..text.normalise import normalise, romanise_urdu, script_of, sound
from ..text.tables import table
from ..text.tags import Tag
from ..text.tokens import Speech, Token, listen
from ..understanding import Understanding

THRESHOLD = 0.4
SURE = 0.75
"""The threshold for what is no question: a booking that happens to name a thing."""
MARGIN = 0.1
_SHARE_OF_CALLER = 0.65
"""How much of the score rests on what the caller said, the rest on what the question is about."""
_UNKNOWN_WORD = 0.4
"""A word of the caller's that means nothing to us counts less against an answer than one that means something else."""

_FEWEST_CONSONANTS = 3
_VOWELS = re.compile("[aeiou]")

_EMPTY_TAGS: tuple[Tag, ...] = (
    "is",
    "what",
    "filler",
    "post",
    "i",
    "we",
    "do",
    "want",
    "available",
    "yes",
    "ok",
    "hon",
    "of",
    "for",
    "and",
    "or",
    "hello",
    "thanks",
    "within",
    "this",
    "when",
    "where",
    "your",
    "say",
    "come",
    "sorry",
    "good",
    "with",
    "do_it",
)
_NO_MEANING = "-"


@dataclass(frozen=True, slots=True)
class Match:
    """An answer and how surely it is the one, 0 to 1."""

    answer: str
    score: float
    shared: frozenset[str] = frozenset()
    """The meanings that question and sentence have in common."""
    whole: bool = False
    """Everything that the owner's question is about was asked for."""


def answers_to(faqs: Sequence[Faq], text: str, speech: Speech, heard: Understanding) -> tuple[str, ...]:
    """The owner's answers to what is asked: one, or two where two things were asked; none where none fits."""
    if not faqs:
        return ()
    names = " ".join([heard.name or "", *(dish.said for dish in heard.dishes if dish.items)])
    if _is_question(speech, heard):
        if two := find_two(faqs, text, but=names):
            return two
        found = find(faqs, text, but=names)
    else:
        asked = " ".join(words for words, asking in clauses_of(speech) if asking)  # "is there parking? table for two"
        found = find(faqs, text, but=names, threshold=SURE) or (find(faqs, asked, but=names) if asked else None)
    return (found,) if found else ()


def _is_question(speech: Speech, heard: Understanding) -> bool:
    """Is it put as one, or at least nothing else?"""
    asks = speech.text.rstrip().endswith("?") or speech.any("what", "when", "where", "available")
    return asks or not (heard.when or heard.party_size or heard.phone or heard.has("book"))


def find(faqs: Sequence[Faq], text: str, *, but: str = "", threshold: float = THRESHOLD) -> str | None:
    """The answer to what is asked; None if none fits or two fit alike.

    Words of `but`, names of people and dishes, do not count: Mr Jain asks for no Jain food.
    """
    matches = rank(faqs, text, but=but)
    if not matches or matches[0].score < threshold:
        return None
    if len(matches) > 1 and matches[0].score - matches[1].score < MARGIN:
        return None
    return matches[0].answer


def find_two(faqs: Sequence[Faq], text: str, *, but: str = "") -> tuple[str, str] | None:
    """Two answers, where two questions were asked at once: each in all its words, and with none in common."""
    whole = [match for match in rank(faqs, text, but=but) if match.whole]
    if len(whole) != 2 or whole[0].shared & whole[1].shared:
        return None
    return whole[0].answer, whole[1].answer


def rank(faqs: Sequence[Faq], text: str, *, but: str = "") -> list[Match]:
    """All answers that share a word with the question, best first."""
    said = _meanings(text) - _meanings(but)
    questions = _weights(tuple(faq.question for faq in faqs))
    known = set(_table().values()).union(*questions)
    size = sum(1.0 if key in known else _UNKNOWN_WORD for key in said)
    found: list[Match] = []
    for faq, weights in zip(faqs, questions, strict=True):
        shared = said & weights.keys()
        if shared:
            of_question = sum(weights[key] for key in shared) / sum(weights.values())
            of_caller = len(shared) / size
            score = of_question * (1 - _SHARE_OF_CALLER + _SHARE_OF_CALLER * of_caller)
            found.append(Match(faq.answer, score, frozenset(shared), whole=shared == weights.keys()))
    return sorted(found, key=lambda match: -match.score)


@lru_cache(maxsize=64)
def _weights(questions: tuple[str, ...]) -> tuple[dict[str, float], ...]:
    """What each question is about; a meaning that several questions share tells less."""
    meanings = [_meanings(question) for question in questions]
    counts = Counter(itertools.chain.from_iterable(meanings))
    return tuple({key: 1 / counts[key] for key in keys} for keys in meanings)


def _meanings(text: str) -> set[str]:
    """What a text is about: meanings of the table, and keys of the other words that carry any."""
    tokens = [token for token in listen(text).tokens if token.kind == "word"]
    words = [_spelt(token) for token in tokens]
    known = _table()
    found: set[str] = set()
    in_pair = -1
    for i, word in enumerate(words):
        pair = known.get(" ".join(words[i : i + 2])) if i + 1 < len(words) else None
        if pair:
            found.add(pair)
            in_pair = i + 1
        elif i != in_pair and len(word) > 1 and not _is_empty(tokens[i]):
            found.add(known.get(word) or _key(word))
    return found


def _is_empty(token: Token) -> bool:
    meaning = _table().get(token.text)
    return meaning == _NO_MEANING or (meaning is None and token.has(*_EMPTY_TAGS))


def _spelt(token: Token) -> str:
    return romanise_urdu(token.text) if script_of(token.text) == "urdu" else token.text


def _key(word: str) -> str:
    """The consonants: English words in Devanagari keep these, and hardly their vowels."""
    if word.isascii() and len(word) > 3:
        word = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    whole = sound(word)
    consonants = whole[:1].replace("i", "e") + _VOWELS.sub("", whole[1:])
    return consonants if len(consonants) >= _FEWEST_CONSONANTS else whole


@cache
def _table() -> dict[str, str]:
    """Each word, and each pair of words, with its meaning; `-` for none."""
    lines = (line.partition(":") for line in table("faq_meanings")["meaning"])
    return {normalise(word.replace("_", " ")): meaning for meaning, _, words in lines for word in words.split()}
