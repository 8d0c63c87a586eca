"""What of an answer is no part of a yes: a table is booked only if every word of the yes is accounted for.

A word is explained if it agrees or is a courtesy, if `data/consent.txt` lists it, or if it belongs to a value; whether
that value is the one that was read back, policy compares.
"""

from __future__ import annotations

from .readers.times import DAYPARTS
from .readers.yes_no import without_agreement
from .text.lexicon import word_set
from .text.normalise import sound
from .text.tags import Tag
from .text.tokens import Speech, Token
from .understanding import Expectation

_AGREEING: tuple[Tag, ...] = ("yes", "ok", "right", "good", "hon", "done", "do_it", "thanks", "filler", "hello")
_PLAINLY: tuple[Tag, ...] = ("yes", "right", "do_it", "done")
_FAREWELL: tuple[Tag, ...] = ("bye",)
"""A courtesy beside a plain yes; "ok, bye" leaves it open."""
_AROUND_VALUES: tuple[Tag, ...] = (*DAYPARTS, "people", "adults", "seat", "for", "of", "baje", "post", "with", "number")
"""Words that a value brings along: "for eight people", "raat aath baje"."""


def unexplained_in(speech: Speech, valued: frozenset[int], expecting: Expectation) -> int:
    """How many words are neither consent nor courtesy, nor tokens `valued` of a value, nor of the guest's name."""
    left, listed = without_agreement(speech), word_set("consent", "word")
    if expecting.slot == "call_back":
        listed |= word_set("consent", "call_back")
    names = {sound(word) for word in expecting.guest.casefold().split()}
    tags = (*_AGREEING, *(_AROUND_VALUES if valued else ()), *(_FAREWELL if speech.any(*_PLAINLY) else ()))

    def is_explained(i: int, token: Token) -> bool:
        agreed = token.kind == "mark" or token.text not in left or token.text in listed or token.has(*tags)
        return agreed or i in valued or sound(token.text) in names

    return sum(not is_explained(i, token) for i, token in enumerate(speech.tokens))
