"""What a model says is spoken only past these checks: each knows one kind of lie.

A refusal costs little, for the desk says the true thing in its own words; so in doubt a sentence is refused. Prices are
compared with the menu, days, times and numbers with the booking in hand. Whether a table is free or booked, when the
house is open, where it is and who will call is the desk's to say, and never spoken in a model's words, true or not.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from ..nlu.sentences import words_of
from ..nlu.text.normalise import normalise, script_of, sound
from .fact_checks import wrong_number, wrong_price, wrong_time
from .model_sentence import ModelSentence

Objection = Literal[
    "form", "language", "leak", "abuse", "price", "vegetarian", "dish", "offer", "payment", "address", "hours",
    "person", "booking", "table", "time", "number", "others", "claim",
]  # fmt: skip

MOST_CHARACTERS = 220
MOST_WORDS = 32
_FORBIDDEN = frozenset("{}[]<>`|\\=_~^@#/")


def objection_to(said: ModelSentence) -> Objection | None:
    """Why the sentence may not be spoken in its turn; None if it may."""
    if len(said.text) > MOST_CHARACTERS or not _FORBIDDEN.isdisjoint(said.text):
        return "form"
    return next((name for name, is_wrong in _CHECKS if is_wrong(said)), None)


def _form(said: ModelSentence) -> bool:
    speech = said.speech
    count = sum(token.kind == "word" for token in speech.tokens)
    marked = any(token.kind in ("clock", "date", "decimal") for token in speech.tokens)
    listed = said.text[:2] in ("- ", "• ") or said.text[:1] in "•"
    return not 0 < count <= MOST_WORDS or marked or listed


def _language(said: ModelSentence) -> bool:
    """Devanagari in Hindi and Hinglish, because the voice needs it; no other letters than these and Latin ones."""
    scripts = {script_of(letter) for letter in said.text if letter.isalpha()}
    if not scripts <= {"latn", "deva"}:
        return True
    if said.answers_in == "en":
        guess = said.language
        return "deva" in scripts or (guess.label != "en" and guess.confidence >= 0.6)
    return "deva" not in scripts


def _leak(said: ModelSentence) -> bool:
    return said.names("leaks") or said.intends("attack")


def _abuse(said: ModelSentence) -> bool:
    return said.intends("abuse")


def _offer(said: ModelSentence) -> bool:
    return said.names("offers") or said.has_phrase("offers")


def _payment(said: ModelSentence) -> bool:
    return said.names("payments")


def _address(said: ModelSentence) -> bool:
    return said.names("places") or said.has_phrase("places")


def _hours(said: ModelSentence) -> bool:
    return said.names("hours")


def _person(said: ModelSentence) -> bool:
    return said.names("people") or said.has_phrase("people")


def _booking(said: ModelSentence) -> bool:
    """That something was done, or will be: only the desk knows."""
    if said.names("done") or said.has_phrase("done"):
        return True
    able = not said.names("capable")
    return able and not said.is_question and said.in_order("promises", "actions")


def _table(said: ModelSentence) -> bool:
    return said.names("tables") and not said.is_question


def _vegetarian(said: ModelSentence) -> bool:
    return said.names("vegetarian") and any("vegetarian" not in item.tags for item in said.items)


def _dish(said: ModelSentence) -> bool:
    """A dish that is not on the menu, or the denial of one that is."""
    denied = said.speech.any("not", "no")
    if any(not dishes.items for dishes in said.dishes):
        return not denied
    return denied and bool(said.dishes) and not said.is_question


def _others(said: ModelSentence) -> bool:
    """Another guest, or a name that is not the caller's."""
    if said.names("others"):
        return True
    own = {sound(normalise(word)) for word in (said.turn.state.slots.name or "").split()}
    tokens = said.speech.tokens
    addressed = (token for token, following in pairwise(tokens) if following.raw == "जी")
    return any(
        token.unknown and sound(token.text) not in own and token.text not in words_of("talk") for token in addressed
    )


def _claim(said: ModelSentence) -> bool:
    """A yes or no, or anything else about the business that its data do not say."""
    if not said.is_question and not said.is_modest and _answers_yes_or_no(said):
        return True
    parts = said.parts
    return any(
        _asserts(part, questioned=said.is_question and number == len(parts))
        for number, part in enumerate(parts, start=1)
    )


def _answers_yes_or_no(said: ModelSentence) -> bool:
    if said.speech.words[0] in words_of("yes or no") and not said.has_phrase("polite no"):
        return True
    telling = [part.speech.words for part in said.parts if not part.has_phrase("polite no")]
    return bool(telling) and all(words_of("affirmations").issuperset(words) for words in telling)


def _asserts(said: ModelSentence, *, questioned: bool) -> bool:
    """Does a part of a sentence say more than courtesy and the business's data allow?"""
    if said.is_modest:
        return not _known(said, said.caller_words | words_of("of unknowing"))
    if questioned:
        return not _known(said, said.caller_words)
    claims = said.has_phrase("assertions") and not said.items
    return claims or not _known(said, frozenset())


def _known(said: ModelSentence, more: frozenset[str]) -> bool:
    """Numbers and days are other checks' business."""
    allowed = words_of("talk") | said.business_words | more
    if said.items:
        allowed |= words_of("of dishes")
    return all(
        token.kind != "word" or token.text in allowed or token.number is not None or token.word.fraction
        for i, token in enumerate(said.speech.tokens)
        if i not in said.value_tokens
    )


_CHECKS: tuple[tuple[Objection, Callable[[ModelSentence], bool]], ...] = (
    ("form", _form),
    ("leak", _leak),
    ("abuse", _abuse),
    ("payment", _payment),
    ("price", wrong_price),
    ("offer", _offer),
    ("vegetarian", _vegetarian),
    ("person", _person),
    ("hours", _hours),
    ("address", _address),
    ("booking", _booking),
    ("table", _table),
    ("dish", _dish),
    ("time", wrong_time),
    ("number", wrong_number),
    ("others", _others),
    ("language", _language),
    ("claim", _claim),
)
"""In this order: first what the desk can say instead."""
